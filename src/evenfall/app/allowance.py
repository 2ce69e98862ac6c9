"""The allowance: immersion set aside for each sleeper before a night, settled when it is over.

What a night's programme may use at most is taken from tonight's allowance before anyone begins,
so that no evening can use more than was agreed; what was not used comes back. Only nights that
really happen are counted: a simulated one, a recording's and a rehearsal at a made-up hour take
nothing, and are not stopped by what is taken.
"""

from dataclasses import dataclass

import msgspec

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.learn.moments import immersion_min
from evenfall.plan.agreement import allowance_s
from evenfall.play.fold import LogMismatchError, replay, since_restart
from evenfall.records.allowance import Reservation
from evenfall.records.household import Household
from evenfall.records.programme import BEAT_S
from evenfall.runtime.ready import RoomNight


@dataclass(frozen=True)
class Left:
    """Tonight's allowance of everyone at home, as it stands before one night.

    `may_use_min` is what each may still be immersed for in it, `used_min` what they have used in
    other nights of the same date; by member, in minutes.
    """

    may_use_min: dict[str, float]
    used_min: dict[str, float]


def left_for(
    library: SqliteLibrary, log: SqliteNightLog, household: Household, night: str, night_id: str
) -> Left:
    """What is left of tonight's allowance for one night.

    A night that has set its share aside before keeps it: taken up again, it is the same evening,
    whatever has happened to the others since.

    Args:
        library: where the reservations are.
        log: where the nights are.
        household: who lives here and what they agreed.
        night: the local date of the noon before it.
        night_id: the night that asks.

    Raises:
        LogUnavailableError: either cannot be read.
    """
    agreed_min = allowance_s(household) / 60
    tonight = [one for one in library.all(Reservation) if one.night == night]
    may_use = {member.id: agreed_min for member in household.members}
    used = dict.fromkeys(may_use, 0.0)
    for one in tonight:
        if one.member not in may_use or one.night_id == night_id:
            continue
        taken_min, used_min = _taken(log, one)
        may_use[one.member] -= taken_min
        used[one.member] += used_min
    own = {one.member: one.reserved_min for one in tonight if one.night_id == night_id}
    may_use |= {member: min(own[member], agreed_min) for member in own if member in may_use}
    return Left(may_use, used)


def has_reserved(library: SqliteLibrary, night_id: str) -> bool:
    """True for a night that has set something aside, so that it counts when it goes on.

    Raises:
        LogUnavailableError: the library cannot be read.
    """
    return any(one.night_id == night_id for one in library.all(Reservation))


def reserve(library: SqliteLibrary, ready: RoomNight) -> None:
    """Set aside the longest a night may immerse, for every sleeper of its room, once.

    Raises:
        LogUnavailableError: it cannot be written, and then the night must not begin.
    """
    longest_min = ready.programme.immersion_max_beats * BEAT_S / 60
    for sleeper in ready.sleepers:
        key = _key(ready, sleeper.member)
        if library.get(key, Reservation) is None:
            reservation = Reservation(
                night_id=ready.night.id,
                night=ready.night.night,
                member=sleeper.member,
                reserved_min=longest_min,
            )
            library.put(key, ready.night.night, reservation)


def settle(library: SqliteLibrary, ready: RoomNight, used_min: float) -> None:
    """The night is over: what was really immersed counts, and the rest is given back.

    Raises:
        LogUnavailableError: it cannot be written; all that was set aside still counts.
    """
    for sleeper in ready.sleepers:
        key = _key(ready, sleeper.member)
        kept = library.get(key, Reservation)
        if kept is not None:
            library.put(key, kept.night, msgspec.structs.replace(kept, used_min=used_min))


# --- Parts -----------------------------------------------------------------------------------


def _key(ready: RoomNight, member: str) -> str:
    return f"{ready.night.id}/{member}"


def _taken(log: SqliteNightLog, one: Reservation) -> tuple[float, float]:
    """Minutes another night takes from the allowance, and minutes it has used so far.

    One that was cut off before anything happened in it never began, and gives all of it back; one
    that may still go on keeps all it set aside.
    """
    if one.used_min is not None:
        return one.used_min, one.used_min
    rows = log.rows(one.night_id)
    night = log.night(one.night_id)
    programme = log.programme(night.programme_hash) if night is not None else None
    if not rows or programme is None:
        return 0.0, 0.0
    try:
        used_min = immersion_min(programme, replay(programme, since_restart(rows)))
    except LogMismatchError:  # another version's: nobody can tell, so all of it counts
        used_min = one.reserved_min
    return one.reserved_min, used_min
