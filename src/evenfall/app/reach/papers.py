"""The certificate a hub shows: kept, renewed and swapped while it is being served.

Either the home's own authority makes it, or the family brings one. Both are files the TLS library
reads; what it has read is replaced in place, so that no connection and no night is interrupted.
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509

from evenfall.app.home import exists, write_atomically
from evenfall.app.reach.addresses import is_address
from evenfall.app.reach.certificates import (
    Authority,
    can_hold,
    certificate_pem,
    days_left,
    fingerprint,
    hosts_of,
    is_due,
    is_spent,
    key_pem,
    new_authority,
    new_leaf,
    permitted_names,
    read_key,
)
from evenfall.formats.errors import EvenfallError, Fault, Place

FOLDER = "reach"
AUTHORITY_FILE = "authority.pem"
HUB_FILE = "hub.pem"
SECRET, SECRET_FOLDER = 0o600, 0o700

HERE = (("localhost",), ("127.0.0.1", "::1"))
"""The names and addresses of every machine for itself."""


@dataclass(frozen=True)
class Hosts:
    """What a certificate is to be for: names and addresses of this hub."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Names first."""
        return *self.names, *self.addresses


class Papers(Protocol):
    """A certificate as the server shows it."""

    @property
    def context(self) -> ssl.SSLContext:
        """What the server shows; the same one for as long as it is served."""

    @property
    def hosts(self) -> Hosts:
        """What it is for, as it is now."""

    def look(self, hosts: Hosts, now_utc: datetime) -> bool:
        """Renew it where that is due; true where another one is shown from now on."""

    def ca_certificate_pem(self) -> bytes | None:
        """What a screen must trust first, or none where the world trusts it already."""


def server_context() -> ssl.SSLContext:
    """A TLS server's settings: version 1.2 or later, and HTTP/1.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


# --- The home's own ----------------------------------------------------------------------------


class HomePapers:
    """A certificate from the home's own authority, kept in a folder of the home.

    Args:
        folder: where the authority and the certificate are kept; only this user may look into it.
        given: names someone gave; the authority must be able to vouch for each.
        hosts: the names and addresses this hub has now, those given among them.
        now_utc: the time.

    Raises:
        EvenfallError: a name cannot be vouched for, or the folder cannot be used.
    """

    def __init__(self, folder: Path, given: Sequence[str], hosts: Hosts, now_utc: datetime) -> None:
        self.folder = folder
        self.given = tuple(given)
        self.context = server_context()
        with suppress(OSError):  # whatever is wrong with it is told when it is written to
            folder.mkdir(mode=SECRET_FOLDER, parents=True)
        self.authority, self.replaced = self._kept_authority(now_utc)
        for name in self.given:
            self._refuse_what_cannot_be_held(name)
        self.hosts = self._held(hosts)
        kept = self._kept()
        if kept is None or self._is_due(kept, now_utc):
            kept = self._made(now_utc)
        self._leaf = kept
        self.context.load_cert_chain(self.folder / HUB_FILE)

    def look(self, hosts: Hosts, now_utc: datetime) -> bool:
        """Renew it where that is due."""
        if is_spent(self.authority, now_utc):
            self.authority = self._new_authority(now_utc)
        self.hosts = self._held(hosts)
        if not self._is_due(self._leaf, now_utc):
            return False
        self._leaf = self._made(now_utc)
        self.context.load_cert_chain(self.folder / HUB_FILE)
        return True

    def ca_certificate_pem(self) -> bytes:
        """The authority's anchor, which a screen must trust first. Nothing secret is in it."""
        return certificate_pem(self.authority.anchor)

    @property
    def ca_fingerprint(self) -> str:
        """The anchor's SHA-256 as phones show it, for two people to compare."""
        return fingerprint(self.authority.anchor)

    def _held(self, hosts: Hosts) -> Hosts:
        """What the authority can vouch for of what this hub has, and this machine for itself."""
        names = (*hosts.names, *HERE[0])
        addresses = (*hosts.addresses, *HERE[1])
        return Hosts(
            tuple(dict.fromkeys(one for one in names if can_hold(self.authority, one))),
            tuple(dict.fromkeys(one for one in addresses if can_hold(self.authority, one))),
        )

    def _is_due(self, leaf: x509.Certificate, now_utc: datetime) -> bool:
        """Whether another certificate is due: this one's time, its hosts, or who vouches."""
        return leaf.issuer != self.authority.issuer.subject or is_due(
            leaf, self.hosts.names, self.hosts.addresses, now_utc
        )

    def _made(self, now_utc: datetime) -> x509.Certificate:
        """Another certificate, its key and its issuer in the file."""
        leaf = new_leaf(self.authority, self.hosts.names, self.hosts.addresses, now_utc)
        chain = certificate_pem(leaf.certificate, self.authority.issuer)
        write_atomically(self.folder / HUB_FILE, key_pem(leaf.key) + chain, SECRET)
        return leaf.certificate

    def _kept(self) -> x509.Certificate | None:
        """The certificate in the file, if it is there with its key and its issuer."""
        with suppress(OSError, ValueError):
            body = (self.folder / HUB_FILE).read_bytes()
            leaf, issuer = x509.load_pem_x509_certificates(body)
            if issuer == self.authority.issuer and read_key(body).public_key() == leaf.public_key():
                return leaf
        return None

    def _kept_authority(self, now_utc: datetime) -> tuple[Authority, bool]:
        """The home's authority, and whether it just took the place of one that was spent."""
        file = self.folder / AUTHORITY_FILE
        if exists(file):
            authority = read_authority(file)
            if not is_spent(authority, now_utc):
                return authority, False
            return self._new_authority(now_utc), True
        return self._new_authority(now_utc), False

    def _new_authority(self, now_utc: datetime) -> Authority:
        authority = new_authority([one for one in self.given if not is_address(one)], now_utc)
        body = key_pem(authority.key) + certificate_pem(authority.issuer, authority.anchor)
        write_atomically(self.folder / AUTHORITY_FILE, body, SECRET)
        return authority

    def _refuse_what_cannot_be_held(self, name: str) -> None:
        if can_hold(self.authority, name):
            return
        raise EvenfallError(
            Fault(
                f"{name!r}, which this home's certificate authority may not vouch for",
                Place("--name"),
                "a name under "
                + ", ".join(permitted_names(self.authority))
                + ", or an address of a house",
                f"bring a certificate for it (--certificate FILE --key FILE), or delete "
                f"{self.folder} to make an authority that may; every screen then trusts it anew",
            )
        )


def read_authority(file: Path) -> Authority:
    """A home's authority from its file.

    Raises:
        EvenfallError: it cannot be read, or is not whole.
    """
    try:
        body = file.read_bytes()
        issuer, anchor = x509.load_pem_x509_certificates(body)
        key = read_key(body)
        if key.public_key() != issuer.public_key():
            raise ValueError("its key is another's")
        issuer.verify_directly_issued_by(anchor)
    except (OSError, ValueError, x509.InvalidVersion) as error:
        raise EvenfallError(
            Fault(
                f"a certificate authority that cannot be used ({_said(error)})",
                Place(str(file)),
                "the file as Evenfall wrote it, readable by this user alone",
                f"mend its permissions, or delete {file.parent} to make another; every screen "
                "that trusts this one then trusts the other anew",
            )
        ) from error
    return Authority(anchor, issuer, key)


# --- One the family has ------------------------------------------------------------------------


@dataclass
class GivenPapers:
    """A certificate that the family brings, read again whenever its files change.

    Args:
        certificate: the file with it, and with those that vouch for it.
        key: the file with its key.
        hosts: the names and addresses this hub has, those given first.

    Raises:
        EvenfallError: they cannot be used together.
    """

    certificate: Path
    key: Path
    wanted: Hosts
    context: ssl.SSLContext = field(default_factory=server_context)

    def __post_init__(self) -> None:
        self._leaf = read_given(self.certificate, self.key)
        self._seen = self._stamp()
        self.context.load_cert_chain(self.certificate, self.key)
        if not self.hosts.names:
            self._refuse_nameless()

    @property
    def hosts(self) -> Hosts:
        """Of what this hub has, what the certificate is for; and what else it is for by name."""
        held, addresses = hosts_of(self._leaf)
        wanted = [one for one in self.wanted.names if any(_covers(name, one) for name in held)]
        own = [name for name in held if not name.startswith("*")]
        return Hosts(
            tuple(dict.fromkeys([*wanted, *own])),
            tuple(one for one in self.wanted.addresses if one in addresses),
        )

    def look(self, hosts: Hosts, now_utc: datetime) -> bool:
        """Show what its files hold now; where they do not fit yet, what they held before."""
        del now_utc
        self.wanted = hosts
        with suppress(EvenfallError, OSError):
            stamp = self._stamp()
            if stamp != self._seen:
                self._leaf = read_given(self.certificate, self.key)
                self.context.load_cert_chain(self.certificate, self.key)
                self._seen = stamp
                return True
        return False

    def ca_certificate_pem(self) -> bytes | None:
        """None: whoever made the certificate says what to trust."""
        return None

    def days_left(self, now_utc: datetime) -> float:
        """How long it still holds, in days."""
        return days_left(self._leaf, now_utc)

    def _stamp(self) -> tuple[int, ...]:
        return tuple(one.stat().st_mtime_ns for one in (self.certificate, self.key))

    def _refuse_nameless(self) -> None:
        held = ", ".join(hosts_of(self._leaf)[0]) or "no host name at all"
        raise EvenfallError(
            Fault(
                f"a certificate for {held}, and no name of this hub that it is for",
                Place("--certificate"),
                "a certificate for a name this hub is reached by",
                "say which name: --name evening.example.net",
            )
        )


def read_given(certificate: Path, key: Path) -> x509.Certificate:
    """The certificate in a file, tried together with its key.

    Raises:
        EvenfallError: one of the two cannot be read, or they do not belong together.
    """
    try:
        found = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
        server_context().load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        raise EvenfallError(
            Fault(
                f"a certificate and key that cannot be used together ({_said(error)})",
                Place(f"{certificate}, {key}"),
                "two PEM files: the certificate with those that vouch for it, and its key",
                "check both names, that this user may read them, and that the key has no password",
            )
        ) from error
    return found


def _no_password() -> bytes:
    """Never ask at the terminal: a hub that starts with the machine has nobody to answer."""
    return b""


def _covers(held: str, name: str) -> bool:
    """Whether a name in a certificate stands for a host name; a star stands for one label."""
    if held.startswith("*."):
        return name.partition(".")[2] == held[2:]
    return name == held


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
