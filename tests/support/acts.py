"""A guardian's screen for tests: a key of its own, and what it signs."""

from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from evenfall.app.access.acting import screen_words
from evenfall.records.act import Act, ActKind, KeyOffer, SignedAct


class SigningScreen:
    """One screen, the key it made, and a count that rises.

    Args:
        screen: its session's id.
        by: whose it is.
        seed: the key's 32 bytes are this byte, over and over.
    """

    def __init__(self, screen: str, by: str = "mara", seed: int = 7) -> None:
        self.screen, self.by, self.count = screen, by, 0
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    def offer(self) -> KeyOffer:
        """What it shows the house."""
        return KeyOffer(
            public_key=self._key.public_key().public_bytes_raw().hex(),
            signature=self._key.sign(screen_words(self.screen).encode()).hex(),
        )

    def act(
        self, act: ActKind, asked_utc: datetime, rooms: tuple[str, ...] = (), **other: object
    ) -> SignedAct:
        """The next act it signs; `other` replaces what it would say of itself."""
        self.count += 1
        said = Act(
            act=act,
            rooms=rooms,
            by=self.by,
            screen=self.screen,
            asked_utc=asked_utc,
            count=self.count,
        )
        return self.signed(msgspec.json.encode(replace(said, **other)).decode())

    def signed(self, text: str) -> SignedAct:
        """Any text with its signature."""
        return SignedAct(signed=text, signature=self._key.sign(text.encode()).hex())
