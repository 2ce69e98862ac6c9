"""A familiar voice is the page's: a speaker of the house has none of them, and stays silent."""

import time

import pytest

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.driver import Seen
from evenfall.adapters.devices.keeper import Pace
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.records.household import Calibration, Output
from evenfall.records.programme import VOICE

QUICK = Pace(first_retry_s=0.02, longest_retry_s=0.05, step_s=0.02, settle_s=(0.01, 0.01, 0.01))
LOUD = Calibration(kind="measured", sound_at_full="50 dBA")


class Radio:
    """A speaker in memory; what it plays goes on for as long as it has a volume."""

    steps = 100
    where = "a radio in memory"

    def __init__(self, step: int) -> None:
        self.step = step
        self.sent: list[tuple[int, str]] = []

    async def read(self) -> Seen:
        return Seen(self.step)

    async def send(self, step: int, over_s: float, what: str) -> None:
        self.step = step
        self.sent.append((step, what))

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.safety("H-29")
@pytest.mark.parametrize("plays", [0, 40], ids=["silent", "playing"])
def test_a_voice_is_silence_to_a_speaker_and_no_fault(plays: int) -> None:
    background = Background()
    radio = Radio(plays)
    speaker = Output(id="radio", kind="sound", calibration=LOUD)
    room = RoomDevices([Fixture(speaker, radio)], background, pace=QUICK)
    try:
        room.apply("sound", 30.0, 0.1, VOICE)
        ends_s = time.monotonic() + 3
        while room.reports()[0].status != "confirmed":
            assert time.monotonic() < ends_s
            time.sleep(0.005)
        assert radio.step == 0
        assert all(step <= plays and what != VOICE for step, what in radio.sent)
        assert room.reports()[0].note == ""
    finally:
        room.close()
        background.close()
