"""Whether a guardian's act is one: who signed it, on which screen, how long ago, and only once.

The cookie says which screen asks, and whoever carries the cookie could say it too: a tunnel, a
proxy. The signature says that the screen itself asked, for this and for nothing else. A key is
shown to the house at home, or within ten minutes of coming in and then once: later, from afar,
nobody can slip in another.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace

from evenfall.app.access.lifetimes import FRESH_FOR
from evenfall.app.web.rate import Rate
from evenfall.formats.errors import Fault, Place
from evenfall.ports.access import AccessStore, AccessUnavailableError
from evenfall.records.access import Caller
from evenfall.records.act import Act, KeyOffer, ScreenKey, SignedAct
from evenfall.runtime.hub import AskRefusedError

ACT_AGE_MAX = timedelta(minutes=5)
"""A word from elsewhere that is older is refused, as the open insulin systems do; so does the
guard (`guard.desk.OVERRIDE_S`)."""

AHEAD_MAX = timedelta(minutes=1)
"""A screen's clock may be so far ahead of the house's (own choice)."""

ACTS_PER_MIN = 12
"""How many acts one screen may sign in a minute: more than a hand presses (own choice)."""

SCREENS_REMEMBERED = 256


class ActRefusedError(AskRefusedError):
    """An act that is not done, and why."""


class ActKeys:
    """The keys of guardians' screens, and how far their acts are counted.

    Args:
        store: where they are kept, with the screens themselves.
        now_utc: the machine's own clock.
        now_s: seconds that only go forward, for the pace.
    """

    def __init__(
        self,
        store: AccessStore,
        now_utc: Callable[[], datetime],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._now_utc = store, now_utc
        self._pace = Rate(now_s)
        self._counts: dict[str, int] = {}

    def key_of(self, screen: str | None) -> str:
        """The public key the house knows a screen by, or ''."""
        with suppress(AccessUnavailableError):
            known = self._store.find(ScreenKey, screen) if screen else None
            return "" if known is None else known.public_key
        return ""

    def offer(self, caller: Caller, offer: KeyOffer) -> ScreenKey:
        """Know a screen by its key from here on.

        Args:
            caller: the screen.
            offer: its public key, and its word for it.

        Raises:
            ActRefusedError: the word does not hold, or it comes from elsewhere too late.
            AccessUnavailableError: it cannot be kept.
        """
        screen = caller.session or ""
        if not screen or not is_signed(screen_words(screen), offer.signature, offer.public_key):
            raise _refused(_UNSIGNED)
        with self._store.changing():
            known = self._store.find(ScreenKey, screen)
            if known is not None and known.public_key == offer.public_key:
                return known
            if caller.elsewhere and (known is not None or not self._is_fresh(caller)):
                raise _refused(_KEY_FROM_AFAR)
            key = ScreenKey(screen=screen, public_key=offer.public_key, made_utc=self._now_utc())
            self._store.keep(key)
        self._counts.pop(screen, None)
        return key

    def _is_fresh(self, caller: Caller) -> bool:
        made_utc = caller.made_utc
        return made_utc is not None and timedelta() <= self._now_utc() - made_utc < FRESH_FOR

    def admit(self, caller: Caller, signed: SignedAct, zone: tzinfo) -> Act:
        """The act that a screen signed, if it holds, is new and may be done from where it came.

        At home its age does not matter: it is the same as pressing stop.

        Args:
            caller: the screen it came from.
            signed: what was signed.
            zone: the home's, to say what time it is.

        Raises:
            ActRefusedError: it does not hold; the fault says why, and what can be done.
        """
        act = readable(signed)
        if caller.session is None or (act.screen, act.by) != (caller.session, caller.member):
            raise _refused(_ANOTHERS)
        known = self._known(caller.session)
        if known is None:
            raise _refused(_NO_KEY)
        if not is_signed(signed.signed, signed.signature, known.public_key):
            raise _refused(_UNSIGNED)
        if caller.elsewhere:
            _refuse_late(act, self._now_utc(), zone)
        if not self._pace.allows(caller.session, ACTS_PER_MIN):
            raise _refused(_TOO_MANY)
        self._count(act)
        return act

    def _known(self, screen: str) -> ScreenKey | None:
        try:
            return self._store.find(ScreenKey, screen)
        except AccessUnavailableError:
            raise _refused(_NO_LIST) from None

    def _count(self, act: Act) -> None:
        """Take an act's number, once. What cannot be written is remembered: a full disk keeps
        nobody from making a room quiet.
        """
        try:
            with self._store.changing():
                known = self._store.find(ScreenKey, act.screen)
                last = max(known.count if known else 0, self._counts.get(act.screen, 0))
                if act.count <= last:
                    raise _refused(_AGAIN)
                if known is not None:
                    self._store.keep(replace(known, count=act.count))
        except AccessUnavailableError:
            if act.count <= self._counts.get(act.screen, 0):
                raise _refused(_AGAIN) from None
        self._counts[act.screen] = act.count
        if len(self._counts) > SCREENS_REMEMBERED:
            self._counts.pop(next(iter(self._counts)))


def screen_words(screen: str) -> str:
    """What a screen signs to show that a key is its own."""
    return f"evenfall screen {screen}"


def readable(signed: SignedAct) -> Act:
    """The act in a text.

    Raises:
        ActRefusedError: there is none that this house knows.
    """
    try:
        return msgspec.json.decode(signed.signed, type=Act)
    except msgspec.MsgspecError:
        raise _refused(_UNREADABLE) from None


def is_signed(text: str, signature: str, public_key: str) -> bool:
    """Whether a text was signed by a key, to the byte.

    Args:
        text: what was signed.
        signature: Ed25519 (RFC 8032), in hex.
        public_key: in hex.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _refuse_late(act: Act, now_utc: datetime, zone: tzinfo) -> None:
    age = now_utc - act.asked_utc
    if -AHEAD_MAX <= age <= ACT_AGE_MAX:
        return
    then, now = clock_words(act.asked_utc, zone), clock_words(now_utc, zone)
    raise _refused(
        Fault(
            f"a word given at {then} by this screen's clock, where the house has {now}",
            Place(),
            "a word at most five minutes old, by a clock that is right",
            "look at this screen's clock, and press once more; nothing was done",
        )
    )


def clock_words(at: datetime, zone: tzinfo) -> str:
    """A moment as a clock on the wall of this home shows it; as it came, where none can."""
    with suppress(OverflowError):
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
    return at.isoformat()


def _refused(fault: Fault) -> ActRefusedError:
    return ActRefusedError(fault)


_UNREADABLE = Fault(
    "something that is no act of a guardian",
    Place(),
    "to make a room quiet, everything safe, or an invitation",
    "load the page again",
)
_ANOTHERS = Fault(
    "an act that another screen signed",
    Place(),
    "an act of this screen's own",
    "load the page again, and press once more",
)
_NO_KEY = Fault(
    "a screen whose signature the house does not know yet",
    Place(),
    "a screen that was opened at home once",
    "open Tonight on it at home, or let it in anew; someone at home can stop anything",
)
_KEY_FROM_AFAR = Fault(
    "a new signature for this screen, shown from outside the home",
    Place(),
    "a signature shown at home, or within ten minutes of coming in",
    "open Tonight on it at home, or let it in anew",
)
_UNSIGNED = Fault(
    "a signature that is not this screen's",
    Place(),
    "an act as this screen signed it",
    "open Tonight on it at home once more; someone at home can stop anything",
)
_AGAIN = Fault(
    "an act that was taken already, or one older than the last",
    Place(),
    "each act once",
    "look at Tonight: what was asked stands there; press once more for another",
)
_TOO_MANY = Fault(
    "more acts in one minute than this house takes from one screen",
    Place(),
    "a little patience; a stop is never counted",
    "ask again in a moment",
)
_NO_LIST = Fault(
    "a list of screens that cannot be read just now",
    Place(),
    "a house that can tell whose word it is",
    "ask someone at home; a stop works there",
)
