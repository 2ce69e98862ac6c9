"""A family's Home Assistant at set-up: does it let us in, what is there, does anything watch us.

These wait for an answer, so they belong to set-up and to `evenfall doctor`, never to a night.
"""

from typing import TYPE_CHECKING

import msgspec

from evenfall.adapters.devices.background import Background
from evenfall.adapters.homeassistant.api import LIST_TIMEOUT_S, EntityState, HomeAssistantApi
from evenfall.adapters.homeassistant.heartbeat import ENTITY_ID, Heartbeat
from evenfall.adapters.homeassistant.light import HomeAssistantLight
from evenfall.adapters.homeassistant.phone import HomeAssistantPhone
from evenfall.adapters.homeassistant.player import HomeAssistantPlayer
from evenfall.records.household import OutputKind

if TYPE_CHECKING:
    from evenfall.adapters.homeassistant.button import StopButton

BLUEPRINT = "evenfall-heartbeat.yaml"
AUTOMATIONS_MAX = 500
_KINDS: dict[str, OutputKind] = {"light": "light", "media_player": "sound"}


class FoundEntity(msgspec.Struct, frozen=True):
    """A light or media player that could be an output."""

    entity_id: str
    name: str
    kind: OutputKind
    available: bool


class HomeAssistant:
    """One Home Assistant, its token, and what can be had of it.

    Args:
        url: like http://homeassistant.local:8123.
        token: a long-lived access token.
        background: the thread everything happens on; the same one `RoomDevices` has.

    Raises:
        EvenfallError: that is no address.
    """

    def __init__(self, url: str, token: str, background: Background) -> None:
        self.api = HomeAssistantApi(url, token)
        self._background = background
        self._let_in = (url, token)

    def entities(self) -> tuple[FoundEntity, ...]:
        """The lights and media players there, by name. It also shows that the token is good.

        Raises:
            OutputUnavailableError: it does not answer, or refuses the token.
        """
        states = self._background.ask(self.api.states(), 2 * LIST_TIMEOUT_S)
        found = [_found(one) for one in states if one.entity_id.split(".")[0] in _KINDS]
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def light(self, entity_id: str) -> HomeAssistantLight:
        """A light, for a `Fixture`."""
        return HomeAssistantLight(self.api, entity_id)

    def player(self, entity_id: str, sounds: dict[str, str] | None = None) -> HomeAssistantPlayer:
        """A media player, for a `Fixture`; `sounds` says where it finds each soundscape."""
        return HomeAssistantPlayer(self.api, entity_id, sounds)

    def phone(self, service: str) -> HomeAssistantPhone:
        """A phone with Home Assistant's app on it, by its notify action."""
        return HomeAssistantPhone(self.api, service)

    def heartbeat(self) -> Heartbeat:
        """The heartbeat this Home Assistant is told of."""
        return Heartbeat(self.api, self._background)

    def button(self, entity_id: str) -> "StopButton":
        """A button that stops, to be listened to."""
        # Imported here: only a home that has one speaks this, and a guard is to be up soon.
        from evenfall.adapters.homeassistant.button import StopButton

        return StopButton(*self._let_in, entity_id)

    def has(self, entity_id: str) -> bool:
        """Whether there is such an entity, and it is not out of reach.

        Raises:
            OutputUnavailableError: Home Assistant does not answer, or refuses the token.
        """
        states = self._background.ask(self.api.states(), 2 * LIST_TIMEOUT_S)
        there = [one for one in states if one.entity_id == entity_id]
        return bool(there) and there[0].state != "unavailable"

    def press(self, entity_id: str) -> None:
        """Press a button there, as somebody would: for a drill. An `event` cannot be pressed so.

        Raises:
            OutputUnavailableError: Home Assistant does not answer, or will not do it.
        """
        service = f"{entity_id.partition('.')[0]}/press"
        asked = self.api.call(service, {"entity_id": entity_id}, None)
        self._background.ask(asked, LIST_TIMEOUT_S)

    def has_watchdog(self, entity_id: str, automation: str = "") -> bool:
        """Whether an automation that is switched on brings an entity to safe if we fall silent.

        It is looked for among the automations made from the blueprint; reading those needs the
        token of an administrator. Where that is not to be, a person may name the automation.

        Args:
            entity_id: the light or media player.
            automation: the automation a person says does it, like automation.evenfall, or ''.

        Raises:
            OutputUnavailableError: Home Assistant does not answer, or refuses the token.
        """
        return self._background.ask(self._watched(entity_id, automation), 3 * LIST_TIMEOUT_S)

    def close(self) -> None:
        """Let go of the connections; the rooms that use them are closed before."""
        self._background.ask(self.api.close(), LIST_TIMEOUT_S)

    async def _watched(self, entity_id: str, named: str) -> bool:
        states = await self.api.states()
        running = [
            one for one in states if one.entity_id.startswith("automation.") and one.state == "on"
        ]
        if any(one.entity_id == named for one in running):
            return True
        for one in running[:AUTOMATIONS_MAX]:
            written = await self.api.automation(str(one.attributes.get("id") or "-"))
            if written is not None and _watches(written, entity_id):
                return True
        return False


def _found(state: EntityState) -> FoundEntity:
    return FoundEntity(
        entity_id=state.entity_id,
        name=str(state.attributes.get("friendly_name") or state.entity_id),
        kind=_KINDS[state.entity_id.split(".")[0]],
        available=state.state not in ("unavailable", "unknown"),
    )


def _watches(written: dict[str, object], entity_id: str) -> bool:
    """True for an automation of our blueprint, on our heartbeat, with this entity in it."""
    used = written.get("use_blueprint")
    if not isinstance(used, dict) or not str(used.get("path", "")).endswith(BLUEPRINT):
        return False
    given = used.get("input")
    if not isinstance(given, dict) or given.get("heartbeat", ENTITY_ID) != ENTITY_ID:
        return False
    chosen = [given.get("lights") or [], given.get("speakers") or []]
    return any(entity_id == one or (isinstance(one, list) and entity_id in one) for one in chosen)
