"""A media player of a Home Assistant, as a speaker.

The volume is always set before anything begins to play, so that nothing starts loud. A player
that is not playing counts as silent, whatever its volume says.
"""

from collections.abc import Mapping
from typing import ClassVar

from evenfall.adapters.devices.driver import Seen, silent_fault
from evenfall.adapters.devices.quality import Quality
from evenfall.adapters.homeassistant.api import HomeAssistantApi, checked_entity
from evenfall.ports.outputs import OutputUnavailableError

STEPS = 100
"""Players round their volume, many to hundredths: no finer step is trusted (own choice)."""

_SILENT = {"off", "idle", "standby", "paused"}
_PLAYING = {"on", "playing", "buffering"}


class HomeAssistantPlayer:
    """One media player (`devices.driver.Driver`).

    Args:
        api: the Home Assistant; whoever made it closes it.
        entity_id: like media_player.bedroom.
        sounds: where it finds each soundscape, by name; without one, only what already plays is
            made louder or quieter.

    Raises:
        EvenfallError: that is no media player's name.
    """

    QUALITY: ClassVar[Quality] = Quality(
        level="program",
        reads_back=True,
        holds="watched",
        tried_with="Home Assistant 2024.3 itself and its demonstration players",
    )

    def __init__(
        self, api: HomeAssistantApi, entity_id: str, sounds: Mapping[str, str] | None = None
    ) -> None:
        self._api = api
        self._entity_id = checked_entity(entity_id, "media_player")
        self._sounds = dict(sounds or {})
        self._playing = ""

    @property
    def steps(self) -> int:
        """100."""
        return STEPS

    @property
    def where(self) -> str:
        """Its entity and the address of its Home Assistant."""
        return f"{self._entity_id} at {self._api.url}"

    async def read(self) -> Seen:
        """How loud it plays, in hundredths of full volume; 0 where it does not play."""
        found = await self._api.state(self._entity_id, "sound")
        if found.state in _SILENT:
            return Seen(0)
        if found.state not in _PLAYING:
            raise self._unavailable(found.state)
        if found.attributes.get("is_volume_muted"):
            return Seen(0)
        level = found.attributes.get("volume_level")
        return Seen(STEPS if level is None else round(float(level) * STEPS))

    async def send(self, step: int, over_s: float, what: str) -> None:  # noqa: ARG002  # no fades
        """Set the volume, and begin a soundscape where it is another; 0 stops it."""
        player: dict[str, object] = {"entity_id": self._entity_id}
        volume = {"volume_level": step / STEPS}
        await self._api.call("media_player/volume_set", player | volume, "sound")
        if step == 0:
            await self._api.call("media_player/media_stop", player, "sound")
            self._playing = ""
        elif what in self._sounds and what != self._playing:
            media = {"media_content_id": self._sounds[what], "media_content_type": "music"}
            await self._api.call("media_player/play_media", player | media, "sound")
            self._playing = what

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _unavailable(self, state: str) -> OutputUnavailableError:
        mend = "see that the speaker has power and is on the home's network"
        return OutputUnavailableError(
            silent_fault("sound", self.where, f"Home Assistant calling it {state}", mend)
        )
