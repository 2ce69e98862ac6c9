"""A key on this machine, read as Linux hands it out: a keyboard's, or a single USB button's.

A device under /dev/input gives one `struct input_event` for each change, as
https://docs.kernel.org/input/input.html has it; nothing but the standard library is needed.
"""

import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from evenfall.formats.errors import EvenfallError, Fault, Place

EVENT = struct.Struct("llHHi")
"""When, in seconds and microseconds; which type; which code; which value."""

EV_KEY, DOWN = 1, 1
READ_AT_ONCE = 64 * EVENT.size
AGAIN_S = 1.0
"""How long a device that was pulled out is left before it is looked for again (own choice)."""

KEYS = {"esc": 1, "enter": 28, "space": 57, "f12": 88, "power": 116, "pause": 119, "play": 164}
"""Some keys by name, with their codes in Linux's input-event-codes.h; any other by its code."""

CODE_MAX = 0x2FF  # KEY_MAX
_MISSING = (FileNotFoundError, NotADirectoryError)


def key_code(name: str) -> int:
    """A key's code, by its name or its number.

    Raises:
        EvenfallError: it is neither.

    Example:
        >>> key_code("Esc"), key_code("256")
        (1, 256)
    """
    said = name.strip().lower()
    code = KEYS.get(said, int(said) if said.isascii() and said.isdigit() else 0)
    if 0 < code <= CODE_MAX:
        return code
    raise EvenfallError(
        Fault(
            found=f"{name!r} as a key",
            place=Place("--key"),
            expected=f"one of {', '.join(KEYS)}, or a key's number",
            mend="`sudo evtest` shows the number of a key that is pressed",
        )
    )


def presses_in(data: bytes) -> Iterator[int]:
    """The codes of the keys that went down, in order; a key that is held counts once.

    Args:
        data: whole events, as read from the device.

    Example:
        >>> list(presses_in(EVENT.pack(0, 0, EV_KEY, 57, 1) + EVENT.pack(0, 0, EV_KEY, 57, 2)))
        [57]
    """
    for _s, _us, kind, code, value in EVENT.iter_unpack(data):
        if kind == EV_KEY and value == DOWN:
            yield code


def watch_key(
    device: Path,
    pressed: Callable[[], object],
    code: int | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Call `pressed` whenever a key goes down, for ever; a device that is pulled out may come back.

    Args:
        device: like /dev/input/by-id/usb-a-button-event-kbd.
        pressed: called once a press.
        code: only this key; None for any key of the device.
        wait: waits so many seconds before the device is looked for again.

    Raises:
        EvenfallError: this user may not read it, or it was never there.
    """
    was_there = False
    while True:
        try:
            with device.open("rb", buffering=0) as events:
                was_there = True
                for found in _keys_from(events.fileno()):
                    if code is None or found == code:
                        pressed()
        except PermissionError as error:
            raise EvenfallError(_not_ours(device)) from error
        except OSError as error:
            if not was_there and isinstance(error, _MISSING):
                raise EvenfallError(_not_there(device)) from error
        wait(AGAIN_S)


def _keys_from(descriptor: int) -> Iterator[int]:
    """Every press, until the device is gone; what comes in pieces is put together."""
    rest = b""
    while data := os.read(descriptor, READ_AT_ONCE):
        whole = len(rest + data) // EVENT.size * EVENT.size
        rest, events = (rest + data)[whole:], (rest + data)[:whole]
        yield from presses_in(events)


def _not_ours(device: Path) -> Fault:
    return Fault(
        found="a key that this user may not read",
        place=Place(str(device)),
        expected="a device this user may read",
        mend="add the user that runs this to the group input: sudo usermod -aG input USER; then "
        "sign in anew",
    )


def _not_there(device: Path) -> Fault:
    return Fault(
        found="no such key on this machine",
        place=Place(str(device)),
        expected="an input device of Linux; its name under /dev/input/by-id never changes",
        mend="plug it in, and look with: ls /dev/input/by-id",
    )
