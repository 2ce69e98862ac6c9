"""Where this machine is in the house: its addresses, its names, and the links that lead to it.

Asking the system is one small function; everything else takes what it found and is pure.
"""

import re
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from evenfall.formats.errors import EvenfallError, Fault, Place

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOUSE_NETWORKS: tuple[Network, ...] = tuple(
    ip_network(one)
    for one in (
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # RFC 3927, link-local
        "127.0.0.0/8",
        "fc00::/7",  # RFC 4193, unique local
        "fe80::/10",  # RFC 4291, link-local
        "::1/128",
    )
)
"""The addresses that mean something in a house only. No one on the internet can have one."""

TUNNEL_NETWORKS: tuple[Network, ...] = (ip_network("100.64.0.0/10"),)
"""RFC 6598: what Tailscale gives the machines of a family's own tunnel."""

HOUSE_SUFFIXES = ("local", "home.arpa", "internal")
"""Names that mean something in a house only: RFC 6762, RFC 8375, and ICANN's for private use."""

_ON_LINK_BITS = 64  # RFC 4291: the part of an IPv6 address that one house's network shares
_ASKED_OF = ("10.255.255.255", "172.31.255.255", "192.168.255.255", "169.254.255.255", "192.0.2.1")
_ASKED_OF_V6 = ("fd00::ffff", "2001:db8::1")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NAME_MAX_LETTERS = 253  # RFC 1035
HTTP_PORT, HTTPS_PORT = 80, 443
PORT = 8321
"""Where a hub's pages are, unless someone says otherwise."""


@dataclass(frozen=True)
class Facts:
    """What this machine knows of itself, as the system says it.

    Attributes:
        hostname: what it is called, perhaps with a domain.
        found: every address of its own that was found, in any order.
    """

    hostname: str
    found: tuple[str, ...]


def facts_here() -> Facts:
    """Ask this machine. Nothing is sent: a UDP socket only learns which way it would go."""
    hostname = socket.gethostname()
    found = [_way_to(target, socket.AF_INET) for target in _ASKED_OF]
    found += [_way_to(target, socket.AF_INET6) for target in _ASKED_OF_V6]
    with suppress(OSError, UnicodeError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(hostname, None)]
    return Facts(hostname, tuple(dict.fromkeys(filter(None, found))))


def _way_to(target: str, family: socket.AddressFamily) -> str:
    with (
        suppress(OSError),
        socket.socket(family, socket.SOCK_DGRAM) as asking,
    ):
        asking.connect((target, 9))
        return str(asking.getsockname()[0])
    return ""


# --- What they mean ----------------------------------------------------------------------------


def house_addresses(facts: Facts) -> tuple[str, ...]:
    """The addresses by which the house can reach this machine, IPv4 first, steadiest first.

    Example:
        >>> house_addresses(Facts("hub", ("127.0.1.1", "fd00::2", "203.0.113.9", "192.168.1.20")))
        ('192.168.1.20', 'fd00::2')
    """
    addresses = [one for text in facts.found if (one := _address(text)) is not None]
    reached = {one for one in addresses if _in(one, HOUSE_NETWORKS) and not one.is_loopback}
    return tuple(str(one) for one in sorted(reached, key=_steadiness))


def _steadiness(address: Address) -> tuple[bool, int, int]:
    return address.is_link_local, address.version, int(address)


def house_names(facts: Facts) -> tuple[str, ...]:
    """The names by which the house may know this machine: as mDNS has it, and bare.

    Example:
        >>> house_names(Facts("Nursery-Pi.lan", ())), house_names(Facts("localhost", ()))
        (('nursery-pi.local', 'nursery-pi'), ())
    """
    bare = facts.hostname.lower().partition(".")[0]
    if bare == "localhost" or _LABEL.fullmatch(bare) is None:
        return ()
    return f"{bare}.local", bare


def near_networks(facts: Facts) -> tuple[Network, ...]:
    """The networks whose machines count as the house: private ones, a tunnel's, and this one's.

    A house with IPv6 often gives its machines public addresses. Those that share this machine's
    first 64 bits are on its own network. Of a public IPv4 address nobody can tell who shares it.

    Example:
        >>> [str(one) for one in near_networks(Facts("hub", ("2001:db8:1:2::9",)))][-1]
        '2001:db8:1:2::/64'
    """
    own = {one for text in facts.found if (one := _address(text)) is not None}
    public = {_shared(one) for one in own if not _in(one, HOUSE_NETWORKS)}
    return *HOUSE_NETWORKS, *TUNNEL_NETWORKS, *sorted(public, key=str)


def _shared(address: Address) -> Network:
    """The network that surely is this machine's own."""
    bits = _ON_LINK_BITS if isinstance(address, IPv6Address) else address.max_prefixlen
    return ip_network((int(address).to_bytes(address.max_prefixlen // 8), bits), strict=False)


def is_near(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of some networks; what is no address does not."""
    found = _address(address)
    return found is not None and _in(found, networks)


def is_house_address(text: str) -> bool:
    """Whether a text is an address that only a house can have.

    Example:
        >>> is_house_address("192.168.1.20"), is_house_address("203.0.113.9")
        (True, False)
    """
    return is_near(text, HOUSE_NETWORKS)


def is_address(text: str) -> bool:
    """Whether a text is an address at all, and no name."""
    return _address(text) is not None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in one for one in networks)  # of another version, it is in none


# --- Names someone gives -------------------------------------------------------------------------


def checked_name(text: str) -> str:
    """A host name or address as someone gives it, in its one plain form.

    Raises:
        EvenfallError: it is neither.

    Example:
        >>> checked_name("Evening.Example.net."), checked_name("FD00::2")
        ('evening.example.net', 'fd00::2')
    """
    address = _address(text)
    if address is not None:
        return str(address)
    name = text.lower().removesuffix(".")
    if len(name) > _NAME_MAX_LETTERS or not all(map(_LABEL.fullmatch, name.split("."))):
        raise EvenfallError(
            Fault(
                f"{text!r} as a name of this hub",
                Place("--name"),
                "a host name or an address alone: no https://, no port, no path",
                "write --name evening.example.net",
            )
        )
    return name


def checked_address(text: str, option: str) -> str:
    """An address as someone gives it.

    Raises:
        EvenfallError: it is none.
    """
    address = _address(text)
    if address is None:
        raise EvenfallError(
            Fault(
                f"{text!r} as an address",
                Place(option),
                "the address of one machine, like 127.0.0.1 or 172.30.32.2",
                f"write {option} 127.0.0.1 for a proxy on this machine; a name will not do",
            )
        )
    return str(address)


# --- Links -------------------------------------------------------------------------------------


def link(scheme: str, host: str, port: int) -> str:
    """An address to open, its port left out where it is the usual one.

    Example:
        >>> link("http", "fd00::2", 8321), link("https", "evening.example.net", 443)
        ('http://[fd00::2]:8321', 'https://evening.example.net')
    """
    usual = {"http": HTTP_PORT, "https": HTTPS_PORT}[scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port == usual else f":{port}")


def links(scheme: str, hosts: Iterable[str], port: int) -> tuple[str, ...]:
    """Addresses to open, names first. IPv6 link-local ones are no links: a browser takes none."""
    known = [one for one in hosts if not one.startswith("fe80:")]
    return tuple(link(scheme, one, port) for one in sorted(known, key=is_address))
