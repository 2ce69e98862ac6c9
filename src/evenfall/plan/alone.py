"""One person's night as if they lived alone, counted back from the morning.

Time in bed = sleep needed at night / expected efficiency. What must give way gives way by age: an
adult's lights-out may move later within the range for their age, a child's need may not.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from evenfall.formats.errors import EvenfallError
from evenfall.formats.quantity import duration_s
from evenfall.plan import draft_words as words
from evenfall.plan.age import age_months
from evenfall.plan.changes import MemberChange
from evenfall.plan.draft import NIGHT_MIN_H, Draft
from evenfall.plan.efficiency import Efficiency, expected_efficiency
from evenfall.plan.morning import Morning, morning_of
from evenfall.plan.need import Need, need_of
from evenfall.plan.wall_clock import (
    NightFrame,
    clock_reasons,
    earlier_step,
    last_before,
    later_step,
)
from evenfall.records.household import Member
from evenfall.records.plan import Reason


def draft_night(
    member: Member, change: MemberChange, winding: timedelta, frame: NightFrame
) -> Draft:
    """One person's night, as if they lived alone.

    Args:
        member: the person.
        change: what is different for them tonight.
        winding: how long from wind-down to lights-out.
        frame: the night.

    Raises:
        EvenfallError: for an age, a nap or a chosen time that no night can have.
    """
    draft = _counted_back(member, winding, morning_of(member, change, frame), frame)
    if change.lights_out is not None:
        return _as_chosen(draft, change.lights_out, frame)
    return _give_way_to_evening(draft, frame)


def _counted_back(member: Member, winding: timedelta, morning: Morning, frame: NightFrame) -> Draft:
    months = age_months(member, frame.night)
    need, efficiency = need_of(member, months), expected_efficiency(months)
    nap_h = duration_s(member.nap) / 3600
    night_h = _night_need_h(member, need, nap_h)
    low_h = max(need.low_h - nap_h, NIGHT_MIN_H)
    lights_out = _count_back(morning.at, night_h, efficiency, frame)
    not_before = member.evening_from and last_before(frame, member.evening_from, morning.at)
    return Draft(
        member=member,
        age_months=months,
        need=need,
        nap_h=nap_h,
        efficiency=efficiency,
        wake=morning.at,
        lights_out=lights_out,
        latest_lights_out=_count_back(morning.at, low_h, efficiency, frame),
        lights_out_chosen=False,
        not_before=not_before or None,
        winding=winding,
        binding=morning.binding,
        reasons=(
            *morning.reasons,
            *need.reasons,
            *words.nap_reason(member, nap_h, night_h),
            words.efficiency_reason(months, night_h, efficiency),
            words.lights_out_reason(morning.at, lights_out, frame),
        ),
        conflicts=morning.conflicts,
    )


def _night_need_h(member: Member, need: Need, nap_h: float) -> float:
    night_h = need.need_h - nap_h
    if night_h < NIGHT_MIN_H:
        raise EvenfallError(words.nap_fault(member, need, nap_h))
    return night_h


def _count_back(
    wake: datetime, night_h: float, efficiency: Efficiency, frame: NightFrame
) -> datetime:
    """Lights-out for so much sleep before a waking, rounded earlier to five minutes."""
    in_bed = timedelta(seconds=ceil(night_h / efficiency.share * 3600))
    return earlier_step(wake - in_bed, frame.zone)


def _as_chosen(draft: Draft, clock: str, frame: NightFrame) -> Draft:
    """The lights-out someone chose; for a child no later than the range for the age allows."""
    chosen = last_before(frame, clock, draft.wake)
    if chosen is None:
        raise EvenfallError(words.lights_out_fault(draft, clock, frame))
    notes = clock_reasons(chosen, frame.zone)
    if chosen.at <= draft.latest_lights_out:
        reasons = (words.chosen_reason(draft, chosen, frame), *notes)
        return _moved(draft, chosen.at, "lights-out-tonight", reasons, chosen=True)
    short = words.short_night(draft, chosen, frame)
    lights_out = draft.latest_lights_out if draft.is_child else chosen.at
    binding = "range-low" if draft.is_child else "lights-out-tonight"
    why = (short,) if draft.is_child else (words.chosen_reason(draft, chosen, frame), *notes, short)
    moved = _moved(draft, lights_out, binding, why, chosen=True)
    return replace(moved, conflicts=(*moved.conflicts, short))


def _give_way_to_evening(draft: Draft, frame: NightFrame) -> Draft:
    """An adult whose evening begins late goes to bed later, down to the range for the age."""
    if draft.is_child or draft.not_before is None or draft.wind_down >= draft.not_before.at:
        return draft
    if draft.lights_out >= draft.latest_lights_out:
        return draft
    wanted = later_step(draft.not_before.at + draft.winding, frame.zone)
    lights_out = min(wanted, draft.latest_lights_out)
    reason = words.evening_from_reason(draft, draft.not_before, lights_out, frame)
    return _moved(draft, lights_out, "evening-from", (reason,), chosen=False)


def _moved(
    draft: Draft,
    lights_out: datetime,
    binding: str,
    why: tuple[Reason, ...],
    *,
    chosen: bool,
) -> Draft:
    return replace(
        draft,
        lights_out=lights_out,
        lights_out_chosen=chosen,
        binding=binding,
        reasons=(*draft.reasons, *why),
    )


def move_lights_out(draft: Draft, lights_out: datetime, why: Reason) -> Draft:
    """The same night with another lights-out; the reason's rule becomes the binding one."""
    return _moved(draft, lights_out, why.rule, (why,), chosen=draft.lights_out_chosen)


def close_night(draft: Draft, frame: NightFrame) -> Draft:
    """The night with its last reasons, once lights-out and winding down are settled.

    Raises:
        EvenfallError: where the evening would begin before the night's noon.
    """
    if draft.wind_down < frame.noon:
        raise EvenfallError(words.before_noon_fault(draft, frame))
    reasons = (
        *draft.reasons,
        words.wind_down_reason(draft, frame),
        *words.clock_change_reason(draft, frame),
        *words.day_sleep_reason(draft, frame),
    )
    draft = replace(draft, reasons=reasons)
    if draft.not_before is None:
        return draft
    notes = clock_reasons(draft.not_before, frame.zone)
    if draft.wind_down >= draft.not_before.at:
        return replace(draft, reasons=(*draft.reasons, *notes))
    conflict = words.evening_conflict(draft, draft.not_before, frame)
    anchored_only = draft.binding == draft.reasons[0].rule
    need_won = draft.is_child and anchored_only
    return replace(
        draft,
        binding=draft.need.reasons[0].rule if need_won else draft.binding,
        reasons=(*draft.reasons, *notes, conflict),
        conflicts=(*draft.conflicts, conflict),
    )
