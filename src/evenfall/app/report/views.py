"""What the page says, as plain views of the records: no markup here, and no arithmetic there.

Rule: everything the template prints is ready in words; what nobody noted or measured says so.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from msgspec.structs import replace as struct_replace

from evenfall.app.report.data import (
    Run,
    begins_of,
    is_measured,
    movement_runs,
    shown_hypnograms,
    shown_movement,
    stage_runs,
    withholds_stages,
)
from evenfall.app.report.picture import night_svg
from evenfall.app.report.svg import XMLNS
from evenfall.app.report.words import (
    STAGE_WORDS,
    clock,
    counted,
    difference,
    exact_clock,
    length,
    plain,
    short_name,
)
from evenfall.records.insight import Insight, MemberMorning, Moment, Morning, Statistic
from evenfall.records.plan import MemberPlan, Plan, Reason, RoomEvening
from evenfall.records.recording import Agreement

EVENINGS = {
    "told": "a told evening",
    "immersive": "an immersive evening",
    "unplugged": "a paper evening",
}
# What the field names first of a night; the rest is folded away.
FIRST = ("TIB", "SOL", "WASO", "TST", "SE", "awakenings")
_INSIGHTS = {
    "sleep-latency": "Falling asleep took",
    "sleep-duration": "Sleep lasted",
    "wake-time": "Waking came at",
}


@dataclass(frozen=True)
class TimeRow:
    """One line of the plan beside what happened."""

    what: str
    planned: str
    happened: str
    difference: str


@dataclass(frozen=True)
class StatisticRow:
    """One statistic; `in_hours` is empty where minutes say it well enough.

    `source` is empty where it is the one its table names.
    """

    name: str
    value: str
    in_hours: str
    words: str
    source: str
    measured: bool


@dataclass(frozen=True)
class StatisticsView:
    """A night's statistics: the first few, the rest, and what of the rest nobody measured."""

    how: str
    first: tuple[StatisticRow, ...]
    rest: tuple[StatisticRow, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class AgreementRow:
    """One measure of agreement with a scorer."""

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class RunRow:
    """One stretch of a strip, exactly."""

    start: str
    end: str
    what: str
    length: str


@dataclass(frozen=True)
class Strip:
    """A strip of the picture as a table."""

    what: str
    source: str
    rows: tuple[RunRow, ...]


@dataclass(frozen=True)
class Picture:
    """A picture inside the page, and the name of the file it can be kept as."""

    svg: str
    file_name: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class MomentRow:
    """One moment of the night."""

    at: str
    what: str
    why: str


@dataclass(frozen=True)
class MemberView:
    """One person's part of the page."""

    name: str
    lights_out: str
    morning: str
    measured: str
    times: tuple[TimeRow, ...]
    picture: Picture | None
    withheld: bool
    citations: tuple[str, ...]
    statistics: StatisticsView | None
    agreement: tuple[AgreementRow, ...]
    reference: str
    epochs: str
    insights: tuple[str, ...]


@dataclass(frozen=True)
class RoomView:
    """One room's part of the page."""

    room: str
    evening: str
    title: str
    simulated: bool
    source: str
    immersion: str
    members: tuple[MemberView, ...]
    moments: tuple[MomentRow, ...]
    notes: tuple[str, ...]


def room_view(morning: Morning, zone: tzinfo, begins: dict[str, datetime]) -> RoomView:
    """A room's night in words and pictures; `begins` is when each story was to begin."""
    return RoomView(
        room=morning.room,
        evening=EVENINGS.get(morning.kind, morning.kind),
        title=morning.title,
        simulated=morning.simulated,
        source=morning.source,
        immersion=immersion_sentence(morning.immersion_min, morning.allowance_min),
        members=tuple(
            member_view(morning, member, zone, begins.get(member.member))
            for member in morning.members
        ),
        moments=tuple(_moment(moment, zone) for moment in morning.moments),
        notes=morning.notes,
    )


def member_view(
    morning: Morning, member: MemberMorning, zone: tzinfo, begins: datetime | None
) -> MemberView:
    """One person's night in words, with a picture only where something was measured."""
    plan = member.plan
    withheld = withholds_stages(plan) and (member.hypnogram or member.reference) is not None
    if withheld:
        member = _without_stages(member)
    agreement, cited = member.agreement, cited_sources(member)
    return MemberView(
        name=member.name,
        lights_out=_sentence(
            ("Lights out", "Lights out"), plan.lights_out, member.lights_out_actual, zone
        ),
        morning=_sentence(("Up", "Waking"), plan.wake, member.wake_actual, zone),
        measured=member.measured,
        times=(
            _time_row("wind-down", plan.wind_down, member.wind_down_actual, zone),
            _time_row("lights out", plan.lights_out, member.lights_out_actual, zone),
            _time_row("wake", plan.wake, member.wake_actual, zone),
        ),
        picture=_picture(morning, member, zone, begins) if is_measured(member) else None,
        withheld=withheld,
        citations=cited,
        statistics=statistics_view(member.statistics, cited) if member.statistics else None,
        agreement=_agreement(agreement) if agreement else (),
        reference=agreement.reference if agreement else "",
        epochs=counted(agreement.epochs, "epoch", "epochs") if agreement else "",
        insights=tuple(named_shortly(insight_sentence(each), cited) for each in member.insights),
    )


def _without_stages(member: MemberMorning) -> MemberMorning:
    """A child's morning without what only stages could tell."""
    told = tuple(each for each in member.insights if each.about == "wake-time")
    return struct_replace(
        member, hypnogram=None, reference=None, statistics=(), agreement=None, insights=told
    )


def cited_sources(member: MemberMorning) -> tuple[str, ...]:
    """The sources with a citation behind their name, each once: these the page quotes in full."""
    sources = [each.source for _, each in shown_hypnograms(member)]
    return tuple(each for each in dict.fromkeys(sources) if short_name(each) != each)


def named_shortly(text: str, cited: Iterable[str]) -> str:
    """A text with every cited source called by its short name.

    Example:
        >>> named_shortly("from the stages (Oakley (1997, a report))", ["Oakley (1997, a report)"])
        'from the stages (Oakley)'
    """
    for source in cited:
        text = text.replace(source, short_name(source))
    return text


def statistics_view(statistics: tuple[Statistic, ...], cited: tuple[str, ...]) -> StatisticsView:
    """The statistics with the source most of them share said once.

    Args:
        statistics: all there are, in the field's order.
        cited: the sources the page quotes in full, so that a name is enough here.
    """
    rows = {each.name: _statistic(each, cited) for each in statistics}
    common = Counter(row.source for row in rows.values() if row.measured).most_common(1)
    how = common[0][0] if common else ""
    first = tuple(_unless(rows.pop(name), how) for name in FIRST if name in rows)
    absent: dict[str, list[str]] = {}
    for row in rows.values():
        if not row.measured:
            absent.setdefault(row.source, []).append(row.name)
    return StatisticsView(
        how=how,
        first=first,
        rest=tuple(_unless(row, how) for row in rows.values() if row.measured),
        missing=tuple(f"{', '.join(names)}: {why}." for why, names in absent.items()),
    )


def _unless(row: StatisticRow, how: str) -> StatisticRow:
    return replace(row, source="") if row.source == how else row


def immersion_sentence(used_min: float, allowance_min: float) -> str:
    """Immersion against what was agreed, stated plainly.

    Example:
        >>> immersion_sentence(12.5, 20)
        'Immersion: 12.5 minutes used of the 20 agreed.'
        >>> immersion_sentence(26, 20)
        'Immersion: 26 minutes used, 6 more than the 20 agreed.'
    """
    agreed = plain(allowance_min)
    if not used_min:
        return f"Immersion: none used; {agreed} minutes were agreed."
    used = f"Immersion: {plain(used_min)} {'minute' if plain(used_min) == '1' else 'minutes'} used"
    if used_min > allowance_min:
        return f"{used}, {plain(used_min - allowance_min)} more than the {agreed} agreed."
    return f"{used} of the {agreed} agreed."


def insight_sentence(insight: Insight) -> str:
    """What tomorrow's plan may learn, with its doubt."""
    doubt = f"give or take {length(round(insight.doubt_min))}"
    value = length(round(insight.value_min))
    if insight.about == "wake-time":
        hours, minutes = divmod(round(12 * 60 + insight.value_min) % (24 * 60), 60)
        value = f"{hours:02}:{minutes:02}"
    nights = counted(insight.nights, "night", "nights")
    mark = " (simulated)" if insight.simulated else ""
    return f"{_INSIGHTS[insight.about]} {value}, {doubt}; from {nights}: {insight.source}{mark}."


def slug(text: str) -> str:
    """A text as part of a file's name.

    Example:
        >>> slug("2026-11-20 ana")
        '2026-11-20-ana'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def inline(svg: str) -> str:
    """An SVG document for use inside HTML, which needs no namespace."""
    return svg.replace(XMLNS, "", 1)


def picture_of(svg: str, name: str, strips: tuple[Strip, ...] = ()) -> Picture:
    """A picture for the page; the page's script makes the file to keep from it."""
    return Picture(svg=inline(svg), file_name=f"{slug(name)}.svg", strips=strips)


def _picture(
    morning: Morning, member: MemberMorning, zone: tzinfo, begins: datetime | None
) -> Picture:
    strips = [
        Strip(
            what.capitalize(),
            short_name(each.source),
            _rows(stage_runs(each, zone), zone, "not scored"),
        )
        for what, each in shown_hypnograms(member)
    ]
    movement = shown_movement(member)
    if movement:
        rows = _rows(movement_runs(movement, zone), zone, "not measured")
        strips.append(Strip("Still or moving", movement.source, rows))
    name = f"{morning.night} {member.member}"
    return picture_of(night_svg(morning, member, zone, begins), name, tuple(strips))


def _rows(runs: tuple[Run, ...], zone: tzinfo, unknown: str) -> tuple[RunRow, ...]:
    return tuple(
        RunRow(
            start=exact_clock(run.start, zone),
            end=exact_clock(run.end, zone),
            what=unknown if run.value is None else STAGE_WORDS.get(run.value, run.value),
            length=length(run.minutes),
        )
        for run in runs
    )


def _sentence(
    what: tuple[str, str], planned: datetime, happened: datetime | None, zone: tzinfo
) -> str:
    if happened is None:
        return f"{what[1]} was not noted."
    apart = difference(planned, happened)
    than = apart if apart == "as planned" else f"{apart} than planned"
    return f"{what[0]} at {clock(happened, zone)}, {than}."


def _time_row(what: str, planned: datetime, happened: datetime | None, zone: tzinfo) -> TimeRow:
    return TimeRow(
        what=what,
        planned=clock(planned, zone),
        happened=clock(happened, zone) if happened else "not noted",
        difference=difference(planned, happened),
    )


def _statistic(statistic: Statistic, cited: tuple[str, ...]) -> StatisticRow:
    value, source = statistic.value, named_shortly(statistic.source, cited)
    if value is None:
        text = "—  not measured"
        return StatisticRow(statistic.name, text, "", statistic.words, source, False)
    unit = "" if statistic.unit == "count" else f" {statistic.unit}"
    in_hours = length(round(value)) if statistic.unit == "min" and value >= 60 else ""
    return StatisticRow(
        name=statistic.name,
        value=plain(value) + unit,
        in_hours=in_hours,
        words=statistic.words,
        source=source,
        measured=True,
    )


def _agreement(agreement: Agreement) -> tuple[AgreementRow, ...]:
    def share(value: float | None) -> str:
        return "not defined" if value is None else f"{plain(100 * value)} %"

    kappa = "not defined" if agreement.kappa is None else plain(agreement.kappa, 2)
    return (
        AgreementRow("Accuracy", share(agreement.accuracy), "epochs on which both say the same"),
        AgreementRow(
            "Sensitivity", share(agreement.sensitivity), "the scorer’s sleep, called sleep here"
        ),
        AgreementRow(
            "Specificity", share(agreement.specificity), "the scorer’s wake, called wake here"
        ),
        AgreementRow("Cohen’s kappa", kappa, "agreement beyond chance; 1 is full, 0 is chance"),
    )


def _moment(moment: Moment, zone: tzinfo) -> MomentRow:
    return MomentRow(clock(moment.at, zone), moment.what, moment.why)


@dataclass(frozen=True)
class TonightView:
    """One person's evening to come."""

    name: str
    times: tuple[tuple[str, str], ...]
    need: str
    story: str
    teller: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class EveningView:
    """One room's evening to come."""

    room: str
    evening: str
    sleepers: tuple[str, ...]
    story: str
    teller: str
    reasons: tuple[Reason, ...]


def tonight_view(plan: MemberPlan, whole: Plan, zone: tzinfo) -> TonightView:
    """One person's three times, their story and why."""
    names, begins = names_in(whole), begins_of(whole).get(plan.member)
    kind = next((each.kind for each in whole.rooms if plan.member in each.sleepers), "told")
    low, high = plain(plan.sleep_need_low_h), plain(plan.sleep_need_high_h)
    return TonightView(
        name=plan.name,
        times=(
            ("wind-down", clock(plan.wind_down, zone)),
            ("lights out", clock(plan.lights_out, zone)),
            ("wake", clock(plan.wake, zone)),
        ),
        need=f"Planned for {plain(plan.sleep_need_h)} h of sleep in 24 h; "
        f"the range for this age is {low} to {high} h.",
        story=_story(kind, begins, zone),
        teller=names.get(plan.teller, plan.teller) if plan.teller else "",
        reasons=plan.reasons,
    )


def _story(kind: str, begins: datetime | None, zone: tzinfo) -> str:
    what = "The dreamscape" if kind == "immersive" else "The told evening"
    return "" if begins is None else f"{what} begins at {clock(begins, zone)}"


def evening_view(evening: RoomEvening, names: dict[str, str], zone: tzinfo) -> EveningView:
    """One room's evening and why."""
    return EveningView(
        room=evening.name or evening.room,
        evening=EVENINGS[evening.kind],
        sleepers=tuple(names.get(sleeper, sleeper) for sleeper in evening.sleepers),
        story=_story(evening.kind, evening.begins, zone),
        teller=names.get(evening.teller, evening.teller) if evening.teller else "",
        reasons=evening.reasons,
    )


def names_in(plan: Plan) -> dict[str, str]:
    """What people are called, by their id."""
    return {each.member: each.name for each in plan.members}
