"""How a request reached the hub, told from the connection and never from a stranger's word.

A header counts only where the machine that sent it was named as the home's own proxy. Whatever is
in doubt is the plain network: that way carries the least.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from evenfall.app.reach.addresses import TUNNEL_NETWORKS, Network, is_house_address, is_near
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

_HOST = re.compile(
    r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[^\s/?#@\\:\[\]%]+))(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)
"""A name or an address, and a port: what a browser writes into a Host header, and nothing else."""

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>.+)", re.IGNORECASE)
_PORT_MAX = 65535
_PORTS = {"http": 80, "https": 443}


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


def is_elsewhere(scope: Scope, ways: Ways, networks: Sequence[Network] = ()) -> bool:
    """Whether a request came from outside the home, told by every address on its way.

    At home is what this very machine asks of itself, and what comes from an address of the house.
    Through one of the home's own proxies every address it names must be one: whoever is outside can
    add an address and take none away, so a lie only makes them further off. Loopback behind a proxy
    is a tunnel's near end, a tunnel's own addresses (RFC 6598) are family out of the house, and a
    proxy that does not say for whom it asks leaves it in doubt: all of these are elsewhere.

    Args:
        scope: what the server knows of the connection, as ASGI has it.
        ways: the ways into this hub.
        networks: further networks that are this house's own, such as its public IPv6 one.

    Example:
        >>> is_elsewhere({"scheme": "https", "client": ("192.168.1.7", 1), "headers": []},
        ...              LOOPBACK_WAYS)
        False
        >>> is_elsewhere({"scheme": "https", "client": ("100.64.3.2", 1), "headers": []},
        ...              LOOPBACK_WAYS)
        True
    """
    if is_from_proxy(scope, ways):
        said = _values(Headers(scope=scope).getlist("x-forwarded-for"))
        on_its_way = [plain_address(one.strip()) for one in said]
    elif _began_here(scope):
        return False
    else:
        on_its_way = [peer_of(scope)]
    return not on_its_way or not all(_is_at_home(one, networks) for one in on_its_way)


def _is_at_home(address: str, networks: Sequence[Network]) -> bool:
    if is_loopback(address) or is_near(address, TUNNEL_NETWORKS):
        return False
    return is_house_address(address) or is_near(address, networks)


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


def is_own_page(origin: str, scope: Scope, ways: Ways) -> bool:
    """Whether an Origin header is that of the very address a request came to: scheme, name, port.

    The scheme counts by how the request came, through the home's own proxy as the proxy says. A
    page over plain HTTP is a stranger to the encrypted address of the same name: anyone in the
    house's network could have changed it on its way.

    Example:
        >>> asked = {"scheme": "wss", "headers": [(b"host", b"hub.local:8322")]}
        >>> is_own_page("https://hub.local:8322", asked, LOOPBACK_WAYS)
        True
        >>> is_own_page("http://hub.local:8322", asked, LOOPBACK_WAYS)
        False
    """
    said = _ORIGIN.fullmatch(origin)
    if said is None:
        return False
    scheme = "https" if origin_of(scope, ways) == "locked" else "http"
    from_page = _place(said["scheme"].lower(), said["host"])
    return from_page is not None and from_page == _place(scheme, host_of(scope, ways))


def _place(scheme: str, host: str) -> tuple[str, str, int] | None:
    """Scheme, name and port, the port said or not; nothing where a host is none."""
    found = _HOST.fullmatch(host)
    if found is None or not (name := name_in(host)):
        return None
    return scheme, name, int(found["port"] or _PORTS[scheme])


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
        >>> answers_to("stranger@localhost", LOOPBACK_WAYS)
        False
    """
    name = name_in(host)
    return name in ways.hosts or (ways.to_the_house and is_house_address(name))


def name_in(host: str) -> str:
    """The name or address in a Host header; nothing where it is none, or holds more than that.

    Example:
        >>> name_in("Nursery.local:8321"), name_in("[fd00::2]:8321"), name_in("localhost/evil")
        ('nursery.local', 'fd00::2', '')
    """
    found = _HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > _PORT_MAX:
        return ""
    return (found["v6"] or found["name"]).lower().removesuffix(".")


@lru_cache(maxsize=1_024)
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
        is_loopback(peer_of(scope))
        and len(hosts) == 1
        and name_in(hosts[0]) in LOOPBACK_HOSTS
        and scope.get("http_version") != "1.0"
        and not any(name in headers for name in _HANDED_ON)
    )


def is_loopback(address: str) -> bool:
    """Whether an address is this very machine's own."""
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
