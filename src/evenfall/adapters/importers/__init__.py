"""Recordings in: one file per format, all of the same shape, told apart by what they contain.

Whatever a file holds, reading it gives a Recording or a RecordingError that says what was
found, where, what was expected and how to mend it; never anything else.
"""

from pathlib import Path
from stat import S_ISREG

from evenfall.adapters.importers import actigraph_agd, actiwatch_awd, edf_hypnogram, watch_csv
from evenfall.adapters.importers.reading import BYTES_MAX, HEAD_BYTES, Format, wrong
from evenfall.formats.errors import RecordingError
from evenfall.records.recording import Recording

FORMATS: tuple[Format, ...] = (watch_csv, actiwatch_awd, actigraph_agd, edf_hypnogram)
"""Every format that can be read, in the order they are tried."""


def read_recording(path: Path) -> Recording:
    """The recording in a file, whatever the file is called.

    Args:
        path: a file of one of the FORMATS.

    Returns:
        The recording, with what is wrong with it in words in `blemishes`.

    Raises:
        RecordingError: for anything that is not such a file, or is a damaged one.
    """
    try:
        head = _head(path)
        return _format(path, head).read(path)
    except (OSError, ValueError) as error:
        # An OSError is the disk's; a ValueError is a path that no file can have.
        raise wrong(
            path,
            f"a file that cannot be read ({getattr(error, 'strerror', None) or error})",
            "a file this account may read",
            "check that it exists and that you may read it",
        ) from None


def _head(path: Path) -> bytes:
    status = path.stat()
    if not S_ISREG(status.st_mode):
        raise _no_file(path)
    if not status.st_size:
        raise wrong(
            path,
            "an empty file",
            "a recording",
            "the export may have failed: export it again",
        )
    if status.st_size > BYTES_MAX:
        raise wrong(
            path,
            f"a file of {status.st_size / 1e6:.0f} MB",
            f"at most {BYTES_MAX / 1e6:.0f} MB",
            "bring the counts or the hypnogram, not the raw signals",
        )
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _no_file(path: Path) -> RecordingError:
    return wrong(
        path,
        "a folder, or something else that is no file",
        "one recording, as a file",
        "name a file inside it",
    )


def _format(path: Path, head: bytes) -> Format:
    for known in FORMATS:
        if known.recognises(head, path.name):
            return known
    raise wrong(
        path,
        "a file of an unknown kind",
        "; or ".join(known.DESCRIPTION for known in FORMATS),
        "bring the recording in one of these formats",
    )
