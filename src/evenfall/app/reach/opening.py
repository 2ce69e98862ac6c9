"""How one hub is reached while it is served: its sockets, its names, its certificate, its links.

A hub answers on its own machine only. What opens it further is said on the command line each time
it starts, and is put together here from what was said and what the machine knows of itself.
"""

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

from evenfall.app.reach.addresses import (
    HTTPS_PORT,
    PORT,
    Facts,
    Network,
    facts_here,
    house_addresses,
    house_names,
    is_address,
    link,
    links,
    near_networks,
)
from evenfall.app.reach.papers import FOLDER, GivenPapers, HomePapers, Hosts, Papers
from evenfall.app.reach.sockets import listening_on, listening_to_the_house
from evenfall.app.reach.ways import LOOPBACK_HOSTS, LOOPBACK_WAYS, Ways
from evenfall.formats.errors import EvenfallError, Fault, Place

PORT_MAX = 65535
REACH_FILE = "reach.json"
"""In the home's folder while a hub is served: `{"links": [...]}`, the best first."""
LOOK_EVERY_S = 60.0
"""How often a hub looks whether its addresses changed or its certificate is due: our own choice.
A machine that starts the hub before its network is up knows its address a minute later."""


@dataclass(frozen=True)
class Wish:
    """What someone asks of a hub's reach.

    Attributes:
        to_the_house: true for the whole house, false for this machine only.
        port: where the plain pages are; 0 for any that is free.
        tls_port: where the encrypted ones are; the next port if not given.
        tls: false for no encrypted pages at all.
        names: further names or addresses it is reached by, in their plain form.
        behind: the addresses of the home's own proxies.
        certificate: a certificate the family has, and …
        key: … its key.
    """

    to_the_house: bool = False
    port: int = PORT
    tls_port: int | None = None
    tls: bool = True
    names: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None


class Opening:
    """A hub's reach, for as long as it is served.

    Args:
        wish: what was asked for.
        plain: the sockets of the plain pages, the first on IPv4.
        locked: the sockets of the encrypted pages, if any.
        papers: the certificate they show, if any.
        facts: what this machine knows of itself.
    """

    def __init__(
        self,
        wish: Wish,
        plain: Sequence[socket.socket],
        locked: Sequence[socket.socket] = (),
        papers: Papers | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.wish = wish
        self.plain = tuple(plain)
        self.locked = tuple(locked)
        self.papers = papers
        self._facts = facts or Facts("", ())
        self.networks = self._near()
        self.ways = self._ways()

    @property
    def port(self) -> int:
        """Where the plain pages are."""
        return int(self.plain[0].getsockname()[1])

    @property
    def tls_port(self) -> int:
        """Where the encrypted pages are; 0 where there are none."""
        return int(self.locked[0].getsockname()[1]) if self.locked else 0

    @property
    def here_link(self) -> str:
        """The link that works on this machine."""
        return link("http", "localhost", self.port)

    @property
    def locked_links(self) -> tuple[str, ...]:
        """The links over TLS, names first."""
        if self.papers is not None:
            names = [one for one in self.papers.hosts.all if one not in LOOPBACK_HOSTS]
            return links("https", names, self.tls_port)
        if not self.wish.behind:
            return ()
        return links("https", [one for one in self.wish.names if not is_address(one)], HTTPS_PORT)

    @property
    def plain_links(self) -> tuple[str, ...]:
        """The links over the house's plain network: addresses first, which any phone finds.

        A long address of the newer kind is the last: nobody types it.
        """
        if not self.wish.to_the_house:
            return ()
        hosts = _hosts(self.wish, self._facts)
        short = [one for one in hosts.addresses if ":" not in one]
        long = [one for one in hosts.addresses if ":" in one]
        kinds = (short, hosts.names, long)
        return tuple(one for kind in kinds for one in links("http", kind, self.port))

    @property
    def links(self) -> tuple[str, ...]:
        """Every link that leads here, the best first: a name over TLS, an address over TLS, plain.

        On this machine's own, there is no better than itself.
        """
        return (*self.locked_links, *self.plain_links) or (self.here_link,)

    def look(self, facts: Facts, now_utc: datetime) -> None:
        """Take in what this machine knows of itself now, and renew what is due.

        Raises:
            EvenfallError: a certificate cannot be written; the one shown stays.
        """
        self._facts = facts
        self.networks = self._near()
        if self.papers is not None:
            self.papers.look(_hosts(self.wish, facts), now_utc)

    def ca_certificate_pem(self) -> bytes | None:
        """What a screen must trust before the encrypted pages, if anything."""
        return None if self.papers is None else self.papers.ca_certificate_pem()

    def as_json(self) -> str:
        """What other commands may know of it."""
        return json.dumps({"links": self.links, "here": self.here_link}, indent=2) + "\n"

    def close(self) -> None:
        """Listen no more."""
        for one in (*self.plain, *self.locked):
            one.close()

    def _near(self) -> tuple[Network, ...]:
        """Whose asking is answered: the house's machines, and the proxies that were named."""
        return *near_networks(self._facts), *map(ip_network, self.wish.behind)

    def _ways(self) -> Ways:
        hosts = _hosts(self.wish, self._facts)
        held = self.papers.hosts.names if self.papers is not None else ()
        named = held or (self.wish.names if self.wish.behind else ())
        names = [one for one in named if not is_address(one)]
        return Ways(
            hosts=tuple(dict.fromkeys([*LOOPBACK_HOSTS, *hosts.all, *_bare(self._facts), *held])),
            behind=self.wish.behind,
            locked_at=next(iter(self.locked_links), ""),
            names=tuple(dict.fromkeys([*LOOPBACK_WAYS.names, *names])),
            to_the_house=self.wish.to_the_house,
        )


def open_hub(
    wish: Wish, home: Path, facts: Facts | None = None, now_utc: datetime | None = None
) -> Opening:
    """Open a hub as far as it is wished for.

    Args:
        wish: what was asked for.
        home: the home's folder, where its own authority is kept.
        facts: what this machine knows of itself; asked now if not given.
        now_utc: the time; the machine's if not given.

    Raises:
        EvenfallError: a port is taken, a name cannot be vouched for, a certificate does not do.
    """
    _refuse_what_does_not_go_together(wish)
    if not wish.to_the_house:
        return Opening(wish, [listening_on(wish.port)])
    facts = facts or facts_here()
    papers = _papers(wish, home, facts, now_utc or datetime.now(UTC)) if wish.tls else None
    plain = listening_to_the_house(wish.port)
    try:
        locked = listening_to_the_house(_tls_port(wish), "--tls-port") if papers else ()
    except EvenfallError:
        for one in plain:
            one.close()
        raise
    return Opening(wish, plain, locked, papers, facts)


def only_here(listener: socket.socket) -> Opening:
    """A hub on this machine only, on a socket that is there already."""
    return Opening(Wish(), [listener])


def _papers(wish: Wish, home: Path, facts: Facts, now_utc: datetime) -> Papers:
    hosts = _hosts(wish, facts)
    if wish.certificate is not None and wish.key is not None:
        return GivenPapers(wish.certificate, wish.key, hosts)
    return HomePapers(home / FOLDER, wish.names, hosts, now_utc)


def _hosts(wish: Wish, facts: Facts) -> Hosts:
    """The names and addresses a hub is reached by, those given first."""
    own = house_names(facts)[:1] if wish.to_the_house else ()
    found = house_addresses(facts) if wish.to_the_house else ()
    names = [one for one in wish.names if not is_address(one)]
    addresses = [one for one in wish.names if is_address(one)]
    return Hosts(tuple(dict.fromkeys([*names, *own])), tuple(dict.fromkeys([*addresses, *found])))


def _bare(facts: Facts) -> tuple[str, ...]:
    """The machine's bare name, which a home's own router may know; no certificate can hold it."""
    return house_names(facts)[1:]


def _tls_port(wish: Wish) -> int:
    if wish.tls_port is not None:
        return wish.tls_port
    return min(wish.port + 1, PORT_MAX) if wish.port else 0


def _refuse_what_does_not_go_together(wish: Wish) -> None:
    if (wish.certificate is None) != (wish.key is None):
        _refuse(
            "one of --certificate and --key without the other",
            "both files",
            "add the other: --certificate FILE --key FILE",
        )
    asks_for_tls = wish.certificate is not None or wish.tls_port is not None
    if asks_for_tls and not wish.to_the_house:
        _refuse(
            "a certificate or a port for one, and no house to open to",
            "--home with it",
            "add --home; on this machine alone there is nothing to encrypt",
        )
    if asks_for_tls and not wish.tls:
        _refuse(
            "--no-tls, and a certificate or a port for TLS",
            "one or the other",
            "leave out --no-tls",
        )


def _refuse(found: str, expected: str, mend: str) -> None:
    raise EvenfallError(Fault(found, Place("the command line"), expected, mend))
