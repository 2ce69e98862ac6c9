"""Help is called for, distress suspected, a room goes on: the whole way through a served home."""

import asyncio
from collections.abc import Callable
from datetime import date
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from msgspec.structs import replace
from tests.app.test_web_hub import Json, Served, hub, room, run
from tests.support.command_line import evenfall
from tests.support.doorbell import doorbell

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.emergencies import refuse_unclean, rules_of
from evenfall.app.evening import RoomNight, recorded_night, simulated_night
from evenfall.app.home import Home, load_household
from evenfall.app.keeping import keep_virtual
from evenfall.app.reach.ways import LOOPBACK_WAYS
from evenfall.app.watching import Slept, kept_nights, usual_before
from evenfall.app.web.door import ASKS_PER_MIN, HELPS_PER_MIN, Door
from evenfall.app.web.guarded import COOKIES
from evenfall.plan.tonight import plan_tonight
from evenfall.records.allowance import Reservation
from evenfall.records.household import Household
from evenfall.records.night import Emergency
from evenfall.runtime.hub import AskRefusedError
from evenfall.sense.distress import Felt, usual

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
DEVICES = "devices: 1\nnotices:\n  - {member: mara, apprise_file: mara.apprise}\n"
PAGE = {"x-evenfall": "page"}
ZONE = ZoneInfo("Europe/Lisbon")
NIGHT = date(2026, 11, 20)
CALM = tuple(Felt(60.0 + index % 5, float(index % 7 == 0) * 12.0) for index in range(600))
WILD = Felt(150.0, 900.0)


async def post(served: Served, path: str, body: dict[str, object]) -> Any:
    return await served.http.post(f"/api/v1/{path}", json=body, headers=PAGE)


async def until(served: Served, seen: Callable[[Json], object]) -> Json:
    """The nest as it is once something is so."""
    return room(await served.until(lambda view: bool(seen(room(view)))))


def cookie(served: Served, kind: Any, **whose: str) -> dict[str, str]:
    keeper = served.server.gatekeeper
    _, code = keeper.invite(kind, by=None, **whose)
    _, token = keeper.claim(code, origin="here", label="a screen", knocker="test")
    return {"cookie": f"{COOKIES['here']}={token}"}


# --- A call for help -----------------------------------------------------------------------------


@pytest.mark.safety("H-101")
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_a_child_calls_for_help_and_the_room_fades_and_an_adults_phone_says_so(
    tmp_path: Path,
) -> None:
    pytest.importorskip("apprise", reason="no Apprise here: pip install 'evenfall[notices]'")

    async def story() -> None:
        with doorbell() as bell:
            (tmp_path / "devices.yaml").write_text(DEVICES, encoding="utf-8")
            (tmp_path / "mara.apprise").write_text(bell.address + "\n", encoding="utf-8")
            (tmp_path / "mara.apprise").chmod(0o600)
            async with hub(tmp_path, at="19:30", speed=1.0) as served:
                await served.do("begin")
                noor = cookie(served, "member", member="noor")
                served.http.headers.update(noor)
                answer = await post(served, "help", {"room": "nest"})
                assert answer.json() == {"called": True, "told": ["Mara"]}
                seen = await until(served, lambda view: view["call"] == "called")
                assert (seen["mode"], seen["scene"], seen["glow"]) == ("running", "night", False)
                assert seen["lease"]["sound_dba"] == 0.0 and seen["playing"] == ""
                assert "begin" not in seen["can"]
                assert bell.messages == [
                    "In a rehearsal: Noor called for help at 19:30. The room was made dark and "
                    "quiet, and nothing else was done."
                ]
                other = await post(served, "help", {"room": "loft"})
                assert other.status_code == 403

    run(story)


@pytest.mark.safety("H-101")
def test_help_is_heard_from_every_screen_that_is_in(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:30", speed=1.0) as served:
            for who in (cookie(served, "guest"), cookie(served, "device", room="nest")):
                answer = await served.http.post(
                    "/api/v1/help", json={"room": "nest"}, headers={**PAGE, **who}
                )
                assert answer.json() == {"called": True, "told": []}
            nowhere = await post(served, "help", {"room": "cellar"})
            assert nowhere.status_code == 403

    run(story)


@pytest.mark.safety("H-101")
def test_nothing_else_that_is_asked_holds_a_call_for_help_up() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def story() -> None:
        door = Door(app, LOOPBACK_WAYS, now_s=lambda: 0.0)
        transport = httpx.ASGITransport(door)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=PAGE
        ) as page:

            async def asked(path: str) -> int:
                return (await page.post(path, json={"room": "nest"})).status_code

            others = [await asked("/api/v1/reboot") for _ in range(ASKS_PER_MIN + 1)]
            helps = [await asked("/api/v1/help") for _ in range(HELPS_PER_MIN + 1)]
            assert (others[-2:], helps[-2:]) == ([200, 429], [200, 429])

    run(story)


@pytest.mark.safety("H-101")
def test_before_the_evening_a_call_is_only_told_and_the_evening_still_comes(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="15:00", speed=1.0) as served:
            assert (await post(served, "help", {"room": "nest"})).json() == {
                "called": True,
                "told": [],
            }
            seen = await until(served, lambda view: view["call"] == "nobody" and view["faults"])
            assert (seen["mode"], seen["scene"]) == ("before", "moorings")
            assert any("Nobody could be called" in fault for fault in seen["faults"])

    run(story)


@pytest.mark.safety("H-101")
def test_a_room_on_a_paper_evening_can_call_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:30", speed=1.0) as served:
            served.server.served.hub.rooms.pop("loft")
            assert (await post(served, "help", {"room": "loft"})).json() == {
                "called": True,
                "told": [],
            }
            called = served.server.guard.calls._rooms["loft"]
            assert any("Nobody could be called" in fault for fault in called.faults())
            with pytest.raises(AskRefusedError):
                served.server.served.emergencies.call("cellar", None, "mara")

    run(story)


# --- Going on ------------------------------------------------------------------------------------


def rules(served: Served) -> set[str]:
    return rules_of(served.server.log, "2026-11-20", "nest")


@pytest.mark.safety("H-103")
def test_a_clean_night_is_an_adults_word_and_a_night_of_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:20", speed=150.0) as served:
            before = room((await served.do("begin")).json())
            share = Reservation(
                night_id=before["night"], night="2026-11-20", member="noor", reserved_min=14.0
            )
            served.server.library.put(f"{share.night_id}/noor", share.night, share)
            early = await post(served, "reboot", {"room": "nest", "clean": True})
            assert early.status_code == 409
            assert "nothing went wrong" in early.text
            await until(served, lambda view: view["immersed_min"] >= 1.0)
            await post(served, "help", {"room": "nest"})
            await until(served, lambda view: view["scene"] == "night")
            assert "emergency_call" in rules(served)
            assert (before["broke_off"], room(await served.home())["broke_off"]) == (False, True)
            noors = cookie(served, "member", member="noor")
            shown = await served.http.get("/api/v1/home", headers=noors)
            assert room(shown.json())["broke_off"] is False  # no child is asked to begin anew
            rows = len(served.server.log.rows(before["night"]))
            later = await until(
                served, lambda _: len(served.server.log.rows(before["night"])) > rows + 2
            )
            assert (later["night"], later["scene"]) == (before["night"], "night")
            noor = cookie(served, "member", member="noor")
            no = await served.http.post(
                "/api/v1/reboot", json={"room": "nest", "clean": True}, headers={**PAGE, **noor}
            )
            assert no.status_code == 403
            natural = (await post(served, "reboot", {"room": "nest"})).json()
            assert natural == {"room": "nest", "night": before["night"], "clean": False}
            clean = (await post(served, "reboot", {"room": "nest", "clean": True})).json()
            assert (clean["night"], clean["clean"]) == ("2026-11-20-nest-2", True)
            seen = room(await served.home())
            assert (seen["mode"], seen["night"]) == ("waiting", clean["night"])
            assert seen["broke_off"] is False
            settled = served.server.library.get(share.night_id + "/noor", Reservation)
            assert settled is not None and settled.used_min is not None
            assert 1.0 <= settled.used_min < share.reserved_min  # and it stays used
            begun = room((await served.do("begin")).json())
            assert begun["mode"] == "running"
            await until(served, lambda view: view["lease"]["sound_dba"] > 30)
            assert served.server.log.rows(clean["night"])[0].seq == 0

    run(story)


@pytest.mark.safety("H-103")
def test_after_a_stop_no_night_begins_and_a_terminal_is_told_why(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:20", speed=1.0) as served:
            await served.do("begin")
            await post(served, "help", {"room": "nest"})
            quiet = await asyncio.to_thread(
                evenfall, "--home", tmp_path, "reboot", "nest", "--json"
            )
            assert quiet.json() == {"room": "nest", "night": "2026-11-20-nest-1", "clean": False}
            clean = await asyncio.to_thread(
                evenfall, "--home", tmp_path, "reboot", "nest", "--clean", "--by", "tomas"
            )
            assert "2026-11-20-nest-2, waits in nest" in clean.said
            await served.do("begin")
            await post(served, "help", {"room": "nest"})
            await until(served, lambda view: view["broke_off"])
            await served.do("stop")
            assert room(await served.home())["broke_off"] is False
            again = await asyncio.to_thread(
                evenfall, "--home", tmp_path, "reboot", "nest", "--clean"
            )
            assert again.code == 2 and "someone stopped tonight" in again.said
            assert room(await served.home())["mode"] == "stopped"
            shown = await asyncio.to_thread(evenfall, "--home", tmp_path, "people", "--json")
            assert all(one["label"] != "a terminal" for one in shown.json()["screens"])

    run(story)


def test_without_a_hub_or_an_adult_a_reboot_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "household.yaml").write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    gone = evenfall("--home", tmp_path, "reboot", "nest", "--clean")
    assert gone.code == 2 and "evenfall serve" in gone.said
    (tmp_path / "reach.json").write_text('{"here": "http://localhost:9"}', encoding="utf-8")
    assert "no hub that answers" in evenfall("--home", tmp_path, "reboot", "nest").said
    child = evenfall("--home", tmp_path, "reboot", "nest", "--by", "noor")
    assert child.code == 2 and "no adult here" in child.said
    assert "one of nest, loft" in evenfall("--home", tmp_path, "reboot").said
    assert "no room 'cellar'" in evenfall("--home", tmp_path, "reboot", "cellar").said


@pytest.mark.safety("H-103")
@pytest.mark.parametrize(
    ("rule", "stopped", "morning", "trouble", "said"),
    [
        ("emergency_call", False, False, False, ""),
        ("restarted", False, False, False, ""),
        ("gap_longer_than_lease", False, False, False, ""),
        ("begin", False, False, True, ""),
        ("begin", False, False, False, "nothing went wrong"),
        ("emergency_fault", False, True, False, "over"),
        ("emergency_fault", True, False, True, "stopped"),
        ("stop", False, False, True, "stopped"),
    ],
)
def test_a_clean_night_comes_after_what_broke_off_and_never_after_a_stop(
    rule: str, stopped: bool, morning: bool, trouble: bool, said: str
) -> None:
    about = {"in_trouble": trouble, "is_stopped": stopped, "is_morning": morning}
    if not said:
        refuse_unclean({rule}, **about)
        return
    with pytest.raises(AskRefusedError, match=said):
        refuse_unclean({rule}, **about)


# --- Distress ------------------------------------------------------------------------------------


@pytest.mark.safety("H-101", "H-102")
def test_what_a_wrist_gives_live_is_watched_and_the_night_goes_quiet(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:50", speed=1.0) as served:
            await served.do("lights-out", member="noor")
            hub_ = served.server.served.hub
            live = hub_.rooms["nest"]
            assert live.watching is not None
            for felt in chain(CALM[:30], repeat(WILD, 40)):
                hub_.feel("nest", "noor", felt, "simulated")  # nobody knows what is usual for her
            assert not live.people.qsize()
            known = usual([CALM] * 3)
            live.watching._known, live.watching._watches = (lambda _s, _u: known), {}
            for felt in chain(CALM[:30], repeat(WILD, 40)):
                hub_.feel("nest", "noor", felt, "simulated")
            await until(served, lambda _: "emergency_distress" in rules(served))
            hub_.feel("nest", "nobody", WILD, "simulated")
            hub_.feel("cellar", "noor", WILD, "simulated")

    run(story)


@pytest.fixture(scope="module")
def household() -> Household:
    return load_household(DEMO).record


def simulated(household: Household, home: Home, script: str, seed: int = 3) -> RoomNight:
    plan = plan_tonight(household, NIGHT, ZONE)
    evening = next(one for one in plan.rooms if one.room == "nest")
    return simulated_night(
        home,
        household,
        plan,
        evening,
        zone=ZONE,
        seed=seed,
        script=script,
        night_id="2026-11-20-nest-1",
    )


def suspected(night: RoomNight) -> list[tuple[int, int]]:
    return [
        (one.beat, one.event.sleeper) for one in night.events if isinstance(one.event, Emergency)
    ]


@pytest.mark.safety("H-101")
def test_a_frightened_sleeper_is_suspected_once_and_others_never(
    household: Household, tmp_path: Path
) -> None:
    night = simulated(household, Home(tmp_path), "frightened")
    ((beat, sleeper),) = suspected(night)
    assert sleeper == 0
    kept = keep_virtual(SqliteNightLog(tmp_path / "evenfall.db"), night)
    ((who, said),) = kept.notices.told
    assert who == night.guardians and "heart and movement" in said
    told = [row for row in kept.runner._log.rows(night.night.id) if row.kind == "emergency"]
    assert [row.beat for row in told] == [beat]
    for script in ("plain", "restless", "two-am", "sensor-lost"):
        assert suspected(simulated(household, Home(tmp_path), script)) == []


def test_a_replayed_recording_is_held_against_its_owners_own_kept_nights(
    household: Household, tmp_path: Path
) -> None:
    """A simulated wrist stands in for a real one, so that something happens in it."""
    source = simulated(household, Home(tmp_path), "frightened")
    calm = simulated(household, Home(tmp_path), "plain", seed=8)
    window = source.windows["noor"]
    scared, usual_night = source.recordings["noor"], calm.recordings["noor"]
    earlier = [Slept(usual_night, window)] * 3
    plan = plan_tonight(household, NIGHT, ZONE)
    evening = next(one for one in plan.rooms if one.room == "nest")
    night = recorded_night(
        Home(tmp_path), household, plan, evening, zone=ZONE, recording=scared, window=window,
        member="noor", night_id="2026-11-20-nest-1", earlier=earlier,
    )  # fmt: skip
    assert [sleeper for _, sleeper in suspected(night)] == [0]
    alone = recorded_night(
        Home(tmp_path), household, plan, evening, zone=ZONE, recording=scared, window=window,
        member="noor", night_id="2026-11-20-nest-1",
    )  # fmt: skip
    assert suspected(alone) == []
    other = replace(usual_night, device="another wrist")
    assert usual_before(scared, [Slept(other, window)] * 3, 4.0) is None


@pytest.mark.safety("H-102")
def test_only_ones_own_real_nights_before_this_one_are_learned_from(
    household: Household, tmp_path: Path
) -> None:
    log, library = SqliteNightLog(tmp_path / "a.db"), SqliteLibrary(tmp_path / "b.db")
    for day, real in ((17, True), (18, False), (19, True), (20, True)):
        night = simulated(household, Home(tmp_path), "plain", seed=day)
        recording = replace(night.recordings["noor"], id=f"r-{day}", simulated=not real)
        dated = replace(
            night.night, id=f"2026-11-{day}-nest-1", night=f"2026-11-{day}", simulated=not real
        )
        log.begin(dated, night.programme, dated.programme_hash)
        key = f"{dated.id}/noor"
        library.put(key, dated.night, recording)
        library.put(key, dated.night, night.windows["noor"])
    kept = kept_nights(log, library, "noor", "2026-11-20")
    assert [one.recording.id for one in kept] == ["r-17", "r-19"]
    assert kept_nights(log, library, "ilay", "2026-11-20") == ()
    assert kept_nights(log, library, "guest", "2026-11-20") == ()
    log.close()
    library.close()


def test_why_explains_what_was_suspected(tmp_path: Path) -> None:
    (tmp_path / "household.yaml").write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    ran = evenfall(
        "--home", tmp_path, "night", "--script", "frightened", "--room", "nest", "--json"
    )
    (notice,) = ran.json()["nights"][0]["notices"]
    at = notice.split(" at ")[1][:5]
    said = evenfall("--home", tmp_path, "why", at).said
    assert "heart and movement were high for a while" in said
    assert "no voice, light or waking follows by itself (care rule 5)" in said
