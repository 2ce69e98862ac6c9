"""Laws of planning: any home, any night, any zone, and no plan breaks a hard rule."""

from datetime import UTC, date, timedelta
from functools import cache
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from tests.plan.test_plan_family import but

from evenfall.formats.errors import EvenfallError
from evenfall.formats.quantity import clock_min, duration_s
from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.rules import broken_rules
from evenfall.plan.tonight import plan_tonight
from evenfall.plan.wall_clock import clock_text, on_the_clock
from evenfall.records.household import Commitment, Household, Member, RitualStep, Room, Weekday

ZONES = (
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Tehran",
)
FIRST, LAST = date(1990, 1, 1), date(2060, 12, 31)
LEFT_OUT = {("Pacific/Apia", date(2011, 12, 30))}
DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHATS = ("story", "song", "bath", "stars")
ROOMS = ("nest", "loft", "attic")
KINDS = ("unplugged", "told", "immersive")
RARELY = st.integers(0, 19).map(lambda n: n == 19)
T = TypeVar("T")


@cache
def changing_nights(zone: str) -> tuple[date, ...]:
    """The nights of a zone with a clock change between their noons, 1990 to 2060."""
    tz = ZoneInfo(zone)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
    offsets = [on_the_clock(day, "12:00", tz).at.astimezone(tz).utcoffset() for day in days]
    changed = (
        day for day, one, next_ in zip(days, offsets, offsets[1:], strict=False) if one != next_
    )
    return tuple(day for day in changed if (zone, day) not in LEFT_OUT)


@st.composite
def nights(draw: st.DrawFn) -> tuple[str, date]:
    zone = draw(st.sampled_from(ZONES))
    anyday = st.dates(FIRST, LAST).filter(lambda day: (zone, day) not in LEFT_OUT)
    changing = changing_nights(zone)
    return zone, draw(st.one_of(anyday, st.sampled_from(changing)) if changing else anyday)


def clocks(first_h: int, last_h: int) -> st.SearchStrategy[str]:
    minutes = st.integers(first_h * 60, last_h * 60 + 59)
    return minutes.map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


def lengths(first_min: int, last_min: int) -> st.SearchStrategy[str]:
    return st.integers(first_min, last_min).map(lambda minutes: f"{minutes} min")


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.one_of(st.none(), strategy)


def born(night: date, months: int) -> str:
    year, month = divmod(night.year * 12 + night.month - 1 - months, 12)
    return f"{year:04}-{month + 1:02}"


Wildness = Literal["ordinary", "wild"]


@st.composite
def members(draw: st.DrawFn, wildness: Wildness, night: date, one: str, all_: list[str]) -> Member:
    """A member; ordinary ones can always be planned, wild ones are merely well-formed."""
    wild = wildness == "wild"
    any_clock = st.one_of(clocks(5, 20), clocks(0, 23))
    commitment = st.builds(
        Commitment,
        what=st.sampled_from(("school", "work", "a train")),
        days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(tuple),
        starts=any_clock if wild else clocks(7, 20),
        from_waking=lengths(0, 300) if wild else lengths(0, 120),
    )
    step = st.builds(
        RitualStep,
        what=st.sampled_from(WHATS),
        takes=lengths(0, 90) if wild else lengths(0, 15),
        with_teller=st.booleans(),
    )
    steps = st.lists(step, max_size=4, unique_by=lambda step: step.what)
    months = st.integers(0 if wild else 24, 1440 if wild else 1080)
    unborn_or_ancient = st.sampled_from((-1, 1441))
    ages = [months, st.integers(24, 18 * 12), *([unborn_or_ancient] * (wild and draw(RARELY)))]
    return Member(
        id=one,
        name=one.title(),
        born=born(night, draw(st.one_of(ages))),
        room=draw(st.sampled_from(ROOMS)),
        tellers=tuple(draw(st.lists(st.sampled_from(all_), max_size=3, unique=True))),
        evening=draw(st.sampled_from(KINDS)),
        score=draw(st.sampled_from((None, "lighthouse", "tidepool"))),
        ritual=tuple(draw(steps)),
        commitments=tuple(draw(st.lists(commitment, max_size=3))),
        free_wake=draw(any_clock if wild else clocks(5, 11)),
        evening_from=draw(maybe(any_clock if wild else clocks(16, 23))),
        sleep_need=draw(maybe(lengths(0, 1200))) if wild else None,
        nap=draw(lengths(0, 240) if wild else st.sampled_from(("0 min", "1 h", "45 min"))),
    )


@st.composite
def homes(draw: st.DrawFn, wildness: Wildness, night: date, zone: str) -> Household:
    ids = [f"m{n}" for n in range(draw(st.integers(1, 6)))]
    people = tuple(draw(members(wildness, night, one, ids)) for one in ids)
    rooms = tuple(Room(id=room, name=f"the {room}") for room in ROOMS)
    return Household(household=1, name="Gull House", zone=zone, rooms=rooms, members=people)


@st.composite
def changes_for(draw: st.DrawFn, household: Household) -> Changes:
    ids = [member.id for member in household.members]
    changed = draw(st.lists(st.sampled_from(ids), unique=True, max_size=3))
    away = draw(st.lists(st.sampled_from(ids), unique=True, max_size=2))
    change = [
        MemberChange(
            member=one,
            wake=draw(maybe(clocks(0, 23))),
            lights_out=draw(maybe(st.one_of(clocks(13, 23), clocks(0, 23)))),
            evening=draw(maybe(st.sampled_from(KINDS))),
            skip_wake=draw(RARELY),
        )
        for one in changed
    ]
    return Changes(members=tuple(change), tellers_away=tuple(away))


@settings(max_examples=120)
@given(st.data(), nights())
def test_an_ordinary_home_is_always_planned_within_the_rules(
    data: st.DataObject, when: tuple[str, date]
) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(homes("ordinary", night, zone_name))
    plan = plan_tonight(household, night, zone)
    assert broken_rules(plan, household, zone) == ()
    assert plan == plan_tonight(household, night, zone)


@pytest.mark.safety("H-30")
@settings(max_examples=120)
@given(st.data(), nights())
def test_a_wild_home_is_planned_within_the_rules_or_refused(
    data: st.DataObject, when: tuple[str, date]
) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(homes("wild", night, zone_name))
    changes = data.draw(changes_for(household))
    try:
        plan = plan_tonight(household, night, zone, changes)
    except EvenfallError as refused:
        event("refused")
        assert all(fault.found and fault.expected and fault.mend for fault in refused.faults)
        return
    event("planned")
    for rule in {member.binding for member in plan.members}:
        event(f"binding: {rule}")
    for conflict in plan.conflicts:
        event(f"conflict: {conflict.rule}")
    assert broken_rules(plan, household, zone, changes) == ()


@pytest.mark.safety("H-16")
@settings(max_examples=60)
@given(st.data(), nights())
def test_every_plan_explains_itself(data: st.DataObject, when: tuple[str, date]) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(homes("ordinary", night, zone_name))
    plan = plan_tonight(household, night, zone)
    reasons = [one.reasons for one in plan.members] + [one.reasons for one in plan.rooms]
    assert all(reason.text and reason.source for why in reasons for reason in why)
    for member in plan.members:
        assert member.binding in [reason.rule for reason in member.reasons]
    in_members = [reason for member in plan.members for reason in member.reasons]
    assert all(conflict in in_members for conflict in plan.conflicts)
    assert all(
        "to move" in one.text or "mend" in one.text or "Write" in one.text for one in plan.conflicts
    )


@settings(max_examples=60)
@given(st.data(), nights())
def test_lights_out_stands_on_five_minutes(data: st.DataObject, when: tuple[str, date]) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(homes("ordinary", night, zone_name))
    lights = [member.lights_out for member in plan_tonight(household, night, zone).members]
    assert all(at.minute % 5 == 0 and at.second == 0 for at in lights)


@settings(max_examples=60)
@given(st.data(), nights(), clocks(14, 23), clocks(14, 23))
def test_an_evening_that_may_begin_earlier_never_costs_sleep(
    data: st.DataObject, when: tuple[str, date], one: str, other: str
) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(homes("ordinary", night, zone_name))
    alone = but(household.members[0], tellers=())
    strict, loose = max(one, other), min(one, other)
    plans = [
        plan_tonight(
            msgspec.structs.replace(household, members=(but(alone, evening_from=begins),)),
            night,
            zone,
        )
        for begins in (strict, loose, None)
    ]
    lights = [plan.members[0].lights_out.astimezone(UTC) for plan in plans]
    assert lights == sorted(lights, reverse=True)
    # Of its own kind: an evening that begins later may well begin after something it clashed with.
    conflicts = [[one.rule for one in plan.conflicts].count("evening-conflict") for plan in plans]
    assert conflicts == sorted(conflicts, reverse=True)


@settings(max_examples=200)
@given(nights(), st.one_of(clocks(0, 3), clocks(0, 23)))
def test_the_clock_shows_what_was_asked_unless_it_was_skipped(
    when: tuple[str, date], clock: str
) -> None:
    zone, day = ZoneInfo(when[0]), when[1] + timedelta(days=1)
    assume((when[0], day) not in LEFT_OUT)
    time = on_the_clock(day, clock, zone)
    event(time.how)
    if time.how == "skipped":
        assert clock_min(clock_text(time.at, zone)) != clock_min(clock)
    else:
        assert clock_text(time.at, zone) == clock
        assert time.at.astimezone(zone).date() == day
        assert time.at.astimezone(zone).fold == 0


@settings(max_examples=60)
@given(st.data(), nights())
def test_a_longer_nap_never_makes_the_night_longer(
    data: st.DataObject, when: tuple[str, date]
) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(homes("ordinary", night, zone_name))
    alone = but(household.members[0], tellers=(), evening_from=None)
    naps = data.draw(st.tuples(lengths(0, 180), lengths(0, 180)))
    short, long = sorted(naps, key=duration_s)
    assume(short != long)
    lights = [
        plan_tonight(
            msgspec.structs.replace(household, members=(but(alone, nap=nap),)), night, zone
        )
        .members[0]
        .lights_out.astimezone(UTC)
        for nap in (short, long)
    ]
    assert lights[0] <= lights[1]


@st.composite
def busy_homes(draw: st.DrawFn, night: date, zone: str) -> Household:
    """Children in rooms of their own, all to be told to, by one or two who may rise early."""
    adults = [f"a{n}" for n in range(draw(st.integers(1, 2)))]
    children = [f"c{n}" for n in range(draw(st.integers(2, 4)))]
    tellers = [
        Member(
            id=one,
            name=one.title(),
            born=born(night, 420),
            room="attic",
            free_wake=draw(clocks(2, 8)),
        )
        for one in adults
    ]
    listeners = [
        Member(
            id=one,
            name=one.title(),
            born=born(night, draw(st.integers(40, 130))),
            room=one,
            tellers=tuple(draw(st.permutations(adults))),
            ritual=(RitualStep(what="story", takes=draw(lengths(5, 40)), with_teller=True),),
            free_wake=draw(clocks(6, 7)),
            evening_from=draw(maybe(clocks(17, 19))),
        )
        for one in children
    ]
    people = (*tellers, *listeners)
    rooms = tuple(Room(id=room, name=f"the {room}") for room in ("attic", *children))
    return Household(household=1, name="Gull House", zone=zone, rooms=rooms, members=people)


@pytest.mark.safety("H-15")
@settings(max_examples=150)
@given(st.data(), nights())
def test_however_busy_the_evening_nobody_is_in_two_places(
    data: st.DataObject, when: tuple[str, date]
) -> None:
    zone_name, night = when
    zone = ZoneInfo(zone_name)
    household = data.draw(busy_homes(night, zone_name))
    plan = plan_tonight(household, night, zone)
    for rule in {member.binding for member in plan.members}:
        event(f"binding: {rule}")
    untold = [room for room in plan.rooms if room.teller is None and room.room != "attic"]
    event(f"untold: {len(untold)}")
    assert broken_rules(plan, household, zone) == ()
    assert len([one for one in plan.conflicts if one.rule == "untold"]) == len(untold)
