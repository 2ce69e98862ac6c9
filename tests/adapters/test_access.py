"""The list of who was let in: private, whole or not at all, and shared by several processes."""

import multiprocessing
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from tests.support.access import HOUSEHOLD

from evenfall.adapters.sqlite.access import BUSY_MS, SqliteAccess
from evenfall.app.access.code_words import code_digest, code_of
from evenfall.app.access.gatekeeper import Gatekeeper, NotLetInError
from evenfall.ports.access import (
    AccessRecord,
    AccessUnavailableError,
    Known,
    Try,
    key_of,
)
from evenfall.records.access import Invite, Passkey, Passphrase, Session

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
INVITE = Invite(digest="a1", kind="guest", by=None, expires_utc=NOW)
SESSION = Session(
    id="s1", digest="d1", kind="device", room="nest", label="the tablet", origin="plain", by="mara",
    made_utc=NOW, seen_utc=NOW, expires_utc=NOW,
)  # fmt: skip
PASSKEY = Passkey(
    id="k1", member="mara", public_key="pk", sign_count=3, rp_id="evenfall.local", label="a phone",
    made_utc=NOW,
)  # fmt: skip
RECORDS: list[AccessRecord] = [
    INVITE,
    SESSION,
    PASSKEY,
    Passphrase(member="mara", salt="00", digest="ff", cost=32768),
    Known(member="mara", handle="h", since_utc=NOW),
    Try(id="t1", door="code", knocker="192.168.1.7", at_utc=NOW),
]


@contextmanager
def store(folder: Path) -> Iterator[SqliteAccess]:
    with closing(SqliteAccess(folder / "access.db")) as found:
        yield found


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_what_is_kept_is_found_by_every_other_process_until_it_is_dropped(
    record: AccessRecord, tmp_path: Path
) -> None:
    with store(tmp_path) as one, store(tmp_path) as other:
        kind, key = type(record), key_of(record)
        assert other.find(kind, key) is None
        one.keep(record)
        one.keep(record)
        assert other.find(kind, key) == record
        assert other.all(kind) == [record]
        other.drop(record)
        other.drop(record)
        assert one.find(kind, key) is None and one.all(kind) == []


@pytest.mark.safety("H-60")
def test_only_this_user_may_read_it_and_the_folder_is_left_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with store(tmp_path) as one:
        one.keep(SESSION)
        files = list(tmp_path.iterdir())
        assert len(files) == 3  # the database, its journal, and what readers share
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "access.db").touch(0o644)
    with store(tmp_path) as one:
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o600


def test_a_change_is_whole_or_not_at_all(tmp_path: Path) -> None:
    with store(tmp_path) as one, store(tmp_path) as other:
        with pytest.raises(LookupError), one.changing():
            one.keep(INVITE)
            one.keep(SESSION)
            assert other.all(Invite) == []
            raise LookupError
        assert one.all(Invite) == [] and one.all(Session) == []
        with one.changing():
            one.keep(INVITE)
        assert other.all(Invite) == [INVITE]


def test_one_change_waits_for_another_but_not_for_long(tmp_path: Path) -> None:
    with store(tmp_path) as one, store(tmp_path) as other:
        began_s = time.monotonic()
        with one.changing():
            one.keep(INVITE)
            with pytest.raises(AccessUnavailableError, match="try again in a moment"):
                other.keep(SESSION)
            assert other.find(Session, "d1") is None  # reading waits for nobody
        assert time.monotonic() - began_s < 4 * BUSY_MS / 1000
        other.keep(SESSION)
        assert one.all(Session) == [SESSION]


def test_threads_share_one_store(tmp_path: Path) -> None:
    with store(tmp_path) as one:
        one.keep(PASSKEY)

        def signed(_: int) -> None:
            with one.changing():
                found = one.find(Passkey, "k1")
                assert found is not None
                one.drop(found)
                assert one.find(Passkey, "k1") is None
                one.keep(found)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(signed, range(40)))
        assert one.all(Passkey) == [PASSKEY]


OPEN = """
import sys
from pathlib import Path
from evenfall.adapters.sqlite.access import SqliteAccess
sys.stdin.read()
SqliteAccess(Path(sys.argv[1])).close()
"""


def test_several_processes_may_make_it_at_once(tmp_path: Path) -> None:
    path = tmp_path / "access.db"
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, path], stdin=subprocess.PIPE)
        for _ in range(4)
    ]
    for one in started:
        assert one.stdin is not None
        one.stdin.close()
    assert [one.wait(30) for one in started] == [0, 0, 0, 0]
    with store(tmp_path) as after:
        after.keep(INVITE)
    with closing(sqlite3.connect(path)) as looked:
        assert looked.execute("PRAGMA journal_mode").fetchone() == ("wal",)


# --- Two claim one code ------------------------------------------------------------------------


CODES = 20


def invited(number: int) -> tuple[Invite, str]:
    """A bedside's code that opens for a minute more."""
    words = code_of(bytes([number, 1, 2, 3]))
    until = NOW + timedelta(minutes=1)
    return Invite(digest=code_digest(words), kind="device", by=None, expires_utc=until), words


def _claim(path: Path, codes: list[str], together: Barrier, said: SimpleQueue[int]) -> None:
    with closing(SqliteAccess(path)) as store:
        keeper = Gatekeeper(store, lambda: HOUSEHOLD, lambda: NOW)
        came_in = 0
        together.wait(30)
        for number, words in enumerate(codes):
            with suppress(NotLetInError):
                keeper.claim(words, origin="plain", label="a tablet", knocker=str(number))
                came_in += 1
        said.put(came_in)


@pytest.mark.safety("H-60")
def test_of_two_processes_that_claim_one_code_one_comes_in(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together, said = context.Barrier(2), context.SimpleQueue()
    with store(tmp_path) as kept:
        invites = [invited(number) for number in range(CODES)]
        for invite, _ in invites:
            kept.keep(invite)
        codes = [words for _, words in invites]
        claims = [
            context.Process(target=_claim, args=(kept.path, codes, together, said))
            for _ in range(2)
        ]
        for one in claims:
            one.start()
        for one in claims:
            one.join(30)
        assert said.get() + said.get() == CODES
        assert len(kept.all(Session)) == CODES
        assert kept.all(Invite) == []


# --- What is wrong, in words -------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"no database at all, but text " * 20, b"SQLite format 3\0" * 99])
def test_a_damaged_file_is_told_and_left_alone(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "access.db"
    path.write_bytes(body)
    with pytest.raises(AccessUnavailableError, match="move the file aside"):
        SqliteAccess(path)
    assert path.read_bytes() == body


def test_a_record_this_version_cannot_read_is_told(tmp_path: Path) -> None:
    with store(tmp_path) as one:
        one.keep(SESSION)
        with closing(sqlite3.connect(one.path)) as hand:
            hand.execute("UPDATE shelves SET body = '{}'")
            hand.commit()
        with pytest.raises(AccessUnavailableError):
            one.find(Session, "d1")


def test_a_later_version_is_told_and_not_touched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "access.db")) as later:
        later.execute("PRAGMA user_version=2")
    with pytest.raises(AccessUnavailableError, match="update Evenfall"):
        SqliteAccess(tmp_path / "access.db")


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(AccessUnavailableError, match="cannot be used"):
        SqliteAccess(tmp_path / "home" / "access.db")


def test_what_no_text_can_hold_is_told_and_not_half_kept(tmp_path: Path) -> None:
    with store(tmp_path) as one:
        with pytest.raises(AccessUnavailableError):
            one.keep(Try(id="t", door="code", knocker="\ud800", at_utc=NOW))
        assert one.all(Try) == []
