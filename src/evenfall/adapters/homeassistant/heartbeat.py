"""The heartbeat that an automation in Home Assistant watches (docs/blueprints).

It beats only for as long as the hub's own loop says that it lives: a hub that hangs goes silent
though this thread does not. At the end of a night it says *resting*, so that nothing fades then.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

from evenfall.adapters.devices.background import Background
from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.ports.outputs import OutputUnavailableError

ENTITY_ID = "sensor.evenfall_heartbeat"
RESTING = "resting"
EVERY_S = 10.0
"""Beats this far apart; the blueprint takes 30 s of silence for the end, and fades within 20 s
more, so that a dead hub's room is safe within 60 s (DESIGN.md)."""

REST_WITHIN_S = 3.0


class Heartbeat:
    """One home's heartbeat.

    Args:
        api: the Home Assistant that is told.
        background: the thread that tells it.
        every_s: seconds between two beats.
    """

    def __init__(
        self, api: HomeAssistantApi, background: Background, every_s: float = EVERY_S
    ) -> None:
        self._api = api
        self._background = background
        self._every_s = every_s
        self._sent_s = float("-inf")
        self._told: asyncio.Task[None] | None = None

    def beat(self) -> None:
        """The hub lives and a night is under way. Call it often, at least once a second."""
        if time.monotonic() - self._sent_s >= self._every_s:
            self._sent_s = time.monotonic()
            self._background.post(self._begin, datetime.now(UTC).isoformat(timespec="seconds"))

    def rest(self) -> None:
        """No night is under way: from here on silence means nothing. Waits 3 s at most."""
        self._sent_s = float("-inf")
        with suppress(TimeoutError, OutputUnavailableError):
            self._background.ask(self._tell_last(RESTING), REST_WITHIN_S)

    def _begin(self, state: str) -> None:
        if self._told is not None:
            self._told.cancel()
        self._told = asyncio.create_task(self._tell(state))

    async def _tell_last(self, state: str) -> None:
        if self._told is not None:
            self._told.cancel()
        await self._tell(state)

    async def _tell(self, state: str) -> None:
        attributes: dict[str, object] = {
            "friendly_name": "Evenfall heartbeat",
            "icon": "mdi:weather-night",
            "every_s": self._every_s,
        }
        with suppress(OutputUnavailableError):  # a beat that is missed is what the watchdog is for
            await self._api.tell(ENTITY_ID, state, attributes)
