"""The few words of Home Assistant's REST interface that Evenfall speaks.

https://developers.home-assistant.io/docs/api/rest. The token stays in the header of these
requests: it is in no error, no report and no log.
"""

import re
from collections.abc import Awaitable
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from evenfall.adapters.devices.driver import GivesUpError, silent_fault
from evenfall.adapters.devices.json_http import TIMEOUT_S, Answer, JsonHttp, NoAnswerError
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import OutputKind

Told = TypeVar("Told")

_ENTITY = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
LIST_TIMEOUT_S = 10.0  # a large home's whole list over a slow network (own choice)


class EntityState(msgspec.Struct, frozen=True):
    """An entity as Home Assistant tells it."""

    entity_id: str
    state: str
    attributes: dict[str, Any] = {}  # msgspec copies it


class HomeAssistantApi:
    """One Home Assistant, by its address and a long-lived token.

    Args:
        url: like http://homeassistant.local:8123.
        token: made in Home Assistant under one's profile, Security, Long-lived access tokens.
        timeout_s: for each request.

    Raises:
        EvenfallError: that is no address, or no token.
    """

    def __init__(self, url: str, token: str, timeout_s: float = TIMEOUT_S) -> None:
        headers = {"authorization": f"Bearer {checked_token(token)}"}
        self._http = JsonHttp(url, headers, timeout_s)

    @property
    def url(self) -> str:
        """Its address."""
        return self._http.url

    async def state(self, entity_id: str, kind: OutputKind = "light") -> EntityState:
        """An entity's state.

        Raises:
            GivesUpError: the token is refused.
            OutputUnavailableError: no usable answer, or there is no such entity (yet: it may be
                starting).
        """
        answer = await self._asked(self._http.get(f"/api/states/{entity_id}"), entity_id, kind)
        if answer.status == 404:
            raise OutputUnavailableError(self._unknown(entity_id))
        return self._decoded(answer, EntityState, entity_id, kind)

    async def states(self) -> list[EntityState]:
        """Every entity there is.

        Raises:
            OutputUnavailableError: no usable answer.
        """
        answer = await self._asked(self._http.get("/api/states", LIST_TIMEOUT_S), self.url, None)
        return self._decoded(answer, list[EntityState], self.url, None)

    async def call(
        self,
        service: str,
        data: dict[str, object],
        kind: OutputKind | None,
        timeout_s: float | None = None,
    ) -> None:
        """Call a service, like light/turn_on; with a time of its own for what is slow.

        Raises:
            GivesUpError: the token is refused.
            OutputUnavailableError: Home Assistant does not answer, or will not do it.
        """
        where = str(data.get("entity_id", self.url))
        asked = self._http.post(f"/api/services/{service}", data, timeout_s)
        answer = await self._asked(asked, where, kind)
        if answer.status != 200:
            raise self._silent(f"an error, {answer.status}", where, kind)

    async def tell(self, entity_id: str, state: str, attributes: dict[str, object]) -> None:
        """Set the state of an entity that is Evenfall's own.

        Raises:
            OutputUnavailableError: it was not taken.
        """
        body = {"state": state, "attributes": attributes}
        answer = await self._asked(
            self._http.post(f"/api/states/{entity_id}", body), entity_id, None
        )
        if answer.status not in (200, 201):
            raise self._silent(f"an error, {answer.status}", entity_id, None)

    async def automation(self, automation_id: str) -> dict[str, Any] | None:
        """An automation as written; None where it is kept elsewhere or may not be read."""
        try:
            path = f"/api/config/automation/config/{quote(automation_id, safe='')}"
            answer = await self._http.get(path, LIST_TIMEOUT_S)
            if answer.status != 200:
                return None
            return msgspec.json.decode(answer.body, type=dict[str, Any])
        except (NoAnswerError, msgspec.MsgspecError):
            return None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def _asked(
        self, exchange: Awaitable[Answer], where: str, kind: OutputKind | None
    ) -> Answer:
        try:
            answer = await exchange
        except NoAnswerError as error:
            raise self._silent(str(error), where, kind) from error
        if answer.status in (401, 403):
            raise GivesUpError(self._refused())
        return answer

    def _decoded(
        self, answer: Answer, shape: type[Told], where: str, kind: OutputKind | None
    ) -> Told:
        if answer.status != 200:
            raise self._silent(f"an error, {answer.status}", where, kind)
        try:
            return msgspec.json.decode(answer.body, type=shape)
        except msgspec.MsgspecError as error:
            raise self._silent("something else than an entity's state", where, kind) from error

    def _silent(self, why: str, where: str, kind: OutputKind | None) -> OutputUnavailableError:
        mend = f"open {self.url} in a browser; if that fails too, start Home Assistant again"
        if kind is not None:
            return OutputUnavailableError(silent_fault(kind, where, why, mend))
        found = "Home Assistant doesn't answer. The story goes on."
        expected = f"an answer in time, and there was {why}"
        return OutputUnavailableError(Fault(found, Place(where), expected, mend))

    def _refused(self) -> Fault:
        return Fault(
            found="Home Assistant refuses the token. The story goes on, without its lamps.",
            place=Place(self.url),
            expected="a long-lived access token of a user who is active",
            mend="in Home Assistant, under your profile and Security, make a new long-lived "
            "access token and give that to Evenfall",
        )

    def _unknown(self, entity_id: str) -> Fault:
        return Fault(
            found=f"Home Assistant knows no {entity_id}. The story goes on without it.",
            place=Place(self.url),
            expected="the name of a light or media player, like light.bed_light",
            mend="look it up in Home Assistant under Settings, Devices & services, Entities",
        )


def checked_entity(entity_id: str, domain: str) -> str:
    """An entity's name, where it is one and of the right kind.

    Raises:
        EvenfallError: it is something else.

    Example:
        >>> checked_entity("light.bed_light", "light")
        'light.bed_light'
    """
    if _ENTITY.fullmatch(entity_id) and entity_id.startswith(f"{domain}."):
        return entity_id
    raise EvenfallError(
        Fault(
            found=f"{entity_id!r} where a {domain} of Home Assistant belongs",
            place=Place(),
            expected=f"{domain}. and its short name, in small letters, digits and _",
            mend="copy it from Home Assistant: Settings, Devices & services, Entities",
        )
    )


def checked_token(token: str) -> str:
    """A token, where it could be one. What is wrong with it is said without showing it.

    Raises:
        EvenfallError: it is something else.
    """
    if _TOKEN.fullmatch(token.strip()):
        return token.strip()
    raise EvenfallError(
        Fault(
            found="something else where a token of Home Assistant belongs",
            place=Place(),
            expected="one long word of letters, digits and . - _",
            mend="copy the long-lived access token again, all of it and nothing else",
        )
    )
