"""The whole house in one process: hub, guard, lamps, pages, disk and clocks, and one seed.

The programs are the real ones. `evenfall.guard.main` and what `evenfall serve` keeps a home with
run unchanged on our loop, with our clocks and our disk (`world`); a program that dies is dead at
once, with all it had in memory, and is started again from the disk.
"""

import argparse
import asyncio
import logging
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from tests.whole.devices import HomeAssistantHost, HomeNetwork, Lamp, WledHost
from tests.whole.loop import PROCESS, Process, VirtualLoop
from tests.whole.page import Page
from tests.whole.world import Disk, Machine, NamedFile, stood_in

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.guard import process as processes
from evenfall.adapters.guard.count import first_count
from evenfall.adapters.guard.notes import Notes
from evenfall.adapters.sqlite import library as sqlite_library
from evenfall.app import certificates
from evenfall.app.home import Home
from evenfall.app.web import serve
from evenfall.app.web.server import RENEW_S
from evenfall.formats.errors import EvenfallError
from evenfall.formats.household import read_household
from evenfall.formats.wire import LENGTH_BYTES, answer_length, packed, said
from evenfall.guard import desk as desk_module
from evenfall.guard import main as guard_main
from evenfall.guard.desk import Desk
from evenfall.guard.signing import Signer
from evenfall.records.certificate import Certificate
from evenfall.records.guard import Done, Stop
from evenfall.records.view import Ask, LeaseFrame
from evenfall.runtime.hub import Hub

ZONE = ZoneInfo("Europe/Lisbon")
NIGHT_LIGHT_LX, NEST_FULL_LX, LOFT_FULL_LX = 0.5, 20.0, 150.0
NOTED_MAX = 20_000
START_AGAIN_S = 5.0
"""What starts a hub again takes so long, as systemd does with `RestartSec=5`."""

_NESTS = {
    "tidepool": [("noor", "Noor", "2022-06", "immersive", "tidepool")],
    "lighthouse": [("ilay", "Ilay", "2018-03", "immersive", "lighthouse")],
    "told": [
        ("noor", "Noor", "2022-06", "told", "lamp-and-page"),
        ("ilay", "Ilay", "2018-03", "told", "lamp-and-page"),
    ],
}
NESTS = tuple(_NESTS)
_CHILD = """
  - {{id: {0}, name: {1}, born: {2}, room: nest, guardians: [mara], tellers: [mara],
     evening: {3}, score: {4}, free_wake: "07:45",
     commitments: [{{what: school, days: [mon, tue, wed, thu, fri], starts: "08:30",
       from_waking: 1 h 15 min}}]}}"""
_HOUSEHOLD = """household: 1
name: The house of one seed (made up)
zone: Europe/Lisbon
rooms:
  - id: nest
    name: The nest
    night_light: 0.5 lx mEDI
    outputs:
      - {{id: nest-lamp, kind: light, calibration: {{kind: declared, light_at_full: 20 lx mEDI}}}}
  - id: loft
    name: The loft
    outputs: [{{id: loft-lamp, kind: light}}]
members:
  - {{id: mara, name: Mara, born: 1988-04, room: loft, evening: told, score: lamp-and-page,
     commitments: [{{what: work, days: [mon, tue, wed, thu, fri], starts: "09:45",
       from_waking: 2 h 30 min}}]}}{children}
immersion_allowance: 20 min
"""
_DEVICES = """devices: 1
home_assistant: {url: http://ha.local, token_file: ha.token}
connections:
  - {output: nest-lamp, home_assistant: light.nest_lamp}
  - {output: loft-lamp, wled: http://loft.local}
"""
_PROVEN: dict[str, Certificate] = {}


class QuickKey:
    """A key that signs with a keyed digest: for long runs, where the signing itself is no news."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, text: bytes) -> bytes:
        return blake2b(text, key=self._key, digest_size=16).digest()

    def public_key(self) -> Any:
        return SimpleNamespace(public_bytes_raw=lambda: b"\0" * 32)


class ThisHub(serve.HubServer):
    """What `evenfall serve` keeps a home with, all but its doors to the network."""

    def __init__(self, house: serve.House) -> None:
        super().__init__(house, cast(socket.socket, _NoSocket()))

    async def _serve(self) -> None:
        await asyncio.Event().wait()

    async def _stay_reachable(self) -> None:
        await asyncio.Event().wait()


class _NoSocket:
    """A socket at which nobody listens."""

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 8321

    def close(self) -> None:
        """Nothing is open."""


class WholeHouse:
    """Everything there is, at the noon of a day.

    Args:
        seed: of all the chance there is.
        folder: where the household's files go.
        day: whose noon it begins at.
        nest: who sleeps in the nest, and by which evening (`NESTS`).
        truly: False where a keyed digest stands for the guard's signature.
    """

    def __init__(self, seed: int, folder: Path, day: date, nest: str, truly: bool = False) -> None:
        self.seed, self.folder = seed, folder
        self.loop = VirtualLoop(seed)
        start = datetime.combine(day, time(12), ZONE).astimezone(UTC)
        self.machine = Machine(self.loop, start)
        self.disk = Disk(self.loop)
        self.chance = random.Random(seed + 2)
        self.truly = truly
        self.key = random.Random(seed + 3).randbytes(32)
        self.story: list[str] = []
        self.network = HomeNetwork(self.loop, random.Random(seed + 4))
        self.nest_lamp = Lamp(self.loop, NEST_FULL_LX)
        self.loft_lamp = Lamp(self.loop, LOFT_FULL_LX)
        safe_step = int(NIGHT_LIGHT_LX / NEST_FULL_LX * 255)
        self.assistant = HomeAssistantHost(
            self.loop, self.chance, self.nest_lamp, safe_step, watches=True
        )
        self.wled = WledHost(self.loop, self.chance, self.loft_lamp)
        self.network.hosts = {"http://ha.local": self.assistant, "http://loft.local": self.wled}
        self.lamps = {"nest": self.nest_lamp, "loft": self.loft_lamp}
        self.hosts = {"nest": self.assistant, "loft": self.wled}
        self.guard: Process | None = None
        self.desk: Desk | None = None
        self.hub: Process | None = None
        self.server: ThisHub | None = None
        self.on_stop: Callable[[str], None] = lambda _: None
        self.kept_frames: dict[str, list[LeaseFrame]] = {"nest": [], "loft": []}
        self.signed_s: dict[int, float] = {}
        self._lines: dict[str, Any] = {}
        self._write_files(nest)
        text = (folder / "household.yaml").read_text()
        self.household = read_household(text, "household.yaml").record
        self.pages = {
            room: Page(self.loop, room, self.verify, self.true_utc) for room in ("nest", "loft")
        }

    def _write_files(self, nest: str) -> None:
        children = "".join(_CHILD.format(*one) for one in _NESTS[nest])
        (self.folder / "household.yaml").write_text(_HOUSEHOLD.format(children=children))
        (self.folder / "devices.yaml").write_text(_DEVICES)
        (self.folder / "ha.token").write_text("a-token")
        guard = self.folder / "guard"
        guard.mkdir(mode=0o700)
        (guard / "guard.key").write_bytes(self.key)
        (guard / "guard.key").chmod(0o600)

    def true_utc(self) -> datetime:
        """The true time, which a phone has from its own network."""
        return self.machine.start_utc + timedelta(seconds=self.loop.now_s)

    # --- Telling ---------------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """A line of the story, with the true time and the one on the wall."""
        wall = self.machine.now_utc().astimezone(ZONE)
        hours, rest = divmod(self.loop.now_s, 3600)
        minutes, seconds = divmod(rest, 60)
        at = f"{int(hours):02}:{int(minutes):02}:{seconds:06.3f}"
        self.story.append(f"{at} ({wall:%H:%M:%S}) {text}")

    # --- Programs --------------------------------------------------------------------------------

    def start_guard(self) -> None:
        """Start the guard's own main."""
        if self.guard is not None and self.guard.alive:
            return
        self.guard = Process(self.loop, "guard")
        self.tell("the guard is started")
        given = argparse.Namespace(
            home=self.folder, household=None, for_hub=True, speed=1.0, at=None
        )
        self.guard.spawn(self._guard(self.guard, given))

    def _ensure_guard(self, *_: object) -> None:
        """What a hub does that finds no guard; a dead one starts nothing any more."""
        process = PROCESS.get()
        if process is not None and process.alive:
            self.start_guard()

    async def _guard(self, process: Process, given: argparse.Namespace) -> None:
        await asyncio.sleep(0.2 + 0.5 * self.chance.random())
        try:
            await guard_main._run(given)
        except (EvenfallError, OSError) as error:
            if process.alive:
                self.tell(f"the guard cannot begin: {error!r}"[:160])
        if process.alive:
            self.tell("the guard ended")
            process.kill()

    def start_hub(self) -> None:
        if self.hub is not None and self.hub.alive:
            return
        self.hub = Process(self.loop, "hub")
        self.tell("the hub is started")
        self.hub.spawn(self._hub(self.hub))

    async def _hub(self, process: Process) -> None:
        await asyncio.sleep(0.3 + 0.7 * self.chance.random())
        house = serve.House(Home(self.folder), self.household, ZONE, SystemClock())
        try:
            self.server = server = ThisHub(house)
            self._shelve()
            await server.run()
            self.tell("the hub ended by itself")
        except EvenfallError as error:
            if process.alive:
                self.tell(f"the hub ended: {error.faults[0].found}"[:160])
        finally:
            if process.alive:
                self.kill_hub("", START_AGAIN_S)

    def kill_hub(self, why: str, down_s: float) -> None:
        """The hub is gone with all it knew; it is started again after a while."""
        if self.hub is None or not self.hub.alive:
            return
        if why:
            self.tell(f"the hub {why}")
        self.hub.kill()
        self.server = None
        self.disk.roll_back()
        for room in list(self._lines):
            self._hang_up(room)
        self.loop.call_later(down_s, self.start_hub)

    def kill_guard(self, why: str) -> None:
        """The guard is gone; whoever needs one starts another."""
        if self.guard is not None and self.guard.alive:
            self.tell(f"the guard {why}")
            self.guard.kill()
            self.desk = None

    def reboot(self, down_s: float, trusted: bool, lost_s: float) -> None:
        """The power goes and comes: everything dies at once, and the clock may have stood still."""
        self.kill_hub("loses its power", down_s)
        self.kill_guard("loses its power")
        self.disk.lose_power()
        self.loop.call_later(down_s - 0.01, self._boot, trusted, lost_s)

    def _boot(self, trusted: bool, lost_s: float) -> None:
        self.machine.reboot()
        if not trusted:
            self.machine.offset_s -= lost_s
            self.tell(f"the machine is back, its clock {lost_s:.0f} s behind")

    # --- Pages -----------------------------------------------------------------------------------

    async def keep_pages(self) -> None:
        """Each page looks for the house again and again, as a page does."""
        while True:
            hub, server = self.hub, self.server
            for room, page in self.pages.items():
                alone = room not in self._lines and page.net
                if alone and server is not None and hub is not None and hub.alive:
                    self._lines[room] = hub.spawn(self._show(server, room, page))
            await asyncio.sleep(1.0)

    async def _show(self, server: ThisHub, room: str, page: Page) -> None:
        """What `web.server` shows a page: at every change, and as often as its lease needs it."""
        while True:
            tonight: Hub = server.served.hub
            with tonight.watching() as bell:
                while server.served.hub is tonight:
                    bell.clear()
                    self._send(tonight, room, page)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(RENEW_S):
                            await bell.wait()

    def _send(self, tonight: Hub, room: str, page: Page) -> None:
        live = tonight.rooms.get(room)
        if live is None:
            return
        frame, night = live.page.frame(), live.ready.night.id
        kept = self.kept_frames[room]
        if frame.signature and self.chance.random() < 0.01:
            kept.append(frame)
            del kept[:-20]
        self.post(page, frame, night)

    def post(self, page: Page, frame: LeaseFrame, night: str) -> None:
        """One frame on its way to a page."""
        hub = self.hub
        stalled_s = max(0.0, hub.busy_until_s - self.loop.now_s) if hub is not None else 0.0
        late_s = stalled_s + 0.01 + 0.05 * self.chance.random()
        context = page.process.context
        self.loop.call_later(late_s, self._arrive, page, frame, night, context=context)

    def _arrive(self, page: Page, frame: LeaseFrame, night: str) -> None:
        if page.net:
            page.hear(frame, night)

    def _hang_up(self, room: str) -> None:
        line = self._lines.pop(room, None)
        if line is not None:
            line.cancel()

    def cut(self, room: str) -> None:
        """A page loses the house's network."""
        self.pages[room].net = False
        self._hang_up(room)

    def ask(self, ask: Ask, who: str) -> None:
        """A screen asks the hub; where nobody is there, nobody hears it."""
        hub = self.hub
        if hub is not None and hub.alive and self.server is not None:
            late_s = 0.02 + 0.05 * self.chance.random()
            self.loop.call_later(late_s, self._asked, self.server, ask, who, context=hub.context)

    def _asked(self, server: ThisHub, ask: Ask, who: str) -> None:
        if self.server is not server:
            return
        try:
            server.served.hub.ask(ask, who)
        except EvenfallError as error:
            self.tell(f"{ask.do} in {ask.room}: {error.faults[0].found}")
        else:
            self.tell(f"{ask.do} in {ask.room} by {who}")
            if ask.do == "stop":
                self.on_stop(ask.room)

    async def stop_at_guard(self, rooms: tuple[str, ...], heard: Callable[[], None]) -> None:
        """`evenfall stop`: straight to the guard, from a program of its own."""
        teller = Process(self.loop, "evenfall stop")

        async def say() -> None:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                path = str(self.folder / "guard" / "guard.sock")
                async with asyncio.timeout(5.0):
                    reader, writer = await asyncio.open_unix_connection(path)
                    writer.write(packed(Stop(rooms=rooms)))
                    length = answer_length(await reader.readexactly(LENGTH_BYTES))
                    answer = said(await reader.readexactly(length))
                writer.close()
                if isinstance(answer, Done):
                    heard()

        await teller.spawn(say())

    # --- The guard's signature -------------------------------------------------------------------

    def signer(self, key: bytes, first: int) -> Signer:
        """The guard's own signer; when it signed what is noted for whoever looks on."""
        signed_s, loop = self.signed_s, self.loop

        class Noted(Signer):
            def signed(self, room: str, frame: LeaseFrame, now: datetime) -> LeaseFrame:
                told = super().signed(room, frame, now)
                signed_s[self._count] = loop.now_s
                if len(signed_s) > NOTED_MAX:
                    del signed_s[next(iter(signed_s))]
                return told

        signer = Noted(key, first)
        if not self.truly:
            signer._key = QuickKey(key)  # type: ignore[assignment]
        return signer

    def verify(self, text: str, signature: str) -> bool:
        """Whether the guard's own key signed a text, for the pages that have it pinned."""
        if not self.truly:
            return QuickKey(self.key).sign(text.encode()).hex() == signature
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        public = Ed25519PrivateKey.from_private_bytes(self.key).public_key()
        try:
            public.verify(bytes.fromhex(signature), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    # --- Standing in -----------------------------------------------------------------------------

    def _shelve(self) -> None:
        """What one run has proven, the next need not: the proof itself has tests of its own."""
        assert self.server is not None
        rows = self.disk.database.execute("SELECT key, body FROM kept WHERE shelf = 'Certificate'")
        import msgspec

        for key, body in rows.fetchall():
            _PROVEN.setdefault(key, msgspec.json.decode(body, type=Certificate))

    def _desk(self, *given: Any, **named: Any) -> Desk:
        self.desk = Desk(*given, **named)
        return self.desk

    @contextmanager
    def running(self) -> Iterator[None]:
        """The house's programs meet this house instead of the world, for a while."""
        tokens = random.Random(self.seed + 5)
        note: Any = NamedFile(self.disk, "tonight.json")
        count: Any = NamedFile(self.disk, "guard.count")
        ours: list[Any] = [
            patch.object(
                guard_main,
                "time",
                SimpleNamespace(monotonic=self.machine.monotonic, time_ns=self.machine.time_ns),
            ),
            patch.object(guard_main, "_tell", lambda _: None),
            patch.object(guard_main, "Notes", lambda path: Notes(note if path else None)),
            patch.object(guard_main, "first_count", lambda _, now_us: first_count(count, now_us)),
            patch.object(guard_main, "Signer", self.signer),
            patch.object(guard_main, "Desk", self._desk),
            patch.object(desk_module, "TICK_S", desk_module.TICK_S if self.truly else 1.0),
            patch.object(processes, "is_running", lambda _: bool(self.guard and self.guard.alive)),
            patch.object(processes, "ensure", self._ensure_guard),
            patch.object(processes, "end_if_ours", lambda _: False),
            patch.object(processes, "wait_for_end", lambda *_: True),
            patch.object(serve, "make_app", lambda *_: None),
            patch.object(serve, "_server", lambda *_: SimpleNamespace(should_exit=False)),
            patch.object(sqlite_library, "clear_journal", lambda _: True),
            patch.object(_wled(), "JsonHttp", self.network.connected),
            patch.object(_assistant(), "JsonHttp", self.network.connected),
        ]
        for key, certificate in _PROVEN.items():
            self._put(key, certificate)
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        with stood_in(self.machine, self.disk, lambda count: tokens.randbytes(count).hex()):
            for one in ours:
                one.start()
            try:
                yield
            finally:
                for one in ours:
                    one.stop()

    def _put(self, key: str, certificate: Certificate) -> None:
        import msgspec

        self.disk.database.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?)",
            ("Certificate", key, "2026-01-01", msgspec.json.encode(certificate)),
        )


def _wled() -> Any:
    from evenfall.adapters.wled import lamp

    return lamp


def _assistant() -> Any:
    from evenfall.adapters.homeassistant import api

    return api


__all__ = [
    "NESTS",
    "ZONE",
    "QuickKey",
    "ThisHub",
    "WholeHouse",
    "certificates",
    "replace",
    "timedelta",
]
