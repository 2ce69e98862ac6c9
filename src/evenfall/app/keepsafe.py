"""A whole home in one file, and back again: what is taken along and what is checked.

Everything is prepared beside where it goes and put there by renaming, so nothing is ever half-made;
a backup is read to its last byte and every sum compared before a restore writes anything.
"""

import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, NoReturn

import msgspec
from msgspec import Meta

from evenfall import __version__
from evenfall.adapters.sqlite.database import SCHEMA_VERSION
from evenfall.adapters.sqlite.private import FOLDER, make_folder
from evenfall.app.home import Home, exists
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.base import Record

FORMAT = 1
MANIFEST = "manifest.json"
HOUSEHOLD, DEVICES, DATABASE, SCORES = "household.yaml", "devices.yaml", "evenfall.db", "scores"
VOICES = "voices"
OWN = (HOUSEHOLD, DEVICES, DATABASE, SCORES, VOICES)
"""What makes a folder a home. Whatever else lies in it is private, or can be made again."""
MADE_AGAIN = ("reports", "reach", "reach.json")
"""What is never taken along: pictures, and what lets a screen know this very hub, its keys above
all. A hub elsewhere makes its own."""
_ENDINGS = ("-wal", "-shm", "-journal")
BESIDE_DATABASE = tuple(DATABASE + ending for ending in _ENDINGS)
LET_IN = ("access.db", *("access.db" + ending for ending in _ENDINGS))
"""Who was let in: a key to this house, on this machine. It neither goes along nor comes back."""

# The bounds of a backup that is believed, each this project's own choice.
MANIFEST_BYTES_MAX = 1_000_000
PARTS_MAX = 1_000  # a home has about a dozen
PATH_LETTERS_MAX = 200
UNPACKED_BYTES_MAX = 4_000_000_000  # some ten thousand nights
PACKED_MAX_TIMES = 100  # a home's database packs to about a tenth
PACKED_FREE_BYTES = 10_000_000  # below this, however tightly packed, nothing is harmed

CHUNK_BYTES = 1 << 20
STEP_PAGES = 256
BUSY_S = 5.0
STAGE = ".evenfall-part-"

OnBytes = Callable[[int, int], None]
"""Called with the bytes done and the bytes there are, for a progress display."""


class Part(Record, frozen=True, kw_only=True):
    """One file of a home in a backup."""

    path: Annotated[str, Meta(description="where it goes in a home's folder")]
    size_bytes: Annotated[int, Meta(description="how long it is", ge=0)]
    sha256: Annotated[str, Meta(description="the sum of its bytes, 64 hex digits")]
    private: Annotated[bool, Meta(description="a secret, or something nobody else needs")] = False


class Manifest(Record, frozen=True, kw_only=True):
    """What a backup says of itself."""

    evenfall_backup: Annotated[int, Meta(description="the version of this format")]
    version: Annotated[str, Meta(description="the Evenfall that made it")]
    made_utc: Annotated[datetime, Meta(description="when")]
    database_version: Annotated[int | None, Meta(description="its database's version, if any")]
    parts: Annotated[tuple[Part, ...], Meta(description="every file in it")]
    counts: Annotated[dict[str, int], Meta(description="the rows of each table of its database")]


class _Format(msgspec.Struct):
    evenfall_backup: int


@dataclass(frozen=True)
class Contents:
    """What lies in a home's folder, each file by its name in a backup.

    `private` is what only goes along when it is asked for: tokens, keys, and whatever else this
    version does not know.
    """

    database: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    private: Mapping[str, Path] = field(default_factory=dict)


def silent(done: int, whole: int) -> None:
    """An `OnBytes` where nobody looks."""
    del done, whole


# --- What there is ---------------------------------------------------------------------------


def contents(home: Home) -> Contents:
    """Everything in a home's folder that could be taken along.

    Raises:
        EvenfallError: there is no home here, or it may not be looked into.
    """
    with telling(home.folder):
        found = sorted(_files(home.folder))
    files = {path: home.folder / path for path in found if is_own(path)}
    private = {path: home.folder / path for path in found if path not in files}
    database = home.database if exists(home.database) else None
    if not files and database is None:
        _refuse(
            "no home",
            home.folder,
            "a folder with a household or a night in it",
            "name the home with --home; `evenfall doctor` says where yours is",
        )
    return Contents(database, files, private)


def has_home(folder: Path) -> bool:
    """True where a folder holds a home, or any part of one."""
    return any(exists(folder / name) for name in OWN)


def is_own(path: str) -> bool:
    """True for what every home has: its household, its devices, its own scores and its voices.

    Example:
        >>> [is_own(path) for path in ("household.yaml", "scores/tide.yaml", "ha.token")]
        [True, True, False]
    """
    parts = PurePosixPath(path).parts
    is_score = len(parts) == 2 and parts[0] == SCORES and parts[1].endswith(".yaml")
    is_voice = len(parts) == 2 and parts[0] == VOICES
    return path in (HOUSEHOLD, DEVICES) or is_score or is_voice


def _files(folder: Path) -> Iterator[str]:
    for where, folders, names in os.walk(folder):
        here = Path(where).relative_to(folder)
        folders[:] = [name for name in folders if not _passed_over((here / name).as_posix())]
        for name in names:
            path = (here / name).as_posix()
            if not _passed_over(path) and (folder / path).is_file():
                yield path


def _passed_over(path: str) -> bool:
    """What no backup has: made again, unfinished, a backup, a key, or beside the database."""
    pure = PurePosixPath(path)
    name = pure.name
    # Some disks take Access.db for access.db, and a part may lie anywhere within a folder.
    return (
        pure.parts[0].casefold() in (*MADE_AGAIN, DATABASE, *BESIDE_DATABASE, *LET_IN)
        or name.startswith(STAGE)
        or name.endswith((".part", ".zip"))
    )


# --- Backing up ------------------------------------------------------------------------------


def backup(what: Contents, file: Path, on_bytes: OnBytes = silent) -> Manifest:
    """Write a home into one file, whole or not at all. A hub may be running.

    What was written is read back and compared before it gets its name; a file of that name is
    replaced.

    Args:
        what: what is taken along; its `private` too, so leave it empty for a backup without.
        file: the backup.
        on_bytes: for a progress display.

    Raises:
        EvenfallError: something cannot be read, or the file cannot be written.
    """
    refuse_folder_there(file)
    with telling(file), staged(file.parent) as stage:
        copied = stage / DATABASE
        counts: dict[str, int] = {}
        version: int | None = None
        sources = {**what.files, **what.private}
        if what.database is not None:
            counts, version = copy_database(what.database, copied, on_bytes)
            sources[DATABASE] = copied
        packed = stage / "packed"
        manifest = Manifest(
            evenfall_backup=FORMAT,
            version=__version__,
            made_utc=datetime.now(UTC),
            database_version=version,
            parts=(),
            counts=counts,
        )
        manifest = _written(packed, manifest, sources, frozenset(what.private), on_bytes)
        read_manifest(packed)
        packed.replace(file)
        _sync(file.parent)
    return manifest


def copy_database(
    database: Path, to: Path, on_bytes: OnBytes = silent
) -> tuple[dict[str, int], int]:
    """Copy a database as it is at this moment, while others may write to it.

    Returns:
        How many rows each table of the copy has, and the database's version.

    Raises:
        EvenfallError: it cannot be read, is damaged or of a later version.
    """
    with telling(database), closing(_connect(database)) as source:
        # A read transaction of our own holds the moment, so that no writer makes us begin again.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (page_bytes,) = source.execute("PRAGMA page_size").fetchone()
        with closing(sqlite3.connect(to, isolation_level=None)) as copy:

            def told(_status: int, left: int, whole: int) -> None:
                on_bytes((whole - left) * page_bytes, whole * page_bytes)

            source.backup(copy, pages=STEP_PAGES, progress=told)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
            return check_database(copy, database)


def check_database(connection: sqlite3.Connection, place: Path) -> tuple[dict[str, int], int]:
    """Look a database over: whole, of a known version, and nothing in it but tables.

    Returns:
        How many rows each table has, and the database's version.

    Raises:
        EvenfallError: any of it is not so.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        _refuse(
            f"a home written by a later Evenfall (version {version} of its database)",
            place,
            f"version {SCHEMA_VERSION} or earlier",
            "update Evenfall on this machine; nothing was changed",
        )
    (whole,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    kinds = {kind for (kind,) in connection.execute("SELECT type FROM sqlite_master")}
    if whole != "ok" or kinds - {"table", "index"}:
        said = whole if whole != "ok" else "it holds more than tables"
        raise EvenfallError(_damaged_database(place, said))
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    counts = {
        str(name): int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608  # a table's own name
        for (name,) in sorted(tables)
        if '"' not in name
    }
    return counts, int(version)


def _connect(database: Path) -> sqlite3.Connection:
    """Open a database that is there; none is made."""
    uri = f"{database.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_S)


def _written(
    packed: Path,
    manifest: Manifest,
    sources: Mapping[str, Path],
    private: frozenset[str],
    on_bytes: OnBytes,
) -> Manifest:
    """Pack a home into a file. One that packs as tightly as a stranger's bomb would is put in as it
    is, so that no restore ever has to doubt it.
    """
    for how in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        packed.unlink(missing_ok=True)
        with _created(packed) as made, zipfile.ZipFile(made, "w", how) as archive:
            parts = _pack(archive, sources, private, how, on_bytes)
            manifest = msgspec.structs.replace(manifest, parts=parts)
            archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
            whole = sum(entry.file_size for entry in archive.infolist())
        if whole <= _unpacked_max(packed):
            break
    return manifest


def _pack(
    archive: zipfile.ZipFile,
    sources: Mapping[str, Path],
    private: frozenset[str],
    how: int,
    on_bytes: OnBytes,
) -> tuple[Part, ...]:
    whole = sum(source.stat().st_size for source in sources.values())
    parts: list[Part] = []
    for path, source in sources.items():
        _refuse_path(path, source)
        entry = zipfile.ZipInfo(path, datetime.now(UTC).timetuple()[:6])
        entry.compress_type = how
        entry.external_attr = 0o600 << 16
        told = _onward(on_bytes, sum(part.size_bytes for part in parts), whole)
        with source.open("rb") as file, archive.open(entry, "w", force_zip64=True) as into:
            size, sha256 = _copied(file, into, told)
        parts.append(Part(path=path, size_bytes=size, sha256=sha256, private=path in private))
    return tuple(parts)


def _onward(on_bytes: OnBytes, before: int, whole: int) -> Callable[[int], None]:
    """Tell how far one file of several is."""
    return lambda size: on_bytes(before + size, whole)


def _copied(
    file: IO[bytes],
    into: IO[bytes] | None,
    on_size: Callable[[int], None],
    size_max: int = UNPACKED_BYTES_MAX,
) -> tuple[int, str]:
    """Copy bytes and sum them on the way; one more than the bound is as far as it goes."""
    sums, size = hashlib.sha256(), 0
    while size <= size_max and (chunk := file.read(min(CHUNK_BYTES, size_max + 1 - size))):
        sums.update(chunk)
        size += len(chunk)
        if into is not None:
            into.write(chunk)
        on_size(size)
    return size, sums.hexdigest()


# --- Reading a backup --------------------------------------------------------------------------


def read_manifest(file: Path, on_bytes: OnBytes = silent) -> Manifest:
    """Read a backup to its last byte, compare every sum, and say what is in it. Writes nothing.

    Raises:
        EvenfallError: it is no backup, of another version, damaged, or more than it should be.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        _unpack(archive, manifest, file, None, on_bytes)
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    if not exists(file):
        _refuse("no file", file, "a backup, as `evenfall backup` makes it", "check its name")
    with telling(file):
        try:
            with zipfile.ZipFile(file) as archive:
                yield archive
        except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
            _refuse_damaged(file, str(error).lower(), error)


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """A backup's manifest, where it and the file agree on what is in it."""
    entries = archive.infolist()
    if sum(entry.filename == MANIFEST for entry in entries) != 1:
        _refuse_damaged(file, "it has no manifest, or two")
    _refuse_bomb(entries, file)
    with archive.open(MANIFEST) as text:
        body = text.read(MANIFEST_BYTES_MAX + 1)
    try:
        found = msgspec.json.decode(body, type=_Format).evenfall_backup
        if found != FORMAT:
            _refuse_version(found, file)
        manifest = msgspec.json.decode(body, type=Manifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        _refuse_damaged(file, f"its manifest cannot be read: {error}", error)
    for part in manifest.parts:
        _refuse_path(part.path, file)
        if not part.private and part.path != DATABASE and not is_own(part.path):
            _refuse_damaged(file, f"{part.path!r} is no part of a home")
    names = [part.path for part in manifest.parts]
    if sorted([*names, MANIFEST]) != sorted(entry.filename for entry in entries):
        _refuse_damaged(file, "its manifest names other files than are in it")
    if len({name.casefold() for name in names}) < len(names):
        _refuse_damaged(file, "two files in it have one name")
    return manifest


def _refuse_bomb(entries: Sequence[zipfile.ZipInfo], file: Path) -> None:
    whole = sum(entry.file_size for entry in entries)
    most = min(UNPACKED_BYTES_MAX, _unpacked_max(file))
    manifest_bytes = next(one.file_size for one in entries if one.filename == MANIFEST)
    if len(entries) > PARTS_MAX or whole > most or manifest_bytes > MANIFEST_BYTES_MAX:
        _refuse(
            f"a file that unpacks to {len(entries)} files of {whole // 1_000_000} MB",
            file,
            f"{PARTS_MAX} files and {most // 1_000_000} MB at most, for one of this size",
            "this is not a backup Evenfall made; nothing was unpacked",
        )
    for entry in entries:
        usual = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if entry.flag_bits & 1 or not usual:
            _refuse_damaged(file, f"{entry.filename!r} is packed in a way Evenfall never does")


def _unpacked_max(file: Path) -> int:
    """How long what a file of this size unpacks to may be, before it is taken for a bomb."""
    return max(file.stat().st_size * PACKED_MAX_TIMES, PACKED_FREE_BYTES)


def _refuse_path(path: str, place: Path) -> None:
    """Only a plain relative path that stays in the home's folder and disturbs nothing there."""
    pure = PurePosixPath(path)
    plain = (
        0 < len(path) <= PATH_LETTERS_MAX
        and path.isprintable()
        and pure.as_posix() == path
        and not pure.is_absolute()
        and not {"..", "."} & set(pure.parts)
        and not set(path) & set('\\:"')
    )
    if not plain or (path != DATABASE and _passed_over(path)) or path == MANIFEST:
        _refuse(
            f"a part called {path!r}",
            place,
            "plain names that stay in the home's folder",
            "give the file a plain name; of a backup someone sent you, ask who made it",
        )


def _unpack(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    file: Path,
    folder: Path | None,
    on_bytes: OnBytes,
) -> None:
    """Read every part and compare its sum; with a folder, write it there too."""
    whole, before = sum(part.size_bytes for part in manifest.parts), 0
    for part in manifest.parts:
        with (
            archive.open(part.path) as packed,
            nullcontext() if folder is None else _created(folder / part.path) as into,
        ):
            told = _onward(on_bytes, before, whole)
            size, sha256 = _copied(packed, into, told, part.size_bytes)
        if (size, sha256) != (part.size_bytes, part.sha256):
            _refuse_damaged(file, f"{part.path} is not what was put in")
        before += size


@contextmanager
def _created(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only this user may read, durable when it is closed."""
    make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


# --- Restoring -------------------------------------------------------------------------------


def restore(file: Path, folder: Path, on_bytes: OnBytes = silent) -> Manifest:
    """Make a home from a backup, in a folder that holds none.

    Args:
        file: the backup.
        folder: where the home is to be; made where there is none.
        on_bytes: for a progress display.

    Raises:
        EvenfallError: the backup is not to be believed, a home is there, or it cannot be written.
    """
    manifest = read_manifest(file, on_bytes)
    refuse_home_there(folder)
    _restored(file, manifest, folder, on_bytes)
    return manifest


def restore_over(file: Path, folder: Path, on_bytes: OnBytes = silent) -> tuple[Manifest, Path]:
    """Put a backup in the place of the home that is there, after backing that one up beside it.

    Only what makes a home is replaced; what the backup does not know stays.

    Args:
        file: the backup.
        folder: the home's folder.
        on_bytes: for a progress display.

    Returns:
        What was restored, and the backup of what was there.

    Raises:
        EvenfallError: the backup is not to be believed, the home is in use or cannot be backed
            up, or something cannot be written.
    """
    manifest = read_manifest(file, on_bytes)
    _refuse_in_use(folder / DATABASE)
    folder = folder.resolve()
    beside = folder.parent / f"{folder.name}-before-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.zip"
    backup(contents(Home(folder)), beside, on_bytes)
    _restored(file, manifest, folder, on_bytes)
    return manifest, beside


def refuse_home_there(folder: Path) -> None:
    """Raise where a folder holds a home, or a file stands in its place.

    Raises:
        EvenfallError: so it is.
    """
    if exists(folder) and not folder.is_dir():
        _refuse(
            "a file where a folder is to be",
            folder,
            "a folder, or nothing yet",
            "choose another folder with --home",
        )
    if has_home(folder):
        _refuse(
            "a home is already here",
            folder,
            "an empty folder, or none yet",
            "choose another folder with --home; --force replaces this home, and backs it up first",
        )


def _restored(file: Path, manifest: Manifest, folder: Path, on_bytes: OnBytes) -> None:
    with telling(folder), staged(folder) as stage:
        made = stage / "home"
        made.mkdir(FOLDER)
        with _opened(file) as archive:
            _unpack(archive, manifest, file, made, on_bytes)
        if exists(made / DATABASE):
            _compare_database(made / DATABASE, manifest, file)
        put(made, folder, (*OWN, *BESIDE_DATABASE))


def _compare_database(database: Path, manifest: Manifest, file: Path) -> None:
    with closing(_connect(database)) as connection:
        found = check_database(connection, file)
    if found != (manifest.counts, manifest.database_version):
        _refuse_damaged(file, "its database holds something else than its manifest says")


def _refuse_in_use(database: Path) -> None:
    """Raise where another program has the database open: only the last one may end its journal."""
    if not exists(database):
        return
    with telling(database), closing(_connect(database)) as connection:
        connection.execute("PRAGMA busy_timeout=0")
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            mode = "locked"
    if mode != "delete":
        _refuse(
            "this home is in use",
            database,
            "no hub and no night running in it",
            "stop `evenfall serve` there, then restore; nothing was changed",
        )


# --- Whole or not at all -----------------------------------------------------------------------


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A place on the same disk to prepare what goes into a folder. It is gone afterwards.

    Args:
        folder: where things will go; it need not be there yet.
    """
    within = folder if folder.is_dir() else folder.parent
    within.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=within))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def put(made: Path, folder: Path, replaced: Sequence[str] = ()) -> None:
    """Put what was prepared into its folder: all of it, or the folder is as it was.

    Args:
        made: what was prepared, within `staged`.
        folder: where it goes.
        replaced: names in the folder that go, whether or not anything takes their place.

    Raises:
        OSError: it cannot be put there.
    """
    if not folder.exists():
        made.rename(folder)
        _sync(folder.parent)
        return
    before = made.parent / "before"
    before.mkdir()
    coming = [path.name for path in made.iterdir()]
    going = [name for name in dict.fromkeys((*replaced, *coming)) if (folder / name).exists()]
    moves = [(folder / name, before / name) for name in going]
    moves += [(made / name, folder / name) for name in coming]
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in moves:
            done.append((old, new))
            old.rename(new)
    except BaseException:
        for old, new in reversed(done):
            if new.exists() and not old.exists():
                new.rename(old)
        raise
    _sync(folder)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Saying what is wrong ----------------------------------------------------------------------


def refuse_file_there(file: Path) -> None:
    """Raise where a file of that name is there already.

    Raises:
        EvenfallError: so it is.
    """
    refuse_folder_there(file)
    if exists(file):
        _refuse(
            "a file of that name",
            file,
            "a name that is free",
            "choose another name, or add --force to replace it",
        )


def refuse_folder_there(file: Path) -> None:
    """Raise where a folder stands in a file's place.

    Raises:
        EvenfallError: so it is.
    """
    if exists(file) and file.is_dir():
        _refuse("a folder", file, "the name of a file", f"write {file / 'home.zip'}")


@contextmanager
def telling(place: Path) -> Iterator[None]:
    """Turn what the system and SQLite say into what a person can mend.

    Args:
        place: where, unless the system names a place itself.

    Raises:
        EvenfallError: in place of any of their errors.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise EvenfallError(_fault(getattr(error, "filename", None) or place, error)) from error


def _fault(place: object, error: OSError | sqlite3.Error) -> Fault:
    said = (getattr(error, "strerror", None) or str(error)).lower()
    no_room = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if no_room or "is full" in said or "disk i/o" in said:
        return Fault(
            f"a disk that is full or failing ({said})",
            Place(str(place)),
            "room for about three times the home",
            "free some space, or choose another disk; nothing was changed or left behind",
        )
    if "malformed" in said or "not a database" in said:
        return _damaged_database(place, said)
    return Fault(
        f"something that cannot be read or written ({said})",
        Place(str(place)),
        "a place that is there, which this user may read and write",
        "give this user permission, or choose another place; nothing was changed or left behind",
    )


def _damaged_database(place: object, said: str) -> Fault:
    return Fault(
        f"a damaged database ({said})",
        Place(str(place)),
        "a database Evenfall wrote",
        "move the home's folder aside, whole, and keep it; a backup restores beside it",
    )


def _refuse_version(found: int, file: Path) -> NoReturn:
    _refuse(
        f"a backup of format {found}",
        file,
        f"format {FORMAT}, which this Evenfall reads",
        "restore it with the Evenfall that made it, or update this one; nothing was changed",
    )


def _refuse_damaged(file: Path, why: str, error: BaseException | None = None) -> NoReturn:
    fault = Fault(
        f"no backup, or a damaged one: {why}",
        Place(str(file)),
        "a backup as `evenfall backup` wrote it, to the last byte",
        "use another copy of it; nothing was changed",
    )
    raise EvenfallError(fault) from error


def _refuse(found: str, place: Path, expected: str, mend: str) -> NoReturn:
    raise EvenfallError(Fault(found, Place(str(place)), expected, mend))
