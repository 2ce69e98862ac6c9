"""Which part of a recording is which night, and how anyone knows."""

import re
import zipfile
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec
import pytest

from evenfall.adapters.importers import read_recording
from evenfall.records.recording import Hypnogram, NightWindow, Recording, Stage
from evenfall.sense.epochs import epoch_start
from evenfall.sense.nights import nights, within
from evenfall.sense.stagers import scored, stage

HOUR = 120
NOON = timedelta(hours=12)


def hypnogram(start: str, *runs: tuple[Stage | None, int]) -> Hypnogram:
    stages = tuple(stage_ for stage_, epochs in runs for _ in range(epochs))
    moment = datetime.fromisoformat(start)
    return Hypnogram(start=moment, epoch_s=30, stages=stages, source="")


def recording(of: Hypnogram, scorer: Hypnogram | None = None) -> Recording:
    return Recording(
        id="0",
        device="",
        format="",
        source="",
        start=of.start,
        start_is_known=True,
        epoch_s=30,
        scorer=scorer,
    )


def found(of: Hypnogram) -> list[tuple[str, int, int]]:
    windows = nights(recording(of), of)
    assert not any(window.bed_times_known for window in windows)
    return [(window.night, window.first_epoch, window.last_epoch) for window in windows]


def test_a_night_is_not_torn_at_midnight() -> None:
    of = hypnogram("2026-11-20T12:00:00", ("W", 10 * HOUR), ("S", 8 * HOUR), ("W", 6 * HOUR))
    assert found(of) == [("2026-11-20", 10 * HOUR, 18 * HOUR)]


def test_a_night_that_begins_after_midnight_belongs_to_the_evening_before() -> None:
    of = hypnogram("2026-11-21T01:00:00", ("S", 6 * HOUR), ("W", 6 * HOUR))
    assert found(of) == [("2026-11-20", 0, 6 * HOUR)]


def test_a_day_sleeper_is_not_torn_at_noon() -> None:
    of = hypnogram("2026-11-20T06:00:00", ("W", 2 * HOUR), ("S", 7 * HOUR), ("W", 15 * HOUR))
    assert found(of) == [("2026-11-19", 2 * HOUR, 9 * HOUR)]


def test_an_hour_awake_is_one_night_and_more_is_two_sleeps() -> None:
    for wake, expected in ((HOUR, 8 * HOUR + HOUR), (HOUR + 1, 4 * HOUR)):
        of = hypnogram("2026-11-20T22:00:00", ("S", 4 * HOUR), ("W", wake), ("S", 4 * HOUR))
        assert found(of) == [("2026-11-20", 0, expected)]


def test_a_nap_is_no_night_and_a_gap_is_no_sleep() -> None:
    assert found(hypnogram("2026-11-20T14:00:00", ("S", 2 * HOUR), (None, 9 * HOUR))) == []


def test_minutes_of_sitting_still_join_no_day_to_its_night() -> None:
    day: list[tuple[Stage | None, int]] = [("W", 100), ("S", 19)] * 10
    of = hypnogram("2026-11-20T12:00:00", *day, ("W", 60), ("S", 8 * HOUR))
    assert found(of) == [("2026-11-20", 1250, 1250 + 8 * HOUR)]


def test_a_device_left_on_the_table_is_no_night() -> None:
    assert found(hypnogram("2026-11-20T12:00:00", ("S", 16 * HOUR + 1), ("W", HOUR))) == []


def test_of_two_sleeps_in_a_day_the_longer_is_the_night() -> None:
    of = hypnogram(
        "2026-11-20T14:00:00", ("S", 3 * HOUR), ("W", 5 * HOUR), ("S", 7 * HOUR), ("W", HOUR)
    )
    assert found(of) == [("2026-11-20", 8 * HOUR, 15 * HOUR)]


def test_a_scored_night_is_the_whole_recording() -> None:
    of = hypnogram("2000-01-01T22:00:00", ("W", 20), ("N2", 7 * HOUR), ("W", 30))
    (window,) = nights(recording(of, scorer=of), of)
    assert (window.first_epoch, window.last_epoch) == (0, len(of.stages))
    assert window.bed_times_known
    assert within(of, window) == of


def test_a_day_long_hypnogram_is_trimmed_and_says_so() -> None:
    of = hypnogram("2026-11-20T16:00:00", ("W", 6 * HOUR), ("N2", 8 * HOUR), ("W", 10 * HOUR))
    (window,) = nights(recording(of, scorer=of), of)
    assert (window.first_epoch, window.last_epoch) == (6 * HOUR - 60, 14 * HOUR + 60)
    assert not window.bed_times_known
    assert "30 min before" in window.how
    night = within(of, window)
    assert night.start.isoformat() == "2026-11-20T21:30:00"
    assert len(night.stages) == 9 * HOUR


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "least"), [("example_01", 9), ("example_03", 10), ("test_sample_aw7", 5)]
)
def test_real_nights_are_whole_and_apart(data_folder: Path, name: str, least: int) -> None:
    night = read_recording(data_folder / "actigraphy" / f"{name}.AWD")
    windows = nights(night, stage(night))
    assert len(windows) >= least
    check_apart(windows)


def diary_nights(path: Path) -> list[tuple[datetime, datetime]]:
    """The nights a person wrote down: the cells of a spreadsheet, row by row."""
    text = zipfile.ZipFile(path).read("content.xml").decode()
    cells = re.findall(r"<text:p>NIGHT</text:p>.*?<text:p>(.*?)</text:p>.*?<text:p>(.*?)<", text)
    return [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in cells]


@pytest.mark.realdata
def test_estimated_nights_are_near_the_persons_own_diary(data_folder: Path) -> None:
    folder = data_folder / "actigraphy"
    told = stage(recording_ := read_recording(folder / "example_01.AWD"))
    windows = nights(recording_, told)
    starts_min, ends_min = [], []
    diary = diary_nights(folder / "example_01_sleepdiary.ods")
    for bed, up in diary:
        (window,) = [w for w in windows if w.night == (bed - NOON).date().isoformat()]
        first = epoch_start(told.start, window.first_epoch, 30)
        last = epoch_start(told.start, window.last_epoch, 30)
        starts_min.append(abs((first - bed).total_seconds()) / 60)
        ends_min.append(abs((last - up).total_seconds()) / 60)
    assert len(diary) == 10
    assert (round(median(starts_min)), round(median(ends_min))) == (54, 6)


def check_apart(windows: tuple[NightWindow, ...]) -> None:
    days = [date.fromisoformat(window.night) for window in windows]
    assert days == sorted(set(days))
    for before, after in pairwise(windows):
        assert before.first_epoch < before.last_epoch <= after.first_epoch


@pytest.mark.realdata
def test_real_scored_nights(data_folder: Path) -> None:
    for path in sorted(data_folder.glob("sleep-edf/*-Hypnogram.edf")):
        night = read_recording(path)
        (window,) = nights(night, scored(night))
        inside = within(scored(night), window).stages
        assert not window.bed_times_known
        assert 5 * HOUR < len(inside) < 13 * HOUR
        assert window.night == night.start.date().isoformat()
    watch = read_recording(data_folder / "watch" / "781756.csv")
    (window,) = nights(watch, stage(watch))
    assert window.bed_times_known
    blind = msgspec.structs.replace(watch, scorer=None)
    assert not any(window.bed_times_known for window in nights(blind, stage(blind)))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "first_night"),
    [
        ("GT3XPlus-RawData-Day01.agd", "2012-06-27"),
        ("test_sample.agd", "2019-04-15"),
        ("example_01.AWD", "1918-01-24"),
        ("test_sample_aw7.AWD", "2009-11-17"),
    ],
)
def test_real_wrists_and_ankles_have_a_night(
    data_folder: Path, file: str, first_night: str
) -> None:
    recording = read_recording(data_folder / "actigraphy" / file)
    windows = nights(recording, stage(recording))
    assert windows[0].night == first_night
