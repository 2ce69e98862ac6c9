"""What authenticators are asked. A question carries its own proof that this hub asked it, and none
is kept until it is answered: whoever asks without end takes nobody's question away and fills no
disk.

    chance (16 bytes) · until when (8) · HMAC-SHA-256 of both, the hub's name and whose it is (32)

The key is drawn at start: a question does not outlive the hub that asked it.
"""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock

from evenfall.app.access.lifetimes import CHALLENGE_LASTS

CHANCE_BYTES = 16  # Web Authentication, 13.4.3: at least 16 bytes
_UNTIL_BYTES = 8
_KEY_BYTES = 32
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


class Questions:
    """Asks, and knows its own questions again, each once. It may be used by any thread.

    Args:
        draw: so many bytes of chance.
    """

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        self._draw = draw
        self._key = draw(_KEY_BYTES)
        self._answered: dict[bytes, datetime] = {}
        self._lock = Lock()

    def ask(self, rp_id: str, member: str | None, now_utc: datetime) -> bytes:
        """A new question.

        Args:
            rp_id: the name of the hub it is for.
            member: who makes a passkey; nobody: someone signs in.
            now_utc: the time.
        """
        until_ms = (now_utc + CHALLENGE_LASTS - _BEGAN) // timedelta(milliseconds=1)
        stem = self._draw(CHANCE_BYTES) + until_ms.to_bytes(_UNTIL_BYTES, "big")
        return stem + self._sealed(stem, rp_id, member)

    def was_asked(self, question: bytes, rp_id: str, member: str | None, now_utc: datetime) -> bool:
        """Whether this hub asked just that, of them, a moment ago. It is answered by this.

        Args:
            question: what an answer says it was asked.
            rp_id: the name the hub was reached by.
            member: who makes a passkey; nobody: someone signs in.
            now_utc: the time.
        """
        stem = question[: CHANCE_BYTES + _UNTIL_BYTES]
        if not hmac.compare_digest(question, stem + self._sealed(stem, rp_id, member)):
            return False
        until_ms = int.from_bytes(stem[CHANCE_BYTES:], "big")
        until_utc = _BEGAN + timedelta(milliseconds=until_ms)
        with self._lock:
            is_first = question not in self._answered
            self._answered = {one: at for one, at in self._answered.items() if now_utc < at}
            if now_utc >= until_utc:
                return False
            self._answered[question] = until_utc
        return is_first

    def _sealed(self, stem: bytes, rp_id: str, member: str | None) -> bytes:
        about = f"{rp_id}\0{member or ''}".encode("utf-8", "replace")
        return hmac.digest(self._key, stem + about, sha256)
