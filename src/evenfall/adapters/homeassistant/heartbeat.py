"""The heartbeat that an automation in Home Assistant watches (docs/blueprints).

It beats only for as long as the hub's own loop says that it lives: a hub that hangs goes silent
though this thread does not. At the end of a night it says *resting*, so that nothing fades then.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.driver import GivesUpError
from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.ports.outputs import OutputUnavailableError

ENTITY_ID = "sensor.evenfall_heartbeat"
RESTING = "resting"
EVERY_S = 10.0
"""Beats this far apart; the blueprint takes 30 s of silence for the end, and fades within 20 s
more, so that a dead hub's room is safe within 60 s (DESIGN.md)."""

REST_TRIES, REST_AGAIN_S = 10, 2.0
"""Ten tries, 2 s apart, end before the blueprint's 30 s of silence do (own choice)."""

CLOSE_WITHIN_S = 3.0

_ATTRIBUTES: dict[str, object] = {
    "friendly_name": "Evenfall heartbeat",
    "icon": "mdi:weather-night",
}


class Heartbeat:
    """One home's heartbeat.

    Args:
        api: the Home Assistant that is told.
        background: the thread that tells it.
    """

    def __init__(self, api: HomeAssistantApi, background: Background) -> None:
        self._api = api
        self._background = background
        self.last_sent_s = float("-inf")
        self._told: asyncio.Task[None] | None = None

    def beat(self) -> None:
        """The hub lives and a night is under way. Call it often, at least once a second."""
        if time.monotonic() - self.last_sent_s >= EVERY_S:
            self.last_sent_s = time.monotonic()
            self._background.post(self._begin, datetime.now(UTC).isoformat(timespec="seconds"))

    def rest(self) -> None:
        """No night is under way: from here on silence means nothing. Comes back at once."""
        self.last_sent_s = float("-inf")
        self._background.post(self._begin, RESTING)

    def close(self) -> None:
        """Rest, and wait until that is known: 3 s at most. For a hub that closes in order."""
        self.rest()
        with suppress(TimeoutError):
            self._background.ask(self._until_told(), CLOSE_WITHIN_S)

    def _begin(self, state: str) -> None:
        if self._told is not None:
            self._told.cancel()
        self._told = asyncio.create_task(self._tell(state))

    async def _until_told(self) -> None:
        if self._told is not None:
            await asyncio.wait([self._told])

    async def _tell(self, state: str) -> None:
        """Say it. A beat that is missed is what the watchdog is for; resting must be known."""
        for _ in range(REST_TRIES if state == RESTING else 1):
            try:
                return await self._api.tell(ENTITY_ID, state, _ATTRIBUTES | {"every_s": EVERY_S})
            except GivesUpError:
                return None
            except OutputUnavailableError:
                await asyncio.sleep(REST_AGAIN_S)
        return None
