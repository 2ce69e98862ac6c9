"""Sleep statistics: YASA's own numbers, and the edges where there is none."""

import csv
import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.importers import read_recording
from evenfall.learn.statistics import BED_UNKNOWN, NO_DEPTH, NO_SLEEP, NOT_SCORED, sleep_statistics
from evenfall.records.recording import Hypnogram, Stage

LETTERS: dict[str, Stage | None] = {
    ".": None,
    "W": "W",
    "1": "N1",
    "2": "N2",
    "3": "N3",
    "R": "R",
    "S": "S",
}
PYDYNAMO = {0: ".", 1: "3", 2: "2", 3: "1", 4: "R", 5: "W"}
GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "golden" / "yasa_sleep_statistics.json").read_text("utf-8")
)
SAME = {"TIB", "SPT", "SOL", "WASO", "TST", "SE", "N1", "N2", "N3", "%N1", "%N2", "%N3"}
# YASA rounds to four decimals; a difference of two of its numbers is twice as uncertain.
ROUNDED = 1.1e-4


def hypnogram(night: str) -> Hypnogram:
    stages = tuple(LETTERS[letter] for letter in night)
    start = datetime(2026, 11, 20, 22, tzinfo=UTC)
    return Hypnogram(start=start, epoch_s=30, stages=stages, source="by hand")


def values(night: str, *, bed_times_known: bool = True) -> dict[str, float | None]:
    found = sleep_statistics(hypnogram(night), bed_times_known=bed_times_known)
    return {statistic.name: statistic.value for statistic in found}


def reasons(night: str, *, bed_times_known: bool = True) -> dict[str, str]:
    found = sleep_statistics(hypnogram(night), bed_times_known=bed_times_known)
    return {statistic.name: statistic.source for statistic in found if statistic.value is None}


def check_equal(night: Hypnogram, golden: dict[str, Any]) -> None:
    found = {s.name: s.value for s in sleep_statistics(night, bed_times_known=True)}
    expected = {name: golden[name] for name in SAME}
    expected |= {"R": golden["REM"], "%R": golden["%REM"]}
    if golden["Lat_REM"] is not None:
        # YASA's own note: the AASM's REM latency is its Lat_REM less its SOL.
        expected["REM latency"] = golden["Lat_REM"] - golden["SOL"]
    for name, value in expected.items():
        assert found[name] == (None if value is None else pytest.approx(value, abs=ROUNDED)), name


def test_the_golden_nights_are_many() -> None:
    assert len(GOLDEN["synthetic"]) >= 20
    assert len({night["night"] for night in GOLDEN["synthetic"]}) == len(GOLDEN["synthetic"])


@pytest.mark.parametrize("golden", GOLDEN["synthetic"], ids=lambda golden: golden["night"][:12])
def test_synthetic_nights_equal_yasa(golden: dict[str, Any]) -> None:
    check_equal(hypnogram(golden["night"]), golden)


@pytest.mark.parametrize("golden", GOLDEN["synthetic"], ids=lambda golden: golden["night"][:12])
def test_awakenings_agree_with_yasas_fragmentation(golden: dict[str, Any]) -> None:
    night = golden["night"]
    if "." in night or golden["SFI"] is None:
        return
    # Its index counts the last waking up too, for each hour of sleep.
    to_wake = round(golden["SFI"] * golden["TST"] / 60)
    assert values(night)["awakenings"] == to_wake - night.endswith("W")


def test_every_statistic_says_what_it_is_and_how_it_is_known() -> None:
    found = sleep_statistics(hypnogram("WW22.33WRRWW"), bed_times_known=True)
    assert len({statistic.name for statistic in found}) == len(found) == 16
    assert all(statistic.words and statistic.source for statistic in found)
    assert {statistic.unit for statistic in found} == {"min", "%", "count"}
    assert all("0.5 min were not scored" in statistic.source for statistic in found)


def test_unknown_bed_times_leave_three_without_a_value() -> None:
    why = reasons("WW22W2RWW", bed_times_known=False)
    assert why == dict.fromkeys(("TIB", "SOL", "SE"), BED_UNKNOWN)


def test_never_asleep() -> None:
    found = values("WWWW")
    assert (found["TIB"], found["TST"], found["SE"], found["SPT"]) == (2, 0, 0, 0)
    assert reasons("WWWW")["SOL"] == NO_SLEEP
    assert found["WASO"] is found["awakenings"] is found["%N2"] is found["REM latency"] is None


def test_all_asleep_and_ends_asleep() -> None:
    found = values("22R2")
    assert (found["SOL"], found["WASO"], found["SE"], found["awakenings"]) == (0, 0, 100, 0)
    assert found["REM latency"] == 1
    assert values("WW22")["SPT"] == 1


def test_one_epoch() -> None:
    assert values("2")["TST"] == 0.5
    assert values("W")["TIB"] == 0.5


@pytest.mark.parametrize("night", ["", "...."])
def test_nothing_scored_is_not_measured_and_never_zero(night: str) -> None:
    assert set(values(night).values()) == {None}
    assert reasons(night)["TST"] == NOT_SCORED


def test_sleep_without_depth_has_no_stages() -> None:
    why = reasons("WSSWSS")
    assert set(why.values()) == {NO_DEPTH}
    assert set(why) == {"N1", "N2", "N3", "R", "%N1", "%N2", "%N3", "%R", "REM latency"}


@pytest.mark.parametrize(
    ("night", "awakenings"), [("2W2W2", 2), ("2W.W2", 1), ("2.W2", 1), ("2.2", 0), ("W2WW", 0)]
)
def test_an_awakening_lasts_until_the_next_sleep(night: str, awakenings: int) -> None:
    assert values(night)["awakenings"] == awakenings


@given(st.text("W123R.", min_size=1, max_size=80).filter(lambda night: set(night) & set("123R")))
def test_the_parts_make_the_whole(night: str) -> None:
    found = {name: value or 0 for name, value in values(night).items()}
    unscored_min = night.strip("W.").count(".") / 2
    assert found["SPT"] == found["TST"] + found["WASO"] + unscored_min
    assert found["TST"] == found["N1"] + found["N2"] + found["N3"] + found["R"]
    assert sum(found[f"%{name}"] for name in ("N1", "N2", "N3", "R")) == pytest.approx(100)
    assert found["SOL"] + found["SPT"] <= found["TIB"]


def pydynamo_night(path: Path) -> str:
    with path.open() as file:
        rows = [(float(row["Time"]), PYDYNAMO[int(row["Stage"])]) for row in csv.DictReader(file)]
    begin = rows[0][0]
    return "".join(
        letter * (round((end - begin) / 30) - round((start - begin) / 30))
        for (start, letter), (end, _) in pairwise(rows)
    )


@pytest.mark.realdata
def test_real_nights_equal_yasa(data_folder: Path) -> None:
    real = dict(GOLDEN["real"])
    assert len(real) == 13
    name = "pydynamo_night_stages.csv"
    check_equal(hypnogram(pydynamo_night(data_folder / "hypnograms" / name)), real.pop(name))
    for name, golden in real.items():
        scorer = read_recording(data_folder / "sleep-edf" / name).scorer
        assert scorer is not None
        check_equal(scorer, golden)
