"""The lamps of the house as the home's network has them: a WLED lamp, and one of a Home Assistant.

They answer at the level of a request: what is modelled is when they answer, how late, and what the
lamp then really gives at the pillow, second by second. The Home Assistant watches the heartbeat as
an automation made from docs/blueprints does.
"""

import asyncio
import random
from typing import Any, ClassVar

import msgspec
from tests.whole.loop import PROCESS, VirtualLoop

from evenfall.adapters.devices.json_http import Answer, NoAnswerError

SILENT_S, FADE_S = 30.0, 20.0
RESTS = ("resting", "unavailable", "unknown")
FULL = 255


class Lamp:
    """One lamp: a level that goes evenly from where it is to where it was told.

    Args:
        loop: whose time it is.
        full_lx: what it really gives at the pillow at its fullest.
    """

    def __init__(self, loop: VirtualLoop, full_lx: float) -> None:
        self.loop, self.full_lx = loop, full_lx
        self.step = 0
        self._from, self._since_s, self._over_s = 0.0, 0.0, 0.0
        self.told = 0
        self._hand_until_s = float("-inf")

    @property
    def by_hand(self) -> bool:
        """Whether what it gives is somebody's own doing: also on its way down from there."""
        return self.loop.now_s < self._hand_until_s

    def shows(self) -> float:
        """Its step now, a fade under way considered."""
        passed_s = self.loop.now_s - self._since_s
        if passed_s >= self._over_s:
            return float(self.step)
        return self._from + (self.step - self._from) * passed_s / self._over_s

    def light_lx(self) -> float:
        return self.shows() / FULL * self.full_lx

    def go(self, step: int, over_s: float) -> None:
        self._from, self._since_s, self._over_s = self.shows(), self.loop.now_s, over_s
        if self.by_hand:
            self._hand_until_s = self._since_s + over_s if step <= self._from else self._since_s
        self.step = step
        self.told += 1

    def press(self, step: int) -> None:
        """Somebody uses its own switch."""
        self.go(step, 0.0)
        self._hand_until_s = float("inf")


class Host:
    """A machine on the home's network that answers requests, or does not."""

    def __init__(self, loop: VirtualLoop, chance: random.Random) -> None:
        self.loop, self.chance = loop, chance
        self.reachable = True
        self.slow_s = 0.0

    def answer(self, method: str, path: str, body: Any) -> Answer:
        raise NotImplementedError


class WledHost(Host):
    """A WLED lamp, as far as it is spoken to."""

    def __init__(self, loop: VirtualLoop, chance: random.Random, lamp: Lamp) -> None:
        super().__init__(loop, chance)
        self.lamp, self._bri = lamp, 128

    def answer(self, method: str, path: str, body: Any) -> Answer:
        if method == "POST":
            self._bri = body.get("bri", self._bri)
            self.lamp.go(self._bri if body["on"] else 0, body.get("tt", 7) / 10)
            return _json({"success": True})
        return _json({"on": self.lamp.step > 0, "bri": self.lamp.step or self._bri})


class HomeAssistantHost(Host):
    """A Home Assistant with one lamp, and an automation that watches the heartbeat."""

    LIGHT: ClassVar[str] = "light.nest_lamp"

    def __init__(
        self, loop: VirtualLoop, chance: random.Random, lamp: Lamp, safe_step: int, watches: bool
    ) -> None:
        super().__init__(loop, chance)
        self.lamp, self.safe_step, self.watches = lamp, safe_step, watches
        self.heard, self.heard_s = "unknown", 0.0
        self.took_over_s = float("-inf")
        self.running = True

    def answer(self, method: str, path: str, body: Any) -> Answer:
        if path == "/api/states":
            return _json([self._light(), self._automation()])
        if path.startswith("/api/config/automation"):
            chosen = {"lights": [self.LIGHT], "speakers": []}
            used = {"path": "evenfall/evenfall-heartbeat.yaml", "input": chosen}
            return _json({"use_blueprint": used})
        if path == f"/api/states/{self.LIGHT}":
            return _json(self._light())
        if path == "/api/states/sensor.evenfall_heartbeat":
            if body["state"] != self.heard:
                self.heard, self.heard_s = body["state"], self.loop.now_s
            return _json({})
        on = path == "/api/services/light/turn_on"
        if on or path == "/api/services/light/turn_off":
            step = int(body.get("brightness", FULL)) if on else 0
            self.lamp.go(step, float(body.get("transition", 0.0)))
            return _json([])
        return Answer(404, b"{}")

    def watch(self) -> None:
        """What its automation does about a silence: one fade to safe."""
        if not (self.watches and self.running) or self.heard in RESTS:
            return
        if self.loop.now_s - self.heard_s >= SILENT_S and self.took_over_s < self.heard_s:
            self.took_over_s = self.loop.now_s
            if self.lamp.step > self.safe_step:
                self.lamp.go(self.safe_step, FADE_S)

    def _light(self) -> dict[str, Any]:
        attributes: dict[str, Any] = {"supported_color_modes": ["rgb"], "supported_features": 32}
        if self.lamp.step:
            attributes["brightness"] = self.lamp.step
        state = "on" if self.lamp.step else "off"
        return {"entity_id": self.LIGHT, "state": state, "attributes": attributes}

    def _automation(self) -> dict[str, Any]:
        state = "on" if self.watches else "off"
        named = {"id": "evenfall-heartbeat"}
        return {"entity_id": "automation.evenfall", "state": state, "attributes": named}


def _json(body: Any) -> Answer:
    return Answer(200, msgspec.json.encode(body))


class HomeNetwork:
    """Every host of the home by its address. `connected` makes what stands in for `JsonHttp`."""

    def __init__(self, loop: VirtualLoop, chance: random.Random) -> None:
        self.loop, self.chance = loop, chance
        self.hosts: dict[str, Host] = {}

    def connected(
        self, url: str, headers: dict[str, str] | None = None, timeout_s: float = 2.0
    ) -> "Line":
        return Line(self, url, timeout_s)


class Line:
    """One program's way to one host (`adapters.devices.json_http.JsonHttp`)."""

    def __init__(self, network: HomeNetwork, url: str, timeout_s: float) -> None:
        self.network, self.url, self.timeout_s = network, url, timeout_s

    async def get(self, path: str, timeout_s: float | None = None) -> Answer:
        return await self._exchange("GET", path, None, timeout_s or self.timeout_s)

    async def post(self, path: str, body: object, timeout_s: float | None = None) -> Answer:
        told = msgspec.json.decode(msgspec.json.encode(body))
        return await self._exchange("POST", path, told, timeout_s or self.timeout_s)

    async def close(self) -> None:
        """Nothing is open."""

    async def _exchange(self, method: str, path: str, body: Any, timeout_s: float) -> Answer:
        """Ask, and wait as long as it takes; an answer too late was heard all the same."""
        host = self.network.hosts[self.url]
        if path.startswith(("/api/states", "/api/config")) and method == "GET" and _looks(path):
            return self._at_once(host, method, path, body)
        if PROCESS.get() is None or not host.reachable:
            await asyncio.sleep(min(timeout_s, 0.3))
            raise NoAnswerError("no connection")
        late_s = 0.004 + (0.02 + host.slow_s) * self.network.chance.random()
        await asyncio.sleep(min(late_s, timeout_s))
        if late_s < timeout_s:
            return self._at_once(host, method, path, body)
        heard_s = late_s - timeout_s
        self.network.loop.call_later(heard_s, self._heard_late, host, method, path, body)
        raise NoAnswerError(f"none in {timeout_s:g} s")

    def _at_once(self, host: Host, method: str, path: str, body: Any) -> Answer:
        process = PROCESS.get()
        if not host.reachable or (process is not None and not process.alive):
            raise NoAnswerError("no connection")
        return host.answer(method, path, body)

    def _heard_late(self, host: Host, method: str, path: str, body: Any) -> None:
        if host.reachable:
            host.answer(method, path, body)


def _looks(path: str) -> bool:
    """What is asked from a thread beside the loop, and so is answered without waiting."""
    return path == "/api/states" or path.startswith("/api/config")
