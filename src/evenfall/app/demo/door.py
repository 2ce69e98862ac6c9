"""Lets a phone into the made-up home, as `evenfall pair` does: four words, once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from evenfall.adapters.sqlite.access import SqliteAccess
from evenfall.app.access.gatekeeper import Gatekeeper
from evenfall.app.demo.home import ROOM
from evenfall.app.home import Home, load_household

LOOK_AGAIN_S = 1.0


class DemoDoor:
    """Who is let in, and with which words.

    Args:
        gatekeeper: the made-up home's own.
    """

    def __init__(self, gatekeeper: Gatekeeper) -> None:
        self._gatekeeper = gatekeeper
        self._looked_s = float("-inf")
        self._screens: tuple[str, ...] = ()

    def words(self) -> str:
        """Four words that let one screen in, as the nest's bedside."""
        return self._gatekeeper.invite("device", room=ROOM, by=None)[1]

    def screens(self) -> tuple[str, ...]:
        """The screens that are in, by what they are called."""
        if time.monotonic() - self._looked_s >= LOOK_AGAIN_S:
            self._looked_s = time.monotonic()
            self._screens = tuple(one.label for one in self._gatekeeper.sessions(None))
        return self._screens


@contextmanager
def opened_door(home: Home) -> Iterator[DemoDoor]:
    """The made-up home's door, with nobody in.

    Raises:
        AccessUnavailableError: it cannot be opened.
    """
    household = load_household(home.household_file).record
    store = SqliteAccess(home.access_database)
    try:
        gatekeeper = Gatekeeper(store, lambda: household, lambda: datetime.now(UTC))
        for session in gatekeeper.sessions(None):
            gatekeeper.revoke(None, session.id)
        yield DemoDoor(gatekeeper)
    finally:
        store.close()
