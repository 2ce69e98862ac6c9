"""A light of a Home Assistant.

Warm wherever the light has colours, else as warm as its white goes. A light that knows only on
and off is never switched on for anything less than its full.
"""

from typing import Any, ClassVar

from evenfall.adapters.devices.driver import Seen, silent_fault
from evenfall.adapters.devices.levels import WARM_RGB
from evenfall.adapters.devices.quality import Quality
from evenfall.adapters.homeassistant.api import EntityState, HomeAssistantApi, checked_entity
from evenfall.ports.outputs import OutputUnavailableError

STEPS = 255
TRANSITION = 32  # LightEntityFeature.TRANSITION
FADE_MAX_S = 6553  # Home Assistant's own bound on a transition
COLOURED = {"hs", "rgb", "rgbw", "rgbww", "xy"}


class HomeAssistantLight:
    """One light (`devices.driver.Driver`).

    Args:
        api: the Home Assistant; whoever made it closes it.
        entity_id: like light.bed_light.

    Raises:
        EvenfallError: that is no light's name.
    """

    QUALITY: ClassVar[Quality] = Quality(
        level="program",
        reads_back=True,
        holds="watched",
        tried_with="Home Assistant 2024.3 itself and its demonstration lights",
    )

    def __init__(self, api: HomeAssistantApi, entity_id: str) -> None:
        self._api = api
        self._entity_id = checked_entity(entity_id, "light")
        self._colour: dict[str, object] = {}

    @property
    def steps(self) -> int:
        """255."""
        return STEPS

    @property
    def where(self) -> str:
        """Its entity and the address of its Home Assistant."""
        return f"{self._entity_id} at {self._api.url}"

    async def read(self) -> Seen:
        """Where it stands, or is going to, as Home Assistant tells it."""
        found = await self._api.state(self._entity_id, "light")
        if found.state not in ("on", "off"):
            raise self._unavailable(found.state)
        self._colour = _warmest(found.attributes)
        modes = set(found.attributes.get("supported_color_modes") or ())
        return Seen(
            step=_brightness(found),
            fades=bool(int(found.attributes.get("supported_features") or 0) & TRANSITION),
            dims=modes != {"onoff"},
        )

    async def send(self, step: int, over_s: float, what: str) -> None:  # noqa: ARG002  # no sounds
        """Fade to a step, warm; 0 is off. A light that cannot fade changes at once."""
        data: dict[str, object] = {
            "entity_id": self._entity_id,
            "transition": min(round(over_s, 1), FADE_MAX_S),
        }
        if step == 0:
            await self._api.call("light/turn_off", data, "light")
        else:
            data |= {"brightness": step} | self._colour
            await self._api.call("light/turn_on", data, "light")

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _unavailable(self, state: str) -> OutputUnavailableError:
        mend = "see that the lamp has power and that its wall switch is on"
        return OutputUnavailableError(
            silent_fault("light", self.where, f"Home Assistant calling it {state}", mend)
        )


def _brightness(found: EntityState) -> int:
    if found.state == "off":
        return 0
    brightness = found.attributes.get("brightness")
    return STEPS if brightness is None else max(1, min(STEPS, int(brightness)))


def _warmest(attributes: dict[str, Any]) -> dict[str, object]:
    modes = set(attributes.get("supported_color_modes") or ())
    if modes & COLOURED:
        return {"rgb_color": list(WARM_RGB)}
    warmest_k = attributes.get("min_color_temp_kelvin")
    if "color_temp" in modes and warmest_k:
        return {"color_temp_kelvin": int(warmest_k)}
    return {}
