"""What someone asks of a hub's reach, and what comes of it: sockets, names, links."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno
from cryptography import x509

from evenfall.app.reach.addresses import PORT, Facts, is_near
from evenfall.app.reach.certificates import certificate_pem, key_pem, new_authority, new_leaf
from evenfall.app.reach.opening import Opening, Wish, only_here, open_hub
from evenfall.app.reach.papers import HUB_FILE
from evenfall.app.reach.qr import QUIET_MODULES, qr_lines
from evenfall.app.reach.sockets import listening_on, listening_to_the_house
from evenfall.app.reach.ways import LOOPBACK_WAYS
from evenfall.formats.errors import EvenfallError

NOW = datetime.now(UTC).replace(microsecond=0)
FACTS = Facts("Nursery-Pi.lan", ("192.168.1.20", "fd00::2", "127.0.1.1", "203.0.113.9"))
MOVED = Facts("Nursery-Pi.lan", ("192.168.1.77",))


@contextmanager
def opened(home: Path, **wish: object) -> Iterator[Opening]:
    made = open_hub(Wish(port=0, **wish), home, FACTS, NOW)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def ports(opening: Opening) -> tuple[str, ...]:
    """Links without the ports that happened to be free."""
    plain, locked = f":{opening.port}", f":{opening.tls_port}"
    return tuple(one.replace(plain, "").replace(locked, "") for one in opening.links)


def test_without_a_wish_it_is_this_machine_only(tmp_path: Path) -> None:
    with opened(tmp_path) as opening:
        assert [one.getsockname()[0] for one in opening.plain] == ["127.0.0.1"]
        assert opening.ways == LOOPBACK_WAYS
        assert opening.links == (f"http://localhost:{opening.port}",)
        assert not opening.locked and opening.ca_certificate_pem() is None
    assert not list(tmp_path.iterdir())


def test_a_socket_that_is_there_already_is_this_machine_only() -> None:
    opening = only_here(listening_on(0))
    assert opening.ways == LOOPBACK_WAYS
    opening.close()


def test_opened_to_the_house_it_has_names_addresses_and_an_encrypted_half(tmp_path: Path) -> None:
    with opened(tmp_path, to_the_house=True) as opening:
        assert ports(opening) == (
            "https://nursery-pi.local",
            "https://192.168.1.20",
            "https://[fd00::2]",
            "http://192.168.1.20",
            "http://nursery-pi.local",
            "http://[fd00::2]",
        )
        ways = opening.ways
        assert ways.to_the_house and ways.locked_at == opening.links[0]
        assert ways.names == ("localhost", "nursery-pi.local")
        assert {"nursery-pi", "nursery-pi.local", "192.168.1.20"} <= set(ways.hosts)
        assert "203.0.113.9" not in ways.hosts
        assert opening.plain[0].getsockname()[0] == "0.0.0.0"
        assert opening.port != opening.tls_port
        assert b"BEGIN CERTIFICATE" in (opening.ca_certificate_pem() or b"")


def test_names_given_come_first_and_addresses_given_too(tmp_path: Path) -> None:
    names = ("evening.example.net", "10.1.2.3")
    with opened(tmp_path, to_the_house=True, names=names) as opening:
        assert ports(opening)[:3] == (
            "https://evening.example.net",
            "https://nursery-pi.local",
            "https://10.1.2.3",
        )
        assert opening.ways.names == ("localhost", "evening.example.net", "nursery-pi.local")
        assert {"evening.example.net", "10.1.2.3"} <= set(opening.ways.hosts)


def test_without_tls_nothing_is_made_and_no_passkey_is_promised(tmp_path: Path) -> None:
    names = ("evening.example.net",)
    with opened(tmp_path, to_the_house=True, tls=False, names=names) as opening:
        assert ports(opening)[0] == "http://192.168.1.20"
        assert opening.ways.locked_at == "" and opening.ways.names == ("localhost",)
        assert "evening.example.net" in opening.ways.hosts
    assert not list(tmp_path.iterdir())


def test_behind_a_proxy_its_name_is_the_encrypted_address(tmp_path: Path) -> None:
    names, behind = ("evening.example.net",), ("127.0.0.1",)
    with opened(tmp_path, names=names, behind=behind) as opening:
        assert opening.links == ("https://evening.example.net",)
        assert opening.ways.names == ("localhost", "evening.example.net")
        assert opening.ways.behind == behind and not opening.ways.to_the_house
        assert opening.plain[0].getsockname()[0] == "127.0.0.1"


def test_a_proxy_is_near_wherever_it_is(tmp_path: Path) -> None:
    with opened(tmp_path, to_the_house=True, behind=("198.51.100.3",)) as opening:
        assert is_near("198.51.100.3", opening.networks)
        assert not is_near("198.51.100.4", opening.networks)


def test_a_certificate_the_family_has_names_the_hub(tmp_path: Path) -> None:
    authority = new_authority(["evening.example.net"], NOW)
    leaf = new_leaf(authority, ["evening.example.net"], [], NOW)
    full, key = tmp_path / "full.pem", tmp_path / "key.pem"
    full.write_bytes(certificate_pem(leaf.certificate, authority.issuer))
    key.write_bytes(key_pem(leaf.key))
    home = tmp_path / "home"
    with opened(home, to_the_house=True, certificate=full, key=key) as opening:
        assert ports(opening)[:2] == ("https://evening.example.net", "http://192.168.1.20")
        assert opening.ways.names == ("localhost", "evening.example.net")
        assert "evening.example.net" in opening.ways.hosts
        assert opening.ca_certificate_pem() is None
    assert not home.exists()


def test_a_machine_that_moves_overnight_is_followed(tmp_path: Path) -> None:
    with opened(tmp_path, to_the_house=True) as opening:
        opening.look(MOVED, NOW)
        assert f"http://192.168.1.77:{opening.port}" in opening.links
        assert not any("192.168.1.20" in one for one in opening.links)
        assert '"https://nursery-pi.local' in opening.as_json()
        body = (tmp_path / "reach" / HUB_FILE).read_bytes()
        shown = x509.load_pem_x509_certificates(body)[0]
        held = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert "192.168.1.77" in map(str, held.get_values_for_type(x509.IPAddress))
        assert is_near("203.0.113.9", opening.networks) is False


@pytest.mark.parametrize(
    ("wish", "mend"),
    [
        (Wish(to_the_house=True, certificate=Path("a.pem")), "add the other"),
        (Wish(to_the_house=True, key=Path("a.pem")), "add the other"),
        (Wish(certificate=Path("a.pem"), key=Path("b.pem")), "add --home"),
        (Wish(tls_port=9000), "add --home"),
        (Wish(to_the_house=True, tls_port=9000, tls=False), "leave out --no-tls"),
    ],
)
def test_what_does_not_go_together_is_told_before_anything_is_made(
    tmp_path: Path, wish: Wish, mend: str
) -> None:
    with pytest.raises(EvenfallError, match=mend):
        open_hub(wish, tmp_path, FACTS, NOW)
    assert not list(tmp_path.iterdir())


def test_a_taken_port_is_told_by_the_option_that_chooses_it(tmp_path: Path) -> None:
    held = listening_on(0)
    taken = held.getsockname()[1]
    with pytest.raises(EvenfallError, match=f"port {taken}") as plain:
        open_hub(Wish(to_the_house=True, port=taken), tmp_path, FACTS, NOW)
    with pytest.raises(EvenfallError, match=f"port {taken}") as locked:
        open_hub(Wish(to_the_house=True, port=0, tls_port=taken), tmp_path, FACTS, NOW)
    assert "--port" in plain.value.faults[0].mend
    assert "--tls-port" in locked.value.faults[0].mend
    held.close()


def test_a_port_is_held_from_the_moment_it_is_taken() -> None:
    held = listening_to_the_house(0)
    with pytest.raises(EvenfallError, match="already listens"):
        listening_on(held[0].getsockname()[1])
    for one in held:
        one.close()


@pytest.mark.parametrize("link", ["http://192.168.1.20:8321", f"http://hub.local:{PORT}/#/" * 4])
def test_a_link_in_a_terminal_is_the_code_a_phone_reads(link: str) -> None:
    lines = qr_lines(link)
    halves = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    shown = [[halves[letter][half] for letter in line] for line in lines for half in (0, 1)]
    code = segno.make(link, error="l", micro=False)
    rows = [[int(dark) for dark in row] for row in code.matrix_iter(border=QUIET_MODULES)]
    assert shown[: len(rows)] == rows
    assert not any(map(any, shown[len(rows) :]))
