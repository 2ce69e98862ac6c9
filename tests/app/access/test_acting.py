"""Whose word an act is, how old, and how often: against a real store of screens."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.acts import SigningScreen

from evenfall.adapters.sqlite.access import SqliteAccess
from evenfall.app.access.acting import (
    ACTS_PER_MIN,
    ActKeys,
    ActRefusedError,
    is_signed,
    readable,
    screen_words,
)
from evenfall.records.access import Caller
from evenfall.records.act import KeyOffer, SignedAct

ZONE = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 20, 21, 14, tzinfo=UTC)
SCREEN = "0123456789abcdef"
PAGES = Path(__file__).resolve().parents[3] / "ui/tests/act-signed.json"
"""Signed by the page's own test, byte for byte (`ui/tests/acts.test.ts`)."""
AWAY = Caller(
    role="guardian", origin="locked", member="mara", session=SCREEN, elsewhere=True,
    made_utc=NOW - timedelta(days=3),
)  # fmt: skip
HOME = replace(AWAY, elsewhere=False)


class Clocks:
    """The machine's two clocks, moved by hand."""

    now_utc = NOW
    now_s = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds
        self.now_utc += timedelta(seconds=seconds)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteAccess]:
    with closing(SqliteAccess(tmp_path / "access.db")) as found:
        yield found


@pytest.fixture
def keys(store: SqliteAccess, clocks: Clocks) -> ActKeys:
    return ActKeys(store, lambda: clocks.now_utc, lambda: clocks.now_s)


@pytest.fixture
def phone(keys: ActKeys) -> SigningScreen:
    made = SigningScreen(SCREEN)
    keys.offer(HOME, made.offer())
    return made


def refused(keys: ActKeys, caller: Caller, signed: SignedAct) -> str:
    with pytest.raises(ActRefusedError) as told:
        keys.admit(caller, signed, ZONE)
    (fault,) = told.value.faults
    assert fault.expected and fault.mend
    return fault.found


def test_what_a_screen_signed_is_its_guardians_word(keys: ActKeys, phone: SigningScreen) -> None:
    act = keys.admit(AWAY, phone.act("quiet", NOW, ("nest",)), ZONE)
    assert (act.act, act.rooms, act.by, act.screen) == ("quiet", ("nest",), "mara", SCREEN)


# --- H-106: an old or repeated act ---------------------------------------------------------------


@pytest.mark.safety("H-106")
@pytest.mark.parametrize(
    ("age_s", "is_taken"),
    [(0, True), (299, True), (300, True), (301, False), (-60, True), (-61, False), (86_400, False)],
)
def test_a_word_from_elsewhere_holds_five_minutes(
    keys: ActKeys, phone: SigningScreen, age_s: float, is_taken: bool
) -> None:
    signed = phone.act("quiet", NOW - timedelta(seconds=age_s), ("nest",))
    if is_taken:
        assert keys.admit(AWAY, signed, ZONE).rooms == ("nest",)
    else:
        assert "by this screen's clock" in refused(keys, AWAY, signed)


@pytest.mark.safety("H-106")
def test_a_wrong_clock_is_told_what_it_says_and_what_the_house_has(
    keys: ActKeys, phone: SigningScreen
) -> None:
    asked = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    assert refused(keys, AWAY, phone.act("release", asked)) == (
        "a word given at 2027-01-01 03:00 by this screen's clock, where the house has "
        "2026-11-20 21:14"
    )
    last = refused(keys, AWAY, phone.act("release", datetime.max.replace(tzinfo=UTC)))
    assert last.startswith("a word given at 9999-12-31")


@pytest.mark.safety("H-106")
def test_at_home_the_clock_of_a_screen_does_not_matter(keys: ActKeys, phone: SigningScreen) -> None:
    asked = datetime(1999, 1, 1, tzinfo=UTC)
    assert keys.admit(HOME, phone.act("release", asked), ZONE).act == "release"


@pytest.mark.safety("H-106")
def test_each_act_is_taken_once_and_none_older_than_the_last(
    keys: ActKeys, store: SqliteAccess, clocks: Clocks, phone: SigningScreen
) -> None:
    early, late = phone.act("quiet", NOW, ("nest",)), phone.act("quiet", NOW, ("nest",))
    keys.admit(AWAY, late, ZONE)
    for again in (late, early):
        assert "taken already" in refused(keys, AWAY, again)
    another_hub = ActKeys(store, lambda: clocks.now_utc, lambda: clocks.now_s)
    assert "taken already" in refused(another_hub, AWAY, late)


@pytest.mark.safety("H-106")
def test_a_full_disk_keeps_no_word_away_and_lets_none_in_twice(
    keys: ActKeys, store: SqliteAccess, phone: SigningScreen
) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else can write
        signed = phone.act("quiet", NOW, ("nest",))
        assert keys.admit(AWAY, signed, ZONE).act == "quiet"
        assert "taken already" in refused(keys, AWAY, signed)
        other.execute("ROLLBACK")
    assert "taken already" in refused(keys, AWAY, signed)


def test_what_the_page_signs_is_what_the_house_reads() -> None:
    made = json.loads(PAGES.read_text(encoding="utf-8"))
    signed = SignedAct(signed=made["signed"], signature=made["signature"])
    assert is_signed(signed.signed, signed.signature, made["public_key"])
    assert is_signed(screen_words(SCREEN), made["shown"], made["public_key"])
    act = readable(signed)
    assert (act.act, act.rooms, act.by, act.count) == ("quiet", ("nest",), "mara", 42)
    assert act.asked_utc == NOW
    assert SigningScreen(SCREEN).offer().public_key == made["public_key"]


# --- Forged --------------------------------------------------------------------------------------


@pytest.mark.safety("H-106")
def test_a_word_changed_on_its_way_is_no_word(keys: ActKeys, phone: SigningScreen) -> None:
    signed = phone.act("quiet", NOW, ("nest",))
    changed = replace(signed, signed=signed.signed.replace("nest", "loft"))
    assert "not this screen's" in refused(keys, AWAY, changed)
    stranger = SigningScreen(SCREEN, seed=9)
    assert "not this screen's" in refused(keys, AWAY, stranger.act("quiet", NOW, ("nest",)))


@pytest.mark.safety("H-106")
@given(place=st.integers(0, 127), letter=st.sampled_from("0123456789abcdef"))
def test_no_other_signature_will_do(place: int, letter: str) -> None:
    phone = SigningScreen(SCREEN)
    signed = phone.act("quiet", NOW, ("nest",))
    given_ = signed.signature
    other = given_[:place] + letter + given_[place + 1 :]

    assert is_signed(signed.signed, other, phone.offer().public_key) == (other == given_)


@pytest.mark.safety("H-106")
def test_an_act_holds_on_the_screen_and_for_the_person_it_names(
    keys: ActKeys, phone: SigningScreen
) -> None:
    for other in (replace(AWAY, session="feed"), replace(AWAY, member="tomas"),
                  replace(AWAY, session=None, member=None)):  # fmt: skip
        assert "another screen" in refused(keys, other, phone.act("quiet", NOW))
    assert "another screen" in refused(keys, AWAY, phone.act("quiet", NOW, by="tomas"))


def test_a_screen_whose_key_nobody_knows_is_told_how_it_is_known(keys: ActKeys) -> None:
    stranger = SigningScreen(SCREEN)
    assert "does not know yet" in refused(keys, AWAY, stranger.act("quiet", NOW))


@pytest.mark.safety("H-105")
@given(text=st.one_of(st.text(), st.sampled_from([
    '{"act":"begin","rooms":["nest"],"by":"mara","screen":"x","asked_utc":"2026-11-20T21:14:00Z","count":1}',
    '{"act":"listen","rooms":[],"by":"mara","screen":"x","asked_utc":"2026-11-20T21:14:00Z","count":1}',
    '{"act":"quiet","rooms":[],"by":"mara","screen":"x","asked_utc":"2026-11-20T21:14:00","count":1}',
    '{"act":"quiet","rooms":[],"by":"mara","screen":"x","asked_utc":"2026-11-20T21:14:00Z","count":0}',
    '{"act":"quiet","light":5,"rooms":[],"by":"mara","screen":"x","asked_utc":"2026-11-20T21:14:00Z","count":1}',
])))  # fmt: skip
def test_whatever_is_signed_is_one_of_three_acts_or_none(text: str) -> None:
    try:
        act = readable(SignedAct(signed=text, signature="0" * 128))
    except ActRefusedError:
        return
    assert act.act in ("quiet", "release", "invite")


# --- Keys ----------------------------------------------------------------------------------------


@pytest.mark.safety("H-106")
def test_a_key_is_shown_at_home_or_just_after_coming_in(keys: ActKeys) -> None:
    phone = SigningScreen(SCREEN)
    with pytest.raises(ActRefusedError, match="from outside"):
        keys.offer(AWAY, phone.offer())
    fresh = replace(AWAY, made_utc=NOW - timedelta(minutes=9))
    assert keys.offer(fresh, phone.offer()).public_key == phone.offer().public_key
    keys.offer(AWAY, phone.offer())  # the same once more changes nothing


@pytest.mark.safety("H-106")
def test_nobody_slips_in_another_key_from_afar(keys: ActKeys, phone: SigningScreen) -> None:
    thief = SigningScreen(SCREEN, seed=9)
    for fresh in (AWAY, replace(AWAY, made_utc=NOW)):
        with pytest.raises(ActRefusedError, match="from outside"):
            keys.offer(fresh, thief.offer())
    assert keys.key_of(SCREEN) == phone.offer().public_key
    assert keys.offer(HOME, thief.offer()).public_key == thief.offer().public_key
    assert "not this screen's" in refused(keys, AWAY, phone.act("quiet", NOW))


def test_a_key_must_be_the_screens_own(keys: ActKeys) -> None:
    elsewhere = SigningScreen("another")
    with pytest.raises(ActRefusedError, match="not this screen's"):
        keys.offer(HOME, elsewhere.offer())
    with pytest.raises(ActRefusedError):
        keys.offer(replace(HOME, session=None), elsewhere.offer())
    no_key = KeyOffer(public_key="ff" * 32, signature="0" * 128)
    with pytest.raises(ActRefusedError):
        keys.offer(HOME, no_key)
    assert keys.key_of(SCREEN) == keys.key_of(None) == ""


# --- Floods --------------------------------------------------------------------------------------


def test_a_screen_signs_so_much_in_a_minute_and_no_more(
    keys: ActKeys, clocks: Clocks, phone: SigningScreen
) -> None:
    for _ in range(ACTS_PER_MIN):
        keys.admit(AWAY, phone.act("quiet", NOW), ZONE)
    assert "more acts in one minute" in refused(keys, AWAY, phone.act("quiet", NOW))
    clocks.pass_by(60.0 / ACTS_PER_MIN + 0.1)
    assert keys.admit(AWAY, phone.act("quiet", NOW), ZONE).act == "quiet"
