"""The guard's own key: a page does only what it signed, whoever relays it."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.view import LeaseFrame, SignedFrame

KEY_FILE = "guard.key"
KEY_BYTES = 32


class Signer:
    """Signs what a room's pages are to be.

    Args:
        key: 32 bytes of chance, kept by the guard alone.
        first: a count above every count this key has signed before.
    """

    def __init__(self, key: bytes, first: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self._count = first

    @property
    def public_key(self) -> str:
        """What a page checks with, in hex."""
        return self._key.public_key().public_bytes_raw().hex()

    def signed(self, room: str, frame: LeaseFrame, now: datetime) -> LeaseFrame:
        """A frame with the guard's word for it; every one of them is newer than the last."""
        self._count += 1
        text = msgspec.json.encode(
            SignedFrame(
                room=room,
                light_lx_medi=frame.light_lx_medi,
                light_ramp_s=frame.light_ramp_s,
                sound_dba=frame.sound_dba,
                sound_ramp_s=frame.sound_ramp_s,
                sound_what=frame.sound_what,
                holds_s=frame.lease_s,
                seq=frame.seq,
                count=self._count,
                until_utc=now + timedelta(seconds=frame.lease_s),
            )
        )
        return replace(frame, signed=text.decode(), signature=self._key.sign(text).hex())


def kept_key(folder: Path) -> bytes:
    """The guard's key; made the first time, and readable by nobody else.

    Raises:
        EvenfallError: what is kept is no key, or others may read it.
    """
    path = folder / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) == KEY_BYTES and not path.stat().st_mode & 0o077:
            return key
        raise EvenfallError(_no_key(path)) from None
    key = os.urandom(KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key


def _no_key(path: Path) -> Fault:
    return Fault(
        found="a guard's key that is damaged, or that others may read",
        place=Place(str(path)),
        expected="32 bytes that only this user may read",
        mend="remove it; the guard makes another, and each screen is let in anew",
    )
