"""A call for help, and how a room goes on after an emergency.

By itself a room goes on as the natural night: dark and quiet, with the plan's own dawn. A new night
is begun in it only where an adult says so, after an emergency or a crash, and never after a stop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import tzinfo

from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.calls import HomeCalls, told_in
from evenfall.formats.errors import Fault, Place
from evenfall.play.fold import LogMismatchError, replay, since_restart
from evenfall.ports.clock import Clock
from evenfall.records.household import Household
from evenfall.records.night import Emergency, Override
from evenfall.records.reboot import Rebooted
from evenfall.runtime.calling import ANYONE, alarmed
from evenfall.runtime.hub import AskRefusedError, Hub

Anew = Callable[[str, str], Awaitable[str]]
"""Ends a room's night and begins a new one in it, by room and who asks; gives the new one's id."""


class Emergencies:
    """What people may do when something is wrong.

    Args:
        hub: tonight's.
        calls: how adults are told.
        household: who lives here now.
        clock: what time it is.
        zone: the home's.
        anew: begins a new night where `why_not_clean` has nothing against it.
    """

    def __init__(
        self,
        hub: Callable[[], Hub],
        calls: HomeCalls,
        household: Callable[[], Household],
        clock: Clock,
        zone: tzinfo,
        anew: Anew,
    ) -> None:
        self._hub, self._calls, self._household = hub, calls, household
        self._clock, self._zone, self._anew = clock, zone, anew
        self._one_at_a_time = asyncio.Lock()

    def call(self, room: str, member: str | None, who: str) -> None:
        """Someone calls for help: an adult is told, and where a night runs it goes quiet.

        Args:
            room: where.
            member: who needs it, where that was said.
            who: who asks, by id.

        Raises:
            AskRefusedError: this home has no such room.
        """
        if self._hub().call_for_help(room, member, who):
            return
        household = self._household()
        if room not in {one.id for one in household.rooms}:
            raise _refused(f"no room {room!r}", "a room of this home", "call from that room's page")
        sleepers = [one for one in self._hub().plan.members if one.room == room]
        place = next((i for i, one in enumerate(sleepers) if one.member == member), ANYONE)
        text = alarmed(
            sleepers,
            Emergency("call", place, who),
            self._clock.now_utc(),
            self._hub().made_up,
            told_in(),
        )
        helpers = helpers_of(household, room)
        self._calls.elsewhere(room, helpers, self._clock, self._zone).tell(helpers, text)

    def told(self, room: str) -> tuple[str, ...]:
        """Whose phone a call from a room goes to, by name; nobody where none is known."""
        household = self._household()
        names = {one.id: one.name for one in household.members}
        ways = self._calls.ways
        return tuple(names[one] for one in helpers_of(household, room) if ways.get(one))

    async def reboot(self, room: str, who: str, *, clean: bool) -> Rebooted:
        """Let a room go on: as the natural night or, if an adult says so, with a new one.

        Args:
            room: where.
            who: which adult says so, by id.
            clean: true for a new night, which somebody then begins by hand.

        Raises:
            AskRefusedError: there is nothing to go on from, or it may not begin anew.
        """
        live = self._hub().rooms.get(room)
        if live is None:
            raise _refused(f"no evening runs in {room!r}", "a room with an evening", "ask there")
        if clean:
            async with self._one_at_a_time:
                night = await self._anew(room, who)
            return Rebooted(room=room, night=night, clean=True)
        begun = self._clock.now_utc() >= live.runner.night.start_utc
        if begun and not (live.trouble or live.over):
            live.people.put_nowait(Override(who))
        return Rebooted(room=room, night=live.ready.night.id, clean=False)


def helpers_of(household: Household, room: str) -> tuple[str, ...]:
    """Who is told in an emergency: the guardians of who sleeps there, or every adult."""
    here = [one for one in household.members if one.room == room]
    guardians = dict.fromkeys(one for member in here for one in member.guardians)
    return tuple(guardians) or tuple(one.id for one in household.members if not one.guardians)


def refuse_unclean(
    rules: Collection[str], *, in_trouble: bool, is_stopped: bool, is_morning: bool
) -> None:
    """Refuse a new night in a room where nothing failed, where someone stopped, or by day.

    Args:
        rules: every rule that moved the room's nights of this date.
        in_trouble: true where the night ended by a fault.
        is_stopped: true where someone stopped the room at the guard.
        is_morning: true where its night is over.

    Raises:
        AskRefusedError: with the reason.
    """
    if is_stopped or "stop" in rules:
        raise _refused(
            "a room that someone stopped tonight",
            "a stop to hold until the morning",
            "tell the story yourself; tomorrow is another evening",
        )
    if is_morning:
        raise _refused("a night that is over", "an evening", "begin tonight's in its own time")
    if not (in_trouble or any(map(_broke_off, rules))):
        raise _refused(
            "an evening in which nothing went wrong",
            "an emergency, or a hub that was away, before it",
            "go on with the evening as it is",
        )


def rules_of(log: SqliteNightLog, night: str, room: str) -> set[str]:
    """Every rule that moved a room's nights of a date; what cannot be replayed was restarted.

    Raises:
        LogUnavailableError: the log cannot be read.
    """
    rules: set[str] = set()
    for one in log.nights():
        rows = log.rows(one.id) if (one.night, one.room) == (night, room) else ()
        programme = log.programme(one.programme_hash)
        if not rows or programme is None:
            continue
        rules |= {row.kind for row in rows if row.kind == "stop"}
        try:
            taken = list(replay(programme, since_restart(rows)))
        except LogMismatchError:
            rules.add("restarted")
            continue
        rules |= {reason.rule for _, step in taken for reason in step.reasons}
    return rules


def _broke_off(rule: str) -> bool:
    """True for a rule by which an evening is broken off by something that went wrong."""
    return rule.startswith("emergency_") or rule in ("restarted", "gap_longer_than_lease")


def _refused(found: str, expected: str, mend: str) -> AskRefusedError:
    return AskRefusedError(Fault(found, Place(), expected, mend))
