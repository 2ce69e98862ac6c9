"""A WLED lamp by its JSON interface (https://kno.wled.ge/interfaces/json-api/).

It fades by itself, in its own time: a fade goes with the one command and leaves the family's own
default alone. Nothing watches it, so on its own it is *advice*.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from evenfall.adapters.devices.driver import Seen, silent_fault
from evenfall.adapters.devices.json_http import TIMEOUT_S, JsonHttp, NoAnswerError
from evenfall.adapters.devices.levels import WARM_RGB
from evenfall.ports.outputs import OutputUnavailableError

STEPS = 255
FADE_UNITS_PER_S = 10  # `tt` counts in 100 ms
FADE_MAX_UNITS = 65_535
SOLID = 0  # the effect that stands still: nothing may flash beside a bed

_MEND = "see that the lamp has power and is on the home's network; open its address in a browser"


class _State(msgspec.Struct):
    on: bool
    bri: Annotated[int, Meta(ge=0, le=STEPS)]


class WledLamp:
    """One WLED lamp (`devices.driver.Driver`).

    Args:
        url: its address, like http://nest-lamp.local.
        timeout_s: for each request.

    Raises:
        EvenfallError: that is no address.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._http = JsonHttp(url, timeout_s=timeout_s)

    @property
    def steps(self) -> int:
        """255."""
        return STEPS

    @property
    def where(self) -> str:
        """Its address."""
        return self._http.url

    async def read(self) -> Seen:
        """Where it stands, or where it is going: WLED tells the end of a fade at once."""
        state = _decoded(await self._exchange(None), self.where)
        return Seen(state.bri if state.on else 0, fades=True)

    async def send(self, step: int, over_s: float, what: str) -> None:  # noqa: ARG002  # no sounds
        """Fade to a step, warm; 0 is off."""
        fade = min(round(over_s * FADE_UNITS_PER_S), FADE_MAX_UNITS)
        if step == 0:
            await self._exchange({"on": False, "tt": fade})
            return
        warm = {"fx": SOLID, "col": [[*WARM_RGB, 0]]}  # without an id: every selected segment
        await self._exchange({"on": True, "bri": step, "tt": fade, "seg": warm})

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.close()

    async def _exchange(self, state: dict[str, object] | None) -> bytes:
        try:
            if state is None:
                answer = await self._http.get("/json/state")
            else:
                answer = await self._http.post("/json/state", state)
        except NoAnswerError as error:
            raise _silent(self.where, str(error)) from error
        if answer.status != 200:
            raise _silent(self.where, f"an error, {answer.status}")
        return answer.body


def _decoded(body: bytes, where: str) -> _State:
    try:
        return msgspec.json.decode(body, type=_State)
    except msgspec.MsgspecError as error:
        raise _silent(where, "something else than a WLED lamp's state") from error


def _silent(where: str, why: str) -> OutputUnavailableError:
    return OutputUnavailableError(silent_fault("light", where, why, _MEND))
