"""Passphrases: kept as something that checks them and does not tell them.

scrypt (RFC 7914) with n = 2^15, r = 8, p = 1: 32 MB and about a tenth of a second on a small
machine, which is nothing to a person and a great deal to someone who guesses.
"""

import hashlib
import hmac
import unicodedata
from threading import Lock

from evenfall.app.access.refusals import refused
from evenfall.records.access import Passphrase

COST = 2**15
SALT_BYTES = 16
LETTERS_MIN = 10  # this project's own choice, as is the most
LETTERS_MAX = 200
_BLOCK, _LANES = 8, 1
_MEMORY_BYTES = 2**27  # more than any cost here takes, and a bound

_ONE_AT_A_TIME = Lock()
"""Thirty people signing in at once must not take a gigabyte of a small machine."""


def plain_words(typed: str) -> str:
    """A passphrase without what differs between keyboards: compatible letters, no space around."""
    return unicodedata.normalize("NFKC", typed).strip()


def make_passphrase(member: str, typed: str, salt: bytes) -> Passphrase:
    """What checks a passphrase.

    Args:
        member: whose it is.
        typed: the passphrase.
        salt: drawn for it alone.

    Raises:
        NotLetInError: it is too short or too long.
    """
    words = plain_words(typed)
    if not LETTERS_MIN <= len(words) <= LETTERS_MAX:
        raise refused(
            "a passphrase that is too short" if len(words) < LETTERS_MIN else "a very long one",
            f"{LETTERS_MIN} to {LETTERS_MAX} letters",
            "take four or five words that are nobody's saying",
        )
    return Passphrase(member=member, salt=salt.hex(), digest=_digest(words, salt, COST), cost=COST)


def is_passphrase(typed: str, kept: Passphrase) -> bool:
    """Whether this is the passphrase. It takes the same time either way."""
    found = _digest(plain_words(typed), bytes.fromhex(kept.salt), kept.cost)
    return hmac.compare_digest(found, kept.digest)


def nobodys(salt: bytes) -> Passphrase:
    """A passphrase nobody has, to spend the same time on where there is none to compare."""
    return Passphrase(member="nobody", salt=salt.hex(), digest="", cost=COST)


def _digest(words: str, salt: bytes, cost: int) -> str:
    with _ONE_AT_A_TIME:
        return hashlib.scrypt(
            words.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=cost,
            r=_BLOCK,
            p=_LANES,
            maxmem=_MEMORY_BYTES,
            dklen=32,
        ).hex()
