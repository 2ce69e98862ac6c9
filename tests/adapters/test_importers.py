"""Real recordings come in as they are; broken files give an error a person can mend."""

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.recordings import (
    AWD,
    HEADER,
    TALS,
    TICKS,
    WATCH,
    agd,
    damaged,
    edf_bytes,
    whole_files,
)

from evenfall.adapters.importers import FORMATS, read_recording, reading
from evenfall.formats.errors import RecordingError
from evenfall.records.recording import Recording


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes | str], Path]:
    def write(content: bytes | str) -> Path:
        path = tmp_path / "recording"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def fault_of(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        read_recording(path)
    (fault,) = caught.value.faults
    assert fault.found and fault.expected and fault.mend
    assert fault.place.file == reading.shown_name(path)
    return str(fault)


def test_every_format_has_the_same_shape() -> None:
    assert len({format_.NAME for format_ in FORMATS}) == len(FORMATS) == 4
    assert all(format_.DESCRIPTION for format_ in FORMATS)


def test_watch_rows_become_an_even_grid_with_gaps(written: Callable[[str], Path]) -> None:
    path = written(WATCH)
    recording = read_recording(path)
    assert list(recording.counts or ()) == [1.5, 0, None, None, 2.25]
    assert recording.heart_rate_feature == (0.3, 0.4, None, None, None)
    assert recording.scorer is not None
    assert recording.scorer.stages == ("W", "N3", None, None, "R")
    assert recording.start.isoformat() == "2000-01-01T22:00:00"
    assert not recording.start_is_known
    assert recording.id == hashlib.blake2b(path.read_bytes()).hexdigest()[:16]
    words = " ".join(recording.blemishes)
    assert all(part in words for part in ("no date", "285 s", "N4", "gaps: 2 of 5", "short"))


def test_watch_never_reads_the_clock_columns(written: Callable[[str], Path]) -> None:
    nonsense = WATCH.replace("-0.2,0,0,", "noon,nan,-1e999,")
    assert list(read_recording(written(nonsense)).counts or ()) == [1.5, 0, None, None, 2.25]


def test_awd_is_known_by_its_content(written: Callable[[str], Path]) -> None:
    recording = read_recording(written(AWD))
    assert list(recording.counts or ()) == [0, 71, 224, 5]
    assert (recording.epoch_s, recording.counts_unit) == (60, "actiwatch")
    assert recording.start.isoformat() == "2018-01-23T13:58:00"


@pytest.mark.parametrize(("code", "epoch_s"), [("1", 15), ("2", 30), ("4", 60), ("c1", 5)])
def test_awd_epoch_codes(written: Callable[[str], Path], code: str, epoch_s: float) -> None:
    assert read_recording(written(AWD.replace(" 4 ", code))).epoch_s == epoch_s


def test_agd_gaps_are_none_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "my ankle #1?.agd"
    agd(path, (TICKS, 377.0), (TICKS + 3 * 10**8, 5.0))
    recording = read_recording(path)
    assert list(recording.counts or ()) == [377, None, None, 5]
    assert recording.start.isoformat() == "2012-06-27T10:54:00"
    assert any("ankle" in blemish for blemish in recording.blemishes)
    assert list(tmp_path.iterdir()) == [path]


def test_edf_stages_come_by_their_old_and_new_names(written: Callable[[bytes], Path]) -> None:
    recording = read_recording(written(edf_bytes(TALS)))
    assert recording.scorer is not None
    assert recording.scorer.stages == ("W", "W", "N3", None, "R", "N2", None)
    assert recording.counts is None
    assert recording.start.isoformat() == "1989-04-24T16:13:00"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (b"\x93NUMPY\x01\x00", "unknown kind"),
        (HEADER, "no rows"),
        (WATCH + "5,nan,0,0,0,0,0\n", "'nan'"),
        (WATCH + "5,-2,0,0,0,0,0\n", "'-2.0'"),
        (WATCH + "5,1e300,0,0,0,0,0\n", "1e+300"),
        (WATCH + "3,1,0,0,0,0,0\n", "epoch 3 after epoch 4"),
        (WATCH + "999999999,1,0,0,0,0,0\n", "epoch 999999999 after epoch 4"),
        (WATCH + "5,1,0,0,0,0,7\n", "stage of '7'"),
        (WATCH + "5,1,0,", "4 values"),
        (WATCH + "5" * 5000, "not a line of text"),
        (AWD.replace("Jan", "Foo"), "start of '23-Foo"),
        (AWD.replace("23-Jan-2018", "31-Feb-2018"), "start of '31-Feb"),
        (AWD.replace("2018", "9999"), "start of '23-Jan-9999"),
        (AWD.replace(" 4 ", "77"), "epoch code of '77'"),
        (AWD + "-3\r\n", "'-3.0'"),
        (AWD + "seven\r\n", "'seven'"),
        ("\r\n".join(AWD.split("\r\n")[:7]), "no counts"),
        (b"SQLite format 3\x00" + b"junk" * 99, "SQLite"),
        (edf_bytes(TALS)[:-30], "claims"),
        (edf_bytes(TALS, records="99999999"), "claims"),
        (edf_bytes(TALS, records="-1"), "header field of '-1'"),
        (edf_bytes(TALS).replace(b"EDF Annotations", b"EEG Fpz-Cz     "), "0 bytes of annotations"),
        (edf_bytes(TALS + b"\0" * 9_000_000), "bytes of annotations"),
        (WATCH + "".join(f"{i},0,0,0,0,0,0\n" for i in range(5, 30_000, 1_000)), "more than 20160"),
        (AWD + "\r\n" * 2_100_000, "more than"),
        (edf_bytes(b"+0\x1530\x14Lights off\x14\x00"), "no sleep stage"),
        (edf_bytes(TALS + b"+0\x1530\x14Sleep stage R\x14\x00"), "two stages"),
        (edf_bytes(b"+0\x159999999\x14Sleep stage W\x14\x00"), "lasting"),
    ],
    ids=range(29),
)
def test_what_is_wrong_is_said(written: Callable[..., Path], content: str, words: str) -> None:
    assert words in fault_of(written(content))


@pytest.mark.parametrize(
    ("rows", "epoch", "words"),
    [
        ([], "10", "no epochs"),
        ([(TICKS, 1.0), (TICKS, 1.0)], "10", "out of order"),
        ([(TICKS, 1.0), (TICKS - 10**8, 1.0)], "10", "out of order"),
        ([(TICKS, 1.0), (TICKS + 1, 1.0)], "10", "off the grid"),
        ([(TICKS, -1.0)], "10", "'-1.0'"),
        ([(TICKS, "much")], "10", "'much'"),
        ([(2**63 - 1, 1.0)], "10", "start of"),
        ([(None, 1.0)], "10", "no time"),
        ([(TICKS, 1.0), (3 * 10**18, 1.0)], "10", "more than"),
        ([(TICKS, 1.0)], "0", "epoch length of '0'"),
    ],
)
def test_what_is_wrong_in_an_agd_is_said(
    tmp_path: Path, rows: list[tuple[object, object]], epoch: str, words: str
) -> None:
    path = tmp_path / "a.agd"
    agd(path, *rows, epoch=epoch)
    assert words in fault_of(path)


def test_a_database_without_the_tables_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.agd"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE songs (name TEXT)")
    assert "a table is missing" in fault_of(path)


def test_a_view_that_never_ends_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.agd"
    agd(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE data")
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)"
        database.execute(
            f"CREATE VIEW data AS {endless} SELECT i AS dataTimestamp, 0 AS axis1 FROM n"
        )
    assert "a table is missing" in fault_of(path)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "folder" in fault_of(tmp_path)
    assert "folder" in fault_of(tmp_path / "pipe")
    assert "cannot be read" in fault_of(tmp_path / "absent")
    assert "cannot be read" in fault_of(tmp_path / "a\0b")
    assert "cannot be read" in fault_of(tmp_path / ("long" * 200))


def test_absurd_sizes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "vast"
    with path.open("wb") as file:
        file.write(WATCH.encode())
        file.truncate(reading.BYTES_MAX + 1)
    assert "200 MB" in fault_of(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_said(written: Callable[[str], Path]) -> None:
    path = written(WATCH)
    path.chmod(0)
    assert "cannot be read" in fault_of(path)


def test_no_broken_file_gives_anything_but_a_recording_or_a_fault(tmp_path: Path) -> None:
    whole = whole_files(tmp_path)
    path = tmp_path / "broken"
    read = refused = 0
    for seed in range(70):
        for content in damaged(whole, seed):
            path.write_bytes(content)
            try:
                assert isinstance(read_recording(path), Recording)
                read += 1
            except RecordingError as error:
                assert error.faults and all(fault.mend for fault in error.faults)
                refused += 1
            assert list(tmp_path.iterdir()) == [path]
    assert read + refused >= 1_500
    assert refused > 600


@pytest.mark.realdata
def test_the_real_recordings_are_read(data_folder: Path) -> None:
    expected = {
        "actigraphy/example_01.AWD": (18_401, 60, "actiwatch"),
        "actigraphy/test_sample_aw7.AWD": (30_623, 15, "actiwatch"),
        "actigraphy/test_sample_awl.AWD": (12_774, 60, "actiwatch"),
        "actigraphy/GT3XPlus-RawData-Day01.agd": (8_999, 10, "actigraph"),
        "watch/1360686.csv": (925, 30, "watch-smoothed"),
    }
    for name, shape in expected.items():
        recording = read_recording(data_folder / name)
        assert recording.counts is not None
        assert (len(recording.counts), recording.epoch_s, recording.counts_unit) == shape
    stages = [read_recording(path).scorer for path in data_folder.glob("sleep-edf/*.edf")]
    assert len(stages) == 12
    assert all(scorer is not None and len(scorer.stages) == 2880 for scorer in stages)


@pytest.mark.realdata
def test_without_the_scorers_column_everything_else_is_the_same(
    data_folder: Path, tmp_path: Path
) -> None:
    source = data_folder / "watch" / "1449548.csv"
    path = tmp_path / source.name
    rows = [line.rsplit(",", 1)[0] for line in source.read_text().splitlines()]
    path.write_text("\n".join(rows))
    whole, blind = read_recording(source), read_recording(path)
    assert whole.scorer is not None
    assert blind.scorer is None
    for field in set(Recording.__struct_fields__) - {"id", "scorer"}:
        assert getattr(whole, field) == getattr(blind, field)


@pytest.mark.realdata
def test_files_of_other_kinds_are_refused(data_folder: Path) -> None:
    read = {format_.NAME: 0 for format_ in FORMATS}
    for path in sorted(data_folder.glob("*/*")):
        try:
            read[read_recording(path).format] += 1
        except RecordingError as error:
            assert "unknown kind" in str(error)
    assert all(read.values())
