"""How a request reached the hub, told from the connection and never from a stranger's word.

A header counts only where the machine that sent it was named as the home's own proxy. Whatever is
in doubt is the plain network: that way carries the least.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from evenfall.app.reach.addresses import is_house_address
from evenfall.records.access import Origin

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
ENCRYPTED = ("https", "wss")

_HANDED_ON = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-ingress-path",
    "x-real-ip",
)
"""What a proxy adds. A request with any of it was handed on: it did not begin on this machine."""

PREFIX_MAX_LETTERS = 200


@dataclass(frozen=True)
class Ways:
    """The ways into a hub.

    Attributes:
        hosts: the names and addresses it answers to, without a port.
        behind: the addresses of the home's own proxies, whose word on a request is taken.
        locked_at: its encrypted address, or nothing where there is none.
        names: the names that passkeys can be made for; never an address.
        to_the_house: true where it listens to the house and not to this machine alone.
    """

    hosts: tuple[str, ...] = LOOPBACK_HOSTS
    behind: tuple[str, ...] = ()
    locked_at: str = ""
    names: tuple[str, ...] = ("localhost",)
    to_the_house: bool = False


LOOPBACK_WAYS = Ways()
"""This machine only."""


def origin_of(scope: Scope, ways: Ways) -> Origin:
    """How a request or a socket reached the hub.

    Args:
        scope: what the server knows of the connection, as ASGI has it.
        ways: the ways into this hub.

    Example:
        >>> origin_of({"scheme": "http", "client": ("192.168.1.7", 50123), "headers": []},
        ...           LOOPBACK_WAYS)
        'plain'
    """
    if scope.get("scheme") in ENCRYPTED:
        return "locked"
    if is_from_proxy(scope, ways):
        return "locked" if _says_encrypted(Headers(scope=scope)) else "plain"
    return "here" if _began_here(scope) else "plain"


def peer_of(scope: Scope) -> str:
    """The address at the other end of the connection, or nothing where it is not known.

    Example:
        >>> peer_of({"client": ("::ffff:192.168.1.7", 50123)})
        '192.168.1.7'
    """
    client = scope.get("client")
    return plain_address(str(client[0])) if client else ""


def asker_of(scope: Scope, ways: Ways) -> str:
    """The address that asks: the peer, or whom the home's own proxy says it asks for.

    A proxy adds to X-Forwarded-For at its end, so only the last of it is the proxy's own word.
    """
    if not is_from_proxy(scope, ways):
        return peer_of(scope)
    said = Headers(scope=scope).getlist("x-forwarded-for")
    last = plain_address(said[-1].rpartition(",")[2].strip()) if said else ""
    return last or peer_of(scope)


def host_of(scope: Scope, ways: Ways) -> str:
    """The host and port a person asked for, as a Host header has it; a proxy may say another."""
    headers = Headers(scope=scope)
    if is_from_proxy(scope, ways) and (said := headers.get("x-forwarded-host")):
        return said.partition(",")[0].strip()
    return headers.get("host", "")


def prefix_of(scope: Scope, ways: Ways) -> str:
    """The path a proxy took off before it handed the request on, or nothing.

    Example:
        >>> prefix_of({"headers": [(b"x-ingress-path", b"/evil")]}, LOOPBACK_WAYS)
        ''
    """
    if not is_from_proxy(scope, ways):
        return ""
    said = Headers(scope=scope).get("x-ingress-path", "").rstrip("/")
    fits = said.startswith("/") and not said.startswith("//") and len(said) <= PREFIX_MAX_LETTERS
    return said if fits and said.isascii() and said.isprintable() and "\\" not in said else ""


def answers_to(host: str, ways: Ways) -> bool:
    """Whether the hub answers to a host, so that no name of a stranger's can stand for it.

    A hub that is open to the house answers to any address of a house as well: its own may change
    overnight, a container does not know it, and no stranger's name is an address.

    Args:
        host: what a Host header says, with or without a port.
        ways: the ways into this hub.

    Example:
        >>> answers_to("192.168.1.20:8321", LOOPBACK_WAYS), answers_to("localhost", LOOPBACK_WAYS)
        (False, True)
    """
    name = name_in(host)
    return name in ways.hosts or (ways.to_the_house and is_house_address(name))


def name_in(host: str) -> str:
    """The name or address in a Host header; nothing where it is none.

    Example:
        >>> name_in("Nursery.local:8321"), name_in("[fd00::2]:8321"), name_in("a b")
        ('nursery.local', 'fd00::2', 'a b')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def plain_address(text: str) -> str:
    """An address in its one plain form, IPv4 within IPv6 as IPv4; what is none, as it is."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def is_from_proxy(scope: Scope, ways: Ways) -> bool:
    """Whether one of the home's own proxies sent a request."""
    peer = peer_of(scope)
    return bool(peer) and peer in map(plain_address, ways.behind)


def _began_here(scope: Scope) -> bool:
    """Whether a request began on this very machine.

    No browser speaks HTTP/1.0. A proxy that nobody named often does, and adds no header.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    return (
        _is_loopback(peer_of(scope))
        and len(hosts) == 1
        and name_in(hosts[0]) in LOOPBACK_HOSTS
        and scope.get("http_version") != "1.0"
        and not any(name in headers for name in _HANDED_ON)
    )


def _is_loopback(address: str) -> bool:
    with suppress(ValueError):
        return ip_address(address).is_loopback
    return False


def _says_encrypted(headers: Headers) -> bool:
    """Whether a proxy says, and nothing it hands on denies, that it was reached over TLS."""
    said = [one.strip().lower() for one in _values(headers.getlist("x-forwarded-proto"))]
    return bool(said) and all(one in ENCRYPTED for one in said)


def _values(headers: Iterable[str]) -> Iterable[str]:
    for header in headers:
        yield from header.split(",")
