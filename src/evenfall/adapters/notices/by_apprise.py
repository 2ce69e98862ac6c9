"""An adult called by Apprise, which speaks to some hundred services: ntfy, Signal, mail and more.

Their addresses hold passwords, so they stand in a file of their own, one a line, and no error
and no log repeats one. Apprise is an extra: `pip install 'evenfall[notices]'`.
"""

import asyncio
import logging
from types import ModuleType

from evenfall.adapters.notices.way import TITLE, TRY_S
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.ports.notices import NoticeLostError

ADDRESSES_MAX = 8
"""As many ways to one adult, and no more (this project's own choice)."""

_KINDS = "https://appriseit.com/services"


class ApprisePhone:
    """One address for Apprise.

    Args:
        address: like ntfy://a-word-nobody-guesses. It is never shown.
        where: what stands for it in every error, like mara.apprise, line 2.

    Raises:
        EvenfallError: Apprise is not installed, or does not understand the address.
    """

    def __init__(self, address: str, where: str) -> None:
        apprise = _apprise()
        self._where = where
        self._way = apprise.Apprise(asset=apprise.AppriseAsset(app_id=TITLE))
        if not self._way.add(address):
            raise EvenfallError(_not_understood())

    @property
    def where(self) -> str:
        """The file and line it stands in."""
        return self._where

    async def send(self, text: str) -> None:
        """Say it (`notices.way`).

        Raises:
            NoticeLostError: the service did not take it.
        """
        try:
            async with asyncio.timeout(TRY_S):
                taken = await self._way.async_notify(body=text, title=TITLE, body_format="text")
        except TimeoutError as error:
            raise NoticeLostError(_lost(self._where, f"none in {TRY_S:g} s")) from error
        except Exception as error:  # a hundred services' plugins: whatever one raises, it is lost
            raise NoticeLostError(_lost(self._where, type(error).__name__)) from None
        if not taken:
            raise NoticeLostError(_lost(self._where, "a refusal or silence"))


def phones_in(text: str, file: str) -> list[ApprisePhone]:
    """The addresses in a file, each on a line of its own; what begins with # is a note.

    Args:
        text: the file's text.
        file: its name, for the errors.

    Raises:
        FormatError: with every line that is no address, or none at all.
        EvenfallError: Apprise is not installed.
    """
    phones: list[ApprisePhone] = []
    faults: list[Fault] = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    addresses = [(number, line) for number, line in lines if line and not line.startswith("#")]
    for number, address in addresses[:ADDRESSES_MAX]:
        try:
            phones.append(ApprisePhone(address, f"{file}, line {number}"))
        except EvenfallError as error:
            wrong = error.faults[0]
            place = Place(file, number, 1)
            faults.append(Fault(wrong.found, place, wrong.expected, wrong.mend))
    if not 0 < len(addresses) <= ADDRESSES_MAX:
        faults.append(_not_a_few(len(addresses), file))
    if faults:
        raise FormatError(*faults)
    return phones


def _apprise() -> ModuleType:
    """Apprise, loaded when somebody uses it, and kept from writing addresses into a log.

    Raises:
        EvenfallError: it is not installed.
    """
    try:
        import apprise
    except ImportError as error:
        raise EvenfallError(_not_installed()) from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return apprise


def _lost(where: str, why: str) -> Fault:
    return Fault(
        found="The service did not take the notice.",
        place=Place(where),
        expected=f"its agreement in {TRY_S:g} s, and there was {why}",
        mend="see that this machine reaches the service, and that its password still holds; "
        "then try it with evenfall lamps --call",
    )


def _not_installed() -> Fault:
    return Fault(
        found="apprise_file, and Apprise is not installed",
        place=Place(),
        expected="the package apprise, 1.9 or later",
        mend="pip install 'evenfall[notices]', or call by Home Assistant's app instead",
    )


def _not_understood() -> Fault:
    return Fault(
        found="an address that Apprise does not understand",
        place=Place(),
        expected="one address, like ntfy://a-word-nobody-guesses",
        mend=f"write it as its service's page says: {_KINDS}",
    )


def _not_a_few(count: int, file: str) -> Fault:
    return Fault(
        found=f"{count} addresses" if count else "no address",
        place=Place(file),
        expected=f"one to {ADDRESSES_MAX}, each on a line of its own",
        mend="write one, like ntfy://a-word-nobody-guesses; what begins with # is a note",
    )
