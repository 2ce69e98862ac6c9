"""The guard's word for what a page is to be: a page does only what it signed, whoever relays it."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from evenfall.formats.wire import frame_text
from evenfall.records.view import LeaseFrame


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
        """A frame with the guard's word for it; every one of them is newer than the last.

        Args:
            room: whose pages may do it.
            frame: what they are to be.
            now: the machine's own clock, also where the evening's hour is made up.
        """
        # A machine that began with a clock behind catches up with itself once that is set right.
        self._count = max(self._count + 1, int(now.timestamp() * 1_000_000))
        text = frame_text(room, frame, self._count, now)
        return replace(frame, signed=text.decode(), signature=self._key.sign(text).hex())
