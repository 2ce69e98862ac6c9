"""Devices text to record, held against the household it belongs to.

Every fault of a text is told at once, in the order of the text, and none repeats what may be a
secret: no token and no address with a password in it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from evenfall.formats.decode import Document, decode
from evenfall.formats.errors import Fault, FormatError
from evenfall.formats.located import Path, in_reading_order
from evenfall.formats.notices import notice_faults
from evenfall.formats.words import listing, nearest, one, shown
from evenfall.records.devices import Connection, Devices
from evenfall.records.household import Household, Output, OutputKind

DOMAINS: dict[OutputKind, str] = {"light": "light", "sound": "media_player"}
"""What Home Assistant calls an output of each kind."""

_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?(?:/[^\s?#@\\]*)?"
)
# Long-lived tokens of Home Assistant are JSON Web Tokens: three parts, the first begins like this.
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+|[A-Za-z0-9_-]{100,}")
FILE_NAME_MAX = 300


class _At(NamedTuple):
    """A connection, and where it stands."""

    it: Connection
    path: Path


def read_devices(text: str, file: str, household: Household) -> Document[Devices]:
    """Read which lamps and speakers stand behind a household's outputs.

    Args:
        text: YAML.
        file: what the text is called, for the errors.
        household: whose outputs they are.

    Returns:
        The devices and the place of every part of them.

    Raises:
        FormatError: with every fault found, in the order of the text.
    """
    document = decode(text, file, Devices)
    faults = [
        *_access_faults(document),
        *_connection_faults(document, household),
        *notice_faults(document, household),
    ]
    if faults:
        raise FormatError(*sorted(faults, key=lambda fault: in_reading_order(fault.place)))
    return document


# --- Home Assistant ------------------------------------------------------------------------------


def _access_faults(document: Document[Devices]) -> Iterator[Fault]:
    access = document.record.home_assistant
    if access is None:
        return
    example = "http://homeassistant.local:8123"
    yield from _address_faults(document, ("home_assistant", "url"), access.url, example)
    name = access.token_file
    place = document.place("home_assistant", "token_file")
    if _TOKEN.search(name):
        yield Fault(
            "a token where the name of its file belongs",
            place,
            "the name of a file that holds the token, like home-assistant.token",
            "put the token in a file of its own that only you may read, and write its name here",
        )
    elif not name.strip() or len(name) > FILE_NAME_MAX or "\0" in name:
        yield Fault(
            f"token_file is {shown(name)}",
            place,
            "the name of a file that holds the token",
            "write it like home-assistant.token",
        )


def _address_faults(
    document: Document[Devices], path: Path, url: str, example: str
) -> Iterator[Fault]:
    if _ADDRESS.fullmatch(url):
        return
    secretive = any(sign in url for sign in "@?#")
    found = (
        "an address with more in it than a place" if secretive else f"{path[-1]} is {shown(url)}"
    )
    yield Fault(
        found,
        document.place(*path),
        "http:// or https:// and the device's name or number, without a password",
        f"write it as in a browser, like {example}",
    )


# --- Connections ---------------------------------------------------------------------------------


def _connection_faults(document: Document[Devices], household: Household) -> Iterator[Fault]:
    outputs = {output.id: output for room in household.rooms for output in room.outputs}
    placed = [
        _At(connection, ("connections", index))
        for index, connection in enumerate(document.record.connections)
    ]
    yield from _repeated(document, placed)
    yield from _nowhere_faults(document, placed)
    for at in placed:
        yield from _way_faults(document, at)
        output = outputs.get(at.it.output)
        if output is None:
            yield _unknown(document, at, list(outputs))
        else:
            yield from _kind_faults(document, at, output)
        if at.it.wled is not None:
            example = "http://nest-lamp.local"
            yield from _address_faults(document, (*at.path, "wled"), at.it.wled, example)


def _way_faults(document: Document[Devices], at: _At) -> Iterator[Fault]:
    """Tell of a connection with both ways or with none."""
    ways = [name for name in ("home_assistant", "wled") if getattr(at.it, name) is not None]
    if len(ways) == 1:
        return
    place = document.key_place(*at.path, "wled") if ways else document.place(*at.path)
    yield Fault(
        f"{at.it.output} with both home_assistant and wled"
        if ways
        else f"{at.it.output} with neither home_assistant nor wled",
        place,
        "exactly one of the two, home_assistant: light.bed_light or wled: http://nest-lamp.local",
        "take one of them out" if ways else "add a line with one of them",
    )


def _unknown(document: Document[Devices], at: _At, known: list[str]) -> Fault:
    meant = nearest(at.it.output, known)
    add = "add it under outputs: of its room in the household file"
    return Fault(
        f"{at.it.output}, which is no output of this home",
        document.place(*at.path, "output"),
        f"an output that is listed under a room: {listing(known)}",
        f"write output: {meant}, or {add}" if meant else add,
    )


def _kind_faults(document: Document[Devices], at: _At, output: Output) -> Iterator[Fault]:
    domain = DOMAINS[output.kind]
    entity = at.it.home_assistant
    wrong = f"a {domain} for an output of kind {output.kind}"
    correct = "correct the output's kind in the household file"
    if entity is not None and not entity.startswith(f"{domain}."):
        yield Fault(
            f"{entity} for {output.id}, which gives {output.kind}",
            document.place(*at.path, "home_assistant"),
            wrong,
            f"connect {one(domain)} instead, or {correct}",
        )
    if at.it.wled is not None and output.kind != "light":
        yield Fault(
            f"a WLED lamp for {output.id}, which gives {output.kind}",
            document.key_place(*at.path, "wled"),
            wrong,
            f"write home_assistant: media_player.… instead, or {correct}",
        )
    if at.it.sounds and output.kind != "sound":
        yield Fault(
            f"sounds for {output.id}, which gives {output.kind}",
            document.key_place(*at.path, "sounds"),
            "sounds only for a speaker",
            f"take sounds out, or {correct}",
        )


def _repeated(document: Document[Devices], placed: list[_At]) -> Iterator[Fault]:
    """Tell of an output or a device that stands twice: two would pull at one lamp."""
    lines: dict[tuple[str, str], int] = {}
    for at in placed:
        for field in ("output", "home_assistant", "wled"):
            name = getattr(at.it, field)
            if name is None:
                continue
            place = document.place(*at.path, field)
            key = (field, name.rstrip("/"))
            if key not in lines:
                lines[key] = place.line
                continue
            what = "the same WLED lamp" if field == "wled" else name
            yield Fault(
                f"{what} for the second time; the first is in line {lines[key]}",
                place,
                "each output and each device once",
                "take one of the two out, or write the one that was meant",
            )


def _nowhere_faults(document: Document[Devices], placed: list[_At]) -> Iterator[Fault]:
    """Tell, once, of connections to a Home Assistant nobody said the place of."""
    used = [at for at in placed if at.it.home_assistant is not None]
    if not used or document.record.home_assistant is not None:
        return
    yield Fault(
        f"{used[0].it.home_assistant}, and no Home Assistant to find it in",
        document.place(*used[0].path, "home_assistant"),
        "home_assistant: with its url and token_file, at the top of this file",
        "add home_assistant: {url: http://homeassistant.local:8123, "
        "token_file: home-assistant.token}",
    )
