"""What was explored, as columns that the properties read: a row a state, a column an event."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from evenfall.play.claims import is_immersed
from evenfall.play.step import GAP_BEATS_MAX
from evenfall.records.night import (
    ENDED,
    PAUSED,
    RUNNING,
    STOPPED,
    TOLD,
    WAITING,
    AnyEvent,
    Beat,
    BeatsMissed,
    NightState,
    Restarted,
    Stop,
)
from evenfall.records.programme import VOICE, Programme
from evenfall.rehearse.check.explore import Explored, Mask, Numbers
from evenfall.rehearse.check.longest import Values

OUTPUTS = ("light", "sound")
ENDLESS = 1e6
"""What a level that is no number is counted as: far more than anyone may have."""


@dataclass(frozen=True)
class Broken:
    """One property that does not hold, where it was first seen.

    Attributes:
        state: the state it is seen from, by number.
        event: what happens in it, by column; −1 where the state itself is wrong.
        scene: the scene that is to be mended, by index.
        part: which part of it: light, sound, stay, breather_every, or '' for the whole.
        found: what was found, in the unit.
        limit: what was allowed.
        unit: of both.
        what: what happens, as a clause.
        rule: what was expected, as a clause.
        mend: what to do.
        onward: what happens after, as events and the states they lead to.
    """

    state: int
    event: int
    scene: int
    part: str
    found: float
    limit: float
    unit: str
    what: str
    rule: str
    mend: str
    onward: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Ground:
    """Everything that is asked of what was explored, each worked out once.

    Attributes:
        explored: the states and where every event leads.
        light_gain: how many times its target a light may give at the pillow.
        sound_gain_db: by how many dB a sound may be above its target.
    """

    explored: Explored
    light_gain: float = 1.0
    sound_gain_db: float = 0.0
    _kept: dict[str, Numbers] = field(default_factory=dict)

    @property
    def programme(self) -> Programme:
        """What was explored."""
        return self.explored.programme

    def column(self, name: str) -> Numbers:
        """One field of every state."""
        if name not in self._kept:
            self._kept[name] = self.explored.column(name)
        return self._kept[name]

    @cached_property
    def kind(self) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
        """The kind of every state's scene."""
        kinds = np.array([scene.kind for scene in self.programme.scenes])
        return kinds[self.column("scene")]

    def in_mode(self, *modes: int) -> Mask:
        """The states in some modes."""
        return np.asarray(np.isin(self.column("mode"), modes), np.bool_)

    @cached_property
    def night(self) -> Mask:
        """The states in which the evening is over: quiet, dawn, stopped, ended."""
        settled = self.in_mode(RUNNING) & np.isin(self.kind, ("quiet", "wake"))
        return np.asarray(settled | self.in_mode(STOPPED, ENDED), np.bool_)

    @cached_property
    def dawn(self) -> Mask:
        """The states of the dawn."""
        return np.asarray(self.in_mode(RUNNING) & (self.kind == "wake"), np.bool_)

    @cached_property
    def breathing(self) -> Mask:
        """The states in a breather."""
        return self.in_mode(RUNNING) & (self.column("breather_age_beats") > 0)

    @cached_property
    def immersed(self) -> Mask:
        """The states in which a dreamscape runs."""
        known: dict[tuple[int, int, bool], bool] = {}
        return np.array([self._immersed(known, state) for state in self.explored.states], np.bool_)

    def _immersed(self, known: dict[tuple[int, int, bool], bool], state: NightState) -> bool:
        key = state.mode, state.scene, state.breather_age_beats > 0  # all that it is made of
        if key not in known:
            known[key] = is_immersed(self.programme, state)
        return known[key]

    @cached_property
    def going_on(self) -> Mask:
        """The states in which the evening runs or may be taken up again: not yet the night."""
        return (self.in_mode(RUNNING) & ~self.night) | self.in_mode(PAUSED)

    @cached_property
    def beats(self) -> Values:
        """How many beats the room is kept for with each event.

        In a gap longer than a lease it is not: what was asked of it has lapsed.
        """
        return np.array([_beats(event) for event in self.explored.events], np.float64)

    def level(self, output: str) -> Values:
        """What every state asks of an output, in its unit; an output not named is asked nothing."""
        asked = [
            max((p.target for p in said if p.output == output), default=0.0)
            for said in self.explored.sayings
        ]
        finite = np.nan_to_num(np.array(asked, np.float64), nan=ENDLESS, posinf=ENDLESS)
        return finite[self.explored.says]

    @cached_property
    def changes(self) -> tuple[tuple[int, int, int], ...]:
        """Every change of what is asked, each once: a state, an event, and where it leads."""
        return self._distinct(range(len(self.explored.events)))

    @cached_property
    def endings(self) -> tuple[tuple[int, int, int], ...]:
        """The same for changes to where the machine's part is over: told, paused, night, stopped.

        The dawn, and a quiet scene that still plays, are none of these.
        """
        at_night = self.in_mode(RUNNING) & (self.column("scene") == self.programme.quiet_scene)
        over = at_night | self.in_mode(TOLD, WAITING, PAUSED, STOPPED, ENDED)
        return self._distinct(range(len(self.explored.events)), over)

    @cached_property
    def stops(self) -> tuple[tuple[int, int, int], ...]:
        """The same for stops alone."""
        return self._distinct(self.explored.events_of(Stop, Restarted))

    def _distinct(
        self, columns: Sequence[int], to: Mask | None = None
    ) -> tuple[tuple[int, int, int], ...]:
        explored = self.explored
        after = explored.after[:, list(columns)]
        there = (explored.says * 8 + explored.phase)[after]
        key = (explored.says[:, None] * (8 * len(explored.sayings)) + there).ravel()
        first = np.full(8 * len(explored.sayings) ** 2, key.size, np.int64)
        counted = np.arange(key.size) if to is None else np.flatnonzero(to[after].ravel())
        np.minimum.at(first, key[counted], counted)
        places = (divmod(int(one), len(columns)) for one in np.sort(first[first < key.size]))
        return tuple((row, columns[place], int(after[row, place])) for row, place in places)

    @cached_property
    def speaks(self) -> Mask:
        """The states in which a familiar voice is asked of the room."""
        spoken = [any(p.what == VOICE for p in said) for said in self.explored.sayings]
        return np.array(spoken, np.bool_)[self.explored.says]

    def sounding(self, state: int) -> int:
        """The scene whose tracks a state gives: its own, or the breather that interrupts it."""
        here = self.explored.states[state]
        breather = self.programme.scenes[here.scene].breather
        return breather if here.breather_age_beats and breather >= 0 else here.scene

    def safe_level(self, output: str) -> float:
        """What an output may be when the room is safe: the night light, and silence."""
        if output == "sound":
            return 0.0
        return max((p.target for p in self.programme.safe if p.output == output), default=0.0)


def _beats(event: AnyEvent) -> float:
    if isinstance(event, Beat):
        return 1.0
    if isinstance(event, BeatsMissed) and event.beats <= GAP_BEATS_MAX:
        return float(event.beats)
    return 0.0
