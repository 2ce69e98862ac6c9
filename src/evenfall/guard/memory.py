"""What must outlive the guard: which rooms were stopped, or have slept, tonight.

Where what was kept cannot be read, every room counts as having slept: quieter is the safe mistake.
"""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from evenfall.guard.mind import State
from evenfall.safety.rooms import HouseRules

MEMORY_FILE = "tonight.json"


class Kept(msgspec.Struct, frozen=True):
    """One room's."""

    asleep_night: int
    stopped_night: int


class Memory:
    """A small file, written when something in it changes.

    Args:
        path: where; None keeps nothing, for an evening at a made-up hour.
        night: the night it is, as a count of days, for what cannot be read.
    """

    def __init__(self, path: Path | None, night: int) -> None:
        self._path = path
        self._night = night

    def restored(self, rules: HouseRules, state: State) -> State:
        """The state with what was kept in it."""
        if self._path is None or not self._path.exists():
            return state
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Kept])
        except (OSError, msgspec.MsgspecError):
            kept = {one.room: Kept(self._night, -1) for one in rules.rooms}
        nothing = Kept(-1, -1)
        rooms = tuple(
            replace(
                room,
                asleep_night=kept.get(rule.room, nothing).asleep_night,
                stopped_night=kept.get(rule.room, nothing).stopped_night,
            )
            for rule, room in zip(rules.rooms, state.rooms, strict=True)
        )
        return replace(state, rooms=rooms)

    def keep(self, rules: HouseRules, before: State, after: State) -> None:
        """Write it, where it changed. A full disk keeps no room from being quiet now."""
        kept = _kept(rules, after)
        if self._path is None or kept == _kept(rules, before):
            return
        partial = self._path.with_suffix(".part")
        try:
            partial.write_bytes(msgspec.json.encode(kept))
            partial.replace(self._path)
        except OSError:
            return


def _kept(rules: HouseRules, state: State) -> dict[str, Kept]:
    pairs = zip(rules.rooms, state.rooms, strict=True)
    return {rule.room: Kept(room.asleep_night, room.stopped_night) for rule, room in pairs}
