"""The hub's side of the guard: answers come when they come, and one that is gone is safe."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.support.guard import light, sound

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.guard import client as client_module
from evenfall.adapters.guard import process
from evenfall.adapters.guard.client import GuardClient, GuardedRoom, GuardPhone
from evenfall.adapters.guard.house import files_digest
from evenfall.adapters.page import SAFE_FRAME
from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.ports.notices import NoticeLostError
from evenfall.records.output import WINDING_DOWN
from evenfall.safety.limits import CHILD

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
EVENING = datetime(2026, 11, 20, 20, 0, tzinfo=ZONE)
SOON_S = 10.0


async def until(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON_S):
        while not seen():
            await asyncio.sleep(0.01)


def ensure(home: Path, clock: SystemClock) -> None:
    file = home / "household.yaml"
    process.ensure(home, clock, clock.speed, True, file, files_digest(file))


@asynccontextmanager
async def at_home(folder: Path) -> AsyncIterator[GuardClient]:
    """A guard's process, and a hub's client that hears it."""
    shutil.copy(DEMO, folder / "household.yaml")
    clock = SystemClock(2.0, EVENING)
    ensure(folder, clock)
    client = GuardClient(process.socket_path(folder), clock, 2.0)
    await client.connect()
    hearing = asyncio.create_task(client.keep())
    try:
        yield client
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        await client.bye()
        process.end_if_ours(folder)
        assert process.wait_for_end(folder)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


def test_a_claim_is_answered_in_its_own_time_and_a_refusal_comes_with_the_next(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with at_home(tmp_path) as client:
            room = GuardedRoom(client, "nest", CHILD)
            assert room.claim("n1", [light(1.0), sound(40.0)], WINDING_DOWN, 0.0) == ()
            await until(lambda: room.frame().sound_dba == 40.0)
            assert room.frame().signature
            assert room.claim("n1", [sound(51.0)], WINDING_DOWN, 0.0) == ()
            await until(lambda: client.refusals)
            (refusal,) = room.claim("n1", [sound(40.0)], WINDING_DOWN, 0.0)
            assert (refusal.limit, refusal.asked, refusal.allowed) == (
                "sound_awake_dba",
                51.0,
                50.0,
            )
            assert room.unavailable == set()
            room.release("n1", 0.0)
            await until(lambda: room.frame().sound_dba == 0.0)

    run(story)


@pytest.mark.safety("H-94")
def test_while_the_guard_is_gone_everything_is_safe_and_what_is_held_is_asked_again(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with at_home(tmp_path) as client:
            room = GuardedRoom(client, "nest", CHILD)
            changes: list[bool] = []
            client.changed = lambda: changes.append(client.lost)
            room.claim("n1", [light(1.0)], WINDING_DOWN, 0.0)
            await until(lambda: room.frame().light_lx_medi == 1.0)
            assert process.end_if_ours(tmp_path)
            await until(lambda: client.lost)
            assert room.frame() == SAFE_FRAME
            assert room.unavailable == {"light", "sound"}
            assert changes[-1]
            with pytest.raises(NoticeLostError, match="the guard is gone"):
                await GuardPhone(client, "notify.a").send("come")
            await asyncio.to_thread(process.wait_for_end, tmp_path)
            clock = client.clock
            assert isinstance(clock, SystemClock)
            await asyncio.to_thread(ensure, tmp_path, clock)
            await until(lambda: not client.lost)
            await until(lambda: room.frame().light_lx_medi == 1.0)

    run(story)


def test_a_hub_that_was_replaced_keeps_away(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_home(tmp_path) as client:
            newer = GuardClient(client.path, client.clock, 2.0)
            await newer.connect()
            await until(lambda: client.lost)
            await asyncio.sleep(client_module.AGAIN_S * 3)
            assert client.lost and not newer.lost
            assert not await client.bye()
            assert await newer.bye()

    run(story)


def test_a_phone_nobody_knows_is_a_lost_notice(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_home(tmp_path) as client:
            phone = GuardPhone(client, "notify.a")
            assert phone.where == "notify.a"
            with pytest.raises(NoticeLostError, match="no such way"):
                await phone.send("come")

    run(story)


def test_a_guard_of_another_hour_gives_way_and_one_of_its_own_does_not(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    ensure(tmp_path, SystemClock(2.0, EVENING))
    began_s = time.monotonic()
    ensure(tmp_path, SystemClock(2.0, EVENING))
    assert time.monotonic() - began_s < 0.2  # the same one
    ensure(tmp_path, SystemClock(3.0, EVENING))
    assert process.end_if_ours(tmp_path)
    assert process.wait_for_end(tmp_path)
    assert not process.end_if_ours(tmp_path)


def test_what_is_wrong_with_a_home_is_told_as_the_guard_tells_it(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no file"):
        ensure(tmp_path, SystemClock(2.0, EVENING))
    with pytest.raises(EvenfallError):
        ensure(tmp_path / "nowhere", SystemClock(2.0, EVENING))
