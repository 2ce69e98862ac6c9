"""Why a night is as it is: which sentence, what stands in it, and where that is known from.

The sentences themselves are in `formats/language/`, in every language of the house.
"""

from datetime import datetime

from evenfall.formats.errors import Fault, Place
from evenfall.formats.quantity import duration_text
from evenfall.plan.draft import NIGHT_MIN_H, Draft
from evenfall.plan.efficiency import Efficiency
from evenfall.plan.morning import HOUSEHOLD, TONIGHT
from evenfall.plan.need import Need
from evenfall.plan.reasons import because
from evenfall.plan.wall_clock import NightFrame, WallTime, clock_text
from evenfall.records.household import Member
from evenfall.records.plan import Reason

OWN_CHOICE = "this project's own choice"
_COUNTED_BACK = "sleep needed ÷ expected efficiency"


def nap_reason(member: Member, nap_h: float, night_h: float) -> tuple[Reason, ...]:
    """What a nap already gives."""
    if nap_h == 0:
        return ()
    nap_s, night_s = round(nap_h * 3600), round(night_h * 3600)
    return (because("nap", "nap", HOUSEHOLD, name=member.name, nap_s=nap_s, night_s=night_s),)


def efficiency_reason(months: int, night_h: float, efficiency: Efficiency) -> Reason:
    """Why time in bed is longer than sleep."""
    return because(
        "efficiency",
        "efficiency",
        efficiency.source,
        age_months=months,
        asleep=round(efficiency.share * 100),
        night_s=round(night_h * 3600),
        in_bed_s=round(night_h / efficiency.share * 60) * 60,
    )


def lights_out_reason(wake: datetime, lights_out: datetime, frame: NightFrame) -> Reason:
    """The light, counted back from the morning."""
    source = f"{_COUNTED_BACK}, earlier to five minutes: {OWN_CHOICE}"
    times = {"wake": clock_text(wake, frame.zone), "lights_out": clock_text(lights_out, frame.zone)}
    return because("lights-out", "lights-out", source, **times)


def chosen_reason(draft: Draft, chosen: WallTime, frame: NightFrame) -> Reason:
    """A light chosen for tonight."""
    rule, lights_out = "lights-out-tonight", clock_text(chosen.at, frame.zone)
    return because(rule, rule, TONIGHT, lights_out=lights_out, name=draft.member.name)


def short_night(draft: Draft, chosen: WallTime, frame: NightFrame) -> Reason:
    """A chosen light that leaves less sleep than advised."""
    return because(
        "range-low",
        "range-low.child" if draft.is_child else "range-low.adult",
        draft.need.reasons[0].source,
        chosen=chosen.clock,
        name=draft.member.name,
        low_h=draft.need.low_h,
        wake=clock_text(draft.wake, frame.zone),
        latest=clock_text(draft.latest_lights_out, frame.zone),
    )


def wind_down_reason(draft: Draft, frame: NightFrame) -> Reason:
    """When the evening turns towards sleep."""
    rule, source = "wind-down", f"{HOUSEHOLD}; at least 20 min: {OWN_CHOICE}"
    name, starts = draft.member.name, clock_text(draft.wind_down, frame.zone)
    takes_s = round((draft.winding + draft.story_earlier).total_seconds())
    steps = tuple(step.what for step in draft.member.ritual)
    if not steps:
        return because(rule, rule, source, name=name, takes_s=takes_s, starts=starts)
    key = f"{rule}.steps"
    return because(rule, key, source, steps=steps, name=name, takes_s=takes_s, starts=starts)


def clock_change_reason(draft: Draft, frame: NightFrame) -> tuple[Reason, ...]:
    """A night in which the clocks change, if they do."""
    before, after = (at.astimezone(frame.zone).utcoffset() for at in (draft.lights_out, draft.wake))
    if before == after:
        return ()
    in_bed_s = round((draft.wake - draft.lights_out).total_seconds())
    return (because("clock-change", "clock-change", "IANA time zone data", in_bed_s=in_bed_s),)


def day_sleep_reason(draft: Draft, frame: NightFrame) -> tuple[Reason, ...]:
    """A sleep that ends after noon, if it does."""
    if draft.wake <= frame.noon_after:
        return ()
    name, night = draft.member.name, frame.night.isoformat()
    return (because("day-sleep", "day-sleep", HOUSEHOLD, name=name, night=night),)


def evening_from_reason(
    draft: Draft, not_before: WallTime, lights_out: datetime, frame: NightFrame
) -> Reason:
    """An adult's light, moved by an evening that begins late."""
    return because(
        "evening-from",
        "evening-from",
        f"{HOUSEHOLD}; {OWN_CHOICE} for adults",
        name=draft.member.name,
        begins=clock_text(not_before.at, frame.zone),
        lights_out=clock_text(lights_out, frame.zone),
    )


def evening_conflict(draft: Draft, not_before: WallTime, frame: NightFrame) -> Reason:
    """An evening that would have to begin before it can."""
    return because(
        "evening-conflict",
        "evening-conflict",
        f"{HOUSEHOLD}; {draft.need.reasons[0].source}",
        name=draft.member.name,
        begins=clock_text(not_before.at, frame.zone),
        in_bed_s=round((draft.wake - draft.lights_out).total_seconds()),
        wake=clock_text(draft.wake, frame.zone),
        starts=clock_text(draft.wind_down, frame.zone),
    )


def light_of_siblings(draft: Draft, lights_out: datetime, frame: NightFrame) -> Reason:
    """A child's light, moved to keep the order of age in the room."""
    key = "siblings.later" if lights_out > draft.lights_out else "siblings.earlier"
    out = clock_text(lights_out, frame.zone)
    return because("siblings", key, OWN_CHOICE, name=draft.member.name, lights_out=out)


def teller_stays_up(draft: Draft, lights_out: datetime, frame: NightFrame) -> Reason:
    """An adult's light, moved later by a story they tell."""
    source, out = f"{OWN_CHOICE}: people first", clock_text(lights_out, frame.zone)
    return because("teller", "teller-stays-up", source, name=draft.member.name, lights_out=out)


def story_earlier(draft: Draft, teller: str) -> Reason:
    """A story told earlier, so that its teller can be there."""
    rule, earlier_s = "story-earlier", round(draft.story_earlier.total_seconds())
    name = draft.member.name
    return because(rule, rule, OWN_CHOICE, teller=teller, name=name, earlier_s=earlier_s)


def evening_commitment(draft: Draft, what: str, starts: datetime, frame: NightFrame) -> Reason:
    """Something that starts after the evening has turned towards sleep."""
    return because(
        "evening-commitment",
        "evening-commitment",
        HOUSEHOLD,
        what=what,
        starts=clock_text(starts, frame.zone),
        name=draft.member.name,
        wind_down=clock_text(draft.wind_down, frame.zone),
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
