"""Every reason a plan can give can be said in every language, now and when it is read again."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.plan.test_plan_family import ILAY, NOOR, SAM, SCHOOL_NIGHT, but, home, night_of
from tests.plan.test_plan_laws import busy_homes, changes_for, homes, nights

from evenfall.app.home import load_household
from evenfall.formats.errors import EvenfallError
from evenfall.formats.language import LANGUAGES, said, say
from evenfall.plan.changes import Changes
from evenfall.plan.tonight import plan_tonight
from evenfall.records.plan import Plan, Reason

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
LISBON = ZoneInfo("Europe/Lisbon")
OTHERS = sorted(set(LANGUAGES) - {"en"})


def reasons_of(plan: Plan) -> tuple[Reason, ...]:
    """Everything a plan says."""
    people = (reason for one in plan.members for reason in one.reasons)
    rooms = (reason for one in plan.rooms for reason in one.reasons)
    return (*people, *rooms, *plan.conflicts)


def assert_sayable(plan: Plan) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(plan), type=Plan)
    assert reasons_of(kept) == reasons_of(plan)
    for reason in reasons_of(kept):
        event(reason.key)
        assert say(reason.key, **reason.values) == reason.text
        for language in OTHERS:
            assert said(reason, language) == say(reason.key, language, **reason.values)
            assert said(reason, language) != reason.text


@pytest.mark.safety("H-16")
@settings(max_examples=80)
@given(st.data(), nights(), st.booleans())
def test_whatever_a_plan_says_of_a_wild_home_it_says_in_every_language(
    data: st.DataObject, when: tuple[str, date], busy: bool
) -> None:
    zone, night = when
    some = busy_homes(night, zone) if busy else homes("wild", night, zone)
    household = data.draw(some)
    changes = Changes() if busy else data.draw(changes_for(household))
    try:
        plan = plan_tonight(household, night, ZoneInfo(zone), changes)
    except EvenfallError:
        event("refused")
        return
    assert_sayable(plan)


def test_a_plan_of_an_earlier_version_is_read_and_stays_english() -> None:
    plan = plan_tonight(load_household(DEMO).record, SCHOOL_NIGHT, LISBON)
    earlier = msgspec.to_builtins(plan)
    for room in earlier["rooms"]:
        del room["name"]
    for one in (*earlier["members"], *earlier["rooms"]):
        for reason in one["reasons"]:
            del reason["key"], reason["values"]
    read = msgspec.convert(earlier, Plan)
    assert [one.name for one in read.rooms] == ["", ""]
    assert [said(reason, "pt") for reason in reasons_of(read)] == [
        reason.text for reason in reasons_of(plan)
    ]


def test_an_elder_is_told_whose_story_is_heard_and_the_room_who_tells() -> None:
    plan = plan_tonight(home(SAM, ILAY, but(NOOR, tellers=("sam",))), SCHOOL_NIGHT, LISBON)
    ilay, noor = night_of(plan, "ilay"), night_of(plan, "noor")
    told, heard = noor.reasons[-1].text, ilay.reasons[-1].text
    times = told.removeprefix("Sam tells the story ")
    assert heard == f"Ilay hears Noor's story, which Sam tells {times}"
    assert plan.rooms[-1].reasons[-1].text == told or plan.rooms[0].reasons[-1].text == told


def test_a_room_is_called_what_the_family_calls_it() -> None:
    plan = plan_tonight(load_household(DEMO).record, SCHOOL_NIGHT, LISBON)
    assert [(one.room, one.name) for one in plan.rooms] == [
        ("nest", "The nest"),
        ("loft", "The loft"),
    ]
