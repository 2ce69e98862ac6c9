"""What is wrong with how a devices file would call an adult; `devices` tells it with the rest.

A child is nobody's to call, and an address with a password in it belongs in a file of its own:
no fault repeats one.
"""

from collections.abc import Iterator

from evenfall.formats.decode import Document
from evenfall.formats.errors import Fault, Place
from evenfall.formats.located import Path
from evenfall.formats.words import listing, nearest, shown
from evenfall.records.devices import Devices, NoticeWay
from evenfall.records.household import Household

FILE_NAME_MAX = 300
_EXAMPLE = "home_assistant: notify.mobile_app_maras_phone or apprise_file: mara.apprise"


def notice_faults(document: Document[Devices], household: Household) -> Iterator[Fault]:
    """Every fault of a devices file's notices, in no order.

    Args:
        document: the devices file.
        household: whose adults are called.
    """
    adults = [one.id for one in household.members if not one.guardians]
    children = [one.id for one in household.members if one.guardians]
    lines: dict[tuple[str, str], int] = {}
    yield from _nowhere_faults(document)
    for index, one in enumerate(document.record.notices):
        path: Path = ("notices", index)
        yield from _way_faults(document, one, path)
        if one.member not in adults:
            yield _no_adult(one.member, document.place(*path, "member"), adults, children)
        yield from _file_faults(one, document, path)
        yield from _repeated(one, document, path, lines)


def _way_faults(document: Document[Devices], one: NoticeWay, path: Path) -> Iterator[Fault]:
    ways = [name for name in ("home_assistant", "apprise_file") if getattr(one, name) is not None]
    if len(ways) == 1:
        return
    place = document.key_place(*path, "apprise_file") if ways else document.place(*path)
    yield Fault(
        f"{one.member} with both home_assistant and apprise_file"
        if ways
        else f"{one.member} with neither home_assistant nor apprise_file",
        place,
        f"exactly one of the two, {_EXAMPLE}",
        "give the second an entry of its own" if ways else "add a line with one of them",
    )


def _no_adult(member: str, place: Place, adults: list[str], children: list[str]) -> Fault:
    if member in children:
        return Fault(
            f"{member}, who is a child here",
            place,
            f"an adult of this home: {listing(adults)}",
            "write who is to be called when a child touches the page",
        )
    meant = nearest(member, adults)
    return Fault(
        f"{member}, who does not live here",
        place,
        f"an adult of this home: {listing(adults)}",
        f"write member: {meant}" if meant else "write the short id the household file gives them",
    )


def _file_faults(one: NoticeWay, document: Document[Devices], path: Path) -> Iterator[Fault]:
    name = one.apprise_file
    if name is None:
        return
    place = document.place(*path, "apprise_file")
    if "://" in name:
        yield Fault(
            "an address where the name of its file belongs",
            place,
            "the name of a file that holds the address, like mara.apprise",
            "put the address in a file of its own that only you may read, and write its name here",
        )
    elif not name.strip() or len(name) > FILE_NAME_MAX or "\0" in name:
        yield Fault(
            f"apprise_file is {shown(name)}",
            place,
            "the name of a file that holds an adult's addresses",
            "write it like mara.apprise",
        )


def _nowhere_faults(document: Document[Devices]) -> Iterator[Fault]:
    """Tell, once, of phones in a Home Assistant nobody said the place of."""
    devices = document.record
    if devices.home_assistant or any(one.home_assistant for one in devices.connections):
        return  # there is one, or its connections have told it already
    used = [index for index, one in enumerate(devices.notices) if one.home_assistant is not None]
    for index in used[:1]:
        yield Fault(
            f"{devices.notices[index].home_assistant}, and no Home Assistant to find it in",
            document.place("notices", index, "home_assistant"),
            "home_assistant: with its url and token_file, at the top of this file",
            "add home_assistant: {url: http://homeassistant.local:8123, "
            "token_file: home-assistant.token}",
        )


def _repeated(
    one: NoticeWay, document: Document[Devices], path: Path, lines: dict[tuple[str, str], int]
) -> Iterator[Fault]:
    """Tell of a way that stands twice: one touch would ring one phone twice."""
    for field in ("home_assistant", "apprise_file"):
        name = getattr(one, field)
        if name is None:
            continue
        place = document.place(*path, field)
        first = lines.setdefault((field, name), place.line)
        if first != place.line:
            what = "the same file" if field == "apprise_file" else name
            yield Fault(
                f"{what} for the second time; the first is in line {first}",
                place,
                "each way once",
                "take one of the two out, or write the one that was meant",
            )
