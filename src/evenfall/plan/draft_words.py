"""The sentences that say why a night is as it is, each with where it is known from.

A child could follow them: short, exact, no praise and no blame.
"""

from datetime import datetime

from evenfall.formats.errors import Fault, Place
from evenfall.formats.quantity import duration_text
from evenfall.plan.age import age_text
from evenfall.plan.draft import NIGHT_MIN_H, Draft
from evenfall.plan.efficiency import Efficiency
from evenfall.plan.morning import HOUSEHOLD, TONIGHT
from evenfall.plan.need import Need
from evenfall.plan.wall_clock import NightFrame, WallTime, clock_text
from evenfall.records.household import Member
from evenfall.records.plan import Reason

_COUNTED_BACK = "sleep needed ÷ expected efficiency"


def nap_reason(member: Member, nap_h: float, night_h: float) -> tuple[Reason, ...]:
    """What a nap already gives."""
    if nap_h == 0:
        return ()
    text = (
        f"{member.name} sleeps {duration_text(nap_h * 3600)} by day, so the night needs "
        f"{duration_text(night_h * 3600)}."
    )
    return (Reason(rule="nap", text=text, source=HOUSEHOLD),)


def efficiency_reason(months: int, night_h: float, efficiency: Efficiency) -> Reason:
    """Why time in bed is longer than sleep."""
    in_bed = duration_text(round(night_h / efficiency.share * 60) * 60)
    text = (
        f"Nobody sleeps the whole time in bed: at {age_text(months)} about "
        f"{round(efficiency.share * 100)} of 100 minutes are sleep, so "
        f"{duration_text(night_h * 3600)} of sleep takes {in_bed} in bed."
    )
    return Reason(rule="efficiency", text=text, source=efficiency.source)


def lights_out_reason(wake: datetime, lights_out: datetime, frame: NightFrame) -> Reason:
    """The light, counted back from the morning."""
    text = (
        f"Counting back from {clock_text(wake, frame.zone)}, the light goes out at "
        f"{clock_text(lights_out, frame.zone)}."
    )
    source = f"{_COUNTED_BACK}, earlier to five minutes: this project's own choice"
    return Reason(rule="lights-out", text=text, source=source)


def chosen_reason(draft: Draft, chosen: WallTime, frame: NightFrame) -> Reason:
    """A light chosen for tonight."""
    return Reason(
        rule="lights-out-tonight",
        text=f"Someone at home chose {clock_text(chosen.at, frame.zone)} for {draft.member.name}'s "
        "light, just this once.",
        source=TONIGHT,
    )


def short_night(draft: Draft, chosen: WallTime, frame: NightFrame) -> Reason:
    """A chosen light that leaves less sleep than advised."""
    latest, wake = (clock_text(at, frame.zone) for at in (draft.latest_lights_out, draft.wake))
    outcome = f"so the light goes out at {latest}" if draft.is_child else "and it stays so"
    return Reason(
        rule="range-low",
        text=f"Lights out at {chosen.clock} would give {draft.member.name} less than the "
        f"{draft.need.low_h:g} h a day advised before waking at {wake}, {outcome}. One of them has "
        f"to move: lights out by {latest}, a later morning, or a nap.",
        source=draft.need.reasons[0].source,
    )


def wind_down_reason(draft: Draft, frame: NightFrame) -> Reason:
    """When the evening turns towards sleep."""
    start, name = clock_text(draft.wind_down, frame.zone), draft.member.name
    takes = duration_text((draft.winding + draft.story_earlier).total_seconds())
    steps = _listed([step.what for step in draft.member.ritual])
    text = (
        f"With {steps}, {name}'s evening takes {takes}, so it turns towards sleep at {start}."
        if steps
        else f"Winding down takes {takes}, so {name}'s evening turns towards sleep at {start}."
    )
    source = f"{HOUSEHOLD}; at least 20 min: this project's own choice"
    return Reason(rule="wind-down", text=text, source=source)


def _listed(steps: list[str]) -> str:
    if len(steps) < 2:
        return "".join(steps)
    return f"{', '.join(steps[:-1])} and {steps[-1]}"


def clock_change_reason(draft: Draft, frame: NightFrame) -> tuple[Reason, ...]:
    """A night in which the clocks change, if they do."""
    before, after = (at.astimezone(frame.zone).utcoffset() for at in (draft.lights_out, draft.wake))
    if before == after:
        return ()
    hours = duration_text((draft.wake - draft.lights_out).total_seconds())
    text = f"The clocks change in this night. It keeps its real length, {hours} in bed."
    return (Reason(rule="clock-change", text=text, source="IANA time zone data"),)


def day_sleep_reason(draft: Draft, frame: NightFrame) -> tuple[Reason, ...]:
    """A sleep that ends after noon, if it does."""
    if draft.wake <= frame.noon_after:
        return ()
    text = f"{draft.member.name} sleeps into the day; this sleep is still kept under {frame.night}."
    return (Reason(rule="day-sleep", text=text, source=HOUSEHOLD),)


def evening_from_reason(
    draft: Draft, not_before: WallTime, lights_out: datetime, frame: NightFrame
) -> Reason:
    """An adult's light, moved by an evening that begins late."""
    begins, out = clock_text(not_before.at, frame.zone), clock_text(lights_out, frame.zone)
    return Reason(
        rule="evening-from",
        text=f"{draft.member.name}'s evening begins at {begins} at the earliest, so the light "
        f"goes out at {out}: less sleep than planned, and still inside what is advised.",
        source=f"{HOUSEHOLD}; this project's own choice for adults",
    )


def evening_conflict(draft: Draft, not_before: WallTime, frame: NightFrame) -> Reason:
    """An evening that would have to begin before it can."""
    begins, starts, wake = (
        clock_text(at, frame.zone) for at in (not_before.at, draft.wind_down, draft.wake)
    )
    slept = duration_text((draft.wake - draft.lights_out).total_seconds())
    return Reason(
        rule="evening-conflict",
        text=f"{draft.member.name}'s evening cannot begin before {begins}, yet {slept} in bed "
        f"before waking at {wake} means winding down at {starts}. One of them has to move: an "
        "evening that can begin earlier, a later morning, or a shorter ritual.",
        source=f"{HOUSEHOLD}; {draft.need.reasons[0].source}",
    )


def light_of_siblings(draft: Draft, lights_out: datetime, frame: NightFrame) -> Reason:
    """A child's light, moved to keep the order of age in the room."""
    later = lights_out > draft.lights_out
    why = "waits for the younger one's" if later else "does not outlast the elder one's"
    return Reason(
        rule="siblings",
        text="In a shared room the lights go out in order of age: "
        f"{draft.member.name}'s light {why}, so it goes out at "
        f"{clock_text(lights_out, frame.zone)}.",
        source="this project's own choice",
    )


def teller_stays_up(draft: Draft, lights_out: datetime, frame: NightFrame) -> Reason:
    """An adult's light, moved later by a story they tell."""
    return Reason(
        rule="teller",
        text=f"{draft.member.name} tells a story first, so their light goes out at "
        f"{clock_text(lights_out, frame.zone)}: still inside what is advised.",
        source="this project's own choice: people first",
    )


def story_earlier(draft: Draft, teller: str) -> Reason:
    """A story told earlier, so that its teller can be there."""
    earlier = duration_text(draft.story_earlier.total_seconds())
    return Reason(
        rule="story-earlier",
        text=f"{teller} can only be in one place at a time, so {draft.member.name}'s story and "
        f"evening begin {earlier} earlier, with quiet before the light goes out.",
        source="this project's own choice",
    )


def evening_commitment(draft: Draft, what: str, starts: datetime, frame: NightFrame) -> Reason:
    """Something that starts after the evening has turned towards sleep."""
    starts_at, down = clock_text(starts, frame.zone), clock_text(draft.wind_down, frame.zone)
    return Reason(
        rule="evening-commitment",
        text=f"{what} starts at {starts_at}, yet {draft.member.name}'s evening turns towards sleep "
        f"at {down}. One of them has to move: leave {what} out tonight, or choose tonight's "
        "lights-out or wake.",
        source=HOUSEHOLD,
    )


def nap_fault(member: Member, need: Need, nap_h: float) -> Fault:
    """A nap that leaves no night."""
    return Fault(
        f"{member.name} ({member.id}) naps {duration_text(nap_h * 3600)} of "
        f"{duration_text(need.need_h * 3600)} of sleep a day",
        Place(),
        f"a nap that leaves at least {NIGHT_MIN_H:g} h for the night",
        f"write a shorter nap for {member.id}",
    )


def lights_out_fault(draft: Draft, clock: str, frame: NightFrame) -> Fault:
    """A chosen light outside the night."""
    wake = clock_text(draft.wake, frame.zone)
    return Fault(
        f"lights out at {clock} for {draft.member.name} does not fall in the night before {wake}",
        Place(),
        f"a time between noon and waking at {wake}",
        f"change tonight's lights_out for {draft.member.id}",
    )


def before_noon_fault(draft: Draft, frame: NightFrame) -> Fault:
    """An evening that would begin before noon."""
    wake = clock_text(draft.wake, frame.zone)
    in_bed = duration_text((draft.wake - draft.lights_out).total_seconds())
    winding = duration_text((draft.winding + draft.story_earlier).total_seconds())
    return Fault(
        f"{draft.member.name} ({draft.member.id}) would have to wind down before noon on "
        f"{frame.night}: {winding} of evening and {in_bed} in bed end at {wake}",
        Place(),
        "an evening that begins after noon",
        "wake later, leave less time between waking and what the day asks, shorten the ritual, "
        f"or write how long {draft.member.id} sleeps by day (nap: 2 h)",
    )
