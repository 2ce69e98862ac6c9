"""The pictures of a rehearsal, and the page that holds them: for authors and sceptics.

Rule: every figure is SVG of our own with its data inside and in a file beside it, says that it is
simulated, and shows the limit wherever a level is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import msgspec

from evenfall.app.report.bands import Band, Sheet, badge, gap, heading, stack, words
from evenfall.app.report.page import _render
from evenfall.app.report.palette import DAWN
from evenfall.app.report.svg import XMLNS, element, kept, number
from evenfall.app.report.views import picture_of
from evenfall.records.base import Record
from evenfall.rehearse.nights.run import NightRun
from evenfall.rehearse.nights.summary import Exposure, Histogram, Rehearsal, planned_limit
from evenfall.rehearse.nights.tally import BIN_S, NightResult

SHEET = Sheet(width=640, left=64, right=22, size=13, palette=DAWN)
_HEIGHT = 200.0
_LIGHT_LEAST_LX, _LIGHT_TICKS = 0.05, (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_SOUND_TICKS = (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)

Points = Sequence[tuple[float, float]]


class Figure(Record, frozen=True, kw_only=True):
    """One picture with its name and its data."""

    name: str
    words: str
    svg: str
    data: msgspec.Raw


@dataclass(frozen=True)
class _Plot:
    """Where a chart's values stand on the sheet: x from left to right, y from the top down."""

    x_most: float
    y_least: float
    y_most: float
    logarithmic: bool = False

    def x(self, value: float) -> float:
        width = SHEET.width - SHEET.left - SHEET.right
        return SHEET.left + width * value / self.x_most

    def y(self, value: float) -> float:
        low, high, at = self.y_least, self.y_most, min(max(value, self.y_least), self.y_most)
        if self.logarithmic:
            low, high, at = log10(low), log10(high), log10(at)
        return _HEIGHT * (1 - (at - low) / (high - low))


def rehearsal_figures(rehearsal: Rehearsal) -> tuple[Figure, ...]:
    """The four pictures of a rehearsal, in the order they are read."""
    return (
        _quiet_figure(rehearsal, rehearsal.time_to_quiet),
        _exposure_figure(rehearsal, "light", rehearsal.light),
        _exposure_figure(rehearsal, "sound", rehearsal.sound),
        _breathers_figure(rehearsal),
        _wakings_figure(rehearsal),
    )


def rehearsal_page(rehearsal: Rehearsal, figures: Sequence[Figure]) -> str:
    """A rehearsal on one self-contained page of HTML."""
    return _render(
        "rehearsal.html.jinja",
        DAWN,
        title=f"simulated: rehearsal of {rehearsal.title}",
        rehearsal=rehearsal,
        figures=[(one.words, picture_of(one.svg, one.name)) for one in figures],
    )


# --- The pictures ------------------------------------------------------------------------------


def _quiet_figure(rehearsal: Rehearsal, found: Histogram) -> Figure:
    most = max(found.nights, default=0) or 1
    plot = _Plot(found.edges_min[-1], 0.0, float(most))
    bars = [
        _noted(
            element(
                "rect",
                x=plot.x(low),
                y=plot.y(count),
                width=max(plot.x(high) - plot.x(low) - 1, 0.5),
                height=_HEIGHT - plot.y(count),
                fill=DAWN.night,
                class_="night",
            ),
            f"{low:g} to {high:g} min: {count} nights",
        )
        for low, high, count in zip(
            found.edges_min[:-1], found.edges_min[1:], found.nights, strict=True
        )
        if count
    ]
    x = plot.x(found.score_max_min)
    bound = _line([(x, 0.0), (x, _HEIGHT)], DAWN.wake, dash="4 3")
    ticks = _x_ticks(plot, [found.edges_min[-1] * k / 4 for k in range(5)], "min")
    label = words(SHEET, str(most), SHEET.left - 8, 10, text_anchor="end")
    said = (
        f"Nobody began in any of {rehearsal.nights} nights."
        if found.median_min is None
        else f"From the beginning to quiet: half of the nights within {found.median_min:g} min, "
        f"the longest {found.longest_min:g}. The score's own longest way is "
        f"{found.score_max_min:g} min (dashed); pauses come on top."
    )
    return _figure(
        rehearsal, "time-to-quiet", "Time to quiet", said, found, [label, *bars, bound, ticks]
    )


def _exposure_figure(rehearsal: Rehearsal, output: str, found: Exposure) -> Figure:
    plot = _plot_of(output, len(found.limit) * found.bin_s)
    drawn = [_y_ticks(plot, output)]
    for levels, opacity in ((found.highest, 0.25), (found.most_of_100, 0.4), (found.most_of_10, 1)):
        drawn.append(_area(plot, levels, found.bin_s, float(opacity)))
    drawn.append(_line(_steps(plot, found.median, found.bin_s), DAWN.ink))
    drawn.append(_line(_steps(plot, found.limit, found.bin_s), DAWN.wake, dash="4 3"))
    drawn.append(_hours(plot))
    said = (
        f"{output.capitalize()} at the pillow, the highest of each five minutes: the line is the "
        "middle night, the bands hold 9 in 10, 99 in 100 and all of them. Dashed: the limit."
    )
    title = f"{output.capitalize()} against its limit"
    return _figure(rehearsal, f"{output}-against-limit", title, said, found, drawn)


def _breathers_figure(rehearsal: Rehearsal) -> Figure:
    due, kept_ = rehearsal.breathers_due, rehearsal.breathers_kept
    longest = rehearsal.immersed_longest_min
    said = (
        f"{kept_} of {due} breathers were kept; the longest immersion without one was "
        f"{longest:g} min."
        if due
        else "No breather was due: nothing immersed for long enough."
    )
    data = {"due": due, "kept": kept_, "immersed_longest_min": longest}
    rows = [("came", due), ("kept", kept_)]
    return _figure(rehearsal, "breathers", "Breathers kept", said, data, [_bars(rows)], 74)


def _wakings_figure(rehearsal: Rehearsal) -> Figure:
    total = sum(rehearsal.wakings.values())
    said = (
        f"Wakings that light or sound may have caused in {rehearsal.nights} nights: {total}, by a "
        "stated model that is this project's own choice. The dawn is meant to wake, and is not in "
        "it."
    )
    drawn = [_bars(list(rehearsal.wakings.items()), 220.0)]
    height = 37.0 * len(rehearsal.wakings)
    return _figure(rehearsal, "wakings", "Wakings caused", said, rehearsal.wakings, drawn, height)


def night_figure(rehearsal_title: str, run: NightRun, result: NightResult) -> Figure:
    """One night: light and sound at the pillow as they were told, against their limits."""
    setting = run.setting
    drawn, below = [], 0.0
    for output, devices in (("light", (run.page_light, run.lamp)), ("sound", (run.page_sound,))):
        plot = _plot_of(output, run.night_s)
        limit = planned_limit(setting, output, int(run.night_s) // BIN_S)
        lines = [_y_ticks(plot, output)]
        for device, colour in zip(devices, (DAWN.accent, DAWN.rem), strict=False):
            points = [
                (plot.x(min(at_s, run.night_s)), plot.y(level))
                for at_s, level in zip(device.at_s, device.levels, strict=True)
            ]
            lines.append(_line([*points, (plot.x(run.night_s), points[-1][1])], colour))
        lines.append(_line(_steps(plot, limit, BIN_S), DAWN.wake, dash="4 3"))
        for one in run.happenings:
            x = plot.x(min(one.at_s, run.night_s))
            lines.append(_noted(_line([(x, 0), (x, _HEIGHT)], DAWN.soft, dash="1 4"), one.kind))
        lines.append(_hours(plot))
        drawn.append(element("g", *lines, transform=f"translate(0 {number(below)})"))
        below += _HEIGHT + 40
    said = (
        f"Night {result.night}, seed {result.seed}: light (page bright, lamp violet) and sound at "
        "the pillow. Dotted: something happens. Dashed: the limit."
    )
    name = f"night-{result.night}"
    body = Band(below, "".join(drawn))
    svg = _framed(f"{rehearsal_title}, night {result.night}", said, body, result)
    return Figure(name=name, words=said, svg=svg, data=msgspec.Raw(msgspec.json.encode(result)))


# --- Parts -------------------------------------------------------------------------------------


def _figure(
    rehearsal: Rehearsal,
    name: str,
    title: str,
    said: str,
    data: object,
    drawn: Sequence[str],
    height: float = _HEIGHT + 30,
) -> Figure:
    svg = _framed(f"{title}: {rehearsal.title}", said, Band(height, "".join(drawn)), data)
    return Figure(name=name, words=said, svg=svg, data=msgspec.Raw(msgspec.json.encode(data)))


def _framed(title: str, said: str, body: Band, data: object) -> str:
    head = heading(SHEET, title, "", badge(SHEET, SHEET.width - SHEET.size, 0.0))
    drawn = stack([gap(SHEET, 1), head, body, gap(SHEET, 0.6)])
    ground = element(
        "rect",
        width=SHEET.width,
        height=drawn.height,
        rx=SHEET.size,
        fill=DAWN.card,
        class_="ground",
    )
    return element(
        "svg",
        element("metadata", kept(msgspec.json.encode(data).decode())),
        ground,
        drawn.markup,
        width=SHEET.width,
        height=drawn.height,
        viewBox=f"0 0 {SHEET.width:g} {drawn.height:.2f}",
        role="img",
        aria_label=f"{title}. Simulated. {said}",
    ).replace("<svg", f"<svg{XMLNS}", 1)


def _plot_of(output: str, night_s: float) -> _Plot:
    if output == "light":
        return _Plot(night_s, _LIGHT_LEAST_LX, 150.0, logarithmic=True)
    return _Plot(night_s, 0.0, 56.0)


def _noted(markup: str, note: str) -> str:
    return element("g", element("title", note), markup)


def _line(points: Points, colour: str, dash: str = "none") -> str:
    return element(
        "polyline",
        points=" ".join(f"{number(x)},{number(y)}" for x, y in points),
        fill="none",
        stroke=colour,
        stroke_width=1.4,
        stroke_dasharray=dash,
    )


def _steps(plot: _Plot, levels: Sequence[float], bin_s: int) -> list[tuple[float, float]]:
    """A level for each bin as a line with corners."""
    return [
        (plot.x(min(edge * bin_s, plot.x_most)), plot.y(level))
        for at, level in enumerate(levels)
        for edge in (at, at + 1)
    ]


def _area(plot: _Plot, levels: Sequence[float], bin_s: int, opacity: float) -> str:
    line = _steps(plot, levels, bin_s)
    points = [(line[0][0], _HEIGHT), *line, (line[-1][0], _HEIGHT)]
    return element(
        "polygon",
        points=" ".join(f"{number(x)},{number(y)}" for x, y in points),
        fill=DAWN.night,
        fill_opacity=opacity,
    )


def _y_ticks(plot: _Plot, output: str) -> str:
    ticks = _LIGHT_TICKS if output == "light" else _SOUND_TICKS
    unit = "lx" if output == "light" else "dBA"
    drawn = []
    for tick in ticks:
        y, right = plot.y(tick), SHEET.width - SHEET.right
        drawn.append(_line([(SHEET.left, y), (right, y)], DAWN.line))
        text = f"{tick:g} {unit}" if tick == ticks[-1] else f"{tick:g}"
        drawn.append(words(SHEET, text, SHEET.left - 6, y + 4, text_anchor="end", font_size=11.0))
    return "".join(drawn)


def _hours(plot: _Plot) -> str:
    hours = int(plot.x_most // 3600)
    return _x_ticks(plot, [h * 3600.0 for h in range(0, hours + 1, 2)], "h", 3600.0)


def _x_ticks(plot: _Plot, ticks: Sequence[float], unit: str, per: float = 1.0) -> str:
    return "".join(
        words(
            SHEET,
            f"{tick / per:.0f} {unit}",
            plot.x(tick),
            _HEIGHT + 18,
            text_anchor="middle",
            font_size=11.0,
        )
        for tick in ticks
    )


def _bars(rows: Sequence[tuple[str, int]], label_width: float = 80.0) -> str:
    most = max([count for _, count in rows] + [1])
    room = SHEET.width - label_width - SHEET.right - 80
    drawn = []
    for at, (label, count) in enumerate(rows):
        y = at * 34.0
        drawn.append(words(SHEET, label, label_width, y + 17, text_anchor="end"))
        drawn.append(
            element(
                "rect",
                x=label_width + 12,
                y=y + 3,
                width=room * count / most,
                height=20.0,
                fill=DAWN.night,
                class_="night",
            )
        )
        x = label_width + 20 + room * count / most
        drawn.append(words(SHEET, f"{count:,}", x, y + 17, kind="ink"))
    return "".join(drawn)
