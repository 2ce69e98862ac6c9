"""A phone with Home Assistant's app on it, told by a notify action."""

import re

from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.adapters.notices.way import TITLE, TRY_S
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.ports.notices import NoticeLostError
from evenfall.ports.outputs import OutputUnavailableError

_SERVICE = re.compile(r"notify\.[a-z0-9_]+")
_TEMPLATE_SIGNS = str.maketrans("{}", "()")

# A dozing Android phone is woken for it, and an iPhone shows it in a Focus that lets
# time-sensitive notices through:
# https://companion.home-assistant.io/docs/notifications/critical-notifications
_SOON: dict[str, object] = {
    "ttl": 0,
    "priority": "high",
    "channel": TITLE,
    "push": {"interruption-level": "time-sensitive"},
}


class HomeAssistantPhone:
    """One notify action.

    Args:
        api: the Home Assistant that has it.
        service: like notify.mobile_app_maras_phone.

    Raises:
        EvenfallError: that is no notify action's name.
    """

    def __init__(self, api: HomeAssistantApi, service: str) -> None:
        if _SERVICE.fullmatch(service) is None:
            raise EvenfallError(_no_service(service))
        self._api = api
        self._service = service

    @property
    def where(self) -> str:
        """Its name and address, for whoever mends it."""
        return f"{self._service} at {self._api.url}"

    async def send(self, text: str) -> None:
        """Say it (`notices.way`).

        Raises:
            NoticeLostError: Home Assistant did not take it.
        """
        data: dict[str, object] = {"title": TITLE, "message": _plain(text)}
        if self._service.startswith("notify.mobile_app_"):  # others may refuse what they don't know
            data["data"] = _SOON
        try:
            await self._api.call(self._service.replace(".", "/", 1), data, None, TRY_S)
        except OutputUnavailableError as error:
            why = error.faults[0]
            raise NoticeLostError(_lost(self.where, why)) from error


def _plain(text: str) -> str:
    """Words that stay words: Home Assistant reads a message as a template.

    Example:
        >>> _plain("{{ states }}")
        '(( states ))'
    """
    return text.translate(_TEMPLATE_SIGNS)


def _lost(where: str, why: Fault) -> Fault:
    return Fault(
        found="Home Assistant did not take the notice.",
        place=Place(where),
        expected=why.expected,
        mend="look under Developer tools, Actions, whether it has this notify action, and try it "
        f"there; then {why.mend}",
    )


def _no_service(service: str) -> Fault:
    return Fault(
        found=f"{service!r} where a notify action of Home Assistant belongs",
        place=Place(),
        expected="notify. and its short name, in small letters, digits and _",
        mend="copy it from Home Assistant: Developer tools, Actions, notify",
    )
