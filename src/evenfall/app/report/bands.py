"""The horizontal bands a picture is stacked from: heading, plan, stages, movement, hours.

Rule: a band knows its height and draws itself from y = 0; every run carries its exact times as
a `<title>`; colours are attributes, so a picture cut out of the page keeps its looks.
"""

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from evenfall.app.report.axis import Axis, clock_changes, hour_ticks, in_zone, minutes_between
from evenfall.app.report.data import Run, movement_runs, stage_runs
from evenfall.app.report.palette import Palette
from evenfall.app.report.svg import clipped, element, number, said
from evenfall.app.report.words import MONTHS, STAGE_WORDS, WEEKDAYS, clock, exact_clock, length
from evenfall.records.recording import Hypnogram, MovementTrack

SANS = "'Evenfall Sans', 'Evenfall Serif', system-ui, sans-serif"
SERIF = "'Evenfall Serif', Georgia, serif"
ROW_LABELS = {
    "W": "awake  W",
    "R": "REM  R",
    "N1": "light  N1",
    "N2": "light  N2",
    "N3": "deep  N3",
    "S": "asleep  S",
}
_THINNEST = 0.7  # a single epoch must still be seen
_LETTER_WIDTH = 0.5  # a column of text, in sizes of its type, on average


@dataclass(frozen=True)
class Sheet:
    """What a picture is drawn on: its width, the room for labels, its type and its colours."""

    width: float
    left: float
    right: float
    size: float
    palette: Palette


@dataclass(frozen=True)
class Band:
    """A strip of a picture, drawn from y = 0."""

    height: float
    markup: str


@dataclass(frozen=True)
class Times:
    """The evening and its night, planned or as they happened; None was not noted.

    `begins` is when the story or dreamscape is to begin, where there is one.
    """

    label: str
    wind_down: datetime | None
    lights_out: datetime | None
    wake: datetime | None
    begins: datetime | None = None


Ends = tuple[datetime, datetime]
NightBar = Callable[[Sheet, Axis, Ends, float], str]


def stack(bands: Sequence[Band]) -> Band:
    """Bands below one another."""
    y, placed = 0.0, []
    for band in bands:
        placed.append(element("g", band.markup, transform=f"translate(0 {y:.2f})"))
        y += band.height
    return Band(y, "".join(placed))


def words(
    sheet: Sheet, text: str, x: float, y: float, *, kind: str = "soft", **more: str | float
) -> str:
    """A line of text in one of the palette's text colours."""
    colours = {"ink": sheet.palette.ink, "soft": sheet.palette.soft, "accent": sheet.palette.accent}
    look: dict[str, str | float] = {
        "font_family": SANS,
        "font_size": sheet.size,
        "fill": colours[kind],
        **more,
    }
    return element("text", said(text), x=x, y=y, class_=kind, **look)


def columns(sheet: Sheet, width: float) -> int:
    """How many columns of text fit a width."""
    return max(8, int(width / (sheet.size * _LETTER_WIDTH)))


def divider(sheet: Sheet) -> Band:
    """A quiet line between two people."""
    size = sheet.size
    line = _hairline(sheet, size, sheet.width - size, size * 0.7)
    return Band(size * 1.6, line)


def gap(sheet: Sheet, lines: float) -> Band:
    """Empty room."""
    return Band(sheet.size * lines, "")


def badge(sheet: Sheet, right: float, y: float) -> str:
    """The mark of everything simulated, its right edge at `right`."""
    width, height = sheet.size * 6.4, sheet.size * 1.75
    box = element(
        "rect",
        x=right - width,
        y=y,
        width=width,
        height=height,
        rx=height / 2,
        fill=sheet.palette.accent,
        class_="badge",
    )
    word = element(
        "text",
        "simulated",
        x=right - width / 2,
        y=y + sheet.size * 1.2,
        text_anchor="middle",
        font_family=SANS,
        font_weight="700",
        font_size=sheet.size,
        fill=sheet.palette.on_accent,
        class_="on-badge",
    )
    return box + word


def heading(sheet: Sheet, title: str, subtitle: str, mark: str = "") -> Band:
    """Whose picture it is and of which night; `mark` is a badge, drawn already."""
    size = sheet.size
    room = sheet.width - sheet.right - size - (size * 7.5 if mark else 0)
    big = size * 1.55
    title_line = clipped(title, columns(sheet, room * size / big))
    return Band(
        size * 3.9,
        words(sheet, title_line, size, size * 1.55, kind="ink", font_family=SERIF, font_size=big)
        + words(sheet, clipped(subtitle, columns(sheet, sheet.width - 2 * size)), size, size * 3.1)
        + mark,
    )


def name_line(sheet: Sheet, name: str, times: str) -> Band:
    """A name, and the three times under it."""
    size = sheet.size
    room = columns(sheet, (sheet.width - 2 * size) / 1.3)
    named = words(
        sheet,
        clipped(name, room),
        size,
        size * 1.5,
        kind="ink",
        font_family=SERIF,
        font_size=size * 1.3,
    )
    return Band(size * 3.3, named + words(sheet, times, size, size * 2.9))


def caption(sheet: Sheet, text: str, lines_max: int = 3) -> Band:
    """A sentence over a strip, wrapped; cut short with … where it is very long."""
    width = columns(sheet, sheet.width - 2.2 * sheet.size)
    lines = textwrap.wrap(text, width, max_lines=lines_max, placeholder="…") or [""]
    leading = sheet.size * 1.35
    drawn = (
        words(sheet, line, sheet.size, sheet.size + i * leading) for i, line in enumerate(lines)
    )
    return Band(leading * len(lines) + sheet.size * 0.55, "".join(drawn))


def row_label(sheet: Sheet, text: str, y: float) -> str:
    """The name of a row, left of the axis."""
    return words(sheet, text, sheet.left - sheet.size * 0.75, y, text_anchor="end")


def times_row(sheet: Sheet, axis: Axis, times: Times, bar: NightBar) -> Band:
    """One line of evening and night: its marks, joined where both ends are known.

    Args:
        sheet: what it is drawn on.
        axis: the night's time.
        times: the three times, and what to call them.
        bar: how the night between lights out and wake is drawn: `hollow_bar` or `full_bar`.
    """
    y = sheet.size * 0.95
    drawn = []
    if times.wind_down is None and times.lights_out is None and times.wake is None:
        drawn.append(words(sheet, "not noted", sheet.left, y + sheet.size * 0.35))
    if times.wind_down and times.lights_out:
        drawn.append(_evening(sheet, axis, (times.wind_down, times.lights_out), y))
    if times.lights_out and times.wake:
        ends = (times.lights_out, times.wake)
        drawn.append(_noted(bar(sheet, axis, ends, y), f"night {_span(axis, *ends)}"))
    for what, at, shape in (
        ("wind-down", times.wind_down, ring),
        ("the story begins", times.begins, diamond),
        ("lights out", times.lights_out, disc),
        ("wake", times.wake, sun),
    ):
        if at:
            note = f"{times.label}: {what} {clock(at, axis.zone)}"
            drawn.append(_noted(shape(sheet, axis.x(at), y), note))
    return Band(sheet.size * 1.9, "".join(drawn))


def labelled(sheet: Sheet, text: str, row: Band) -> Band:
    """A row of times with its name left of the axis."""
    return Band(row.height, row_label(sheet, text, sheet.size * 1.3) + row.markup)


def _noted(markup: str, note: str) -> str:
    return element("g", element("title", said(note)), markup)


def _evening(sheet: Sheet, axis: Axis, ends: Ends, y: float) -> str:
    line = element(
        "line",
        x1=axis.x(ends[0]),
        x2=axis.x(ends[1]),
        y1=y,
        y2=y,
        stroke=sheet.palette.accent,
        stroke_width=sheet.size * 0.22,
        class_="evening",
    )
    return _noted(line, f"evening {_span(axis, *ends)}")


def hollow_bar(sheet: Sheet, axis: Axis, ends: Ends, y: float) -> str:
    """A night that was planned."""
    return _bar(sheet, axis, ends, y, fill=sheet.palette.card, class_="planned")


def full_bar(sheet: Sheet, axis: Axis, ends: Ends, y: float) -> str:
    """A night that happened, or that is to come."""
    return _bar(sheet, axis, ends, y, fill=sheet.palette.night, class_="night")


def _bar(sheet: Sheet, axis: Axis, ends: Ends, y: float, **look: str | float) -> str:
    height = sheet.size * 0.8
    left, right = sorted(axis.x(at) for at in ends)
    return element(
        "rect",
        x=left,
        y=y - height / 2,
        width=right - left,
        height=height,
        rx=height / 2,
        stroke=sheet.palette.night,
        stroke_width=sheet.size * 0.11,
        **look,
    )


def _span(axis: Axis, start: datetime, end: datetime) -> str:
    minutes = minutes_between(in_zone(start, axis.zone), in_zone(end, axis.zone))
    return f"{exact_clock(start, axis.zone)} to {exact_clock(end, axis.zone)}, {length(minutes)}"


def ring(sheet: Sheet, x: float, y: float) -> str:
    """The mark of wind-down."""
    return element(
        "circle",
        cx=x,
        cy=y,
        r=sheet.size * 0.34,
        fill=sheet.palette.card,
        stroke=sheet.palette.accent,
        stroke_width=sheet.size * 0.17,
        class_="ring",
    )


def diamond(sheet: Sheet, x: float, y: float) -> str:
    """The mark of the story's or dreamscape's beginning, small, since it stands near the others."""
    across, up = sheet.size * 0.26, sheet.size * 0.52
    return element(
        "path",
        d=f"M{x:.2f} {y - up:.2f}l{across:.2f} {up:.2f}l{-across:.2f} {up:.2f}"
        f"l{-across:.2f} {-up:.2f}z",
        fill=sheet.palette.wake,
        stroke=sheet.palette.card,
        stroke_width=sheet.size * 0.1,
        class_="begins",
    )


def disc(sheet: Sheet, x: float, y: float) -> str:
    """The mark of lights out."""
    return element(
        "circle", cx=x, cy=y, r=sheet.size * 0.42, fill=sheet.palette.accent, class_="disc"
    )


def sun(sheet: Sheet, x: float, y: float) -> str:
    """The mark of waking: a small sun."""
    radius = sheet.size * 0.27
    turns = [math.tau * i / 8 for i in range(8)]
    rays = "".join(
        f"M{x + 1.55 * radius * math.cos(t):.2f} {y + 1.55 * radius * math.sin(t):.2f}"
        f"L{x + 2.3 * radius * math.cos(t):.2f} {y + 2.3 * radius * math.sin(t):.2f}"
        for t in turns
    )
    halo = element("circle", cx=x, cy=y, r=radius * 2.6, fill=sheet.palette.card, class_="halo")
    core = element("circle", cx=x, cy=y, r=radius, fill=sheet.palette.wake, class_="sun")
    beams = element(
        "path",
        d=rays,
        stroke=sheet.palette.wake,
        stroke_width=sheet.size * 0.11,
        stroke_linecap="round",
        class_="rays",
    )
    return halo + core + beams


Mark = tuple[Callable[[Sheet, float, float], str], str]
MARKS: tuple[Mark, ...] = ((ring, "wind-down"), (disc, "lights out"), (sun, "wake"))
STORY_MARKS: tuple[Mark, ...] = (MARKS[0], (diamond, "story begins"), *MARKS[1:])


def legend(sheet: Sheet, marks: Sequence[Mark]) -> Band:
    """What the marks mean."""
    size, y = sheet.size, sheet.size * 0.9
    drawn, x = [], size
    for shape, text in marks:
        drawn.append(shape(sheet, x + size * 0.4, y - size * 0.32))
        drawn.append(words(sheet, text, x + size * 1.35, y))
        x += size * (1.35 + len(text) * 0.46 + 1.1)
    return Band(size * 1.9, "".join(drawn))


def stage_rows(stages: Sequence[str | None]) -> tuple[str, ...]:
    """The rows a hypnogram needs, in the field's order: W, R, N1, N2, N3, and S for plain sleep.

    Example:
        >>> stage_rows(["W", "S", None]), stage_rows(["W", "N2"])
        (('W', 'S'), ('W', 'R', 'N1', 'N2', 'N3'))
    """
    used = set(stages)
    staged = used & {"R", "N1", "N2", "N3"}
    deep = ("R", "N1", "N2", "N3") if staged else ()
    return ("W", *deep, "S") if "S" in used or not staged else ("W", *deep)


def stages_band(sheet: Sheet, axis: Axis, hypnogram: Hypnogram) -> Band:
    """A hypnogram: one row a stage, a bar a run, thin lines where one turns into the next."""
    rows = stage_rows(hypnogram.stages)
    pitch = sheet.size * 1.5
    height = pitch * len(rows)
    runs = stage_runs(hypnogram, axis.zone)
    middles = {stage: pitch * (i + 0.5) for i, stage in enumerate(rows)}
    labels = (
        row_label(sheet, ROW_LABELS[stage], y + sheet.size * 0.35) for stage, y in middles.items()
    )
    lines = (_hairline(sheet, sheet.left, axis.right, y) for y in middles.values())
    turns = _turns(sheet, axis, runs, middles)
    bars = (
        _stage_bars(sheet, axis, [run for run in runs if run.value == stage], y, height)
        for stage, y in middles.items()
    )
    gaps = (_unknown(sheet, axis, run, "not scored", height) for run in runs if run.value is None)
    return Band(height + sheet.size * 0.4, "".join((*labels, *lines, turns, *bars, *gaps)))


def _hairline(sheet: Sheet, left: float, right: float, y: float) -> str:
    return element(
        "line",
        x1=left,
        x2=right,
        y1=y,
        y2=y,
        stroke=sheet.palette.line,
        stroke_width=0.6,
        class_="line",
    )


def _turns(sheet: Sheet, axis: Axis, runs: Sequence[Run], middles: dict[str, float]) -> str:
    """One path for every line where a stage turns into the next: a long night has hundreds."""
    lines = (
        f"M{number(axis.x(other.start))} {number(middles[one.value])}"
        f"V{number(middles[other.value])}"
        for one, other in pairwise(runs)
        if one.value is not None and other.value is not None
    )
    look: dict[str, str | float] = {
        "stroke": sheet.palette.still,
        "stroke_width": sheet.size * 0.055,
        "fill": "none",
    }
    return element("path", d="".join(lines), class_="turn", **look)


def _stage_bars(sheet: Sheet, axis: Axis, runs: Sequence[Run], y: float, height: float) -> str:
    """All runs of one stage, which share their row and their colour."""
    if not runs:
        return ""
    stage, bar = runs[0].value or "", sheet.size * 0.9
    drawn = []
    for run in runs:
        x, width = _extent(axis, run)
        rounding = min(sheet.size * 0.18, width / 2)
        shape = element("rect", x=x, y=y - bar / 2, width=width, height=bar, rx=rounding)
        drawn.append(_run(axis, run, STAGE_WORDS[stage], shape, height))
    return _alike(drawn, sheet.palette.stage(stage), f"stage-{stage}")


def _alike(runs: Sequence[str], fill: str, class_: str) -> str:
    """Runs of one colour as one group, each to be touched over its whole height."""
    return element("g", *runs, fill=fill, class_=class_, pointer_events="all")


def movement_band(sheet: Sheet, axis: Axis, track: MovementTrack) -> Band:
    """Still or moving: a thin line while still, a full bar while moving, dots where unmeasured."""
    height = sheet.size * 2.6
    drawn = [
        row_label(sheet, "moving", sheet.size * 0.95),
        row_label(sheet, "still", height - sheet.size * 0.1),
    ]
    runs = movement_runs(track, axis.zone)
    for value, fill, top in (
        ("moving", sheet.palette.n1, 0.0),
        ("still", sheet.palette.still, height - sheet.size * 0.3),
    ):
        alike = [_movement_bar(axis, run, value, top, height) for run in runs if run.value == value]
        drawn.append(_alike(alike, fill, value))
    drawn += (
        _unknown(sheet, axis, run, "not measured", height) for run in runs if run.value is None
    )
    return Band(height + sheet.size * 0.6, "".join(drawn))


def _movement_bar(axis: Axis, run: Run, what: str, top: float, height: float) -> str:
    x, width = _extent(axis, run)
    bar = element("rect", x=x, y=top, width=width, height=height - top)
    return _run(axis, run, what, bar, height)


def _extent(axis: Axis, run: Run) -> tuple[float, float]:
    x = axis.x(run.start)
    return x, max(_THINNEST, axis.x(run.end) - x)


def _run(axis: Axis, run: Run, what: str, drawn: str, height: float) -> str:
    x, width = _extent(axis, run)
    touch = element("rect", x=x, width=width, height=height, fill="none")
    return _noted(touch + drawn, f"{what} {_span(axis, run.start, run.end)}")


def _unknown(sheet: Sheet, axis: Axis, run: Run, what: str, height: float) -> str:
    x, width = _extent(axis, run)
    haze = element(
        "rect",
        x=x,
        y=0.0,
        width=width,
        height=height,
        fill_opacity=0.14,
    )
    dots = element(
        "line",
        x1=x,
        x2=x + width,
        y1=height / 2,
        y2=height / 2,
        stroke=sheet.palette.soft,
        stroke_width=sheet.size * 0.14,
        stroke_dasharray=f"{sheet.size * 0.14:.2f} {sheet.size * 0.3:.2f}",
        class_="dots",
    )
    return _alike((_run(axis, run, what, haze + dots, height),), sheet.palette.soft, "unknown")


def grid(sheet: Sheet, axis: Axis, height: float) -> str:
    """A hairline at every full hour, and a dashed line where the clocks change."""
    hours = (
        element(
            "line",
            x1=tick.x,
            x2=tick.x,
            y1=0.0,
            y2=height,
            stroke=sheet.palette.line,
            stroke_width=1.1 if tick.midnight else 0.6,
            class_="line",
        )
        for tick in hour_ticks(axis, sheet.size * 3.4)
    )
    changes = (
        element(
            "line",
            x1=change.x,
            x2=change.x,
            y1=0.0,
            y2=height,
            stroke=sheet.palette.accent,
            stroke_width=0.9,
            stroke_dasharray="3 3",
            class_="clocks",
        )
        for change in clock_changes(axis)
    )
    return "".join((*hours, *changes))


def hours(sheet: Sheet, axis: Axis) -> Band:
    """The hour labels in local time, the new day under midnight, and any change of clocks."""
    size = sheet.size
    drawn = [_base(sheet, axis)]
    for tick in hour_ticks(axis, size * 3.4):
        if tick.label:
            drawn.append(words(sheet, tick.label, tick.x, size * 1.45, text_anchor="middle"))
        if tick.midnight and tick.label:
            date = f"{WEEKDAYS[tick.midnight.weekday()][:3]} {tick.midnight.day} "
            date += MONTHS[tick.midnight.month - 1][:3]
            drawn.append(words(sheet, date, tick.x, size * 2.75, text_anchor="middle"))
    changes = clock_changes(axis)
    for change in changes:
        text = f"clocks go {'forward' if change.minutes > 0 else 'back'} "
        text += length(abs(change.minutes))
        x = min(max(change.x, sheet.left), axis.right - size * 4)
        drawn.append(words(sheet, text, x, size * 4.05, kind="accent", text_anchor="middle"))
    return Band(size * (4.6 if changes else 3.3), "".join(drawn))


def _base(sheet: Sheet, axis: Axis) -> str:
    return element(
        "line",
        x1=sheet.left,
        x2=axis.right,
        y1=0.0,
        y2=0.0,
        stroke=sheet.palette.still,
        stroke_width=0.8,
        class_="base",
    )
