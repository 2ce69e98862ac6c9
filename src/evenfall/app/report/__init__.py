"""The report: the morning given back and tonight's plan, as pages, pictures and data.

Rule: one file that fetches nothing, plain words before figures, and nothing shown that nobody
measured.
"""

from evenfall.app.report.data import household_data, night_data, plan_data
from evenfall.app.report.page import morning_page, plan_page
from evenfall.app.report.picture import household_svg, night_svg, plan_svg
from evenfall.app.report.png import png_of

__all__ = [
    "household_data",
    "household_svg",
    "morning_page",
    "night_data",
    "night_svg",
    "plan_data",
    "plan_page",
    "plan_svg",
    "png_of",
]
