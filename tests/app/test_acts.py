"""A guardian elsewhere: what their screen may ask, what becomes of it, and who sees it.

A real hub with a real guard; a screen elsewhere comes through the home's own proxy, as it would.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import httpx
import pytest
from msgspec.structs import replace
from tests.support.acts import SigningScreen

from evenfall.adapters.clocks import SystemClock
from evenfall.app.access.acting import ACTS_PER_MIN
from evenfall.app.acts import Acts, sentence
from evenfall.app.home import Home, load_household
from evenfall.app.keeping import give_back
from evenfall.app.reach.ways import Ways
from evenfall.app.web.guarded import COOKIES, guarded_routes
from evenfall.app.web.seen import FROM_ELSEWHERE
from evenfall.app.web.serve import House, HubServer, listening_on
from evenfall.app.web.server import make_app
from evenfall.formats.language import retold
from evenfall.play.fold import event_of
from evenfall.records.act import Act, ActKind, ActTaken, SignedAct
from evenfall.records.insight import Morning
from evenfall.records.night import Begin, Emergency, Event, Override, Stop
from evenfall.runtime.people import People

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
PROXY, NAME = "172.30.32.2", "hub.local"
WAYS = Ways(
    hosts=("localhost", "127.0.0.1", NAME),
    behind=(PROXY,),
    locked_at=f"https://{NAME}:8322",
    names=("localhost", NAME),
)
AWAY = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
SOON_S = 20.0  # a bound, not a measure
Json = dict[str, Any]


class Screen:
    """Somebody's screen, at home or elsewhere; a guardian's signs."""

    def __init__(self, evening: "Evening", role: str, member: str | None) -> None:
        self.evening = evening
        kind: Any = "member" if member else role
        room = "nest" if role == "device" else None
        keeper = evening.server.served.gatekeeper
        _, code = keeper.invite(kind, member=member, room=room, by=None)
        session, token = keeper.claim(code, origin="locked", label=role, knocker="test")
        self.cookie = f"{COOKIES['locked']}={token}"
        self.signs = SigningScreen(session.id, member or "nobody")
        self.away = False

    def elsewhere(self) -> "Screen":
        self.away = True
        return self

    async def asked(self, method: str, path: str, body: object = None) -> httpx.Response:
        peer = PROXY if self.away else "192.168.7.20"
        transport = httpx.ASGITransport(self.evening.app, client=(peer, 50_000))
        headers = {"x-evenfall": "page", "cookie": self.cookie, **(AWAY if self.away else {})}
        async with httpx.AsyncClient(transport=transport, base_url=f"https://{NAME}") as client:
            return await client.request(method, f"/api/v1/{path}", headers=headers, json=body)

    async def shows_its_key(self) -> httpx.Response:
        offer = self.signs.offer()
        body = {"public_key": offer.public_key, "signature": offer.signature}
        return await self.asked("POST", "acts/key", body)

    async def does(self, act: ActKind, *rooms: str, **other: object) -> httpx.Response:
        return await self.sends(self.signs.act(act, datetime.now(UTC), rooms, **other))

    async def sends(self, signed: SignedAct) -> httpx.Response:
        body = {"signed": signed.signed, "signature": signed.signature}
        return await self.asked("POST", "acts", body)

    async def do(self, do: str, room: str = "nest") -> httpx.Response:
        return await self.asked("POST", "do", {"do": do, "room": room})

    async def room(self, name: str = "nest") -> Json:
        view = (await self.asked("GET", "home")).json()
        found: Json = next(one for one in view["rooms"] if one["room"] == name)
        return found

    async def until(self, seen: Callable[[Json], bool], name: str = "nest") -> Json:
        async with asyncio.timeout(SOON_S):
            while not seen(room := await self.room(name)):
                await asyncio.sleep(0.02)
            return room


class Evening:
    """A hub that keeps its nights, and whoever's screens there are."""

    def __init__(self, folder: Path, at: str) -> None:
        (folder / "household.yaml").write_bytes(DEMO.read_bytes())
        household = load_household(folder / "household.yaml").record
        hour, minute = (int(part) for part in at.split(":"))
        clock = SystemClock(1.0, datetime(2026, 11, 20, hour, minute, tzinfo=ZONE))
        self.house = House(Home(folder), household, ZONE, clock)
        self.server = HubServer(self.house, listening_on(0))
        self.app = make_app(self.server.served, WAYS)

    @property
    def acts(self) -> Acts:
        return self.server.served.acts

    def rows(self, room: str = "nest") -> list[Event]:
        """What the room's log holds, as events."""
        night = self.server.served.hub.rooms[room].ready.night.id

        return [event_of(row) for row in self.server.log.rows(night)]

    def guardian(self) -> Screen:
        return Screen(self, "guardian", "mara")


@asynccontextmanager
async def evening(folder: Path, at: str = "19:20") -> AsyncIterator[Evening]:
    one = Evening(folder, at)
    server = one.server
    await server.guard.connect()
    tasks = [
        asyncio.create_task(server.guard.keep()),
        asyncio.create_task(server.served.hub.run()),
    ]
    try:
        async with asyncio.timeout(SOON_S):
            while not server.guard.client.rooms:
                await asyncio.sleep(0.02)
        yield one
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(Exception):
            await server.guard.leave()
        server.opening.close()
        server.log.close()
        server.library.close()
        server.access.close()


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


async def away_with_a_story(home: Evening) -> tuple[Screen, Screen]:
    """A story plays in the nest; a guardian's screen, known at home, is elsewhere now."""
    bedside, phone = Screen(home, "device", None), home.guardian()
    assert (await phone.shows_its_key()).status_code == 200
    assert (await bedside.do("begin")).json()["rooms"]
    await bedside.until(lambda room: room["mode"] == "running")
    return bedside, phone.elsewhere()


# --- H-105: a remote act brightens, plays or listens ---------------------------------------------


@pytest.mark.safety("H-105")
def test_an_act_has_no_word_for_anything_but_quiet_safe_and_an_invitation() -> None:
    assert get_args(ActKind) == ("quiet", "release", "invite")
    assert set(Act.__struct_fields__) == {"act", "rooms", "by", "screen", "asked_utc", "count"}


@pytest.mark.safety("H-105")
def test_from_elsewhere_nothing_may_be_asked_of_a_room_but_a_stop(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            phone = home.guardian().elsewhere()
            me = (await phone.asked("GET", "me")).json()
            assert me["elsewhere"] is True and "skip-wake" not in me["rights"]
            assert set((await phone.room())["can"]) <= {"stop", "touch"}
            for do in ("begin", "no", "pause", "resume", "touch", "choose", "lights-out", "up",
                       "skip-wake", "voice"):  # fmt: skip
                answer = await phone.do(do)
                assert answer.status_code == 403, do
                assert "outside the home" in answer.json()["errors"][0]["found"]
            assert (await phone.room())["mode"] == "waiting"
            phone.away = False
            assert "begin" in (await phone.room())["can"]

    run(story)


@pytest.mark.safety("H-105")
def test_whatever_is_done_from_elsewhere_nothing_in_the_house_gets_brighter_or_louder(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            _, phone = await away_with_a_story(home)
            before = (await phone.room())["lease"]
            for act in get_args(ActKind):
                answer = await phone.does(act, "nest")
                assert answer.status_code == 200, answer.text
                now = (await phone.room())["lease"]
                assert now["light_lx_medi"] <= before["light_lx_medi"]
                assert now["sound_dba"] <= before["sound_dba"]
                before = now

    run(story)


@pytest.mark.safety("H-105")
def test_no_route_gives_anyone_what_a_room_sounds_like(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            heard = {path for _, path, _ in guarded_routes(home.app) if "voice" in path}
            assert heard == {"/api/v1/voices", "/api/v1/voices/{voice}"}  # kept recordings alone
            schemas = home.app.openapi()["components"]["schemas"]
            named = set(schemas["RoomView"]["properties"])
            assert not {one for one in named if "level" in one or "heard" in one}

    run(story)


@pytest.mark.safety("H-105")
def test_a_childs_touch_at_night_calls_an_adult_from_anywhere_and_lights_nothing_from_afar(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            assert FROM_ELSEWHERE == ("stop", "touch")
            bedside, _ = await away_with_a_story(home)
            bedside.elsewhere()  # it reaches the house by a tunnel, say, and nobody can tell
            assert (await bedside.do("touch")).status_code == 403  # in the story it calls nobody
            await bedside.do("stop")
            await bedside.until(lambda room: room["mode"] == "stopped")
            before = (await bedside.room())["lease"]
            assert (await bedside.do("touch")).status_code == 200
            await bedside.until(lambda _: any(isinstance(one, Emergency) for one in home.rows()))
            after = await bedside.room()
            assert not after["glow"]
            assert after["lease"]["light_lx_medi"] <= before["light_lx_medi"]

    run(story)


# --- Quiet ---------------------------------------------------------------------------------------


@pytest.mark.safety("H-107")
def test_quiet_from_elsewhere_is_logged_seen_and_keeps_the_morning(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            answer = await phone.does("quiet", "nest")
            assert answer.json() == {
                "act": "quiet",
                "rooms": [{"room": "nest", "name": "The nest", "outcome": "quiet", "silent": []}],
            }
            seen = await bedside.until(lambda room: not room["say"])
            assert seen["mode"] == "running" and "skip-wake" in seen["can"]  # the dawn is kept
            (shown,) = seen["acts"]
            assert (shown["act"], shown["by_name"], shown["elsewhere"]) == ("quiet", "Mara", True)
            assert shown["at"].startswith("2026-11-20T19:2")
            assert home.rows()[-1] == Override("mara")
            assert not home.server.guard.client.rooms["nest"].stopped
            morning = give_back(
                home.server.log,
                home.house.household,
                home.server.served.hub.rooms["nest"].ready,
                ZONE,
            )
            assert morning.moments[-1].what.startswith("Mara quieted the room")
            told = home.acts.accounted(morning, "nest").notes[-1]
            assert told == f"Mara made it quiet from elsewhere, at {shown['at'][11:16]}."

    run(story)


@pytest.mark.safety("H-107")
def test_a_plain_stop_from_elsewhere_works_and_is_seen_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, _ = await away_with_a_story(home)
            guest = Screen(home, "guest", None).elsewhere()
            assert (await guest.do("stop")).status_code == 200
            seen = await bedside.until(lambda room: room["mode"] == "stopped" and room["acts"])
            (shown,) = seen["acts"]
            assert (shown["by_name"], shown["elsewhere"]) == ("", True)
            assert home.rows()[-2:] == [Stop("guest"), Override("guest")]

    run(story)


def test_quiet_before_the_evening_takes_nothing_away(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path, at="15:00") as home:
            phone = home.guardian()
            await phone.shows_its_key()
            (room,) = (await phone.elsewhere().does("quiet", "nest")).json()["rooms"]
            assert room["outcome"] == "quiet"
            assert home.rows() == []

    run(story)


@pytest.mark.safety("H-106")
def test_where_a_night_does_not_hear_the_guard_makes_its_room_safe(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            deaf = home.server.served.hub.rooms["nest"]
            deaf.people = People()  # nobody reads this one: as good as a night that hangs
            (room,) = (await phone.does("quiet", "nest")).json()["rooms"]
            assert room["outcome"] == "stopped"
            assert home.server.guard.client.rooms["nest"].stopped
            lease = (await bedside.room())["lease"]
            assert lease["sound_dba"] == 0 and lease["light_lx_medi"] <= 1

    run(story)


# --- Everything safe -----------------------------------------------------------------------------


@pytest.mark.safety("H-106")
def test_one_signed_act_brings_every_bed_of_the_home_to_safe(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            hanging = home.server.served.hub.rooms["nest"]
            hanging.people = People()
            answer = (await phone.does("release")).json()
            rooms = {one.id for one in home.house.household.rooms}
            assert {one["room"] for one in answer["rooms"]} == rooms
            assert {one["outcome"] for one in answer["rooms"]} == {"stopped"}
            states = home.server.guard.client.rooms
            for name in rooms:
                assert states[name].stopped
                assert states[name].frame.sound_dba == 0
                assert states[name].frame.light_lx_medi <= 1
            (shown,) = (await bedside.room())["acts"]
            assert (shown["act"], shown["by_name"]) == ("release", "Mara")

    run(story)


def test_everything_safe_is_every_nights_stop(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            await phone.does("release")
            await bedside.until(lambda room: room["mode"] == "stopped")
            assert [Stop("mara"), Override("mara")] == [
                one for one in home.rows() if isinstance(one, Stop | Override)
            ]

    run(story)


@pytest.mark.safety("H-106")
def test_at_home_everything_safe_takes_no_signature_and_no_clock(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            forged = SigningScreen(phone.signs.screen, seed=3)
            old = forged.act("release", datetime(1999, 1, 1, tzinfo=UTC))
            assert (await phone.sends(old)).status_code == 409
            assert (await bedside.room())["mode"] == "running"
            phone.away = False
            answer = await phone.sends(old)
            assert {one["outcome"] for one in answer.json()["rooms"]} == {"stopped"}
            (shown,) = (await bedside.until(lambda room: room["acts"]))["acts"]
            assert (shown["by_name"], shown["elsewhere"]) == ("Mara", False)

    run(story)


@pytest.mark.safety("H-106")
def test_refused_acts_do_nothing_and_keep_no_stop_at_home_waiting(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            late = datetime.now(UTC) - timedelta(minutes=6)
            for _ in range(3 * ACTS_PER_MIN):
                refused = await phone.sends(phone.signs.act("release", late))
                assert refused.status_code == 409
            assert (await bedside.room())["acts"] == []
            assert (await bedside.do("stop")).status_code == 200
            await bedside.until(lambda room: room["mode"] == "stopped")

    run(story)


@pytest.mark.safety("H-105")
@pytest.mark.parametrize(("role", "member"), [("child", "noor"), ("guest", None), ("device", None)])
def test_nobody_but_a_guardian_acts_from_elsewhere(
    tmp_path: Path, role: str, member: str | None
) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            other = Screen(home, role, member)
            assert (await other.shows_its_key()).status_code == 403
            for away in (False, True):
                other.away = away
                assert (await other.does("release")).status_code == 403
            assert not any(one.stopped for one in home.server.guard.client.rooms.values())

    run(story)


def test_a_room_that_is_not_here_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            phone = home.guardian()
            await phone.shows_its_key()
            answer = await phone.does("quiet", "attic")
            assert answer.status_code == 409
            assert answer.json()["errors"][0]["found"] == "a room that is not here"

    run(story)


# --- An invitation ---------------------------------------------------------------------------


def test_an_invitation_is_shown_and_does_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            bedside, phone = await away_with_a_story(home)
            rows = len(home.rows())
            (room,) = (await phone.does("invite", "nest")).json()["rooms"]
            assert room["outcome"] == "told"
            (shown,) = (await bedside.room())["acts"]
            assert (shown["act"], shown["by_name"]) == ("invite", "Mara")
            assert not any(isinstance(one, Override | Stop) for one in home.rows()[rows:])
            assert (await bedside.room())["mode"] == "running"

    run(story)


@pytest.mark.parametrize("minutes", [59, 61])
def test_an_invitation_lasts_an_hour_or_until_the_light_is_out(
    tmp_path: Path, minutes: int
) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            _, phone = await away_with_a_story(home)
            await phone.does("invite", "nest")
            view = home.server.served.hub.view()
            later = replace(view, now=view.now + timedelta(minutes=minutes))
            nest = next(one for one in home.acts.shown(later).rooms if one.room == "nest")
            assert len(nest.acts) == (1 if minutes < 60 else 0)
            dark = replace(view, sleepers=tuple(replace(one, dark=True) for one in view.sleepers))
            nest = next(one for one in home.acts.shown(dark).rooms if one.room == "nest")
            assert nest.acts == ()

    run(story)


# --- Kept ----------------------------------------------------------------------------------------


@pytest.mark.safety("H-107")
def test_what_was_done_outlives_the_hub_and_the_same_word_twice_is_shown_once(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with evening(tmp_path) as home:
            _, phone = await away_with_a_story(home)
            for _ in range(2):
                await phone.does("quiet", "nest")
            await phone.does("quiet", "loft")
            kept = home.server.library.all(ActTaken)
            assert [(one.act, one.rooms) for one in kept] == [
                ("quiet", ("nest",)), ("quiet", ("loft",)),
            ]  # fmt: skip
            again = Acts(home.acts.keys, lambda: home.house.household, home.acts._guard,
                         home.server.library)  # fmt: skip
            view = home.server.served.hub.view()
            assert [len(one.acts) for one in again.shown(view).rooms] == [
                len(one.acts) for one in home.acts.shown(view).rooms
            ]

    run(story)


@pytest.mark.parametrize("act", get_args(ActKind))
@pytest.mark.parametrize("elsewhere", [True, False])
@pytest.mark.parametrize("by", ["mara", "a-guest"])
def test_the_mornings_sentences_are_told_in_portuguese_too(
    act: ActKind, elsewhere: bool, by: str
) -> None:
    taken = ActTaken(
        id="2026-11-20-0001", night="2026-11-20", act=act, rooms=("nest",), by=by,
        at_utc=datetime(2026, 11, 20, 21, 14, tzinfo=UTC), elsewhere=elsewhere,
    )  # fmt: skip
    morning = Morning(
        night="2026-11-20", night_id="n", household="h", room="the nest", kind="told", title="t",
        simulated=True, source="", immersion_min=0, allowance_min=0, members=(), moments=(),
        notes=(),
    )  # fmt: skip
    english = sentence(taken, {"mara": "Mara"}, morning)
    assert english.startswith("Mara " if by == "mara" else "Someone ")
    told = retold(english, "pt")
    assert told != english and "às 21:14" in told
    assert told.startswith("Mara " if by == "mara" else "Alguém ")


def test_a_guardians_word_waits_behind_a_stop_and_is_not_lost() -> None:
    people = People()
    for event in (Begin(), Override("mara"), Override("mara"), Stop("noor")):
        people.put_nowait(event)
    assert [people.get_nowait() for _ in range(people.qsize())] == [
        Stop("noor"),
        Override("mara"),
    ]
