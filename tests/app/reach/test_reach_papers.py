"""The certificate a hub shows: made once, kept private, renewed in time, swapped while served."""

import asyncio
import ssl
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from evenfall.app.home import Home, write_atomically
from evenfall.app.keepsafe import contents
from evenfall.app.reach.certificates import (
    AUTHORITY_DAYS,
    certificate_pem,
    days_left,
    hosts_of,
    key_pem,
    new_authority,
    new_leaf,
)
from evenfall.app.reach.papers import (
    AUTHORITY_FILE,
    HUB_FILE,
    GivenPapers,
    HomePapers,
    Hosts,
    Papers,
)
from evenfall.formats.errors import EvenfallError

NOW = datetime.now(UTC).replace(microsecond=0)
HOSTS = Hosts(("hub.local",), ("192.168.1.20",))
MOVED = Hosts(("hub.local",), ("192.168.1.77",))
DAY = timedelta(days=1)


def home_papers(folder: Path, now: datetime = NOW, hosts: Hosts = HOSTS) -> HomePapers:
    return HomePapers(folder / "reach", (), hosts, now)


def kept(folder: Path) -> x509.Certificate:
    body = (folder / "reach" / HUB_FILE).read_bytes()
    return x509.load_pem_x509_certificates(body)[0]


async def shown(papers: Papers, name: str, trusted: bytes | None) -> x509.Certificate:
    """The certificate a browser is shown, that trusts one authority and asks for a name.

    Raises:
        ssl.SSLError: it does not believe it.
    """
    served = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=papers.context)
    async with served:
        port = served.sockets[0].getsockname()[1]
        return await shown_at(port, name, trusted)


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def shown_at(port: int, name: str, trusted: bytes | None) -> x509.Certificate:
    browser = ssl.create_default_context(cadata=trusted.decode() if trusted else None)
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=browser, server_hostname=name)
    try:
        peer = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(peer)
    finally:
        writer.close()


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


# --- The home's own ------------------------------------------------------------------------------


@pytest.mark.safety("H-62")
def test_a_screen_that_trusts_the_home_believes_its_hub_and_another_screen_does_not(
    tmp_path: Path,
) -> None:
    papers = home_papers(tmp_path)
    trusted = papers.ca_certificate_pem()

    async def story() -> None:
        for name in ("hub.local", "192.168.1.20", "localhost", "127.0.0.1"):
            assert await shown(papers, name, trusted) == kept(tmp_path)
        for name, trusts in (("other.local", trusted), ("hub.local", None)):
            with pytest.raises(ssl.SSLCertVerificationError):
                await shown(papers, name, trusts)

    run(story)


@pytest.mark.safety("H-62")
def test_keys_are_for_this_user_alone_and_what_is_handed_out_holds_none(tmp_path: Path) -> None:
    papers = home_papers(tmp_path)
    folder = tmp_path / "reach"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(one.name for one in folder.iterdir()) == [AUTHORITY_FILE, HUB_FILE]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"PRIVATE" not in papers.ca_certificate_pem()
    assert len(x509.load_pem_x509_certificates(papers.ca_certificate_pem())) == 1


@pytest.mark.safety("H-62")
def test_the_key_that_made_the_anchor_is_nowhere(tmp_path: Path) -> None:
    papers = home_papers(tmp_path)
    anchor = papers.authority.anchor.public_key()
    keys = [papers.authority.key.public_key(), kept(tmp_path).public_key()]
    assert anchor not in keys
    whole = b"".join(one.read_bytes() for one in (tmp_path / "reach").iterdir())
    assert whole.count(b"BEGIN PRIVATE KEY") == len(keys)


@pytest.mark.safety("H-62")
def test_no_backup_carries_a_key_of_it_not_even_one_with_secrets(tmp_path: Path) -> None:
    home_papers(tmp_path)
    (tmp_path / "household.yaml").write_text("household: 1\n")
    (tmp_path / "reach.json").write_text("{}")
    (tmp_path / "home-assistant.token").write_text("secret")
    held = contents(Home(tmp_path))
    assert set(held.files) == {"household.yaml"}
    assert set(held.private) == {"home-assistant.token"}


def test_a_hub_that_starts_again_shows_the_same(tmp_path: Path) -> None:
    first = home_papers(tmp_path)
    before = kept(tmp_path)
    again = home_papers(tmp_path, NOW + DAY)
    assert not first.replaced and not again.replaced
    assert again.ca_certificate_pem() == first.ca_certificate_pem()
    assert kept(tmp_path) == before


@pytest.mark.parametrize(
    ("later", "hosts", "another"),
    [(DAY, HOSTS, False), (21 * DAY, HOSTS, True), (DAY, MOVED, True), (90 * DAY, MOVED, True)],
)
def test_it_is_swapped_while_it_is_served(
    tmp_path: Path, later: timedelta, hosts: Hosts, another: bool
) -> None:
    papers = home_papers(tmp_path)
    trusted, context = papers.ca_certificate_pem(), papers.context

    async def story() -> None:
        served = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=papers.context)
        async with served:
            port = served.sockets[0].getsockname()[1]
            before = await shown_at(port, "localhost", trusted)
            assert papers.look(hosts, NOW + later) is another
            after = kept(tmp_path)
            assert (after != before) is another
            if later < 2 * DAY:  # else it begins later than this test's own browser is
                assert await shown_at(port, hosts.addresses[0], trusted) == after

    run(story)
    assert papers.context is context and papers.ca_certificate_pem() == trusted
    assert hosts.addresses[0] in hosts_of(kept(tmp_path))[1]
    assert days_left(kept(tmp_path), NOW + later) >= 10


def test_after_five_years_there_is_another_authority(tmp_path: Path) -> None:
    first = home_papers(tmp_path)
    late = NOW + (AUTHORITY_DAYS - 20) * DAY
    again = home_papers(tmp_path, late)
    assert again.replaced and again.ca_certificate_pem() != first.ca_certificate_pem()
    before = again.ca_certificate_pem()
    assert again.look(HOSTS, late + (AUTHORITY_DAYS - 20) * DAY)
    assert again.ca_certificate_pem() != before


def test_what_the_authority_cannot_hold_is_left_out_or_refused(tmp_path: Path) -> None:
    papers = home_papers(tmp_path, hosts=Hosts(("hub.local", "hub.example.net"), ("203.0.113.9",)))
    assert papers.hosts == Hosts(("hub.local", "localhost"), ("127.0.0.1", "::1"))
    with pytest.raises(EvenfallError, match="may not vouch for") as told:
        HomePapers(tmp_path / "reach", ("hub.example.net",), HOSTS, NOW)
    assert str(tmp_path / "reach") in told.value.faults[0].mend
    with pytest.raises(EvenfallError, match="may not vouch for"):
        HomePapers(tmp_path / "reach", ("203.0.113.9",), HOSTS, NOW)
    named = HomePapers(tmp_path / "other", ("hub.example.net", "10.0.0.9"), HOSTS, NOW)
    assert named.ca_certificate_pem()


@pytest.mark.parametrize("body", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_an_authority_that_is_damaged_is_never_replaced_in_silence(
    tmp_path: Path, body: bytes
) -> None:
    home_papers(tmp_path)
    file = tmp_path / "reach" / AUTHORITY_FILE
    file.write_bytes(body)
    with pytest.raises(EvenfallError, match="cannot be used") as told:
        home_papers(tmp_path)
    assert "every screen" in told.value.faults[0].mend
    assert file.read_bytes() == body


def test_an_authority_with_anothers_key_is_told(tmp_path: Path) -> None:
    home_papers(tmp_path)
    mine, other = new_authority([], NOW), new_authority([], NOW)
    body = key_pem(other.key) + certificate_pem(mine.issuer, mine.anchor)
    write_atomically(tmp_path / "reach" / AUTHORITY_FILE, body, 0o600)
    with pytest.raises(EvenfallError, match="its key is another's"):
        home_papers(tmp_path)


@pytest.mark.parametrize("body", [b"", b"nonsense"])
def test_a_damaged_certificate_of_the_hub_is_made_again(tmp_path: Path, body: bytes) -> None:
    home_papers(tmp_path)
    (tmp_path / "reach" / HUB_FILE).write_bytes(body)
    home_papers(tmp_path)
    assert hosts_of(kept(tmp_path))[0] == ("hub.local", "localhost")


# --- One the family has --------------------------------------------------------------------------

FAMILY = new_authority(["evening.example.net"], NOW)


def given(folder: Path, *names: str, wanted: Hosts = HOSTS) -> GivenPapers:
    write_given(folder, *names)
    return GivenPapers(folder / "full.pem", folder / "key.pem", wanted)


def write_given(folder: Path, *names: str, now: datetime = NOW) -> None:
    leaf = new_leaf(FAMILY, names, [], now)
    (folder / "full.pem").write_bytes(certificate_pem(leaf.certificate, FAMILY.issuer))
    (folder / "key.pem").write_bytes(key_pem(leaf.key))


def test_a_certificate_the_family_has_is_shown_and_taken_up_anew(tmp_path: Path) -> None:
    papers = given(tmp_path, "evening.example.net")
    assert papers.hosts == Hosts(("evening.example.net",), ())
    assert papers.ca_certificate_pem() is None
    assert round(papers.days_left(NOW)) == 30
    trusted = certificate_pem(FAMILY.anchor)

    async def story() -> None:
        served = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=papers.context)
        async with served:
            port = served.sockets[0].getsockname()[1]
            before = await shown_at(port, "evening.example.net", trusted)
            assert not papers.look(HOSTS, NOW)
            (tmp_path / "key.pem").write_text("half a renewal")
            assert not papers.look(HOSTS, NOW)
            assert await shown_at(port, "evening.example.net", trusted) == before
            write_given(tmp_path, "evening.example.net")
            assert papers.look(HOSTS, NOW)
            assert await shown_at(port, "evening.example.net", trusted) != before

    run(story)


def test_a_star_stands_for_a_name_that_is_said(tmp_path: Path) -> None:
    wanted = Hosts(("a.evening.example.net", "a.b.evening.example.net", "hub.local"), ())
    papers = given(tmp_path, "*.evening.example.net", wanted=wanted)
    assert papers.hosts.names == ("a.evening.example.net",)
    with pytest.raises(EvenfallError, match="--name evening"):
        given(tmp_path, "*.evening.example.net")


@pytest.mark.parametrize("broken", ["full.pem", "key.pem"])
@pytest.mark.parametrize("how", ["missing", "nonsense", "another"])
def test_files_that_do_not_do_are_told_with_their_mend(
    tmp_path: Path, broken: str, how: str
) -> None:
    write_given(tmp_path, "evening.example.net")
    other = new_leaf(FAMILY, ["evening.example.net"], [], NOW)
    file = tmp_path / broken
    if how == "missing":
        file.unlink()
    elif how == "nonsense":
        file.write_text("nonsense")
    elif broken == "key.pem":
        file.write_bytes(key_pem(other.key))
    else:
        file.write_bytes(certificate_pem(other.certificate))
    with pytest.raises(EvenfallError, match="cannot be used together") as told:
        GivenPapers(tmp_path / "full.pem", tmp_path / "key.pem", HOSTS)
    assert "key" in told.value.faults[0].mend
