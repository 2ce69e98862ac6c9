"""What gives way to what: mornings, evenings that begin late, and tonight's own changes."""

from datetime import date

import msgspec
import pytest
from tests.plan.test_plan_family import (
    FAMILY,
    FREE_NIGHT,
    ILAY,
    KIT,
    LISBON,
    NOOR,
    SAM,
    SCHOOL_NIGHT,
    but,
    home,
    night_of,
    room_of,
    rules_of,
    times_of,
    weekday_thing,
)

from evenfall.formats.errors import EvenfallError
from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.rules import broken_rules
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Commitment, Member
from evenfall.records.plan import Plan

NO_CHANGES = Changes()


def tonight(*members: Member, change: MemberChange | None = None) -> Plan:
    changes = Changes(members=(change,) if change else ())
    household = home(*members, KIT)
    plan = plan_tonight(household, SCHOOL_NIGHT, LISBON, changes)
    assert broken_rules(plan, household, LISBON, changes) == ()
    return plan


def conflicts_of(plan: Plan) -> list[str]:
    return [reason.rule for reason in plan.conflicts]


# The morning


def test_the_earliest_waking_decides_not_the_earliest_start() -> None:
    early = weekday_thing("rowing", "08:45", "2 h")
    ilay = night_of(tonight(but(ILAY, commitments=(*ILAY.commitments, early))), "ilay")
    assert f"{ilay.wake:%H:%M}" == "06:45"
    assert ilay.reasons[0].text.startswith("Rowing starts at 08:45")


def test_an_afternoon_lesson_does_not_decide_the_morning() -> None:
    lesson = weekday_thing("piano", "17:00", "1 h")
    ilay = night_of(tonight(but(ILAY, commitments=(lesson,))), "ilay")
    assert f"{ilay.wake:%H:%M}" == "08:00"
    assert ilay.binding == "free-wake"


def test_a_baker_wakes_before_midnight() -> None:
    baker = but(SAM, commitments=(weekday_thing("the oven", "00:30", "1 h"),))
    assert times_of(tonight(baker), "sam") == "13:40 14:00 23:30"


def test_a_day_sleeper_is_said_to_sleep_into_the_day() -> None:
    sam = night_of(tonight(but(SAM, commitments=(), free_wake="16:00")), "sam")
    assert f"{sam.lights_out:%d %H:%M} {sam.wake:%d %H:%M}" == "20 06:30 20 16:00"
    assert "day-sleep" in rules_of(sam)


def test_a_day_sleeper_rises_for_what_the_afternoon_asks() -> None:
    guard = but(SAM, commitments=(weekday_thing("the ward", "15:00", "1 h"),), free_wake="16:00")
    assert times_of(tonight(guard), "sam").endswith("14:00")


# An evening that cannot begin earlier


def test_a_childs_need_wins_over_the_evening_and_the_conflict_says_both() -> None:
    plan = tonight(but(NOOR, evening_from="19:30"))
    assert times_of(plan, "noor") == "19:05 19:45 07:45"
    assert conflicts_of(plan) == ["evening-conflict"]
    assert plan.conflicts[0].text == (
        "Noor's evening cannot begin before 19:30, yet 12 h in bed before waking at 07:45 means "
        "winding down at 19:05. One of them has to move: an evening that can begin earlier, a "
        "later morning, or a shorter ritual."
    )
    noor = night_of(plan, "noor")
    assert noor.binding == "need"
    assert plan.conflicts[0] in noor.reasons


def test_an_evening_that_begins_in_time_is_no_conflict() -> None:
    plan = tonight(but(NOOR, evening_from="19:05"))
    assert plan.conflicts == ()
    assert night_of(plan, "noor").binding == "commitment"


def test_an_adult_goes_to_bed_later_when_the_evening_begins_late() -> None:
    plan = tonight(but(SAM, evening_from="21:42"))
    # 21:42 and 20 min of winding down is 22:02, so 22:05.
    assert times_of(plan, "sam") == "21:45 22:05 07:00"
    assert night_of(plan, "sam").binding == "evening-from"
    assert plan.conflicts == ()


def test_an_adult_goes_no_later_than_the_range_for_the_age() -> None:
    plan = tonight(but(SAM, evening_from="23:30"))
    # 7 h / 0.8476 = 8 h 15 min 32 s before 07:00 is 22:44, so 22:40.
    assert times_of(plan, "sam") == "22:20 22:40 07:00"
    assert conflicts_of(plan) == ["evening-conflict"]


def test_an_adult_already_at_the_low_end_does_not_move() -> None:
    plan = tonight(but(SAM, evening_from="23:30", sleep_need="7 h"))
    assert "evening-from" not in rules_of(night_of(plan, "sam"))
    assert conflicts_of(plan) == ["evening-conflict"]


def test_an_evening_may_begin_after_midnight() -> None:
    plan = tonight(but(SAM, commitments=(), free_wake="11:30", evening_from="01:30"))
    assert times_of(plan, "sam") == "01:40 02:00 11:30"
    assert plan.conflicts == ()


def test_a_long_ritual_takes_its_time_and_none_takes_twenty_minutes() -> None:
    assert times_of(tonight(but(NOOR, ritual=())), "noor").startswith("19:25 19:45")


# Tonight only


def test_a_chosen_wake_moves_the_whole_night() -> None:
    plan = tonight(NOOR, change=MemberChange(member="noor", wake="07:00"))
    assert times_of(plan, "noor") == "18:20 19:00 07:00"
    assert night_of(plan, "noor").binding == "wake-tonight"
    assert plan.conflicts == ()


def test_a_chosen_wake_too_late_for_the_day_stands_and_is_a_conflict() -> None:
    plan = tonight(NOOR, change=MemberChange(member="noor", wake="08:30"))
    assert times_of(plan, "noor").endswith("08:30")
    assert conflicts_of(plan) == ["late-for-the-day"]
    assert "nursery starts at 09:00" in plan.conflicts[0].text


def test_skipping_the_waking_sleeps_until_the_free_wake() -> None:
    plan = tonight(NOOR, change=MemberChange(member="noor", skip_wake=True))
    assert times_of(plan, "noor").endswith("08:00")
    assert night_of(plan, "noor").binding == "skip-wake"
    assert plan.conflicts == ()


def test_an_earlier_light_is_as_it_was_chosen() -> None:
    plan = tonight(NOOR, change=MemberChange(member="noor", lights_out="19:13"))
    assert times_of(plan, "noor") == "18:33 19:13 07:45"
    assert night_of(plan, "noor").binding == "lights-out-tonight"


def test_a_later_light_inside_the_range_is_as_it_was_chosen() -> None:
    plan = tonight(NOOR, change=MemberChange(member="noor", lights_out="20:30"))
    assert times_of(plan, "noor") == "19:50 20:30 07:45"
    assert plan.conflicts == ()


@pytest.mark.safety("H-30")
def test_a_child_is_never_planned_below_the_range_for_the_age() -> None:
    plan = tonight(NOOR, change=MemberChange(member="noor", lights_out="22:30"))
    # 10 h / 0.896 = 11 h 9 min 39 s before 07:45 is 20:35:21, so 20:35.
    assert times_of(plan, "noor") == "19:55 20:35 07:45"
    assert night_of(plan, "noor").binding == "range-low"
    assert conflicts_of(plan) == ["range-low"]


def test_an_adults_short_night_stands_and_is_a_conflict() -> None:
    plan = tonight(SAM, change=MemberChange(member="sam", lights_out="02:00"))
    assert times_of(plan, "sam") == "01:40 02:00 07:00"
    assert conflicts_of(plan) == ["range-low"]


def test_a_chosen_light_before_the_evening_begins_is_a_conflict() -> None:
    sam = but(SAM, evening_from="21:30")
    plan = tonight(sam, change=MemberChange(member="sam", lights_out="21:00"))
    assert times_of(plan, "sam") == "20:40 21:00 07:00"
    assert conflicts_of(plan) == ["evening-conflict"]


def test_tonights_kind_of_evening_counts_for_the_room() -> None:
    changes = Changes(members=(MemberChange(member="ilay", evening="unplugged"),))
    nest = room_of(plan_tonight(FAMILY, SCHOOL_NIGHT, LISBON, changes), "nest")
    assert (nest.kind, nest.score) == ("unplugged", None)


def test_a_choir_after_wind_down_is_a_conflict() -> None:
    choir = Commitment(what="choir", days=("thu",), starts="19:30", from_waking="1 h")
    plan = tonight(but(NOOR, commitments=(*NOOR.commitments, choir)))
    assert conflicts_of(plan) == ["evening-commitment"]
    assert plan.conflicts[0].text.startswith("choir starts at 19:30, yet Noor's evening")


# Order in the room


def test_the_elder_waits_for_the_younger() -> None:
    early = weekday_thing("school", "07:30", "1 h 15 min")
    plan = tonight(but(NOOR, ritual=()), but(ILAY, commitments=(early,), ritual=()))
    # Ilay, waking at 06:15, would go at 19:15; 19:35 is as late as 9 h of sleep let him wait.
    assert times_of(plan, "ilay") == "19:15 19:35 06:15"
    assert times_of(plan, "noor") == "19:15 19:35 07:45"
    assert night_of(plan, "ilay").binding == night_of(plan, "noor").binding == "siblings"


def test_an_elder_who_goes_later_anyway_is_left_alone() -> None:
    plan = tonight(NOOR, ILAY)
    assert "siblings" not in rules_of(night_of(plan, "ilay"))


def test_adults_in_the_room_are_in_no_order() -> None:
    baker = but(SAM, room="nest", commitments=(weekday_thing("the oven", "00:30", "1 h"),))
    plan = tonight(NOOR, baker)
    assert times_of(plan, "sam").startswith("13:40 14:00")
    assert times_of(plan, "noor").startswith("19:05 19:45")


# What cannot be planned


def refusal(household_members: tuple[Member, ...], changes: Changes = NO_CHANGES) -> str:
    with pytest.raises(EvenfallError) as refused:
        plan_tonight(home(*household_members), FREE_NIGHT, LISBON, changes)
    assert all(fault.mend and fault.expected for fault in refused.value.faults)
    return str(refused.value)


def test_every_birth_after_the_night_is_named_at_once() -> None:
    text = refusal((but(NOOR, born="2027-01"), but(ILAY, born="2026-12"), SAM))
    assert "Noor" in text
    assert "Ilay" in text
    assert "Sam" not in text


def test_a_nap_that_leaves_no_night_is_refused() -> None:
    assert "naps 8 h of 10 h 45 min" in refusal((but(NOOR, nap="8 h"),))


def test_a_nap_may_leave_four_hours() -> None:
    plan = plan_tonight(home(but(NOOR, nap="6 h 45 min")), FREE_NIGHT, LISBON)
    assert f"{night_of(plan, 'noor').lights_out:%H:%M}" == "03:30"


def test_an_evening_before_noon_is_refused() -> None:
    text = refusal((but(NOOR, born="2026-10", sleep_need="17 h", free_wake="05:00"),))
    assert "before noon on 2026-11-20" in text
    assert "nap: 2 h" in text


def test_a_light_outside_the_night_is_refused() -> None:
    changes = Changes(members=(MemberChange(member="sam", lights_out="09:00"),))
    assert "lights out at 09:00" in refusal((SAM,), changes)


def test_strangers_are_refused() -> None:
    changes = Changes(members=(MemberChange(member="ada"),), tellers_away=("bo",))
    household = msgspec.structs.replace(
        home(SAM), members=(but(SAM, room="loft", tellers=("kit",)),)
    )
    with pytest.raises(EvenfallError) as refused:
        plan_tonight(household, FREE_NIGHT, LISBON, changes)
    assert [fault.found.split(",")[0] for fault in refused.value.faults] == [
        "'sam' sleeps in 'loft'",
        "'sam' hears stories from 'kit'",
        "tonight changes for 'ada'",
        "'bo' is away tonight",
    ]


def test_names_used_twice_are_refused() -> None:
    change = MemberChange(member="sam")
    text = refusal((SAM, SAM), Changes(members=(change, change)))
    assert "more than one member 'sam'" in text
    assert "more than one change for 'sam'" in text


def test_waking_and_skipping_waking_are_refused_together() -> None:
    change = MemberChange(member="sam", wake="06:00", skip_wake=True)
    assert "both wakes at 06:00 and skips" in refusal((SAM,), Changes(members=(change,)))


@pytest.mark.parametrize(
    "member",
    [
        but(SAM, born="1986-13"),
        but(SAM, free_wake="25:00"),
        but(SAM, nap="long"),
        but(SAM, evening=3),
    ],
)
def test_values_no_format_allows_are_refused(member: Member) -> None:
    assert "has a value that cannot be" in refusal((member,))


def test_a_night_the_zone_left_out_is_refused() -> None:
    with pytest.raises(EvenfallError, match="out of reach"):
        plan_tonight(FAMILY, date.max, LISBON)
