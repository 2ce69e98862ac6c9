"""The API against its own description, by a tool made for that: every answer is one it promises.

A real server on this machine, asked as a guardian and as a stranger. How many examples an operation
gets is bounded here; `make prove` asks for more.
"""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from tests.support.let_in import guardians_cookie

from evenfall.adapters.clocks import SystemClock
from evenfall.app.home import Home, load_household
from evenfall.app.web.serve import House, HubServer, listening_on

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is in the test extra")

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
EXAMPLES, EXAMPLES_PROVED = 12, 300
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


class Live:
    """A hub that is up in a thread of its own, and a guardian's cookie for it."""

    def __init__(self, folder: Path) -> None:
        household = load_household(DEMO).record
        shutil.copy(DEMO, folder / "household.yaml")  # which the guard reads for itself
        clock = SystemClock(60.0, datetime(2026, 11, 20, 19, 20, tzinfo=ZONE))
        self._ready = threading.Event()
        self._folder, self._household, self._clock = folder, household, clock
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    async def _serve(self) -> None:
        listener = listening_on(0)
        self.address = f"http://localhost:{listener.getsockname()[1]}"
        house = House(Home(self._folder), self._household, ZONE, self._clock)
        self._server = HubServer(house, listener)
        self.cookie = guardians_cookie(self._server)
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._server.run()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    hub = Live(tmp_path_factory.mktemp("contract"))
    try:
        yield hub
    finally:
        hub.close()


def ask_everything(live: Live, headers: dict[str, str], examples: int) -> dict[str, int]:
    """Ask every operation with what its description allows, and with what it does not."""
    schema: Any = schemathesis.openapi.from_url(f"{live.address}/api/v1/openapi.json")
    checks = [getattr(schemathesis.checks, name, None) for name in CHECKS]
    asked: dict[str, int] = {}
    for found in schema.get_all_operations():
        operation = found.ok()

        ask = _asking(operation.label, asked, headers, checks)
        given = hypothesis.given(operation.as_strategy())(ask)  # type: ignore[no-untyped-call]
        hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )(given)()
    return asked


def _asking(
    label: str, asked: dict[str, int], headers: dict[str, str], checks: list[Any]
) -> Callable[[Any], None]:
    def one(case: Any) -> None:
        asked[label] = asked.get(label, 0) + 1
        case.call_and_validate(headers=headers, checks=checks)

    return one


def as_guardian(live: Live) -> dict[str, str]:
    return {"x-evenfall": "page", **live.cookie}


@pytest.mark.parametrize("who", ["guardian", "stranger"])
def test_every_answer_is_one_the_description_promises(live: Live, who: str) -> None:
    headers = as_guardian(live) if who == "guardian" else {"x-evenfall": "page"}
    asked = ask_everything(live, headers, EXAMPLES)
    assert len(asked) >= 25
    assert min(asked.values()) >= 1


@pytest.mark.prove
def test_every_answer_is_promised_at_length(live: Live) -> None:
    asked = ask_everything(live, as_guardian(live), EXAMPLES_PROVED)
    assert sum(asked.values()) > 2_000
