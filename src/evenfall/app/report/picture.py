"""The pictures: one person's night, the household's night, and tonight's plan, as SVG.

Rule: time runs left to right through midnight, labelled in local time; nothing measured is
nothing drawn; what was simulated says so inside the picture; the data travel within it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from evenfall.app.report.axis import Axis, axis_over
from evenfall.app.report.bands import (
    MARKS,
    STORY_MARKS,
    Band,
    Sheet,
    Times,
    badge,
    caption,
    divider,
    full_bar,
    gap,
    grid,
    heading,
    hollow_bar,
    hours,
    labelled,
    legend,
    movement_band,
    name_line,
    stack,
    stages_band,
    times_row,
)
from evenfall.app.report.data import (
    Data,
    Run,
    begins_of,
    household_data,
    is_measured,
    movement_runs,
    night_data,
    plan_data,
    shown_hypnograms,
    shown_movement,
    stage_runs,
    zone_of,
)
from evenfall.app.report.palette import DAWN, DUSK
from evenfall.app.report.svg import XMLNS, element, isolated, kept
from evenfall.app.report.words import STAGE_WORDS, clock, length, night_of, short_name
from evenfall.records.insight import MemberMorning, Morning
from evenfall.records.plan import MemberPlan, Plan

# A phone's width, and a sheet for a wall or a message; this project's own choice.
PHONE = Sheet(width=360, left=72, right=18, size=12, palette=DAWN)
WALL = Sheet(width=960, left=104, right=30, size=15, palette=DAWN)
PHONE_DUSK = Sheet(width=360, left=26, right=26, size=12, palette=DUSK)


def night_svg(
    morning: Morning,
    member: MemberMorning,
    zone: tzinfo | None = None,
    begins: datetime | None = None,
) -> str:
    """One person's night: the plan over what happened, then the strip of what was measured.

    Args:
        morning: the room's night.
        member: one of its sleepers.
        zone: the home's zone; without it, the one the plan's times carry. A fixed offset, as
            times read from JSON have, cannot know when clocks change.
        begins: when the story or dreamscape was to begin, if it was.

    Returns:
        An SVG document, 360 units wide, with its data in `<metadata>`.

    Raises:
        EvenfallError: the plan and the recording lie more than two days apart.
    """
    tz = zone or zone_of(member.plan)
    axis = _axis(PHONE, _times_of(member, tz), tz)
    mark = _mark(PHONE, morning.simulated)
    bands = [
        heading(PHONE, member.name, f"The night of {night_of(morning.night)}", mark),
        *_member_bands(PHONE, axis, member, begins),
    ]
    data = night_data(morning, member, tz, begins)
    foot = [hours(PHONE, axis), legend(PHONE, STORY_MARKS if begins else MARKS)]
    return _figure(PHONE, axis, bands, foot, night_words(morning, member, tz), data)


def household_svg(mornings: tuple[Morning, ...], plan: Plan, zone: tzinfo | None = None) -> str:
    """Everyone's night on one sheet, 960 units wide, over one axis.

    Members of the plan whose night nobody kept appear with their plan alone.

    Raises:
        EvenfallError: the plan and a recording lie more than two days apart.
    """
    tz = zone or ZoneInfo(plan.zone)
    nights = [(morning, member) for morning in mornings for member in morning.members]
    kept = {member.member for _, member in nights}
    rest = [each for each in plan.members if each.member not in kept]
    times = [at for _, member in nights for at in _times_of(member, tz)]
    axis = _axis(WALL, times + [at for each in rest for at in _plan_times(each)], tz)
    bands = [
        heading(
            WALL,
            plan.household,
            f"The night of {night_of(plan.night)}",
            _mark(WALL, any(morning.simulated for morning in mornings)),
        )
    ]
    begins = begins_of(plan)
    for morning, member in nights:
        bands += _household_rows(axis, morning, member, begins.get(member.member))
    for each in rest:
        bands += _absent_rows(axis, each, begins.get(each.member))
    label = " ".join(night_words(morning, member, tz) for morning, member in nights)
    foot = [hours(WALL, axis), legend(WALL, STORY_MARKS if begins else MARKS)]
    return _figure(WALL, axis, bands, foot, label, household_data(mornings, plan, tz))


def plan_svg(plan: Plan, zone: tzinfo | None = None) -> str:
    """Tonight: everyone's evening and night as lines, one row each, 360 units wide."""
    tz = zone or ZoneInfo(plan.zone)
    sheet = PHONE_DUSK
    axis = _axis(sheet, [at for each in plan.members for at in _plan_times(each)], tz)
    bands = [heading(sheet, "Tonight", night_of(plan.night))]
    begins = begins_of(plan)
    for each in plan.members:
        times = _planned(each, begins.get(each.member))
        bands.append(name_line(sheet, each.name, all_times(times, tz)))
        bands.append(times_row(sheet, axis, times, full_bar))
        bands.append(gap(sheet, 0.5))
    foot = [hours(sheet, axis), legend(sheet, STORY_MARKS if begins else MARKS)]
    return _figure(sheet, axis, bands, foot, plan_words(plan, tz), plan_data(plan, tz))


def night_words(morning: Morning, member: MemberMorning, zone: tzinfo) -> str:
    """A picture of a night told in words, for whoever cannot see it."""
    parts = [
        f"The night of {isolated(member.name)}, {night_of(morning.night)}.",
        "Everything here is simulated." if morning.simulated else "",
        f"Planned: {all_times(_planned(member.plan), zone)}.",
        f"Happened: {all_times(_happened(member), zone)}.",
    ]
    for what, each in shown_hypnograms(member):
        totals = _totals(stage_runs(each, zone), "not scored")
        parts.append(f"{what.capitalize()}, by {short_name(each.source)}: {totals}.")
    movement = shown_movement(member)
    if movement:
        totals = _totals(movement_runs(movement, zone), "not measured")
        parts.append(f"Movement, by {short_name(movement.source)}: {totals}.")
    if not is_measured(member):
        parts.append("Sleep was not measured.")
    return " ".join(part for part in parts if part)


def plan_words(plan: Plan, zone: tzinfo) -> str:
    """The picture of tonight told in words."""
    begins = begins_of(plan)
    lines = (
        f"{isolated(each.name)}: {all_times(_planned(each, begins.get(each.member)), zone)}."
        for each in plan.members
    )
    return f"Tonight, {night_of(plan.night)}. " + " ".join(lines)


def all_times(times: Times, zone: tzinfo) -> str:
    """Wind-down, lights out and wake in a line of words, and the story where there is one."""
    named = (
        ("wind-down", times.wind_down),
        *((("story", times.begins),) if times.begins else ()),
        ("lights out", times.lights_out),
        ("wake", times.wake),
    )
    return ", ".join(f"{what} {clock(at, zone) if at else 'not noted'}" for what, at in named)


def _totals(runs: Iterable[Run], unknown: str) -> str:
    minutes: dict[str | None, float] = {}
    for run in runs:
        minutes[run.value] = minutes.get(run.value, 0.0) + run.minutes
    return ", ".join(
        f"{unknown if value is None else STAGE_WORDS.get(value, value)} {length(total)}"
        for value, total in minutes.items()
    )


def _planned(plan: MemberPlan, begins: datetime | None = None) -> Times:
    return Times("planned", plan.wind_down, plan.lights_out, plan.wake, begins)


def _happened(member: MemberMorning) -> Times:
    return Times("happened", member.wind_down_actual, member.lights_out_actual, member.wake_actual)


def _plan_times(plan: MemberPlan) -> tuple[datetime, ...]:
    return (plan.wind_down, plan.lights_out, plan.wake)


def _times_of(member: MemberMorning, zone: tzinfo) -> list[datetime]:
    noted = (member.wind_down_actual, member.lights_out_actual, member.wake_actual)
    times = [*_plan_times(member.plan), *(at for at in noted if at is not None)]
    strips = [stage_runs(each, zone) for _, each in shown_hypnograms(member)]
    movement = shown_movement(member)
    strips += [movement_runs(movement, zone)] if movement else []
    for runs in strips:
        times += [runs[0].start, runs[-1].end]
    return times


def _axis(sheet: Sheet, times: Iterable[datetime], zone: tzinfo) -> Axis:
    return axis_over(times, zone, sheet.left, sheet.width - sheet.right)


def _mark(sheet: Sheet, simulated: bool) -> str:
    return badge(sheet, sheet.width - sheet.size, 0.0) if simulated else ""


def _member_bands(
    sheet: Sheet, axis: Axis, member: MemberMorning, begins: datetime | None
) -> list[Band]:
    planned = times_row(sheet, axis, _planned(member.plan, begins), hollow_bar)
    happened = times_row(sheet, axis, _happened(member), full_bar)
    bands = [
        labelled(sheet, "planned", planned),
        labelled(sheet, "happened", happened),
        gap(sheet, 0.6),
    ]
    for what, each in shown_hypnograms(member):
        bands.append(caption(sheet, f"{what.capitalize()}: {short_name(each.source)}"))
        bands += [stages_band(sheet, axis, each), gap(sheet, 0.5)]
    movement = shown_movement(member)
    if movement:
        bands.append(caption(sheet, f"Still or moving: {short_name(movement.source)}"))
        bands.append(movement_band(sheet, axis, movement))
    if not is_measured(member):
        bands.append(caption(sheet, "Sleep was not measured."))
    return bands


def _household_rows(
    axis: Axis, morning: Morning, member: MemberMorning, begins: datetime | None
) -> list[Band]:
    happened = all_times(_happened(member), axis.zone)
    line = f"Planned {all_times(_planned(member.plan), axis.zone)}.  Happened {happened}."
    mark = _mark(WALL, morning.simulated)
    named = heading(WALL, member.name, line, mark)
    return [divider(WALL), named, *_member_bands(WALL, axis, member, begins)]


def _absent_rows(axis: Axis, plan: MemberPlan, begins: datetime | None) -> list[Band]:
    line = f"Planned {all_times(_planned(plan), axis.zone)}."
    row = times_row(WALL, axis, _planned(plan, begins), hollow_bar)
    return [
        divider(WALL),
        heading(WALL, plan.name, line),
        labelled(WALL, "planned", row),
        caption(WALL, "No night was kept."),
    ]


def _figure(
    sheet: Sheet, axis: Axis, bands: Sequence[Band], foot: Sequence[Band], label: str, data: Data
) -> str:
    head, *rest = bands
    body = stack([*rest, gap(sheet, 0.4)])
    top = sheet.size
    drawn = stack(
        [
            gap(sheet, 1),
            head,
            Band(body.height, grid(sheet, axis, body.height) + body.markup),
            *foot,
            gap(sheet, 0.4),
        ]
    )
    ground = element(
        "rect",
        width=sheet.width,
        height=drawn.height,
        rx=top,
        fill=sheet.palette.card,
        class_="ground",
    )
    return element(
        "svg",
        element("metadata", kept(msgspec.json.encode(data).decode())),
        ground,
        drawn.markup,
        width=sheet.width,
        height=drawn.height,
        viewBox=f"0 0 {sheet.width:g} {drawn.height:.2f}",
        role="img",
        aria_label=label,
    ).replace("<svg", f"<svg{XMLNS}", 1)
