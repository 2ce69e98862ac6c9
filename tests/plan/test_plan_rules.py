"""Each hard rule, broken on purpose in a plan that was sound."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.plan.test_plan_family import (
    FAMILY,
    KIT,
    LISBON,
    NOOR,
    SAM,
    SCHOOL_NIGHT,
    but,
    home,
    night_of,
    room_of,
)

from evenfall.formats.errors import EvenfallError
from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.rules import broken_rules
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.plan import MemberPlan, Plan, RoomEvening

ADA = but(NOOR, id="ada", name="Ada", room="loft")
BABY = but(NOOR, id="baby", name="Pip", born="2026-05", nap="4 h", room="cot", tellers=())
HOUSE = home(*FAMILY.members, ADA, but(BABY, ritual=()))
SOUND = plan_tonight(HOUSE, SCHOOL_NIGHT, LISBON)


def with_night(plan: Plan, member: str, **changes: object) -> Plan:
    def change(night: MemberPlan) -> MemberPlan:
        if night.member != member:
            return night
        return msgspec.structs.replace(night, **changes)

    return msgspec.structs.replace(plan, members=tuple(change(night) for night in plan.members))


def with_room(plan: Plan, room: str, **changes: object) -> Plan:
    def change(evening: RoomEvening) -> RoomEvening:
        return msgspec.structs.replace(evening, **changes) if evening.room == room else evening

    return msgspec.structs.replace(plan, rooms=tuple(change(evening) for evening in plan.rooms))


def shifted(member: str, field: str, minutes: int) -> Plan:
    at = getattr(night_of(SOUND, member), field)
    return with_night(SOUND, member, **{field: at + timedelta(minutes=minutes)})


def shifted_whole(member: str, minutes: int) -> Plan:
    night = night_of(SOUND, member)
    times = {
        field: getattr(night, field) + timedelta(minutes=minutes)
        for field in ("wind_down", "lights_out", "wake")
    }
    return with_night(SOUND, member, **times)


def test_the_plan_that_is_broken_below_was_sound() -> None:
    assert broken_rules(SOUND, HOUSE, LISBON) == ()


BREAKS: tuple[tuple[str, Callable[[], Plan]], ...] = (
    ("in-sequence", lambda: shifted("noor", "wind_down", 60)),
    ("in-sequence", lambda: shifted("noor", "lights_out", -60)),
    ("in-sequence", lambda: shifted("sam", "lights_out", 12 * 60)),
    ("filed", lambda: shifted("sam", "wind_down", -10 * 60)),
    ("filed", lambda: shifted_whole("sam", 6 * 60)),
    ("in-time", lambda: shifted("noor", "wake", 1)),
    ("child-sleeps-enough", lambda: shifted("noor", "lights_out", 55)),
    ("child-sleeps-enough", lambda: shifted("noor", "wake", -55)),
    ("one-place", lambda: with_room(with_room(SOUND, "nest", teller="sam"), "loft", teller="sam")),
    ("one-place", lambda: shifted("kit", "wind_down", -2 * 60)),
    ("younger-first", lambda: shifted("ilay", "lights_out", -31)),
    ("no-programme", lambda: with_room(SOUND, "cot", score="lamp-and-page")),
    ("no-immersion", lambda: with_room(SOUND, "cot", kind="immersive")),
    ("everyone", lambda: msgspec.structs.replace(SOUND, members=SOUND.members[1:])),
    ("everyone", lambda: msgspec.structs.replace(SOUND, rooms=SOUND.rooms[1:])),
    ("everyone", lambda: with_room(SOUND, "loft", sleepers=("ada", "noor"))),
    (
        "everyone",
        lambda: msgspec.structs.replace(
            SOUND,
            rooms=(*SOUND.rooms, msgspec.structs.replace(SOUND.rooms[0], sleepers=(), teller=None)),
        ),
    ),
)


@pytest.mark.parametrize(("rule", "broken"), BREAKS)
def test_a_broken_rule_is_named(rule: str, broken: Callable[[], Plan]) -> None:
    assert rule in [reason.rule for reason in broken_rules(broken(), HOUSE, LISBON)]


@pytest.mark.parametrize("teller", ["nobody", "kit"])
def test_a_teller_who_is_not_home_is_named(teller: str) -> None:
    plan = with_room(SOUND, "nest", teller=teller)
    found = broken_rules(plan, HOUSE, LISBON, Changes(tellers_away=("kit",)))
    assert found[0].rule == "teller-home"


def test_the_smallest_child_sleep_is_allowed_and_a_minute_less_is_not() -> None:
    # 10 h / 0.896 = 11 h 9 min 39 s
    night = night_of(SOUND, "noor")
    enough = night.wake - timedelta(hours=11, minutes=9, seconds=39)
    fitting = with_night(SOUND, "noor", lights_out=enough, wind_down=enough - timedelta(minutes=40))
    short = with_night(fitting, "noor", lights_out=enough + timedelta(minutes=1))
    found = [
        "child-sleeps-enough" in [reason.rule for reason in broken_rules(plan, HOUSE, LISBON)]
        for plan in (fitting, short)
    ]
    assert found == [False, True]


def test_an_adults_short_night_breaks_nothing() -> None:
    assert broken_rules(shifted("sam", "lights_out", 5 * 60), HOUSE, LISBON) == ()


def test_times_without_a_zone_or_in_another_are_refused_before_all_else() -> None:
    noor = night_of(SOUND, "noor")
    naive = with_night(SOUND, "noor", wake=noor.wake.replace(tzinfo=None))
    # Lisbon and UTC agree in November, so the other zone must be a true other.
    elsewhere = datetime.fromisoformat("2026-11-20T08:45:00+01:00")
    abroad = with_night(SOUND, "noor", wake=elsewhere)
    assert [reason.rule for reason in broken_rules(naive, HOUSE, LISBON)] == ["aware"]
    assert [reason.rule for reason in broken_rules(abroad, HOUSE, LISBON)] == ["in-zone"]


@pytest.mark.parametrize("night", ["2026-02-30", "1492-10-12"])
def test_a_plan_for_a_night_that_cannot_be_is_refused(night: str) -> None:
    with pytest.raises(EvenfallError, match="night"):
        broken_rules(msgspec.structs.replace(SOUND, night=night), HOUSE, LISBON)


def test_a_plan_read_back_from_json_is_as_sound() -> None:
    read = msgspec.json.decode(msgspec.json.encode(SOUND), type=Plan)
    assert read.members[0].wake.tzinfo is UTC
    assert broken_rules(read, HOUSE, LISBON) == ()


@pytest.mark.parametrize(
    "change",
    [MemberChange(member="noor", wake="08:30"), MemberChange(member="noor", skip_wake=True)],
)
def test_a_wake_chosen_for_tonight_may_be_later_than_the_day_asks(change: MemberChange) -> None:
    household: Household = home(SAM, KIT, NOOR)
    changes = Changes(members=(change,))
    plan = plan_tonight(household, SCHOOL_NIGHT, LISBON, changes)
    assert broken_rules(plan, household, LISBON, changes) == ()
    without = [reason.rule for reason in broken_rules(plan, household, LISBON)]
    assert without == ["in-time"]


def test_rules_are_told_in_words_with_their_source() -> None:
    (reason,) = broken_rules(with_room(SOUND, "cot", score="lighthouse"), HOUSE, LISBON)
    assert reason.text == "A programme would run beside a baby in cot."
    assert reason.source
    assert room_of(SOUND, "cot").score is None
