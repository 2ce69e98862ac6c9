"""What the guard holds a room to: read by itself from the household file, never told by a hub.

Ages give the limits, the night light gives the room's safe, and the family's own waking times say
when a dawn may be. Where only the month of a birth is known, the younger age counts.
"""

from collections.abc import Iterator
from datetime import date

import msgspec
from msgspec.structs import replace

from evenfall.formats.quantity import clock_min, duration_s, light_lx_medi
from evenfall.records.household import Household, Member, Room
from evenfall.records.limits import Limits
from evenfall.safety.birth import counted_months
from evenfall.safety.limits import ADULT, CHILD, limits_for, strictest

DAWN_BEFORE_MIN = 60
"""A dawn may begin this long before the earliest waking time of a room: half an hour of dawn, and
as much for a plan that wakes someone earlier (this project's own choice)."""

DAWN_AFTER_MIN = 120
"""And no later than this after its latest (this project's own choice)."""

DAY_MIN = 24 * 60
INFANT_UNDER_YEARS = 1

NOTHING = replace(
    CHILD,
    light_awake_lx_medi=0.0,
    light_asleep_lx_medi=0.0,
    light_dawn_lx_medi=0.0,
    sound_awake_dba=0.0,
    sound_asleep_dba=0.0,
    voice_asleep_dba=0.0,
)
"""Care rule 1: nothing plays and nothing shines where someone under twelve months sleeps."""


class RoomRules(msgspec.Struct, frozen=True, kw_only=True):
    """One room's own."""

    room: str
    limits: Limits
    safe_light_lx_medi: float
    dawn_from_min: int  # of the local day; it may run past midnight
    dawn_for_min: int


class HouseRules(msgspec.Struct, frozen=True, kw_only=True):
    """A home's rooms, and how many of the night's seconds pass in a real one."""

    rooms: tuple[RoomRules, ...]
    speed: float = 1.0


def house_rules(household: Household, tonight: date, speed: float = 1.0) -> HouseRules:
    """What this household's rooms are held to.

    Args:
        household: who sleeps where.
        tonight: the local date, for the ages.
        speed: how many of the night's seconds pass in a real one.
    """
    rooms = tuple(_room_rules(household, room, tonight) for room in household.rooms)
    return HouseRules(rooms=rooms, speed=speed)


def _room_rules(household: Household, room: Room, tonight: date) -> RoomRules:
    sleepers = [one for one in household.members if one.room == room.id]
    wakes = [at for one in sleepers for at in _wakes_min(one)]
    limits = strictest(ADULT, *(_limits(one, tonight) for one in sleepers))
    first, last = min(wakes, default=0), max(wakes, default=0)
    return RoomRules(
        room=room.id,
        limits=limits,
        safe_light_lx_medi=min(light_lx_medi(room.night_light), limits.light_asleep_lx_medi),
        dawn_from_min=(first - DAWN_BEFORE_MIN) % DAY_MIN,
        dawn_for_min=last - first + DAWN_BEFORE_MIN + DAWN_AFTER_MIN if wakes else 0,
    )


def _limits(member: Member, tonight: date) -> Limits:
    months = counted_months(member.born, member.due, tonight)
    years = max(months - 1, 0) / 12
    return NOTHING if years < INFANT_UNDER_YEARS else limits_for(years)


def sure_years(born: str, tonight: date) -> float:
    """The age someone born in a month has surely reached; 0 before the first is sure.

    Example:
        >>> sure_years("2025-11", date(2026, 11, 20)) < 1, sure_years("2025-10", date(2026, 11, 1))
        (True, 1.0)
    """
    return max(counted_months(born, None, tonight) - 1, 0) / 12


def _wakes_min(member: Member) -> Iterator[int]:
    """When someone may wake, in minutes of the day."""
    yield clock_min(member.free_wake)
    for one in member.commitments:
        yield clock_min(one.starts) - duration_s(one.from_waking) // 60


def is_dawn_time(rules: RoomRules, minute: int) -> bool:
    """True where a dawn may be in a room.

    Args:
        rules: the room's.
        minute: of the local day.
    """
    return (minute - rules.dawn_from_min) % DAY_MIN < rules.dawn_for_min
