"""Sleep and wake: as the vendor tells it, live as for the whole night, from the counts alone."""

import csv
import math
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import median

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.importers import read_recording
from evenfall.formats.errors import RecordingError
from evenfall.learn.agreement import agreement
from evenfall.records.recording import CountsUnit, Hypnogram, Recording, Stage
from evenfall.sense.epochs import to_epochs_30s
from evenfall.sense.stagers import (
    ACTIGRAPH_COLE_KRIPKE,
    ACTIWATCH_OAKLEY_30S,
    ACTIWATCH_OAKLEY_60S,
    STAGERS,
    WATCH_COLE_KRIPKE,
    LiveStager,
    Stager,
    scored,
    stage,
    stager_for,
    stages,
)

START = datetime.fromisoformat("2026-11-20T22:00:00")

counts_strategy = st.lists(
    st.none() | st.floats(0, 400) | st.just(0.0) | st.floats(0, 20), max_size=60
).map(tuple)


def recording(
    counts: tuple[float | None, ...] | None, epoch_s: float, unit: CountsUnit | None
) -> Recording:
    return Recording(
        id="0",
        device="",
        format="",
        source="night.csv",
        start=START,
        start_is_known=True,
        epoch_s=epoch_s,
        counts=counts,
        counts_unit=unit,
    )


def live_answers(stager: Stager, counts: tuple[float | None, ...]) -> list[Stage | None]:
    live = LiveStager(stager)
    told: list[tuple[int, Stage | None]] = []
    for fed, count in enumerate(counts):
        answer = live.feed(count)
        assert (answer is None) == (fed < stager.lag_epochs)
        if answer is not None:
            assert answer[0] == fed - stager.lag_epochs
            told.append(answer)
    told += live.finish()
    assert [index for index, _ in told] == list(range(len(counts)))
    return [found for _, found in told]


@pytest.mark.parametrize(
    ("unit", "epoch_s", "expected"),
    [
        ("actiwatch", 15, ACTIWATCH_OAKLEY_30S),
        ("actiwatch", 60, ACTIWATCH_OAKLEY_60S),
        ("actigraph", 10, ACTIGRAPH_COLE_KRIPKE),
        ("watch-smoothed", 30, WATCH_COLE_KRIPKE),
        ("simulated", 30, ACTIWATCH_OAKLEY_30S),
        ("actiwatch", 120, None),
        (None, 30, None),
    ],
)
def test_each_kind_of_counts_has_its_stager(
    unit: CountsUnit | None, epoch_s: float, expected: Stager | None
) -> None:
    assert stager_for(recording((0.0,), epoch_s, unit)) is expected


def test_oakley_by_hand() -> None:
    # One burst of 21 counts weighs 42 on its own epoch, and 21 × 0.2 on its neighbours.
    assert stages(ACTIWATCH_OAKLEY_30S, (0, 0, 21, 0, 0)) == ("S", "S", "W", "S", "S")
    # Exactly 40 is still sleep.
    assert stages(ACTIWATCH_OAKLEY_30S, (0, 0, 20, 0, 0)) == ("S",) * 5
    assert stages(ACTIWATCH_OAKLEY_60S, (20.0, 20.5)) == ("W", "W")


def test_cole_kripke_by_hand() -> None:
    # 0.230 × counts / 100 reaches 1 at 434.8 counts in the minute.
    assert stages(ACTIGRAPH_COLE_KRIPKE, (434, 0)) == ("S", "S")
    assert stages(ACTIGRAPH_COLE_KRIPKE, (435, 0)) == ("W", "W")
    # Four minutes on, 0.106 × counts / 100 does at 943.4; earlier ones weigh more there.
    late = stages(ACTIGRAPH_COLE_KRIPKE, (944.0, *(0.0,) * 11))
    assert late == ("W", "W", "S", "S", "S", "S", "S", "S", "W", "W", "S", "S")


def test_a_gap_and_what_needs_it_are_none() -> None:
    counts = (0.0,) * 10 + (None,) + (0.0,) * 10
    found = stages(ACTIWATCH_OAKLEY_30S, counts)
    assert [index for index, told in enumerate(found) if told is None] == list(range(6, 15))


def test_what_no_stager_was_made_for_is_none_and_says_so() -> None:
    coarse = stage(recording((0.0, 1.0), 120, "actiwatch"))
    assert coarse.stages == (None,) * 8
    assert "no stager here was made for 120 s epochs" in coarse.source
    assert "no movement counts" in stage(recording(None, 30, None)).source


def test_only_a_scored_recording_has_a_scorer() -> None:
    with pytest.raises(RecordingError, match="nobody scored"):
        scored(recording((0.0,), 30, "actiwatch"))


def test_every_stager_says_where_it_comes_from() -> None:
    for stager in STAGERS:
        assert stager.citation and stager.agreement and stager.measured_here and stager.ages_source
        assert 0 < stager.ages_years[0] < stager.ages_years[1]
        # The lag it states is the lag its window needs, to the last half of a group.
        group = stager.epoch_s // 30
        assert stager.lag_epochs == (stager.ahead + 1) * group - 1


@given(st.sampled_from(STAGERS), counts_strategy)
def test_live_is_the_whole_night(stager: Stager, counts: tuple[float | None, ...]) -> None:
    assert live_answers(stager, counts) == list(stages(stager, counts))


@given(st.sampled_from(STAGERS), counts_strategy, counts_strategy, st.integers(0, 60))
def test_the_future_beyond_the_lag_changes_nothing(
    stager: Stager,
    counts: tuple[float | None, ...],
    other: tuple[float | None, ...],
    epoch: int,
) -> None:
    known = counts[: epoch + stager.lag_epochs + 1]
    if len(known) <= epoch + stager.lag_epochs:
        return
    assert stages(stager, counts)[epoch] == stages(stager, known)[epoch]
    assert stages(stager, counts)[epoch] == stages(stager, known + other)[epoch]


@given(st.sampled_from(STAGERS), counts_strategy, st.integers(0, 59), st.floats(0, 1000))
def test_more_movement_never_makes_more_sleep(
    stager: Stager, counts: tuple[float | None, ...], at: int, more: float
) -> None:
    moved = tuple(
        count + more if index == at and count is not None else count
        for index, count in enumerate(counts)
    )
    for before, after in zip(stages(stager, counts), stages(stager, moved), strict=True):
        assert (before, after) != ("W", "S")


def vendor_minutes(data_folder: Path) -> list[dict[str, str]]:
    path = data_folder / "actigraphy" / "GT3XPlus-RawData-Day01-ColeKripke.csv"
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.realdata
def test_every_minute_is_what_actigraphs_own_software_says(data_folder: Path) -> None:
    minutes = vendor_minutes(data_folder)
    vendor = tuple(row["Sleep or Awake?"] for row in minutes)
    assert (len(vendor), set(vendor)) == (1500, {"S", "W"})
    counts = tuple(float(row["Axis1"]) for row in minutes)
    by_minute = stage(recording(counts, 60, "actigraph")).stages
    assert by_minute[0::2] == by_minute[1::2] == vendor
    # From the device's own 10 s epochs too, whose last minute is cut short.
    file = read_recording(data_folder / "actigraphy" / "GT3XPlus-RawData-Day01.agd")
    assert stage(file).stages[0::2] == vendor


def watch_nights(data_folder: Path) -> list[Recording]:
    nights = [read_recording(path) for path in sorted((data_folder / "watch").glob("*.csv"))]
    assert len(nights) > 10
    return nights


@pytest.mark.realdata
def test_live_is_the_whole_night_on_real_nights(data_folder: Path) -> None:
    night = watch_nights(data_folder)[0]
    assert live_answers(WATCH_COLE_KRIPKE, to_epochs_30s(night)) == list(stage(night).stages)


@pytest.mark.realdata
def test_the_scorers_column_changes_no_stage(data_folder: Path, tmp_path: Path) -> None:
    for path in sorted((data_folder / "watch").glob("*.csv")):
        blind = tmp_path / path.name
        rows = path.read_text().splitlines()
        assert rows[0].endswith(",psg_stage")
        blind.write_text("\n".join(row.rsplit(",", 1)[0] for row in rows))
        assert stage(read_recording(blind)) == stage(read_recording(path))


def median_kappa(nights: list[Recording]) -> float:
    found = [agreement(stage(night), scored(night)).kappa for night in nights]
    return median(kappa for kappa in found if kappa is not None and not math.isnan(kappa))


def shuffled(night: Recording, seed: int) -> Recording:
    counts = list(night.counts or ())
    Random(seed).shuffle(counts)
    return msgspec.structs.replace(night, counts=tuple(counts))


@pytest.mark.realdata
def test_the_order_of_the_counts_is_what_tells(data_folder: Path) -> None:
    nights = watch_nights(data_folder)
    true = median_kappa(nights)
    assert true > 0.3
    for seed in range(5):
        assert median_kappa([shuffled(night, seed) for night in nights]) < true - 0.25


@pytest.mark.realdata
def test_a_scored_file_gives_its_scorers_stages(data_folder: Path) -> None:
    night = read_recording(data_folder / "sleep-edf" / "SC4001EC-Hypnogram.edf")
    found: Hypnogram = scored(night)
    assert set(found.stages) == {"W", "N1", "N2", "N3", "R", None}
    assert set(stage(night).stages) == {None}
