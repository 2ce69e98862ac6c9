"""The home's own authority vouches for this home's names, and no verifier believes it on more."""

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from hypothesis import given, settings
from hypothesis import strategies as st

from evenfall.app.reach.addresses import is_address
from evenfall.app.reach.certificates import (
    AUTHORITY_DAYS,
    LEAF_DAYS,
    Authority,
    Key,
    Leaf,
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
from evenfall.formats.errors import EvenfallError

NOW = datetime.now(UTC).replace(microsecond=0)
LENT = "evening.example.net"
HOME = new_authority([LENT], NOW)
WITHIN = ("hub.local", "a.hub.local", "hub.home.arpa", "hub.internal", "localhost", LENT)
WITHIN_ADDRESSES = ("192.168.1.20", "10.0.0.5", "172.31.0.1", "169.254.1.1", "fd00::2", "fe80::1")
OUTSIDE = ("example.net", "bank.example", "evil.example.net", "hub.local.bank.example", "notlocal")
OUTSIDE_ADDRESSES = ("203.0.113.9", "172.32.0.1", "2001:db8::1", "8.8.8.8")


def leaf_for(*hosts: str, authority: Authority = HOME) -> Leaf:
    names = [one for one in hosts if not is_address(one)]
    return new_leaf(authority, names, [one for one in hosts if is_address(one)], NOW)


def believes(
    host: str, leaf: Leaf, now: datetime = NOW, between: Sequence[x509.Certificate] = ()
) -> bool:
    """Whether a program that trusts the anchor, and checks as browsers do, believes a leaf."""
    subject = x509.IPAddress(ip_address(host)) if is_address(host) else x509.DNSName(host)
    verifier = PolicyBuilder().store(Store([HOME.anchor])).time(now).build_server_verifier(subject)
    try:
        verifier.verify(leaf.certificate, [*between, HOME.issuer])
    except VerificationError:
        return False
    return True


def bare(certificate: x509.Certificate, signer: Key) -> x509.Certificate:
    """An authority of the same name and key, without a single limit."""
    copy = (
        x509.CertificateBuilder()
        .subject_name(certificate.subject)
        .issuer_name(HOME.issuer.subject)
        .public_key(certificate.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    for kind in (x509.KeyUsage, x509.SubjectKeyIdentifier):
        kept = certificate.extensions.get_extension_for_class(kind)
        copy = copy.add_extension(kept.value, critical=kept.critical)
    vouched = x509.AuthorityKeyIdentifier.from_issuer_public_key(HOME.key.public_key())
    return copy.add_extension(vouched, critical=False).sign(signer, SHA256())


def openssl_believes(folder: Path, host: str, leaf: Leaf, trusted: x509.Certificate) -> bool:
    """The same, by OpenSSL."""
    anchor, issuer = folder / "anchor.pem", folder / "issuer.pem"
    anchor.write_bytes(certificate_pem(trusted))
    issuer.write_bytes(certificate_pem(HOME.issuer))
    (folder / "leaf.pem").write_bytes(certificate_pem(leaf.certificate))
    named = "-verify_ip" if is_address(host) else "-verify_hostname"
    ran = subprocess.run(
        ["openssl", "verify", "-purpose", "sslserver", "-partial_chain",
         "-CAfile", anchor, "-untrusted", issuer, named, host, folder / "leaf.pem"],
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    return ran.returncode == 0


# --- What it is limited to -----------------------------------------------------------------------


@pytest.mark.safety("H-62")
@pytest.mark.parametrize("host", [*WITHIN, *WITHIN_ADDRESSES])
def test_the_homes_own_names_and_addresses_are_believed(tmp_path: Path, host: str) -> None:
    leaf = leaf_for(host)
    assert can_hold(HOME, host)
    assert believes(host, leaf)
    assert openssl_believes(tmp_path, host, leaf, HOME.anchor)


@pytest.mark.safety("H-62")
@pytest.mark.parametrize("host", [*OUTSIDE, *OUTSIDE_ADDRESSES])
def test_whoever_has_its_key_can_stand_for_nothing_else(tmp_path: Path, host: str) -> None:
    leaf = leaf_for("hub.local", host)
    assert not can_hold(HOME, host)
    assert not believes(host, leaf)
    assert not believes("hub.local", leaf)
    assert not openssl_believes(tmp_path, host, leaf, HOME.anchor)


@pytest.mark.safety("H-62")
def test_a_program_that_reads_no_limits_on_what_it_trusts_still_reads_the_issuers(
    tmp_path: Path,
) -> None:
    limitless = bare(HOME.anchor, HOME.key)
    assert openssl_believes(tmp_path, "hub.local", leaf_for("hub.local"), limitless)
    assert not openssl_believes(tmp_path, "bank.example", leaf_for("bank.example"), limitless)


@pytest.mark.safety("H-62")
def test_whoever_has_its_key_can_make_no_other_authority() -> None:
    other = new_authority([], NOW)
    forged = Authority(HOME.anchor, bare(other.issuer, HOME.key), other.key)
    for name in ("hub.local", "bank.example"):
        leaf = leaf_for(name, authority=forged)
        assert not believes(name, leaf, between=[forged.issuer])


LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@pytest.mark.safety("H-62")
@settings(max_examples=25, deadline=None)
@given(labels=st.lists(LABEL, min_size=1, max_size=5))
def test_what_it_says_it_can_hold_is_what_a_verifier_believes(labels: list[str]) -> None:
    name = ".".join(labels)
    assert believes(name, leaf_for(name)) is can_hold(HOME, name)


@pytest.mark.safety("H-62")
@pytest.mark.parametrize("name", ["com", "nursery", "co.uk", "example.net"])
def test_a_name_so_short_that_strangers_have_it_is_lent_to_nobody(name: str) -> None:
    with pytest.raises(EvenfallError, match="a whole domain of strangers") as told:
        new_authority([name], NOW)
    assert f".{name}" in told.value.faults[0].mend or f"{name}.local" in told.value.faults[0].mend


def test_both_certificates_say_their_limits_and_that_they_must_be_read() -> None:
    for certificate, below in ((HOME.anchor, 1), (HOME.issuer, 0)):
        limits = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        assert limits.critical and basic.critical and usage.critical
        assert basic.value.ca and basic.value.path_length == below
        assert usage.value.key_cert_sign and not usage.value.digital_signature
        assert limits.value.permitted_subtrees and not limits.value.excluded_subtrees
        assert round(days_left(certificate, NOW)) == AUTHORITY_DAYS
    assert permitted_names(HOME) == ("localhost", "local", "home.arpa", "internal", LENT)


def test_names_of_the_house_are_never_lent_twice() -> None:
    authority = new_authority(["hub.local", "localhost", LENT, LENT], NOW)
    assert permitted_names(authority) == permitted_names(HOME)


# --- How long ------------------------------------------------------------------------------------


def test_the_hubs_own_certificate_is_short() -> None:
    leaf = leaf_for("hub.local", "192.168.1.20")
    assert round(days_left(leaf.certificate, NOW)) == LEAF_DAYS
    assert hosts_of(leaf.certificate) == (("hub.local",), ("192.168.1.20",))
    assert not believes("hub.local", leaf, NOW + timedelta(days=LEAF_DAYS, minutes=1))


@pytest.mark.parametrize(
    ("days", "names", "addresses", "due"),
    [
        (0, ["hub.local"], ["192.168.1.20"], False),
        (19, ["hub.local"], ["192.168.1.20"], False),
        (21, ["hub.local"], ["192.168.1.20"], True),
        (40, ["hub.local"], ["192.168.1.20"], True),
        (-2, ["hub.local"], ["192.168.1.20"], True),
        (0, ["hub.local", LENT], ["192.168.1.20"], True),
        (0, ["hub.local"], ["192.168.1.21"], True),
        (0, ["hub.local"], [], True),
    ],
)
def test_another_is_due_when_it_ends_soon_or_the_hub_moved(
    days: int, names: Sequence[str], addresses: Sequence[str], due: bool
) -> None:
    leaf = leaf_for("hub.local", "192.168.1.20").certificate
    assert is_due(leaf, names, addresses, NOW + timedelta(days=days)) is due


def test_the_hubs_certificate_never_outlives_the_authority() -> None:
    late = NOW + timedelta(days=AUTHORITY_DAYS - 5)
    leaf = new_leaf(HOME, ["hub.local"], [], late)
    assert leaf.certificate.not_valid_after_utc == HOME.issuer.not_valid_after_utc
    assert is_spent(HOME, late) and not is_spent(HOME, NOW)


# --- As text -------------------------------------------------------------------------------------


def test_a_fingerprint_is_what_openssl_shows(tmp_path: Path) -> None:
    file = tmp_path / "anchor.pem"
    file.write_bytes(certificate_pem(HOME.anchor))
    ran = subprocess.run(
        ["openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256"],
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert ran.stdout.strip().endswith(f"={fingerprint(HOME.anchor)}")


def test_a_key_comes_back_from_its_file_and_another_kind_does_not() -> None:
    assert read_key(key_pem(HOME.key)).public_key() == HOME.issuer.public_key()
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(ValueError, match="another kind"):
        read_key(other)
