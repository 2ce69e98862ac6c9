"""The home as a drill has it: the family's own, with an evening that is there to be stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from evenfall.app.home import Home
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.words import listing
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.plan import MemberPlan, Plan, RoomEvening

INTO_THE_EVENING = timedelta(minutes=1)
"""A drill begins so long after the room's wind-down: when somebody could press Begin."""


@dataclass(frozen=True)
class DrillHome(Home):
    """The family's home, whose every evening is the drill's and whose nights are kept elsewhere."""

    kept: Path

    @property
    def database(self) -> Path:
        """The drill's own night log and library."""
        return self.kept / "drill.db"

    def score_file(self, score: str) -> Path:  # noqa: ARG002  # there is only one
        """What a drill plays."""
        return Path(str(files("evenfall.app") / "drill" / "drill.yaml"))


def drill_household(household: Household, room: str) -> Household:
    """The household with a told evening in one room and a paper one in every other."""
    members = tuple(
        replace(one, evening="told" if one.room == room else "unplugged")
        for one in household.members
    )
    return replace(household, members=members)


def drill_room(household: Household, room: str | None, night: date, zone: ZoneInfo) -> RoomEvening:
    """The room a drill is held in: the one that is named, or that of the youngest who may.

    Args:
        household: who lives here.
        room: its id, or None.
        night: tonight.
        zone: the home's.

    Raises:
        EvenfallError: there is no such room, or nothing ever shines or plays in it.
    """
    known = [one.id for one in household.rooms]
    if room is not None and room not in known:
        expected = f"a room of this home: {listing(known)}"
        raise EvenfallError(Fault(f"no room {room!r}", Place("--room"), expected, "name one"))
    for one in [room] if room is not None else _youngest_first(household):
        plan = plan_tonight(drill_household(household, one), night, zone)
        found = next((each for each in plan.rooms if each.room == one), None)
        if found is not None and found.score is not None:
            return found
    raise EvenfallError(
        Fault(
            found="no room in which anything shines or plays",
            place=Place("--room"),
            expected="a room with someone in it, and nobody under twelve months",
            mend="where an infant sleeps Evenfall drives nothing, so there is nothing to stop",
        )
    )


def _youngest_first(household: Household) -> Sequence[str]:
    by_age = sorted(household.members, key=lambda one: one.born, reverse=True)
    return list(dict.fromkeys(one.room for one in by_age))


def begins_at(household: Household, room: RoomEvening, night: date, zone: ZoneInfo) -> datetime:
    """The made-up hour: just into the room's own evening, as its plan for tonight has it."""
    plan = plan_tonight(drill_household(household, room.room), night, zone)
    return min(_sleepers(plan, room), key=_by_wind_down).wind_down + INTO_THE_EVENING


def _sleepers(plan: Plan, room: RoomEvening) -> list[MemberPlan]:
    return [one for one in plan.members if one.member in room.sleepers]


def _by_wind_down(one: MemberPlan) -> datetime:
    return one.wind_down


def asleep_now(household: Household, now: datetime, zone: ZoneInfo) -> MemberPlan | None:
    """Somebody whose light is out by the plan; None where everyone is to be awake."""
    tonight = (now.astimezone(zone) - timedelta(hours=12)).date()
    for night in (tonight, tonight + timedelta(days=1)):
        for one in plan_tonight(household, night, zone).members:
            if one.lights_out <= now < one.wake:
                return one
    return None
