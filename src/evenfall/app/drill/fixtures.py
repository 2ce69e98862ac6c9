"""A room's lamps and speakers as a drill looks at them: what they say of themselves, in steps."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from evenfall.adapters.devices.levels import (
    lamp_step,
    light_at_full_lx_medi,
    sound_at_full_dba,
    speaker_step,
)
from evenfall.adapters.devices.report import low_words
from evenfall.app.devices import Connected, HomeDevices
from evenfall.formats.quantity import light_lx_medi
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Room

LIGHT_LX_MEDI, SOUND_DBA = 1.0, 38.0
"""What drill.yaml asks of a room."""

_SILENT = (OutputUnavailableError, TimeoutError)


@dataclass(frozen=True)
class Fixture:
    """One lamp or speaker.

    Attributes:
        connected: how it is spoken to.
        safe_step: where it stands when its room is safe.
        asked_step: where a drill brings it.
    """

    connected: Connected
    safe_step: int
    asked_step: int

    @property
    def id(self) -> str:
        """What the household calls it."""
        return self.connected.output.id

    @property
    def can_be_tried(self) -> bool:
        """False where even its dimmest, or its quietest, may be too much for a bedroom."""
        return self.asked_step > self.safe_step


class Fixtures:
    """A room's lamps and speakers.

    Args:
        devices: the home's.
        room: whose.
    """

    def __init__(self, devices: HomeDevices, room: Room) -> None:
        self._devices = devices
        ours = [one for one in devices.connected if one.room == room.id]
        night_light = light_lx_medi(room.night_light)
        self.all = tuple(_fixture(one, ours, night_light) for one in ours)
        self.tried = tuple(one for one in self.all if one.can_be_tried)

    def step(self, one: Fixture) -> int | None:
        """Where it says it stands; None where it does not answer."""
        with suppress(*_SILENT):
            return self._devices.read(one.connected).step
        return None

    def above_safe(self, of: Sequence[Fixture] | None = None) -> tuple[Fixture, ...]:
        """Those that are brighter or louder than safe, or don't say."""
        looked = [(one, self.step(one)) for one in (self.tried if of is None else of)]
        return tuple(one for one, step in looked if step is None or step > one.safe_step)

    def lit(self) -> tuple[Fixture, ...]:
        """Those that say they are brighter or louder than safe."""
        looked = [(one, self.step(one)) for one in self.tried]
        return tuple(one for one, step in looked if step is not None and step > one.safe_step)

    def watched(self) -> tuple[Fixture, ...]:
        """Those that something else brings to safe if this machine stops."""
        self._devices.look_for_watchdogs()
        return tuple(one for one in self.tried if not self._devices.lack(one.id))

    def why_unwatched(self, one: Fixture) -> str:
        """Why nothing does, in the words of the house."""
        kind = one.connected.output.kind
        return " ".join(low_words(kind, self._devices.lack(one.id)))

    def make_safe(self) -> None:
        """Bring each to safe from here, where no guard is there to do it."""
        for one in self.lit():
            with suppress(*_SILENT):
                self._devices.send(one.connected, one.safe_step, 0.0)


def _fixture(one: Connected, ours: Sequence[Connected], night_light_lx_medi: float) -> Fixture:
    calibration, steps = one.output.calibration, one.driver.steps
    sharing = sum(1 for other in ours if other.output.kind == one.output.kind)
    if one.output.kind == "light":
        full = light_at_full_lx_medi(calibration)
        safe = lamp_step(night_light_lx_medi, full, steps, sharing)
        return Fixture(one, safe, lamp_step(LIGHT_LX_MEDI, full, steps, sharing))
    full = sound_at_full_dba(calibration)
    return Fixture(one, 0, speaker_step(SOUND_DBA, full, steps, sharing))
