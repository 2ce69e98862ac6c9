"""Care rule 4 through the guard as the process it is: hubs that ask too much, and a power cut."""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.test_holding import ASKED_LX, ASKED_STEP, SLEEPERS_STEP, TWO_LAMPS
from tests.guard.test_guard_desk import Line
from tests.guard.test_guard_process import DEMO, TOLD, guard_alone, house, step, until

from evenfall.adapters.devices.holding import Lack
from evenfall.adapters.guard.process import socket_path
from evenfall.adapters.homeassistant.twin import LIGHT, HomeAssistantTwin
from evenfall.adapters.wled.twin import WledTwin
from evenfall.records.guard import Beat, Begin, Hello, Status
from evenfall.records.programme import Setpoint

SPEED = 10.0  # a minute's rise takes six seconds, a lease seven and a half
WATCH_S = 7.5


def a_home(folder: Path, there: HomeAssistantTwin, wled: WledTwin) -> None:
    """A room of adults with a lamp of a Home Assistant and one of WLED."""
    text = DEMO.read_text(encoding="utf-8")
    one_lamp = "      - id: loft-lamp\n        kind: light\n"
    assert one_lamp in text
    (folder / "household.yaml").write_text(text.replace(one_lamp, TWO_LAMPS))
    (folder / "t").write_text(there.token)
    (folder / "t").chmod(0o600)
    (folder / "devices.yaml").write_text(
        f'devices: 1\nhome_assistant: {{url: "{there.url}", token_file: t}}\nconnections:\n'
        f"  - {{output: loft-lamp, home_assistant: {LIGHT}}}\n"
        f'  - {{output: loft-spot, wled: "{wled.url}"}}\n'
    )


def lacks(told: Status) -> dict[str, Lack] | None:
    """What the loft's lamps lack; None before anyone has looked."""
    found = {one.id: one.lack for room in told.rooms if room.room == "loft" for one in room.devices}
    return None if "unknown" in found.values() else found


async def asks(folder: Path, seen: list[tuple[int, int]], bulb: WledTwin, wled: WledTwin) -> Any:
    """A hub that asks for a bright evening and goes on asking; what the lamps lack."""
    reader, writer = await asyncio.open_unix_connection(str(socket_path(folder)))
    line = Line(reader, writer)
    line.say(Hello(session=line.session, now_utc=datetime.now(UTC), speed=SPEED))
    rising = Setpoint("light", ASKED_LX, 60.0, 75.0)
    try:
        for round_ in range(round(WATCH_S / 0.3)):
            line.claim(rising, room="loft")
            if round_ == 0:
                line.say(Begin(**line.head(), room="loft", holder="n1"))
            line.say(Beat(**line.head(), under_way=True))
            await asyncio.sleep(0.3)
            seen.append((step(bulb), step(wled)))
        told = await line.until(lambda one: isinstance(one, Status) and lacks(one) is not None)
        return lacks(told)
    finally:
        writer.close()


@pytest.mark.safety("H-124")
@pytest.mark.parametrize("watched", [False, True])
def test_a_lamp_nothing_watches_never_gets_more_than_a_sleepers_light(
    tmp_path: Path, watched: bool
) -> None:
    """And one that is watched does; a lamp beside it goes on as told, and ends safe by itself."""
    at = ["--speed", f"{SPEED:g}", "--at", datetime.now(UTC).isoformat(), str(time.monotonic())]
    with WledTwin() as bulb, WledTwin() as wled, HomeAssistantTwin(bulb) as there:
        there.switch_automation(watched)
        a_home(tmp_path, there, wled)
        seen: list[tuple[int, int]] = []
        with guard_alone(tmp_path, *at) as guard:
            found = asyncio.run(asks(tmp_path, seen, bulb, wled))
            guard.kill()
            guard.wait()
        brightest = max(one for one, _ in seen)
        assert (brightest > SLEEPERS_STEP) if watched else (brightest == SLEEPERS_STEP)
        assert seen[-1][1] == ASKED_STEP
        assert found == {"loft-lamp": "" if watched else "unwatched", "loft-spot": ""}
        wled.pass_time(61.0)
        assert step(wled) == 0


@pytest.mark.safety("H-124")
def test_a_wled_lamp_is_safe_by_itself_when_hub_and_guard_are_killed(tmp_path: Path) -> None:
    with house(tmp_path) as one:
        text = (tmp_path / "household.yaml").read_text(encoding="utf-8")
        dark = "    night_light: 0.5 lx mEDI\n"
        assert dark in text
        (tmp_path / "household.yaml").write_text(text.replace(dark, ""))
        one.serve()
        one.begin()
        assert one.hub is not None
        for process in (one.hub.pid, one.guard()):
            os.kill(process, signal.SIGKILL)
        one.hub.wait()
        left_s = until(lambda: step(one.lamp) <= TOLD)
        one.lamp.pass_time(55.0 - left_s)
        assert step(one.lamp) > 0
        one.lamp.pass_time(6.0)
        assert step(one.lamp) == 0
