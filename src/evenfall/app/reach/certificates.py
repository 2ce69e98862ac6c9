"""The home's own certificate authority, which can vouch for this home's names and nothing else.

Who trusts it lends it power, so it is made with as little as can be. Its *anchor*, which screens
come to trust, signs one *issuer* and nothing ever after: its key is never written down. The issuer
signs the hub's own certificate, for 30 days at a time. Both carry critical name constraints (RFC
5280, 4.2.1.10); some programs check none on an anchor, and all that check any do on an issuer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from evenfall.app.reach.addresses import HOUSE_NETWORKS, HOUSE_SUFFIXES, is_address, is_near
from evenfall.formats.errors import EvenfallError, Fault, Place

AUTHORITY_DAYS = 5 * 365
LEAF_DAYS = 30
RENEW_UNDER_DAYS = 10
BEFORE = timedelta(days=1)
"""Certificates hold from a day before they are made: a screen's clock may be behind."""

HERE_NAMES = ("localhost",)
PUBLIC_LABELS_MIN = 3
"""A name of the internet has at least this many labels. With fewer, it may be a registry's own,
like co.uk, and the authority could vouch for strangers. This project's own choice."""

Key = ec.EllipticCurvePrivateKey
Certificate = x509.Certificate


@dataclass(frozen=True)
class Authority:
    """A home's authority: what screens trust, what signs, and with which key."""

    anchor: Certificate
    issuer: Certificate
    key: Key


@dataclass(frozen=True)
class Leaf:
    """The hub's own certificate, and its key."""

    certificate: Certificate
    key: Key


# --- What an authority may vouch for -----------------------------------------------------------


def constraints_for(names: Iterable[str]) -> x509.NameConstraints:
    """What an authority is limited to: the house's own names and addresses, and names given.

    Args:
        names: host names beyond those that mean something in a house only.

    Raises:
        EvenfallError: a name is too wide to be lent.
    """
    lent = (*HERE_NAMES, *HOUSE_SUFFIXES, *(one for one in names if not _is_of_the_house(one)))
    for name in lent[len(HERE_NAMES) + len(HOUSE_SUFFIXES) :]:
        _refuse_wide(name)
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in dict.fromkeys(lent)]
    permitted += [x509.IPAddress(one) for one in HOUSE_NETWORKS]
    return x509.NameConstraints(permitted, excluded_subtrees=None)


def can_hold(authority: Authority, host: str) -> bool:
    """Whether an authority may vouch for a host name or an address."""
    if is_address(host):
        return is_near(host, HOUSE_NETWORKS)
    return any(_is_under(host, one) for one in permitted_names(authority))


def permitted_names(authority: Authority) -> tuple[str, ...]:
    """The names an authority may vouch for, each with whatever is under it."""
    found = authority.issuer.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = found.value.permitted_subtrees or ()
    return tuple(one.value for one in permitted if isinstance(one, x509.DNSName))


def _is_of_the_house(name: str) -> bool:
    return any(_is_under(name, one) for one in (*HERE_NAMES, *HOUSE_SUFFIXES))


def _is_under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _refuse_wide(name: str) -> None:
    labels = name.split(".")
    if len(labels) >= PUBLIC_LABELS_MIN:
        return
    nearer = f"{name}.local" if len(labels) == 1 else f"evening.{name}"
    raise EvenfallError(
        Fault(
            f"{name!r} as a name this home's own certificate authority shall vouch for",
            Place("--name"),
            "a name of this hub alone; one so short may stand for a whole domain of strangers",
            f"write --name {nearer}, or bring a certificate for it: --certificate FILE --key FILE",
        )
    )


# --- Making them -------------------------------------------------------------------------------


def new_authority(names: Iterable[str], now_utc: datetime) -> Authority:
    """Make a home's authority, for five years.

    Args:
        names: host names beyond those that mean something in a house only.
        now_utc: the time.

    Raises:
        EvenfallError: a name is too wide to be lent.
    """
    constraints = constraints_for(names)
    anchor_key, key = _new_key(), _new_key()
    mark = f"{x509.random_serial_number():x}"[:6]  # tells one home's from another's in a list
    anchor_name = _called(f"Evenfall, this home only ({mark})")
    issuer_name = _called(f"Evenfall, this home's hub ({mark})")
    ends_utc = now_utc + timedelta(days=AUTHORITY_DAYS)
    anchor = (
        _begun(anchor_name, anchor_name, anchor_key, now_utc, ends_utc)
        .add_extension(_authority_key(anchor_key), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(constraints, critical=True)
        .sign(anchor_key, hashes.SHA256())
    )
    issuer = (
        _begun(issuer_name, anchor_name, key, now_utc, ends_utc)
        .add_extension(_authority_key(anchor_key), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(constraints, critical=True)
        .sign(anchor_key, hashes.SHA256())
    )
    return Authority(anchor, issuer, key)


def new_leaf(
    authority: Authority, names: Sequence[str], addresses: Sequence[str], now_utc: datetime
) -> Leaf:
    """Make the hub's own certificate, for 30 days or as long as the authority lasts.

    Args:
        authority: who vouches.
        names: the hub's names.
        addresses: its addresses.
        now_utc: the time.
    """
    key = _new_key()
    ends_utc = min(now_utc + timedelta(days=LEAF_DAYS), authority.issuer.not_valid_after_utc)
    hosts: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    hosts += [x509.IPAddress(ip_address(one)) for one in addresses]
    certificate = (
        _begun(_called("Evenfall hub"), authority.issuer.subject, key, now_utc, ends_utc)
        .add_extension(_authority_key(authority.key), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SIGNS_HANDSHAKES, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Leaf(certificate, key)


def _new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: Key, now_utc: datetime, ends_utc: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now_utc - BEFORE)
        .not_valid_after(ends_utc)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority_key(key: Key) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _usage(*, certificates: bool, handshakes: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=handshakes,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


_SIGNS_CERTIFICATES = _usage(certificates=True, handshakes=False)
_SIGNS_HANDSHAKES = _usage(certificates=False, handshakes=True)


# --- When another is due -------------------------------------------------------------------------


def hosts_of(certificate: Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names and the addresses a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    names = found.get_values_for_type(x509.DNSName)
    addresses = found.get_values_for_type(x509.IPAddress)
    return tuple(name.lower() for name in names), tuple(map(str, addresses))


def is_due(
    leaf: Certificate, names: Sequence[str], addresses: Sequence[str], now_utc: datetime
) -> bool:
    """Whether the hub needs another certificate: soon over, not yet begun, or for other hosts."""
    held_names, held_addresses = hosts_of(leaf)
    return (
        days_left(leaf, now_utc) < RENEW_UNDER_DAYS
        or now_utc < leaf.not_valid_before_utc
        or set(held_names) != set(names)
        or set(held_addresses) != set(addresses)
    )


def is_spent(authority: Authority, now_utc: datetime) -> bool:
    """Whether an authority lasts no longer than one more certificate of the hub."""
    return days_left(authority.anchor, now_utc) < LEAF_DAYS


def days_left(certificate: Certificate, now_utc: datetime) -> float:
    """How long a certificate still holds, in days; below zero where it is over."""
    return (certificate.not_valid_after_utc - now_utc) / timedelta(days=1)


# --- As text -----------------------------------------------------------------------------------


def fingerprint(certificate: Certificate) -> str:
    """A certificate's SHA-256 in the form phones show it, for two people to compare."""
    return ":".join(f"{byte:02X}" for byte in certificate.fingerprint(hashes.SHA256()))


def certificate_pem(*certificates: Certificate) -> bytes:
    """Certificates as a file holds them; nothing secret is in it."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def key_pem(key: Key) -> bytes:
    """A key as a file holds it. Whoever reads it is the hub."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def read_key(pem: bytes) -> Key:
    """A key from a file of ours.

    Raises:
        ValueError: there is none in it, or another kind.
    """
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("a key of another kind")
    return key
