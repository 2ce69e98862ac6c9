from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from evenfall.records.recording import Recording
from evenfall.rehearse.recordings import simulated_recording
from evenfall.rehearse.sleeper import SimulatedSleeper, simulate_sleeper, typical

START = datetime(2026, 11, 20, 19, 30, tzinfo=ZoneInfo("Europe/Lisbon"))


def night_at(age_years: float, seed: int = 1) -> SimulatedSleeper:
    return simulate_sleeper(
        typical("noor", age_years), seed, lights_out_beat=60, wake_beat=1140, beats=1200
    )


def test_it_says_everywhere_that_it_is_simulated() -> None:
    night = night_at(8)
    recording = simulated_recording(night, START, "noor, seed 1")
    assert recording.simulated
    assert recording.counts_unit == "simulated"
    assert recording.id.startswith("simulated-")
    assert "simulated" in recording.device
    assert recording.source == "noor, seed 1"
    assert recording.counts == night.counts
    assert recording.scorer is not None
    assert recording.scorer.stages == night.stages
    assert recording.scorer.source == "the simulated sleeper's own stages"
    assert (recording.start, recording.epoch_s) == (START, 30.0)


def test_the_id_is_the_nights_own() -> None:
    first = simulated_recording(night_at(8), START, "one name")
    assert simulated_recording(night_at(8), START, "another").id == first.id
    assert simulated_recording(night_at(8, seed=2), START, "one name").id != first.id


def test_what_was_not_measured_is_none() -> None:
    toddler = simulated_recording(night_at(1.5), START, "toddler")
    assert toddler.scorer is None
    assert toddler.counts is not None
    baby = simulated_recording(night_at(0.5), START, "baby")
    assert (baby.counts, baby.counts_unit, baby.scorer) == (None, None, None)


def test_it_survives_being_written_and_read() -> None:
    recording = simulated_recording(night_at(30), START, "a night")
    again = msgspec.json.decode(msgspec.json.encode(recording), type=Recording)
    assert again.counts == recording.counts
    assert again.scorer is not None
