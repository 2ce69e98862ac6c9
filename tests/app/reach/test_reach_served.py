"""A hub that is opened to the house, served for real: plainly, over TLS, and to nobody else."""

import asyncio
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from cryptography import x509
from tests.support.command_line import demo_home, evenfall

from evenfall.adapters.clocks import SystemClock
from evenfall.app.home import Home, load_household
from evenfall.app.reach.addresses import Facts, facts_here, house_addresses, near_networks
from evenfall.app.reach.house_only import HouseOnly
from evenfall.app.reach.opening import REACH_FILE, Wish, open_hub
from evenfall.app.web.serve import House, HubServer, listening_on

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[3] / "src/evenfall/app/demo/household.yaml"
FACTS = Facts("nursery", ("192.168.1.20",))
MOVED = Facts("nursery", ("192.168.1.77",))
HOUSE_HOST = {"host": "192.168.1.20"}
SOON_S = 20.0  # how long a test waits before it fails; a bound, not a measure

Json = dict[str, Any]


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


@asynccontextmanager
async def opened_hub(folder: Path) -> AsyncIterator[HubServer]:
    clock = SystemClock(1.0, datetime(2026, 11, 20, 19, 20, tzinfo=ZONE))
    shutil.copy(DEMO, folder / "household.yaml")  # which the guard reads for itself
    house = House(Home(folder), load_household(DEMO).record, ZONE, clock)
    opening = open_hub(Wish(to_the_house=True, port=0), folder, FACTS)
    server = HubServer(house, opening.plain[0], opening)
    serving = asyncio.create_task(server.run())
    try:
        async with asyncio.timeout(SOON_S):
            while not (folder / REACH_FILE).exists():
                await asyncio.sleep(0.02)
        yield server
    finally:
        server.stop()
        await serving


def trusting(server: HubServer) -> ssl.SSLContext:
    """A screen that trusts this home's authority and nothing else in the world."""
    pem = server.opening.ca_certificate_pem()
    assert pem is not None
    return ssl.create_default_context(cadata=pem.decode())


async def get(
    url: str, context: ssl.SSLContext | bool = True, headers: dict[str, str] | None = None
) -> httpx.Response:
    async with httpx.AsyncClient(verify=context, timeout=SOON_S, trust_env=False) as screen:
        return await screen.get(url, headers=headers)


async def shown(server: HubServer) -> x509.Certificate:
    _, writer = await asyncio.open_connection(
        "127.0.0.1",
        server.opening.tls_port,
        ssl=trusting(server),
        server_hostname="nursery.local",
    )
    try:
        peer = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(peer)
    finally:
        writer.close()


# --- Both halves -----------------------------------------------------------------------------


def test_one_hub_is_served_plainly_and_over_tls_with_the_homes_authority_alone(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with opened_hub(tmp_path) as server:
            port, tls_port = server.opening.port, server.opening.tls_port
            plain = await get(f"http://127.0.0.1:{port}/healthz")
            locked = await get(f"https://127.0.0.1:{tls_port}/healthz", trusting(server))
            assert plain.json() == locked.json()
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await get(f"https://127.0.0.1:{tls_port}/healthz")
            handed = await get(f"http://127.0.0.1:{port}/house-ca.crt")
            assert handed.content == server.opening.ca_certificate_pem()

    run(story)


def test_each_half_is_known_for_what_it_is(tmp_path: Path) -> None:
    async def story() -> None:
        async with opened_hub(tmp_path) as server:
            port, tls_port = server.opening.port, server.opening.tls_port
            said = {
                "here": await get(f"http://127.0.0.1:{port}/api/v1/me"),
                "plain": await get(f"http://127.0.0.1:{port}/api/v1/me", headers=HOUSE_HOST),
                "locked": await get(f"https://127.0.0.1:{tls_port}/api/v1/me", trusting(server)),
            }
            assert {way: answer.json()["origin"] for way, answer in said.items()} == {
                way: way for way in said
            }
            url = f"http://127.0.0.1:{port}/api/v1/me"
            forged = {"x-forwarded-proto": "https"}
            answer = await get(url, headers=HOUSE_HOST | forged)
            assert answer.json()["origin"] == "plain"

    run(story)


@pytest.mark.safety("H-62")
def test_the_hubs_certificate_is_swapped_while_pages_are_open(tmp_path: Path) -> None:
    async def story() -> None:
        async with opened_hub(tmp_path) as server:
            url = f"https://127.0.0.1:{server.opening.tls_port}/healthz"
            async with httpx.AsyncClient(verify=trusting(server), trust_env=False) as page:
                assert (await page.get(url)).is_success
                before = await shown(server)
                server.opening.look(MOVED, datetime.now(UTC))
                after = await shown(server)
                assert after != before
                assert after.not_valid_after_utc - datetime.now(UTC) < timedelta(days=31)
                assert (await page.get(url)).is_success  # on the connection it had

    run(story)


def test_how_it_is_reached_is_written_down_while_it_is_served(tmp_path: Path) -> None:
    async def story() -> None:
        async with opened_hub(tmp_path) as server:
            told = json.loads((tmp_path / REACH_FILE).read_text())
            assert told == {
                "links": list(server.opening.links),
                "here": server.opening.here_link,
            }
            assert told["links"][0].startswith("https://nursery.local:")

    run(story)
    assert not (tmp_path / REACH_FILE).exists()


def test_a_name_that_is_not_the_hubs_is_not_answered_to(tmp_path: Path) -> None:
    async def story() -> None:
        async with opened_hub(tmp_path) as server:
            url = f"http://127.0.0.1:{server.opening.port}/healthz"
            for host, status in (("rebound.example", 421), ("nursery.local", 200)):
                assert (await get(url, headers={"host": host})).status_code == status

    run(story)


# --- Nobody from elsewhere ---------------------------------------------------------------------


async def asked_by(peer: str | None, kind: str) -> list[Json]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "let in"})

    sent: list[Json] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    client = (peer, 50123) if peer else None
    headers = [(b"host", b"localhost:8321"), (b"x-forwarded-for", b"192.168.1.7")]
    scope = {"type": kind, "client": client, "headers": headers, "method": "GET", "path": "/"}
    await HouseOnly(app, lambda: near_networks(FACTS))(scope, receive, send)
    return sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", ["203.0.113.9", "2001:db8::9", "nobody", None])
def test_a_stranger_from_the_internet_is_let_in_nowhere(peer: str | None, kind: str) -> None:
    sent = asyncio.run(asked_by(peer, kind))
    assert {"type": "let in"} not in sent
    assert sent[0].get("status", 403) == 403 and sent[0].get("code", 1008) == 1008


@pytest.mark.parametrize("peer", ["192.168.1.7", "::1", "::ffff:10.0.0.3", "fe80::3", "100.64.0.9"])
def test_the_house_is_let_in(peer: str) -> None:
    assert asyncio.run(asked_by(peer, "http")) == [{"type": "let in"}]


# --- As a command ------------------------------------------------------------------------------


def free_port() -> int:
    with listening_on(0) as held:
        return int(held.getsockname()[1])


def test_the_command_opens_the_house_and_closes_it_again(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    port, tls_port = free_port(), free_port()
    command = [
        sys.executable, "-c", "from evenfall.app.cli import main; main()",
        "--home", str(tmp_path), "serve", "--home", "--at", "19:20",
        "--port", str(port), "--tls-port", str(tls_port),
    ]  # fmt: skip
    hub = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_until_up(port)
        for address in house_addresses(facts_here())[:2]:  # as a phone would, where there is a way
            shown = f"[{address}]" if ":" in address else address
            if not address.startswith("fe80"):
                answer = httpx.get(f"http://{shown}:{port}/healthz", trust_env=False)
                assert answer.is_success
        os.kill(hub.pid, signal.SIGTERM)
        said, _ = hub.communicate(timeout=SOON_S)
    finally:
        hub.kill()
        hub.wait()
    assert hub.returncode == 0, said
    assert f"http://localhost:{port}" in said and "SHA-256" in said and "bedside only" in said
    assert f"https://localhost:{tls_port}" not in said
    assert "PRIVATE" not in said and "Traceback" not in said
    assert "comes in with four words: run evenfall" in " ".join(said.split())  # and none are shown
    assert "/#/pair/" not in said  # what is written where nobody looks is kept there
    assert not (tmp_path / REACH_FILE).exists()


def wait_until_up(port: int) -> None:
    ends_s = time.monotonic() + SOON_S
    while time.monotonic() < ends_s:
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).raise_for_status()
            return
        time.sleep(0.05)
    raise AssertionError("the hub did not come up")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--home", "./cabin"], "evenfall --home ./cabin serve"),
        (["--house", "my cabin"], "evenfall --home 'my cabin' serve"),
        (["./cabin"], "'./cabin' after serve"),
        (["--home", "--name", "https://hub"], "no https://"),
        (["--behind", "caddy"], "--behind 127.0.0.1"),
        (["--home", "--certificate", "a.pem"], "add the other"),
        (["--tls-port", "9000"], "add --home"),
        (["--home", "--name", "com"], "a whole domain of strangers"),
        (["--home", "--certificate", "a.pem", "--key", "b.pem"], "cannot be used together"),
    ],
)
def test_what_was_meant_otherwise_is_told_plainly(
    tmp_path: Path, words: list[str], said: str
) -> None:
    home = demo_home(tmp_path)
    ran = evenfall("--home", home, "serve", *words)
    assert ran.code == 2 and said in ran.said
    assert not (home / REACH_FILE).exists()
