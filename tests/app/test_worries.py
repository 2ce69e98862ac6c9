"""A worry, from an adult's word to the evenings that follow: at a terminal and on a page."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.app.test_web_access import Walked
from tests.app.test_web_access import walked as walked
from tests.app.test_web_hub import PAGE, Json, hub, room, run
from tests.support.broken_texts import DEMO
from tests.support.command_line import demo_home, evenfall, refused

from evenfall.app.home import Home
from evenfall.app.web import serve
from evenfall.app.web.seen import seen_by
from evenfall.app.worries import changes_at
from evenfall.formats.household import read_household
from evenfall.plan.rules import broken_rules
from evenfall.plan.tonight import plan_tonight
from evenfall.records.access import Caller
from evenfall.records.night import TOLD
from evenfall.records.plan import RoomEvening
from evenfall.runtime.views import home_view, may_do

HOUSEHOLD = read_household(DEMO, "demo").record
ZONE = ZoneInfo("Europe/Lisbon")
NIGHT = date(2026, 11, 20)
INFANT = DEMO.replace("born: 2022-06", "born: 2026-03")


def nest(home: Path) -> RoomEvening:
    changes = changes_at(Home(home), HOUSEHOLD)
    plan = plan_tonight(HOUSEHOLD, NIGHT, ZONE, changes)
    assert broken_rules(plan, HOUSEHOLD, ZONE, changes) == ()
    return next(one for one in plan.rooms if one.room == "nest")


def sleeper(view: Json, member: str) -> Json:
    found: Json = next(one for one in view["sleepers"] if one["member"] == member)
    return found


# --- At a terminal -----------------------------------------------------------------------------


@pytest.mark.safety("H-33")
def test_a_worry_says_what_to_do_and_evenings_are_told_until_a_doctor_was_asked(
    tmp_path: Path,
) -> None:
    home = demo_home(tmp_path)
    assert nest(home).kind == "immersive"
    ran = evenfall("--home", home, "morning", "--worry", "noor=snoring-most-nights")
    assert ran.code == 0
    assert "Noted for Noor: snoring on most nights. Please talk to a doctor" in ran.said
    evening = nest(home)
    assert (evening.kind, evening.score) == ("told", "lamp-and-page")
    assert "no-immersion-while-worried" in [reason.rule for reason in evening.reasons]
    tonight = evenfall("--home", home, "tonight", "--date", NIGHT.isoformat())
    assert "Dreamscapes rest for Noor" in tonight.said
    assert "Please talk to a doctor about it" in tonight.said
    over = evenfall("--home", home, "morning", "--doctor-seen", "noor", "--json")
    assert over.json() == {"worries": {"noor": ""}}
    assert nest(home).kind == "immersive"


@pytest.mark.safety("H-33")
def test_what_was_noted_again_after_a_doctor_rests_again(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    for words in (("--worry", "noor=gasping"), ("--doctor-seen", "noor")):
        evenfall("--home", home, "morning", *words)
    assert nest(home).kind == "immersive"
    evenfall("--home", home, "morning", "--worry", "noor=gasping")
    assert nest(home).kind == "told"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--worry", "noor=tired"), "one of snoring-most-nights"),
        (("--worry", "gasping"), "not whom it is about"),
        (("--worry", "nobody=gasping"), "nobody called 'nobody'"),
        (("--worry", "noor=gasping", "--doctor-seen", "nobody"), "nobody called 'nobody'"),
    ],
)
def test_what_nobody_can_mean_is_refused_and_nothing_is_kept(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    home = demo_home(tmp_path)
    assert told in refused(evenfall("--home", home, "morning", *words))
    assert nest(home).kind == "immersive"


# --- On a page ---------------------------------------------------------------------------------


@pytest.mark.safety("H-33")
def test_a_worry_noted_before_the_story_leaves_the_evening_to_a_person(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="18:00") as served:
            before = await served.home()
            assert (room(before)["kind"], sleeper(before, "noor")["worry"]) == ("immersive", "")
            body = {"member": "noor", "sign": "first-seizure"}
            answer = await served.http.post("/api/v1/worries", json=body, headers=PAGE)
            assert "call the emergency services at once" in answer.json()["worry"]
            runner = served.server.served.hub.rooms["nest"].runner
            view = await served.until(lambda _: runner.state.mode == TOLD)
            assert "begin" not in may_do(runner, runner.night.start_utc)
            assert "talk to a doctor" in sleeper(view, "noor")["worry"]

    run(story)


@pytest.mark.safety("H-33")
def test_a_worry_noted_at_the_terminal_ends_a_dreamscape_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "WORRIES_EVERY_S", 0.05)

    async def story() -> None:
        async with hub(tmp_path) as served:
            await served.do("begin")
            await served.until(lambda view: room(view)["mode"] == "running")
            served.server.served.worries.note("ilay", "gasping", None)
            view = await served.until(lambda view: room(view)["mode"] == "told")
            assert room(view)["lease"]["sound_dba"] == 0.0
            assert "gasping" in sleeper(view, "ilay")["worry"]

    run(story)


@pytest.mark.safety("H-33")
def test_what_to_do_is_told_to_whoever_acts_for_them_and_to_no_child_or_bedside(
    walked: Walked,
) -> None:
    asked = {"member": "noor", "sign": "low-mood"}
    assert walked.screen("guardian", "locked").post("/api/v1/worries", asked).status_code == 200
    for role in ("guardian", "adult", "child", "guest", "device"):
        view = walked.screen(role, "locked").get("/api/v1/home").json()
        told = {one["member"] for one in view["sleepers"] if one["worry"]}
        assert told == ({"noor"} if role == "guardian" else set()), role


@pytest.mark.safety("H-127")
def test_a_worry_one_guardian_noted_is_not_waved_away_by_another(walked: Walked) -> None:
    worries = walked.server.served.worries
    worries.note("noor", "gasping", "tomas")
    worries.note("noor", "low-mood", "mara")
    mara = walked.screen("guardian", "locked")
    answer = mara.delete("/api/v1/worries/noor")
    assert answer.status_code == 403
    assert "someone else noted" in answer.text
    assert {one.sign for one in worries.all() if one.over_utc is None} == {"gasping"}
    worries.doctor_seen("noor", None)
    assert mara.delete("/api/v1/worries/noor").json() == {"worry": ""}


def test_nobody_notes_a_worry_about_another_adult(walked: Walked) -> None:
    asked = {"member": "tomas", "sign": "low-mood"}
    assert walked.screen("guardian", "locked").post("/api/v1/worries", asked).status_code == 403


# --- Under a year ------------------------------------------------------------------------------


@pytest.mark.safety("H-25")
@pytest.mark.parametrize(("language", "words"), [("en", "on the back"), ("pt", "de costas")])
def test_an_infants_room_shows_safe_sleep_guidance_to_whoever_looks(
    language: str, words: str
) -> None:
    household = read_household(INFANT, "demo").record
    plan = plan_tonight(household, NIGHT, ZONE)
    whole = home_view(household, plan, [], plan.members[0].wind_down, language=language)
    guest = Caller(role="guest", origin="plain")
    seen = {one.room: one.guidance for one in seen_by(whole, guest, household).rooms}
    assert [words in line for line in seen["nest"]] == [True]
    assert seen["loft"] == ()


@pytest.mark.safety("H-25")
def test_the_terminal_shows_it_too(tmp_path: Path) -> None:
    home = demo_home(tmp_path, INFANT)
    ran = evenfall("--home", home, "tonight", "--date", NIGHT.isoformat())
    assert "Safe sleep for Noor: on the back" in ran.said
