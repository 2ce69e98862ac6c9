"""A family of four, worked by hand; and the builders the other tests of plan/ share."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from evenfall.plan.rules import broken_rules
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Commitment, Household, Member, RitualStep, Room, Weekday
from evenfall.records.plan import MemberPlan, Plan, RoomEvening

LISBON = ZoneInfo("Europe/Lisbon")
SCHOOL_NIGHT = date(2026, 11, 19)  # a Thursday
FREE_NIGHT = date(2026, 11, 20)  # a Friday
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")

BATH = RitualStep(what="bath", takes="15 min")
TEETH = RitualStep(what="teeth", takes="5 min")
STORY = RitualStep(what="story", takes="20 min", with_teller=True)
RITUAL = (BATH, TEETH, STORY)


def weekday_thing(what: str, starts: str, from_waking: str) -> Commitment:
    return Commitment(what=what, days=WEEKDAYS, starts=starts, from_waking=from_waking)


SAM = Member(
    id="sam",
    name="Sam",
    born="1986-03",
    room="attic",
    evening="unplugged",
    commitments=(weekday_thing("work", "09:00", "2 h"),),
)
KIT = Member(
    id="kit",
    name="Kit",
    born="1988-07",
    room="attic",
    commitments=(weekday_thing("work", "09:00", "2 h"),),
)
ILAY = Member(
    id="ilay",
    name="Ilay",
    born="2018-02",
    room="nest",
    tellers=("sam", "kit"),
    evening="immersive",
    score="lighthouse",
    ritual=RITUAL,
    commitments=(weekday_thing("school", "08:30", "1 h 15 min"),),
)
NOOR = Member(
    id="noor",
    name="Noor",
    born="2022-06",
    room="nest",
    tellers=("kit", "sam"),
    evening="immersive",
    score="lighthouse",
    ritual=RITUAL,
    commitments=(weekday_thing("nursery", "09:00", "1 h 15 min"),),
)


def home(*members: Member) -> Household:
    """A home of these people, their rooms, and only those tellers who live there."""
    here = {member.id for member in members}
    members = tuple(
        but(member, tellers=tuple(teller for teller in member.tellers if teller in here))
        for member in members
    )
    rooms = dict.fromkeys(member.room for member in members)
    return Household(
        household=1,
        name="Gull House",
        zone="Europe/Lisbon",
        rooms=tuple(Room(id=room, name=f"the {room}") for room in rooms),
        members=members,
    )


def but(member: Member, **changes: object) -> Member:
    return msgspec.structs.replace(member, **changes)


def night_of(plan: Plan, member: str) -> MemberPlan:
    return next(night for night in plan.members if night.member == member)


def room_of(plan: Plan, room: str) -> RoomEvening:
    return next(evening for evening in plan.rooms if evening.room == room)


def times_of(plan: Plan, member: str) -> str:
    night = night_of(plan, member)
    return f"{night.wind_down:%H:%M} {night.lights_out:%H:%M} {night.wake:%H:%M}"


def rules_of(night: MemberPlan | RoomEvening) -> list[str]:
    return [reason.rule for reason in night.reasons]


FAMILY = home(SAM, KIT, ILAY, NOOR)


def test_a_school_night_is_counted_back_from_the_morning() -> None:
    plan = plan_tonight(FAMILY, SCHOOL_NIGHT, LISBON)
    # Noor, 4 y 5 mo: 10.75 h / 0.896 = 11 h 59 min 53 s before 07:45.
    assert times_of(plan, "noor") == "19:05 19:45 07:45"
    # Ilay, 8 y 9 mo: 9.25 h / 0.844 = 10 h 57 min 35 s before 07:15 is 20:17, so 20:15.
    assert times_of(plan, "ilay") == "19:35 20:15 07:15"
    # Sam, 40 y 8 mo: 8 h / (0.87 − 0.0021 × 10.67) = 9 h 26 min 21 s before 07:00, so 21:30.
    assert times_of(plan, "sam") == "21:10 21:30 07:00"
    assert plan.conflicts == ()
    assert broken_rules(plan, FAMILY, LISBON) == ()


def test_a_free_morning_lets_everyone_sleep_until_their_free_wake() -> None:
    plan = plan_tonight(FAMILY, FREE_NIGHT, LISBON)
    assert times_of(plan, "noor") == "19:20 20:00 08:00"
    assert times_of(plan, "ilay") == "20:20 21:00 08:00"
    assert night_of(plan, "noor").binding == "free-wake"
    assert night_of(plan, "noor").reasons[0].text == (
        "Saturday asks for nothing in the morning, so Noor wakes at 08:00, as on any free day."
    )


def test_the_children_share_one_evening_and_one_teller() -> None:
    nest = room_of(plan_tonight(FAMILY, SCHOOL_NIGHT, LISBON), "nest")
    assert nest.sleepers == ("noor", "ilay")
    assert (nest.kind, nest.score, nest.teller) == ("immersive", "lighthouse", "kit")
    assert [reason.text for reason in nest.reasons[1:]] == [
        "After Noor's light goes out at 19:45, Ilay's story is a whisper, on paper, or in another "
        "room.",
        "Kit tells the story from 19:25 to 19:45.",
    ]


def test_the_reasons_come_in_order_with_their_sources() -> None:
    ilay = night_of(plan_tonight(FAMILY, SCHOOL_NIGHT, LISBON), "ilay")
    assert rules_of(ilay) == [
        "commitment",
        "need",
        "efficiency",
        "lights-out",
        "wind-down",
        "teller",
    ]
    assert ilay.reasons[0].text == (
        "School starts at 08:30 and the morning takes 1 h 15 min, so the day begins at 07:15."
    )
    assert all(reason.source for reason in ilay.reasons)
    assert ilay.binding == "commitment"


def test_the_plan_says_what_it_planned_with() -> None:
    noor = night_of(plan_tonight(FAMILY, SCHOOL_NIGHT, LISBON), "noor")
    assert noor.age_months == 53
    assert (noor.sleep_need_h, noor.sleep_need_low_h, noor.sleep_need_high_h) == (10.75, 10, 13)
    assert (noor.nap_h, noor.expected_efficiency) == (0, 0.896)
    assert noor.wake.tzinfo is LISBON


def test_a_nap_shortens_the_night() -> None:
    napping = home(but(NOOR, nap="1 h"))
    plain, napped = (
        night_of(plan_tonight(household, FREE_NIGHT, LISBON), "noor")
        for household in (home(NOOR), napping)
    )
    # 9.75 h / 0.896 = 10 h 52 min 54 s before 08:00 is 21:07, so 21:05.
    assert f"{napped.lights_out:%H:%M}" == "21:05"
    assert napped.lights_out > plain.lights_out
    assert "nap" in rules_of(napped)


@pytest.mark.parametrize(
    ("night", "lights_out"),
    # 11 h / 0.896 = 12 h 16 min 36 s before 08:00 in March; 10.75 h / 0.896 in October.
    [(date(2026, 3, 27), "19:40"), (date(2026, 3, 28), "18:40"), (date(2026, 10, 24), "21:00")],
)
def test_a_night_whose_clocks_change_keeps_its_hours(night: date, lights_out: str) -> None:
    noor = night_of(plan_tonight(home(NOOR), night, LISBON), "noor")
    assert f"{noor.lights_out:%H:%M}" == lights_out
    in_bed_s = noor.wake.timestamp() - noor.lights_out.timestamp()
    assert in_bed_s == timedelta(hours=12, minutes=20 * (night.month == 3)).total_seconds()
    assert ("clock-change" in rules_of(noor)) == (night != date(2026, 3, 27))


def test_rooms_nobody_sleeps_in_have_no_evening() -> None:
    attic = Room(id="attic", name="the attic")
    household = msgspec.structs.replace(home(NOOR), rooms=(attic, *home(NOOR).rooms))
    assert [room.room for room in plan_tonight(household, FREE_NIGHT, LISBON).rooms] == ["nest"]


def test_planning_twice_gives_the_same_plan() -> None:
    plans = [plan_tonight(FAMILY, SCHOOL_NIGHT, LISBON) for _ in range(2)]
    assert plans[0] == plans[1]
