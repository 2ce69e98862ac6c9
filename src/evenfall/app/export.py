"""Everything of a home in open formats, for a person who has no Evenfall to read it with.

Text, JSON, JSON Lines and CSV, with a page that says what is what. A dream is its owner's: dreams
go along of one person at a time, by name.
"""

import csv
import hashlib
import io
import re
import shutil
import sqlite3
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from evenfall.adapters.sqlite.private import FILE, FOLDER
from evenfall.app.home import Home, exists
from evenfall.app.keepsafe import (
    DATABASE,
    OnBytes,
    contents,
    copy_database,
    put,
    silent,
    staged,
    telling,
)
from evenfall.app.web.book import Dream
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.recording import Hypnogram, Recording

SINGLY = {"Plan": "plans", "Morning": "mornings"}
"""What the library keeps that becomes a file each, by its kind, and the folder it goes into."""
TOGETHER = {
    "Insight": "insights",
    "Felt": "felt",
    "NightWindow": "recordings/windows",
    "Reservation": "allowance",
    "VoiceKept": "voices/voices",
    "Worry": "worries",
    "ActTaken": "acts",
}
"""… and what becomes a line each."""
OWNED = {"Dream": "dreams"}
RECORDED = {"Recording": "recordings"}
KNOWN = (*SINGLY, *TOGETHER, *OWNED, *RECORDED)

Value = TypeVar("Value")

_PNG = "data:image/png;base64,"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9-]{1,80}(/[A-Za-z0-9-]{1,80})*")
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_CHANNELS = frozenset({"counts", "heart_rate_feature", "scorer"})


@dataclass(frozen=True)
class Exported:
    """What was written, by what it is, and what was not."""

    counts: dict[str, int]
    left_out: dict[str, int]


def export(
    home: Home, folder: Path, dreams_of: str | None = None, on_bytes: OnBytes = silent
) -> Exported:
    """Write everything of a home into a new folder, whole or not at all. A hub may be running.

    Args:
        home: the home.
        folder: a folder that is not there yet, or is empty.
        dreams_of: whose dreams go along, by id; nobody's if not given.
        on_bytes: for a progress display.

    Raises:
        EvenfallError: there is no home, the folder holds something, or it cannot be written.
    """
    _refuse_full(folder)
    held = contents(home)
    with telling(folder), _reading(home), staged(folder) as stage:
        made = stage / "export"
        made.mkdir()
        counts: dict[str, int] = {}
        left_out = dict.fromkeys(held.private, 1)
        for path, source in held.files.items():
            (made / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(source, made / path)
        if held.database is not None:
            copy_database(held.database, stage / DATABASE, on_bytes)
            with closing(sqlite3.connect(stage / DATABASE)) as database:
                counts = dict(_written(database, made, dreams_of))
                left_out |= _not_taken(database, dreams_of)
        (made / "README.md").write_text(_read_me(counts, left_out), encoding="utf-8")
        _make_private(made)
        put(made, folder)
    return Exported(counts, left_out)


def _make_private(made: Path) -> None:
    """Nights, dreams and voices: for whoever asked for them, and nobody else on the machine."""
    for path in (made, *made.rglob("*")):
        path.chmod(FOLDER if path.is_dir() else FILE)


def dreamers(home: Home) -> set[str]:
    """Whoever has a dream in the book, by id.

    Raises:
        EvenfallError: the database cannot be read.
    """
    if not exists(home.database):
        return set()
    uri = f"{home.database.resolve().as_uri()}?mode=rw"
    with (
        telling(home.database),
        _reading(home),
        closing(sqlite3.connect(uri, uri=True)) as database,
    ):
        return {_decoded(body).member for _, body in _kept(database, "Dream")}


def _written(
    database: sqlite3.Connection, made: Path, dreams_of: str | None
) -> Iterator[tuple[str, int]]:
    """Write all there is; each yield is what it was and how many."""
    yield "nights", _nights(database, made / "nights")
    yield "programmes", _programmes(database, made / "programmes")
    for kind, name in SINGLY.items():
        yield name, _singly(database, kind, made / name)
    for kind, name in TOGETHER.items():
        yield name.rpartition("/")[2], _together(database, kind, made / f"{name}.jsonl")
    yield "recordings", _recordings(database, made / "recordings")
    if dreams_of is not None:
        yield "dreams", _dreams(database, dreams_of, made / "dreams")


def _kept(database: sqlite3.Connection, kind: str) -> Iterator[tuple[str, bytes]]:
    yield from database.execute(
        "SELECT key, body FROM kept WHERE shelf = ? ORDER BY night, key", (kind,)
    )


# --- Nights ----------------------------------------------------------------------------------


def _nights(database: sqlite3.Connection, folder: Path) -> int:
    """A night in two files: what it was, and every row of it with its event."""
    folder.mkdir()
    nights = database.execute("SELECT id, body FROM nights ORDER BY night, id").fetchall()
    for night, body in nights:
        name = file_name(night)
        (folder / f"{name}.json").write_bytes(_laid_out(body))
        with (folder / f"{name}.jsonl").open("wb") as lines:
            for row in _rows(database, night):
                lines.write(msgspec.json.encode(row) + b"\n")
    return len(nights)


def _rows(database: sqlite3.Connection, night: str) -> Iterator[dict[str, object]]:
    found = database.execute("SELECT * FROM rows WHERE night = ? ORDER BY seq", (night,))
    names = [column[0] for column in found.description]
    for values in found:
        row = dict(zip(names, values, strict=True))
        body = row.pop("body")
        yield row | _event(body)


def _event(body: bytes) -> dict[str, object]:
    """A row's event as what it is; what is no JSON is kept as it is, as text."""
    try:
        return {"event": msgspec.json.decode(body)}
    except (msgspec.MsgspecError, RecursionError):
        return {"event": None, "body_base64": b64encode(body).decode()}


def _programmes(database: sqlite3.Connection, folder: Path) -> int:
    folder.mkdir()
    found = database.execute("SELECT hash, body FROM programmes ORDER BY hash").fetchall()
    for programme_hash, body in found:
        (folder / f"{file_name(programme_hash)}.json").write_bytes(_laid_out(body))
    return len(found)


# --- What is kept beside the nights --------------------------------------------------------------


def _singly(database: sqlite3.Connection, kind: str, folder: Path) -> int:
    folder.mkdir()
    number = 0
    for key, body in _kept(database, kind):
        (folder / f"{file_name(key)}.json").write_bytes(_laid_out(body))
        number += 1
    return number


def _together(database: sqlite3.Connection, kind: str, file: Path) -> int:
    file.parent.mkdir(exist_ok=True)
    number = 0
    with file.open("wb") as lines:
        for key, body in _kept(database, kind):
            lines.write(msgspec.json.encode({"key": key, **_object(body)}) + b"\n")
            number += 1
    return number


def _dreams(database: sqlite3.Connection, member: str, folder: Path) -> int:
    """One person's dreams, each as it was told and drawn."""
    folder.mkdir()
    told = [one for _, body in _kept(database, "Dream") if (one := _decoded(body)).member == member]
    for number, dream in enumerate(told, start=1):
        name = f"{number:04}-{dream.at_utc:%Y-%m-%d}"
        (folder / f"{name}.txt").write_text(dream.words + "\n", encoding="utf-8")
        if dream.drawing.startswith(_PNG):
            _draw(folder / f"{name}.png", dream.drawing.removeprefix(_PNG))
    return len(told)


def _draw(file: Path, drawing: str) -> None:
    """A drawing as a picture; one that is none is kept as the text it is."""
    try:
        file.write_bytes(b64decode(drawing, validate=True))
    except Base64Error:
        file.with_suffix(".base64").write_text(drawing, encoding="ascii")


def _decoded(body: bytes) -> Dream:
    return msgspec.json.decode(body, type=Dream)


# --- Recordings --------------------------------------------------------------------------------


def _recordings(database: sqlite3.Connection, folder: Path) -> int:
    """A recording in two files: what it is, and its epochs as a table."""
    folder.mkdir(exist_ok=True)
    number = 0
    for key, body in _kept(database, "Recording"):
        recording = msgspec.json.decode(body, type=Recording)
        about = {k: v for k, v in _object(body).items() if k not in _CHANNELS}
        scorer = recording.scorer.source if recording.scorer else None
        (folder / f"{file_name(key)}.json").write_bytes(
            _laid_out(msgspec.json.encode({"key": key, **about, "scorer": scorer}))
        )
        (folder / f"{file_name(key)}.csv").write_text(recording_table(recording), encoding="utf-8")
        number += 1
    return number


def recording_table(recording: Recording) -> str:
    r"""A recording as CSV: time, seconds since its start, counts, heart rate, a scorer's stage.

    A cell is empty where nothing was measured; the time is empty where the file knew none.

    Example:
        >>> print(recording_table(Recording(
        ...     id="x", device="watch", format="csv", source="x.csv", start_is_known=True,
        ...     start=datetime(2026, 1, 1, 22), epoch_s=30.0, counts=(4.0, None))))
        time,elapsed_s,counts,heart_rate_feature,scorer_stage
        2026-01-01T22:00:00,0,4,,
        2026-01-01T22:00:30,30,,,
        <BLANKLINE>
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("time", "elapsed_s", "counts", "heart_rate_feature", "scorer_stage"))
    counts, heart = recording.counts or (), recording.heart_rate_feature or ()
    for epoch in range(_epochs(recording)):
        elapsed_s = epoch * recording.epoch_s
        at = recording.start + timedelta(seconds=elapsed_s)
        time = at.isoformat() if recording.start_is_known else ""
        table.writerow(
            (
                time,
                _number(elapsed_s),
                _number(_at(counts, epoch)),
                _number(_at(heart, epoch)),
                _stage(recording.scorer, at) or "",
            )
        )
    return text.getvalue()


def _epochs(recording: Recording) -> int:
    """How many epochs any channel of a recording reaches to."""
    scorer, reached = recording.scorer, 0
    if scorer is not None:
        end = scorer.start + timedelta(seconds=scorer.epoch_s * len(scorer.stages))
        reached = int((end - recording.start).total_seconds() // recording.epoch_s)
    lengths = (len(recording.counts or ()), len(recording.heart_rate_feature or ()), reached)
    return max(lengths)


def _stage(scorer: Hypnogram | None, at: datetime) -> str | None:
    if scorer is None:
        return None
    epoch = (at - scorer.start).total_seconds() // scorer.epoch_s
    return _at(scorer.stages, int(epoch))


def _at(values: "tuple[Value | None, ...]", index: int) -> "Value | None":
    return values[index] if 0 <= index < len(values) else None


def _number(value: float | None) -> str:
    return "" if value is None else repr(value).removesuffix(".0")


# --- Names and words -----------------------------------------------------------------------------


def file_name(key: str) -> str:
    """A key as the name of a file; one that is no plain key is told apart by a few digits.

    Example:
        >>> file_name("2026-11-20-nest-1/noor"), file_name("../x")
        ('2026-11-20-nest-1.noor', 'x-d6b96a97')
    """
    if _PLAIN_KEY.fullmatch(key):
        return key.replace("/", ".")
    digits = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{_NO_NAME.sub('_', key).lstrip('._-')[:100]}-{digits}"


def _laid_out(body: bytes) -> bytes:
    return msgspec.json.format(body, indent=2) + b"\n"


def _object(body: bytes) -> dict[str, object]:
    return msgspec.json.decode(body, type=dict[str, object])


def _not_taken(database: sqlite3.Connection, dreams_of: str | None) -> dict[str, int]:
    """What the library keeps that does not go along, and how many: dreams of others, the unknown.

    Whose dreams they are is nobody's business here.
    """
    shelves = database.execute("SELECT shelf, count(*) FROM kept GROUP BY shelf ORDER BY shelf")
    left = {shelf: number for shelf, number in shelves if shelf not in KNOWN}
    others = sum(_decoded(body).member != dreams_of for _, body in _kept(database, "Dream"))
    return left | ({"Dream": others} if others else {})


@contextmanager
def _reading(home: Home) -> Iterator[None]:
    """Say plainly where the database holds what this version cannot read."""
    try:
        yield
    except msgspec.MsgspecError as error:
        raise EvenfallError(
            Fault(
                f"something in the database that cannot be read ({error})",
                Place(str(home.database)),
                "records this version of Evenfall knows",
                "export it with the version that wrote it; nothing was changed or left behind",
            )
        ) from error


def _refuse_full(folder: Path) -> None:
    if not exists(folder):
        return
    if folder.is_dir() and not any(folder.iterdir()):
        return
    raise EvenfallError(
        Fault(
            "a folder with something in it" if folder.is_dir() else "a file",
            Place(str(folder)),
            "an empty folder, or none yet",
            "choose another folder; an export never mixes with what is there",
        )
    )


_READ_ME = """# A home, in open formats

Everything Evenfall kept here, to be read without it. A text editor, a spreadsheet or any
programming language will do. Times say their zone; `_utc` in a name is UTC. Whatever was not
measured is empty or `null`, and is never a zero.

| where | what it is | here |
| --- | --- | --- |
| `household.yaml` | who lives here, the rooms, what the days ask for | |
| `devices.yaml` | lamps and speakers, without their secrets; where there are any | |
| `scores/` | the evenings written here, a YAML file each; where there are any | |
| `nights/ID.json` | a night: its date, room, sleepers, and whether it was simulated | {nights} |
| `nights/ID.jsonl` | everything that happened in it, a line each, in order of `seq` | |
| `programmes/HASH.json` | what a night ran: its `programme_hash` names it | {programmes} |
| `plans/ID.json` | what was planned, and why | {plans} |
| `mornings/ID.json` | the night given back: times, statistics, moments and reasons | {mornings} |
| `recordings/ID.MEMBER.csv` | what a sensor recorded: a line an epoch | {recordings} |
| `recordings/ID.MEMBER.json` | which device, how long an epoch is, and what is wrong with it | |
| `recordings/windows.jsonl` | which epochs are the night, and how that is known | {windows} |
| `insights.jsonl` | what was learned for the next plan, each with its doubt | {insights} |
| `allowance.jsonl` | immersion set aside before a night, and what was used of it | {allowance} |
| `voices/` | familiar voices for the night, as they were recorded | |
| `voices/voices.jsonl` | whose voice each is, for whom, and who agreed | {voices} |
| `felt.jsonl` | how a night felt, in the sleeper's own choosing | {felt} |
| `worries.jsonl` | what worried an adult, when, and whether a doctor was talked to | {worries} |
| `acts.jsonl` | what guardians did or asked from their screens, where and when | {acts} |
| `dreams/` | one person's dreams, as told (`.txt`) and drawn (`.png`) | {dreams} |

An ID is a date, a room and a number. The date is that of the noon before the night.

In a night's lines, `beat` counts 30 seconds from the night's `start_utc`; `wall_utc` is what the
clock said; `event` is what happened. In a `beat`, `stages` has a number for each sleeper, the
youngest first: 0 unknown, 1 wake, 2 N1, 3 N2, 4 N3, 5 REM, 6 asleep of no known depth. `digest`
stands for the state after it, so that a changed line can be noticed.

In a recording, `counts` are activity in the device's own unit (`counts_unit` beside it), and
`scorer_stage` is what a person scored: W, N1, N2, N3, R, or S for sleep of no known depth.

Reports as pages and pictures are not here: they are made from this.

## Not here

{left_out}
"""


def _read_me(counts: Mapping[str, int], left_out: Mapping[str, int]) -> str:
    together = [name.rpartition("/")[2] for name in TOGETHER.values()]
    names = ("nights", "programmes", *SINGLY.values(), "recordings", *together)
    here = {name: counts.get(name, 0) for name in names}
    dreams = counts.get("dreams", "nobody's")
    left = [f"- {_left_words(name, number)}" for name, number in left_out.items()]
    nothing = "Nothing was left out."
    return _READ_ME.format(**here, dreams=dreams, left_out="\n".join(left) or nothing)


def _left_words(name: str, number: int) -> str:
    """What was left out and why, in a line."""
    if name == "Dream":
        return (
            f"{number} in the dream book: a dream is its owner's; `evenfall export --member` "
            "takes one person's along"
        )
    if number == 1:
        return f"`{name}`: private, or unknown to this version"
    return f"{number} of `{name}`: unknown to this version"
