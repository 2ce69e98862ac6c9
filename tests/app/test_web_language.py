"""A page in Portuguese reads Portuguese: plans, faults, mornings; names and stories as written."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.app.report_samples import ANA

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.guarding import HubGuard
from evenfall.app.home import Home, load_household
from evenfall.app.web.language import language_of, translate_fault, translate_morning
from evenfall.app.web.serve import House, tonights_hub
from evenfall.formats.errors import Fault, Place
from evenfall.formats.language.english import STATISTICS
from evenfall.learn.statistics import sleep_statistics
from evenfall.plan.tonight import plan_tonight
from evenfall.records.insight import Moment, Morning
from evenfall.records.recording import Hypnogram, Stage
from evenfall.records.view import HomeView
from evenfall.runtime.hub import Hub
from evenfall.runtime.views import home_view

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
HOUSEHOLD = load_household(DEMO).record
AT = datetime(2026, 11, 20, 18, 30, tzinfo=ZONE)


@contextmanager
def hub(folder: Path) -> Iterator[Hub]:
    """The hub of the made-up home in the evening, before any lamp is asked for anything."""
    home = Home(folder)
    house = House(home, HOUSEHOLD, ZONE, SystemClock(1.0, AT))
    log, library = SqliteNightLog(home.database), SqliteLibrary(home.database)
    shutil.copy(DEMO, folder / "household.yaml")
    guard = HubGuard(home, HOUSEHOLD, house.clock)
    try:
        yield tonights_hub(house, log, library, guard)[0]
    finally:
        guard.close()
        library.close()
        log.close()


def said_in(view: HomeView) -> list[str]:
    """Every sentence of the house's own in a view."""
    return [
        *(reason for one in view.sleepers for reason in one.reasons),
        *(fault for one in view.rooms for fault in one.faults),
        *view.conflicts,
    ]


@pytest.mark.parametrize(
    ("headers", "query", "language"),
    [
        ({}, {}, "en"),
        ({"accept-language": "pt-PT,pt;q=0.9"}, {}, "pt"),
        ({"accept-language": "de,fr;q=0.9,pt;q=0.2,en;q=0.1"}, {}, "pt"),
        ({"accept-language": "pt;q=0,de"}, {}, "en"),
        ({"accept-language": "pt;q=soon"}, {}, "en"),
        ({"accept-language": "pt"}, {"language": "en"}, "en"),
        ({"accept-language": "pt", "x-evenfall-language": "en"}, {}, "en"),
        ({"x-evenfall-language": "en"}, {"language": "pt"}, "pt"),
        ({}, {"language": "tlh"}, "en"),
    ],
)
def test_a_page_says_its_language_and_else_its_browser_does(
    headers: dict[str, str], query: dict[str, str], language: str
) -> None:
    assert language_of(headers, query) == language


@given(st.text(max_size=300), st.text(max_size=20))
def test_whatever_a_browser_prefers_some_language_is_spoken(accepted: str, said: str) -> None:
    assert language_of({"accept-language": accepted}, {"language": said}) in ("en", "pt")


def test_an_evening_in_portuguese_has_no_english_sentence_of_the_house(tmp_path: Path) -> None:
    with hub(tmp_path) as here:
        here.rooms["loft"].trouble = "the night log is damaged (x)"
        english, portuguese = here.view(), here.view("pt")
    assert len(said_in(english)) == len(said_in(portuguese)) > 10
    assert any(room.faults for room in english.rooms)
    assert set(said_in(english)).isdisjoint(said_in(portuguese))
    assert not any(" the " in sentence or "'s " in sentence for sentence in said_in(portuguese))


def test_what_is_not_the_houses_own_to_say_is_the_same_in_every_language(tmp_path: Path) -> None:
    with hub(tmp_path) as here:
        english, portuguese = here.view(), here.view("pt")
    assert [one.name for one in english.sleepers] == [one.name for one in portuguese.sleepers]
    assert [one.ritual for one in english.sleepers] == [one.ritual for one in portuguese.sleepers]
    told = [(one.name, one.title, one.say, one.doors, one.can) for one in english.rooms]
    assert told == [(one.name, one.title, one.say, one.doors, one.can) for one in portuguese.rooms]


@pytest.mark.parametrize("night", [date(2026, 11, 16) + timedelta(days=n) for n in range(7)])
def test_every_night_of_a_week_is_told_over_whole(night: date) -> None:
    plan = plan_tonight(HOUSEHOLD, night, ZONE)
    english = home_view(HOUSEHOLD, plan, [], AT)
    portuguese = home_view(HOUSEHOLD, plan, [], AT, language="pt")
    assert set(said_in(english)).isdisjoint(said_in(portuguese))


def test_a_fault_keeps_its_place_and_says_the_rest_over() -> None:
    fault = Fault(
        "a recording of 90 s", Place("voice.ogg", 1, 1), "60 s at most", "something of an author's"
    )
    told = translate_fault(fault, "pt")
    assert (told.found, told.expected) == ("uma gravação de 90 s", "no máximo 60 s")
    assert (told.place, told.mend) == (fault.place, fault.mend)
    assert translate_fault(fault, "en") == fault


def morning() -> Morning:
    """A made-up morning, as it is kept: in English."""
    stages: tuple[Stage | None, ...] = ("W", "N2", "N2", "N3", None, "R", "W", "N1")
    hypnogram = Hypnogram(start=AT, epoch_s=30, stages=stages, source="a simulated wrist")
    member = replace(
        ANA,
        measured="a simulated wrist: a human scorer's stages, nothing estimated here",
        statistics=sleep_statistics(hypnogram, bed_times_known=True),
    )
    return Morning(
        night="2026-11-20",
        night_id="2026-11-20-nest-1",
        household="Gull House",
        room="The nest",
        kind="told",
        title="Lamp and page",
        simulated=True,
        source="simulated sleepers, seed 3, night “two-am”",
        immersion_min=0.0,
        allowance_min=20.0,
        members=(member,),
        moments=(Moment(at=AT, beat=3, what="someone was up", why="they said so (the score)"),),
        notes=("The room around this recording is simulated; only the sleep is real.",),
    )


def test_a_morning_is_told_over_to_its_last_figure() -> None:
    kept = morning()
    told = translate_morning(kept, "pt")
    (before,), (after,) = kept.members, told.members
    assert len(after.statistics) == len(STATISTICS)
    for one, same in zip(before.statistics, after.statistics, strict=True):
        assert (one.name, one.value, one.unit) == (same.name, same.value, same.unit)
        assert one.words != same.words and one.source != same.source
    assert after.measured == (
        "um pulso simulado: fases classificadas por uma pessoa, nada estimado aqui"
    )
    assert told.moments[0].why == "disse-o (o guião do serão)"
    assert told.notes != kept.notes and told.source != kept.source
    assert (told.title, told.room, after.name) == ("Lamp and page", "The nest", "Ana")
    assert translate_morning(kept, "en") is kept
