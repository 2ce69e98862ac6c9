"""The two pages: the morning, given back, and tonight's plan. One file each, fetching nothing.

Rule: fonts, pictures and styles travel inside the file, a content security policy bars the
rest, and the page reads the same without its few lines of script.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from evenfall.app.report.data import begins_of
from evenfall.app.report.palette import DAWN, DUSK, Palette
from evenfall.app.report.picture import plan_svg
from evenfall.app.report.svg import isolated
from evenfall.app.report.views import evening_view, names_in, picture_of, room_view, tonight_view
from evenfall.app.report.words import night_of
from evenfall.records.insight import Morning
from evenfall.records.plan import Plan

PACKAGE = "evenfall.app.report"
FONTS = (
    ("Evenfall Sans", 400, "evenfall-sans-regular.woff2"),
    ("Evenfall Sans", 700, "evenfall-sans-bold.woff2"),
    ("Evenfall Serif", 400, "evenfall-serif-regular.woff2"),
)


def morning_page(mornings: tuple[Morning, ...], plan: Plan) -> str:
    """The morning report: everyone's night on one self-contained page of HTML.

    Args:
        mornings: the rooms' nights, in the order they are shown.
        plan: the plan of that night, for the home's name, date and zone.

    Raises:
        EvenfallError: a plan and a recording lie more than two days apart.
        zoneinfo.ZoneInfoNotFoundError: the plan's zone is unknown.
    """
    zone, begins = ZoneInfo(plan.zone), begins_of(plan)
    simulated = any(morning.simulated for morning in mornings)
    title = f"Morning of {night_of(plan.night)}, {isolated(plan.household)}"
    return _render(
        "morning.html.jinja",
        DAWN,
        title=f"simulated: {title}" if simulated else title,
        simulated=simulated,
        all_simulated=all(morning.simulated for morning in mornings),
        household=plan.household,
        night=night_of(plan.night),
        rooms=[room_view(morning, zone, begins) for morning in mornings],
    )


def plan_page(plan: Plan) -> str:
    """Tonight's plan on one small self-contained page of HTML.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: the plan's zone is unknown.
    """
    zone, names = ZoneInfo(plan.zone), names_in(plan)
    return _render(
        "plan.html.jinja",
        DUSK,
        title=f"Tonight, {night_of(plan.night)}, {isolated(plan.household)}",
        household=plan.household,
        night=night_of(plan.night),
        picture=picture_of(plan_svg(plan, zone), f"{plan.night} tonight") if plan.members else None,
        members=[tonight_view(each, plan, zone) for each in plan.members],
        evenings=[evening_view(each, names, zone) for each in plan.rooms],
        conflicts=plan.conflicts,
    )


def _render(template: str, palette: Palette, **context: object) -> str:
    script = _text("page.js")
    return (
        _templates()
        .get_template(template)
        .render(
            palette=palette,
            fonts=_fonts(),
            script=script,
            script_sha256=b64encode(sha256(script.encode()).digest()).decode(),
            **context,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _fonts() -> tuple[tuple[str, int, str], ...]:
    folder = files(PACKAGE) / "fonts"
    return tuple(
        (family, weight, b64encode((folder / name).read_bytes()).decode())
        for family, weight, name in FONTS
    )


@cache
def _text(name: str) -> str:
    return (files(PACKAGE) / name).read_text(encoding="utf-8")
