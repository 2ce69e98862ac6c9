"""Who lives here follows its file, at once; and a file that does not fit changes nothing."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evenfall.app.home import load_household
from evenfall.app.living import LivingHousehold
from evenfall.records.household import Household

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "household.yaml"
    made.write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    return made


def living(file: Path) -> LivingHousehold:
    return LivingHousehold(file, load_household(DEMO).record, lambda: NOW)


def members(household: Household) -> set[str]:
    return {one.id for one in household.members}


def without_tomas(text: str) -> str:
    start, end = text.index("  - id: tomas"), text.index("  - id: ilay")
    return (text[:start] + text[end:]).replace("mara, tomas", "mara").replace("tomas, mara", "mara")


@pytest.mark.safety("H-60")
def test_whoever_is_taken_out_lives_here_no_more(file: Path) -> None:
    now = living(file)
    assert "tomas" in members(now())
    file.write_text(without_tomas(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert members(now()) == {"mara", "ilay", "noor"}


def test_what_was_edited_before_it_was_first_asked_counts_too(file: Path) -> None:
    now = living(file)
    file.write_text(without_tomas(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert "tomas" not in members(now())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "household: 1\nmembers: [",
        lambda text: text.replace("Europe/Lisbon", "Europe/Lissbon"),
        lambda text: text.replace("1988-04", "2031-04").replace("1988", "2031"),
        lambda text: "",
        lambda text: "\x00" * 50,
    ],
    ids=["half written", "no such zone", "not born yet", "empty", "no text"],
)
def test_what_does_not_fit_changes_nothing_and_is_said_once(
    file: Path, change: object, caplog: pytest.LogCaptureFixture
) -> None:
    now = living(file)
    before, good = now(), file.read_text(encoding="utf-8")
    assert callable(change)
    file.write_text(change(good), encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert [now(), now(), now()] == [before] * 3
    assert len(caplog.records) == 1
    assert "the last one holds" in caplog.text and str(file) not in caplog.text
    file.write_text(without_tomas(good), encoding="utf-8")
    assert "tomas" not in members(now())


def test_where_the_file_is_gone_the_last_one_holds(file: Path) -> None:
    now = living(file)
    before = now()
    file.unlink()
    assert now() == before
    nowhere = living(file.parent / "no folder" / "household.yaml")
    assert members(nowhere()) == {"mara", "tomas", "ilay", "noor"}


def test_it_is_read_when_it_changed_and_not_each_time(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = living(file)
    now()
    monkeypatch.setattr("evenfall.app.living.load_household", lambda _: pytest.fail("read again"))
    assert "tomas" in members(now())
    before = file.stat()
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(pytest.fail.Exception):
        now()
