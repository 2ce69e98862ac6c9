"""One teller, one place: who tells where, and what moves for it."""

from itertools import pairwise

import pytest
from tests.plan.test_plan_family import (
    ILAY,
    KIT,
    LISBON,
    NOOR,
    SAM,
    SCHOOL_NIGHT,
    STORY,
    but,
    home,
    night_of,
    room_of,
    rules_of,
    times_of,
)

from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.rules import broken_rules
from evenfall.plan.story import story_slot
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household, Member, RitualStep
from evenfall.records.plan import Plan

# Two children of one age in two rooms, so that both stories fall at 19:25 to 19:45.
ONE = but(NOOR, tellers=("kit",))
OTHER = but(NOOR, id="ada", name="Ada", room="loft", tellers=("kit",))


def tonight(household: Household, changes: Changes | None = None) -> Plan:
    changes = changes or Changes()
    plan = plan_tonight(household, SCHOOL_NIGHT, LISBON, changes)
    assert broken_rules(plan, household, LISBON, changes) == ()
    return plan


def told(household: Household, plan: Plan, room: str) -> str:
    slot = story_slot(household, plan, room)
    assert slot is not None
    return f"{slot[0]:%H:%M}-{slot[1]:%H:%M} {room_of(plan, room).teller}"


def test_the_story_ends_as_the_youngest_listeners_light_goes_out() -> None:
    household = home(KIT, but(NOOR, ritual=(STORY,)), ILAY)
    assert told(household, tonight(household), "nest") == "19:25-19:45 kit"


def test_what_is_told_to_both_is_told_once_at_its_longest() -> None:
    longer = RitualStep(what="story", takes="30 min", with_teller=True)
    song = RitualStep(what="song", takes="5 min", with_teller=True)
    household = home(KIT, but(NOOR, ritual=(STORY, song)), but(ILAY, ritual=(longer,)))
    plan = tonight(household)
    assert told(household, plan, "nest") == "19:10-19:45 kit"
    # Noor's own steps take 25 min, but the room's story takes 35, and she is there for it.
    assert times_of(plan, "noor").startswith("19:10 19:45")


def test_a_room_where_nobody_listens_has_no_story() -> None:
    household = home(KIT, but(NOOR, ritual=()))
    plan = tonight(household)
    assert story_slot(household, plan, "nest") is None
    assert room_of(plan, "nest").teller is None
    assert plan.conflicts == ()


def test_only_listeners_have_a_teller() -> None:
    plan = tonight(home(KIT, NOOR, but(ILAY, ritual=())))
    assert night_of(plan, "noor").teller == "kit"
    assert night_of(plan, "ilay").teller is None


def test_a_baby_listens_to_people_too() -> None:
    plan = tonight(home(KIT, but(NOOR, born="2026-05", nap="4 h")))
    assert room_of(plan, "nest").teller == "kit"


def test_two_rooms_at_one_time_take_the_next_teller() -> None:
    household = home(SAM, KIT, but(ONE, tellers=("kit", "sam")), but(OTHER, tellers=("kit", "sam")))
    plan = tonight(household)
    assert told(household, plan, "nest") == "19:25-19:45 kit"
    assert told(household, plan, "loft") == "19:25-19:45 sam"
    assert room_of(plan, "loft").reasons[-1].text == (
        "Sam tells the story from 19:25 to 19:45. Kit cannot be there then."
    )


def test_whoever_has_only_one_teller_gets_that_one() -> None:
    household = home(SAM, KIT, but(ONE, tellers=("kit", "sam")), OTHER)
    plan = tonight(household)
    assert told(household, plan, "nest").endswith("sam")
    assert told(household, plan, "loft").endswith("kit")


def test_a_teller_who_is_away_is_replaced() -> None:
    household = home(SAM, KIT, NOOR)
    plan = tonight(household, Changes(tellers_away=("kit",)))
    assert room_of(plan, "nest").teller == "sam"
    assert "Kit is away tonight." in room_of(plan, "nest").reasons[-1].text


def test_with_one_teller_the_earlier_story_moves_earlier_with_its_evening() -> None:
    household = home(KIT, ONE, OTHER)
    plan = tonight(household)
    slots = sorted(told(household, plan, room) for room in ("nest", "loft"))
    assert slots == ["19:05-19:25 kit", "19:25-19:45 kit"]
    moved = next(night for night in plan.members if night.binding == "story-earlier")
    assert f"{moved.wind_down:%H:%M} {moved.lights_out:%H:%M}" == "18:45 19:45"
    assert "begin 20 min earlier" in next(
        reason.text for reason in moved.reasons if reason.rule == "story-earlier"
    )
    assert plan.conflicts == ()


def test_the_earlier_of_two_overlapping_stories_is_the_one_that_moves() -> None:
    later = but(ONE, commitments=(), free_wake="07:55")
    household = home(KIT, later, OTHER)
    plan = tonight(household)
    assert told(household, plan, "nest") == "19:35-19:55 kit"
    assert told(household, plan, "loft") == "19:15-19:35 kit"


def test_three_stories_are_told_one_after_another() -> None:
    third = but(OTHER, id="bo", name="Bo", room="den")
    household = home(KIT, ONE, OTHER, third)
    plan = tonight(household)
    slots = [story_slot(household, plan, room) for room in ("nest", "loft", "den")]
    in_order = sorted(slot for slot in slots if slot is not None)
    assert len(in_order) == 3
    assert all(one[1] == other[0] for one, other in pairwise(in_order))


def test_a_story_moves_at_most_an_hour() -> None:
    fourth = tuple(but(OTHER, id=f"c{n}", name=f"C{n}", room=f"r{n}") for n in range(5))
    plan = tonight(home(KIT, *fourth))
    assert [reason.rule for reason in plan.conflicts] == ["untold"]


@pytest.mark.parametrize(("evening_from", "conflicts"), [("18:45", 0), ("18:50", 1)])
def test_a_story_moves_only_within_the_evening(evening_from: str, conflicts: int) -> None:
    children = (but(child, evening_from=evening_from) for child in (ONE, OTHER))
    plan = tonight(home(KIT, *children))
    assert len(plan.conflicts) == conflicts


def test_a_story_nobody_is_free_for_is_a_conflict_with_its_mend() -> None:
    children = (but(child, evening_from="19:05") for child in (ONE, OTHER))
    plan = tonight(home(KIT, *children))
    assert [reason.rule for reason in plan.conflicts] == ["untold"]
    assert plan.conflicts[0].text == (
        "Nobody is free to tell the story in the loft from 19:25 to 19:45: Kit would have to be "
        "in two places. One of them has to move: another teller, an evening that can begin "
        "earlier, or a shorter story."
    )
    assert room_of(plan, "loft").teller is None
    assert plan.conflicts[0] in night_of(plan, "ada").reasons


@pytest.mark.parametrize(
    ("away", "tellers", "text"),
    [
        (("kit",), ("kit",), "Nobody is home to tell the story in the nest from 19:25 to 19:45"),
        ((), (), "Nobody is written down to tell the story in the nest"),
        ((), ("noor",), "Nobody is written down to tell the story in the nest"),
    ],
)
def test_a_story_without_a_teller_says_why(
    away: tuple[str, ...], tellers: tuple[str, ...], text: str
) -> None:
    plan = tonight(home(KIT, but(NOOR, tellers=tellers)), Changes(tellers_away=away))
    assert [reason.rule for reason in plan.conflicts] == ["untold"]
    assert text in plan.conflicts[0].text


# The teller's own evening


def early(teller: Member, wake: str) -> Member:
    return but(teller, commitments=(), free_wake=wake)


def test_a_story_is_told_before_its_tellers_own_evening() -> None:
    # Kit, waking at 05:00, winds down from 19:15: the story is told before that.
    household = home(early(KIT, "05:00"), NOOR)
    plan = tonight(household)
    assert told(household, plan, "nest") == "18:55-19:15 kit"
    assert times_of(plan, "kit").startswith("19:15")


def test_an_adult_goes_to_bed_later_for_a_story_that_cannot_move() -> None:
    household = home(early(KIT, "05:00"), but(NOOR, evening_from="19:05"))
    plan = tonight(household)
    assert told(household, plan, "nest") == "19:25-19:45 kit"
    assert times_of(plan, "kit") == "19:45 20:05 05:00"
    assert night_of(plan, "kit").binding == "teller"
    assert plan.conflicts == ()


def test_an_adult_does_not_go_below_the_range_for_a_story() -> None:
    household = home(early(KIT, "03:00"), but(NOOR, evening_from="19:05"))
    plan = tonight(household)
    assert [reason.rule for reason in plan.conflicts] == ["untold"]
    assert "teller" not in rules_of(night_of(plan, "kit"))


def test_a_light_an_adult_chose_tonight_stays() -> None:
    household = home(KIT, but(NOOR, evening_from="19:05"))
    change = MemberChange(member="kit", lights_out="19:50")
    plan = tonight(household, Changes(members=(change,)))
    assert times_of(plan, "kit") == "19:30 19:50 07:00"
    assert [reason.rule for reason in plan.conflicts] == ["untold"]


def test_a_young_teller_does_not_stay_up() -> None:
    teen = but(early(KIT, "05:00"), born="2010-07")
    plan = tonight(home(teen, but(NOOR, evening_from="19:05")))
    assert [reason.rule for reason in plan.conflicts] == ["untold"]


def test_in_their_own_room_a_teller_may_tell_while_winding_down() -> None:
    teller = but(early(KIT, "05:00"), room="nest")
    household = home(teller, but(NOOR, commitments=(), free_wake="07:30"))
    plan = tonight(household)
    # Kit's light goes out at 19:35, five minutes after the story ends.
    assert told(household, plan, "nest") == "19:10-19:30 kit"
    assert times_of(plan, "kit").startswith("19:15 19:35")


def test_two_adults_may_read_to_each_other() -> None:
    one = but(SAM, tellers=("kit",), ritual=(STORY,))
    other = but(KIT, born=SAM.born, tellers=("sam",), ritual=(STORY,))
    household = home(one, other)
    plan = tonight(household)
    assert room_of(plan, "attic").teller == "kit"
    assert plan.conflicts == ()
