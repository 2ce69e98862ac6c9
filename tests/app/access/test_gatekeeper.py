"""Who is let in, who is known again, and who is not: against a real store."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.support.access import (
    HOUSEHOLD,
    ILAY,
    MARA,
    NOOR,
    ORIGINS,
    ROSA,
    TOMAS,
    House,
    member,
)

from evenfall.app.access.code_words import WORDS
from evenfall.app.access.gatekeeper import NotLetInError, NotThereError, TooManyTriesError
from evenfall.app.access.rights import may_for, rights_of
from evenfall.formats.errors import EvenfallError
from evenfall.ports.access import (
    AccessRecord,
    AccessStore,
    AccessUnavailableError,
    Kept,
    Try,
)
from evenfall.records.access import Caller, Invite, Origin, ScreenKind, Session
from evenfall.records.household import Household

WRONG = "acorn-acorn-acorn-acorn"
NOBODY = Caller(role="nobody", origin="locked")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as found:
        yield found


def wrong(house: House, knocker: str = "192.168.1.66") -> None:
    with pytest.raises(NotLetInError, match="words that open nothing now"):
        house.keeper.claim(WRONG, origin="plain", label="", knocker=knocker)


# --- Codes -------------------------------------------------------------------------------------


def test_four_words_let_one_screen_in_and_it_is_known_again(house: House) -> None:
    invite, words = house.keeper.invite("member", member="mara", by=None)
    assert len(words.split("-")) == 4 and set(words.split("-")) <= set(WORDS)
    assert invite.expires_utc == house.now_utc + timedelta(minutes=10)
    typed = " " + words.replace("-", "  ").upper() + " "
    session, token = house.keeper.claim(typed, origin="locked", label="Mara's phone", knocker="x")
    assert (session.label, session.made_utc) == ("Mara's phone", house.now_utc)
    assert house.keeper.caller(token, "locked") == Caller(
        role="guardian",
        origin="locked",
        member="mara",
        session=session.id,
        made_utc=house.now_utc,
    )


@pytest.mark.safety("H-60")
def test_a_code_opens_once(house: House) -> None:
    _, words = house.keeper.invite("guest", by=None)
    house.keeper.claim(words, origin="plain", label="", knocker="x")
    with pytest.raises(NotLetInError):
        house.keeper.claim(words, origin="plain", label="", knocker="x")


@pytest.mark.safety("H-60")
def test_a_code_opens_for_ten_minutes(house: House) -> None:
    _, first = house.keeper.invite("guest", by=None)
    house.later(minutes=10)
    with pytest.raises(NotLetInError):
        house.keeper.claim(first, origin="plain", label="", knocker="x")
    _, second = house.keeper.invite("guest", by=None)
    house.later(minutes=9, seconds=59)
    house.keeper.claim(second, origin="plain", label="", knocker="x")


def test_of_six_codes_the_oldest_falls_away(house: House) -> None:
    codes = []
    for _ in range(6):
        codes.append(house.keeper.invite("device", room="nest", by=None)[1])
        house.later(seconds=1)
    assert len(house.store.all(Invite)) == 5
    with pytest.raises(NotLetInError):
        house.keeper.claim(codes[0], origin="plain", label="", knocker="x")
    for words in codes[1:]:
        house.keeper.claim(words, origin="plain", label="", knocker="x")


def test_a_bedside_knows_its_room_and_a_guest_nobody(house: House) -> None:
    _, nest = house.let_in(kind="device", room="nest", origin="plain")
    _, every = house.let_in(kind="device", origin="plain")
    _, guest = house.let_in(kind="guest", origin="plain")
    callers = [house.keeper.caller(token, "plain") for token in (nest, every, guest)]
    assert [(one.role, one.room, one.member) for one in callers] == [
        ("device", "nest", None),
        ("device", None, None),
        ("guest", None, None),
    ]


@pytest.mark.parametrize(
    ("kind", "whose", "room", "said"),
    [
        ("member", "bob", None, "a member who does not live here"),
        ("member", None, None, "a member who does not live here"),
        ("device", None, "cellar", "a room that is not here"),
        ("device", "mara", "nest", "more than one thing"),
        ("guest", None, "nest", "more than one thing"),
        ("member", "mara", "nest", "more than one thing"),
    ],
)
def test_a_screen_for_nobody_here_is_told_and_no_code_is_made(
    house: House, kind: ScreenKind, whose: str | None, room: str | None, said: str
) -> None:
    with pytest.raises(EvenfallError, match=said):
        house.keeper.invite(kind, member=whose, room=room, by=None)
    assert house.store.all(Invite) == []


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("Mara's phone", "Mara's phone"),
        ("", "a screen"),
        ("\x1b[31m\x00\ud800", "[31m"),
        ("a" * 500, "a" * 80),
        ("  a \n b\u202e ", "a b"),
        ("Телефон 📱", "Телефон 📱"),
    ],
)
def test_a_screen_may_call_itself_anything_in_one_short_line(
    house: House, label: str, kept: str
) -> None:
    session, token = house.let_in("mara", label=label)
    assert session.label == kept
    assert house.keeper.caller(token, "locked").role == "guardian"


# --- Who may invite whom -----------------------------------------------------------------------


def invited(house: House, by: str | None, kind: ScreenKind, whose: str | None) -> str:
    """What comes of an invitation: a code, or why there is none."""
    caller = None if by is None else house.caller(by)
    try:
        house.keeper.invite(kind, member=whose, by=caller)
    except NotLetInError as error:
        return error.faults[0].found
    return "a code"


@pytest.mark.parametrize(
    ("by", "kind", "whose", "may"),
    [
        (None, "member", "rosa", True),  # the terminal may let anyone in
        (None, "device", None, True),
        ("mara", "device", None, True),
        ("mara", "guest", None, True),
        ("rosa", "device", None, True),
        ("rosa", "guest", None, True),
        ("ilay", "device", None, False),
        ("ilay", "guest", None, False),
        ("ilay", "member", "ilay", False),
        ("mara", "member", "mara", True),
        ("rosa", "member", "rosa", True),
        ("mara", "member", "noor", True),
        ("tomas", "member", "noor", False),  # a guardian, and not hers
        ("tomas", "member", "ilay", True),
        ("rosa", "member", "noor", False),
        ("mara", "member", "tomas", True),  # who never came in yet
        ("rosa", "member", "tomas", False),
    ],
)
@pytest.mark.safety("H-60", "H-61")
def test_who_may_let_whom_in(
    house: House, by: str | None, kind: ScreenKind, whose: str | None, may: bool
) -> None:
    assert (invited(house, by, kind, whose) == "a code") == may


@pytest.mark.parametrize("came_by", ["code", "passphrase"])
@pytest.mark.safety("H-61")
def test_nobody_makes_a_key_to_another_adult_who_ever_came_in(house: House, came_by: str) -> None:
    """Not while they are in, not after they left, not after all theirs was ended."""
    tomas = house.caller("tomas")
    if came_by == "passphrase":
        house.keeper.set_passphrase(tomas, "a long and winding tale")
    mara = house.caller("mara")
    for change in (
        lambda: None,
        lambda: house.keeper.forget(None, "tomas"),
        lambda: house.later(days=29),
    ):
        change()
        with pytest.raises(NotLetInError, match="made by someone else"):
            house.keeper.invite("member", member="tomas", by=mara)
    assert house.keeper.invite("member", member="tomas", by=None)


@pytest.mark.safety("H-61")
def test_a_code_made_before_they_came_in_opens_nothing_after(house: House) -> None:
    mara = house.caller("mara")
    _, made_early = house.keeper.invite("member", member="tomas", by=mara)
    house.let_in("tomas")
    with pytest.raises(NotLetInError):
        house.keeper.claim(made_early, origin="locked", label="", knocker="x")


@pytest.mark.safety("H-61")
def test_a_code_falls_with_the_right_of_whoever_made_it(house: House) -> None:
    mara = house.caller("mara")
    codes = [
        house.keeper.invite("member", member="noor", by=mara)[1],
        house.keeper.invite("device", room="nest", by=mara)[1],
        house.keeper.invite("member", member="tomas", by=None)[1],
    ]
    gone = tuple(one for one in HOUSEHOLD.members if one not in (MARA, TOMAS))
    house.household = replace(HOUSEHOLD, members=gone)
    for words in codes:
        with pytest.raises(NotLetInError):
            house.keeper.claim(words, origin="locked", label="", knocker="x")


@pytest.mark.parametrize(
    "by",
    [
        NOBODY,
        Caller(role="device", origin="here"),
        Caller(role="guest", origin="locked"),
        Caller(role="guardian", origin="plain", member="mara"),
        Caller(role="guardian", origin="locked", member="mara", expired=True),
    ],
)
@pytest.mark.safety("H-60")
def test_without_the_right_nobody_invites_or_looks_or_ends(house: House, by: Caller) -> None:
    session, _ = house.let_in(kind="guest")
    with pytest.raises(NotLetInError):
        house.keeper.invite("guest", by=by)
    with pytest.raises(NotLetInError):
        house.keeper.sessions(by)
    with pytest.raises(NotLetInError):
        house.keeper.revoke(by, session.id)
    with pytest.raises(NotLetInError):
        house.keeper.set_passphrase(by, "a long and winding tale")
    assert [one.id for one in house.keeper.sessions(None)] == [session.id]


# --- Guessing ----------------------------------------------------------------------------------


@pytest.mark.safety("H-60")
def test_after_ten_wrong_tries_even_the_right_words_wait_a_minute(house: House) -> None:
    _, words = house.keeper.invite("guest", by=None)
    for _ in range(10):
        wrong(house)
    house.later(seconds=30, microseconds=1)
    with pytest.raises(TooManyTriesError, match=r"try again at 15:01") as caught:
        house.keeper.claim(words, origin="plain", label="", knocker="192.168.1.66")
    assert caught.value.again_utc == datetime(2026, 11, 20, 15, 1, tzinfo=UTC)
    house.now_utc = caught.value.again_utc
    house.keeper.claim(words, origin="plain", label="", knocker="192.168.1.66")


def test_one_who_guesses_holds_up_nobody_else_for_ten_tries_a_minute(house: House) -> None:
    _, words = house.keeper.invite("guest", by=None)
    for _ in range(10):
        wrong(house)
    house.keeper.claim(words, origin="plain", label="", knocker="192.168.1.7")


@pytest.mark.safety("H-60")
def test_sixty_wrong_tries_an_hour_close_the_door_to_who_guessed_and_to_no_family(
    house: House,
) -> None:
    for number in range(60):
        wrong(house, knocker=f"192.168.1.{number}")
    _, words = house.keeper.invite("guest", by=None)
    with pytest.raises(TooManyTriesError):
        house.keeper.claim(words, origin="plain", label="", knocker="192.168.1.9")
    house.keeper.claim(words, origin="plain", label="", knocker="192.168.1.200")
    _, words = house.keeper.invite("member", member="mara", by=None)
    house.keeper.claim(words, origin="here", label="", knocker="127.0.0.1")


@pytest.mark.safety("H-60")
def test_from_six_hundred_on_only_the_hubs_own_machine_lets_anyone_in(house: House) -> None:
    for number in range(600):
        wrong(house, knocker=f"10.0.{number // 200}.{number % 200}")
    _, words = house.keeper.invite("guest", by=None)
    with pytest.raises(TooManyTriesError):
        house.keeper.claim(words, origin="locked", label="", knocker="10.0.9.9")
    house.keeper.claim(words, origin="here", label="", knocker="127.0.0.1")


@pytest.mark.safety("H-60")
def test_one_machine_that_has_many_addresses_counts_as_one(house: House) -> None:
    for number in range(10):
        wrong(house, knocker=f"fd00::{number:x}:1")
    with pytest.raises(TooManyTriesError):
        house.keeper.claim(WRONG, origin="plain", label="", knocker="fd00::ffff:2")


def test_what_is_refused_unseen_is_not_counted_and_what_is_old_is_not_kept(house: House) -> None:
    for _ in range(10):
        wrong(house)
    for _ in range(50):
        with pytest.raises(TooManyTriesError):
            house.keeper.claim(WRONG, origin="plain", label="", knocker="192.168.1.66")
    assert len(house.store.all(Try)) == 10
    house.later(hours=2)
    wrong(house)
    assert len(house.store.all(Try)) == 1


def test_the_right_words_are_no_wrong_try(house: House) -> None:
    for _ in range(15):
        house.let_in(kind="guest", origin="plain")
    assert house.store.all(Try) == []


def test_a_clock_that_was_wrong_locks_nobody_out(house: House) -> None:
    house.later(days=365)
    for _ in range(10):
        wrong(house)
    house.later(days=-365)
    _, words = house.keeper.invite("guest", by=None)
    house.keeper.claim(words, origin="plain", label="", knocker="192.168.1.66")


# --- Who asks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "made-up", "\ud800", "x" * 10_000])
def test_a_stranger_is_nobody_but_at_this_very_machine(house: House, token: str | None) -> None:
    for origin in ORIGINS:
        found = house.keeper.caller(token, origin)
        assert found == Caller(role="device" if origin == "here" else "nobody", origin=origin)


@pytest.mark.parametrize("made", ORIGINS)
@pytest.mark.parametrize("used", ORIGINS)
@pytest.mark.safety("H-60")
def test_a_session_works_only_the_way_it_was_made(house: House, made: Origin, used: Origin) -> None:
    _, token = house.let_in(kind="device", room="nest", origin=made)
    found = house.keeper.caller(token, used)
    assert (found.room == "nest") == (made == used)
    assert made == used or found == house.keeper.caller(None, used)


@pytest.mark.safety("H-60")
def test_a_session_that_was_ended_is_nobody_from_then_on(house: House) -> None:
    session, token = house.let_in("mara")
    house.keeper.revoke(None, session.id)
    assert house.keeper.caller(token, "locked") == NOBODY
    house.later(days=400)
    assert house.keeper.caller(token, "locked") == NOBODY


def test_signing_out_ends_ones_own_and_nothing_else(house: House) -> None:
    _, mine = house.let_in("mara")
    _, other = house.let_in("tomas")
    house.keeper.sign_out(mine)
    house.keeper.sign_out(mine)
    house.keeper.sign_out("made-up")
    house.keeper.sign_out(None)
    assert house.keeper.caller(mine, "locked") == NOBODY
    assert house.keeper.caller(other, "locked").member == "tomas"


@pytest.mark.safety("H-01")
def test_a_session_that_is_over_may_still_stop_and_nothing_else(house: House) -> None:
    _, token = house.let_in("mara")
    house.later(days=31)
    found = house.keeper.caller(token, "locked")
    assert found.expired and found.member == "mara"
    assert rights_of(found) == {"stop"}
    assert not may_for(found, "dreams-read", "mara", HOUSEHOLD)


def test_a_screen_that_is_here_stays_and_one_that_is_not_ends(house: House) -> None:
    _, token = house.let_in("mara")
    _, other = house.let_in("tomas")
    for _ in range(6):
        house.later(days=25)
        assert not house.keeper.caller(token, "locked").expired
    assert house.keeper.caller(other, "locked") == NOBODY
    house.later(days=31)
    assert house.keeper.caller(token, "locked").expired


def test_it_is_written_once_an_hour_that_a_screen_is_here(house: House) -> None:
    session, token = house.let_in("mara")
    house.later(minutes=59)
    house.keeper.caller(token, "locked")
    assert house.store.find(Session, session.digest) == session
    house.later(minutes=1)
    house.keeper.caller(token, "locked")
    kept = house.store.find(Session, session.digest)
    assert kept is not None and kept.seen_utc == house.now_utc
    assert kept.expires_utc > session.expires_utc


def test_whoever_lives_here_no_longer_is_nobody(house: House) -> None:
    _, token = house.let_in("rosa")
    _, stays = house.let_in("mara")
    house.household = replace(HOUSEHOLD, members=(MARA, TOMAS, ILAY, NOOR))
    assert house.keeper.caller(token, "locked") == NOBODY
    assert house.keeper.caller(stays, "locked").role == "guardian"


def test_a_role_is_what_someone_is_now_and_not_what_they_were(house: House) -> None:
    _, token = house.let_in("mara")
    _, child = house.let_in("ilay")
    house.household = replace(HOUSEHOLD, members=(MARA, ROSA, member("Ilay", "2006-03")))
    assert house.keeper.caller(token, "locked").role == "adult"
    assert house.keeper.caller(child, "locked").role == "adult"


@pytest.mark.parametrize(
    ("kind", "over_after_days", "known_days"),
    [("guest", 1, 1.3), ("device", 91, 28), ("member", 31, 28)],
)
@pytest.mark.safety("H-60", "H-64")
def test_what_is_over_may_stop_for_a_while_stands_in_the_list_and_can_be_ended(
    house: House, kind: ScreenKind, over_after_days: float, known_days: float
) -> None:
    whose = "tomas" if kind == "member" else None
    tokens = [house.let_in(whose, kind=kind) for _ in range(2)]
    house.later(days=over_after_days)
    for session, token in tokens:
        assert rights_of(house.keeper.caller(token, "locked")) == {"stop"}
        assert session.id in {one.id for one in house.keeper.sessions(None)}
    (ended, dead), (_, left) = tokens
    house.keeper.revoke(None, ended.id)
    assert house.keeper.caller(dead, "locked") == NOBODY
    house.later(days=known_days)
    assert rights_of(house.keeper.caller(left, "locked")) == {"stop"}
    house.later(days=2)
    assert house.keeper.caller(left, "locked") == NOBODY
    assert house.keeper.sessions(None) == []
    house.let_in("mara")
    assert len(house.store.all(Session)) == 1


# --- Over the plain network ----------------------------------------------------------------------


@pytest.mark.safety("H-60")
def test_words_for_ones_own_screen_are_not_taken_in_the_open_and_are_spent(house: House) -> None:
    """Whoever listened in has them too."""
    _, words = house.keeper.invite("member", member="mara", by=None)
    with pytest.raises(NotLetInError, match="ask for a bedside's words"):
        house.keeper.claim(words, origin="plain", label="", knocker="x")
    assert house.store.all(Try) == []  # it was no guess
    with pytest.raises(NotLetInError, match="words that open nothing now"):
        house.keeper.claim(words, origin="locked", label="", knocker="x")
    for kind in ("device", "guest"):
        house.let_in(kind=kind, origin="plain")


@pytest.mark.safety("H-60")
def test_a_screen_of_ones_own_that_came_in_there_before_is_nobody_now(house: House) -> None:
    session, token = house.let_in("mara")
    house.store.keep(replace(session, origin="plain"))
    assert house.keeper.caller(token, "plain") == replace(NOBODY, origin="plain")
    assert house.keeper.sessions(None) == []


# --- What a screen leaves behind -----------------------------------------------------------------


@pytest.mark.safety("H-60", "H-61")
def test_a_code_ends_with_the_screen_that_made_it(house: House) -> None:
    def made(kind: ScreenKind, member: str | None) -> tuple[str, str, str]:
        session, token = house.let_in("mara")
        by = house.keeper.caller(token, "locked")
        return house.keeper.invite(kind, member=member, by=by)[1], session.id, token

    revoked, signed_out, stays = made("member", "mara"), made("guest", None), made("guest", None)
    house.keeper.revoke(None, revoked[1])
    house.keeper.sign_out(signed_out[2])
    for words in (revoked[0], signed_out[0]):
        with pytest.raises(NotLetInError):
            house.keeper.claim(words, origin="locked", label="", knocker="x")
    house.keeper.claim(stays[0], origin="locked", label="", knocker="x")


@pytest.mark.safety("H-61")
def test_who_came_in_a_while_ago_makes_no_further_screen_of_their_own(house: House) -> None:
    mara = house.caller("mara")
    house.later(minutes=11)
    with pytest.raises(NotLetInError, match="came in a while ago"):
        house.keeper.invite("member", member="mara", by=mara)
    house.keeper.invite("member", member="noor", by=mara)
    house.keeper.invite("device", room="nest", by=mara)
    house.keeper.invite("member", member="mara", by=house.caller("mara"))


# --- Eighteen ------------------------------------------------------------------------------------


@pytest.mark.safety("H-61")
def test_a_childs_screen_never_becomes_an_adults(tmp_path: Path) -> None:
    """Whoever let it in for a child holds no key to what an adult keeps."""
    teen = member("Leo", "2008-12", "mara", room="nest")
    household = replace(HOUSEHOLD, members=(*HOUSEHOLD.members, teen))
    with closing(House(tmp_path, household, datetime(2026, 11, 25, 15, 0, tzinfo=UTC))) as house:
        session, token = house.let_in("leo", by=house.caller("mara"))
        assert session.expires_utc == datetime(2027, 1, 1, 11, 0, tzinfo=UTC)
        assert house.keeper.caller(token, "locked").role == "child"
        house.now_utc = datetime(2027, 1, 1, 10, 59, tzinfo=UTC)  # grown up, and the night goes on
        assert house.keeper.caller(token, "locked").role == "child"
        assert not house.keeper.caller(token, "locked").expired
        house.later(minutes=1)
        found = house.keeper.caller(token, "locked")
        assert found.role == "child" and found.expired and rights_of(found) == {"stop"}
        own = house.caller("leo")
        assert (own.role, "dreams-read" in rights_of(own)) == ("adult", True)


# --- The list ----------------------------------------------------------------------------------


@pytest.fixture
def full(house: House) -> House:
    """Everyone is in, with a bedside and a guest."""
    for one in HOUSEHOLD.members:
        house.let_in(one.id, label=one.id)
    house.let_in(kind="device", room="nest", label="bedside", origin="plain")
    house.let_in(kind="guest", label="guest", origin="plain")
    return house


def caller_of(house: House, who: str) -> Caller:
    (session,) = (one for one in house.keeper.sessions(None) if one.label == who)
    role = {"mara": "guardian", "tomas": "guardian", "rosa": "adult"}.get(who, "child")
    return Caller(role=role, origin="locked", member=who, session=session.id)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("mara", {"mara", "ilay", "noor", "bedside", "guest"}),
        ("tomas", {"tomas", "ilay", "noor", "bedside", "guest"}),
        ("rosa", {"rosa", "bedside", "guest"}),
        ("ilay", {"ilay"}),
    ],
)
@pytest.mark.safety("H-61")
def test_who_sees_and_ends_which_screens(full: House, who: str, sees: set[str]) -> None:
    caller = caller_of(full, who)
    everyone = full.keeper.sessions(None)
    assert len(everyone) == 7
    assert {one.label for one in full.keeper.sessions(caller)} == sees
    for one in everyone:
        if one.label not in sees:
            with pytest.raises(NotThereError, match="no screen by that name"):
                full.keeper.revoke(caller, one.id)
    assert len(full.keeper.sessions(None)) == 7
    for one in everyone:
        if one.label in sees:
            assert full.keeper.revoke(caller, one.id).revoked
    assert {one.label for one in full.keeper.sessions(None)} == {
        one.label for one in everyone
    } - sees


@pytest.mark.safety("H-61")
def test_a_child_sees_who_made_a_screen_that_reads_as_them(house: House) -> None:
    mara = house.caller("mara")
    ilay = house.caller("ilay")
    house.let_in("ilay", by=mara, label="someone's tablet")
    seen = {one.label: one.by for one in house.keeper.sessions(ilay)}
    assert seen == {"a phone": None, "someone's tablet": "mara"}


def test_what_is_ended_is_not_in_the_list(house: House) -> None:
    session, _ = house.let_in("mara")
    house.let_in(kind="guest")
    house.keeper.revoke(None, session.id)
    assert [one.kind for one in house.keeper.sessions(None)] == ["guest"]


def test_forgetting_a_lost_phone_ends_all_that_was_theirs_and_what_it_was_making(
    house: House,
) -> None:
    mara = house.caller("mara")
    house.keeper.set_passphrase(mara, "a long and winding tale")
    house.keeper.passkey_options(mara, "evenfall.local")
    _, words = house.keeper.invite("guest", by=mara)
    tomas = house.caller("tomas")
    assert house.keeper.forget(None, "mara") == (1, 0, True)
    assert house.keeper.forget(None, "mara") == (0, 0, False)
    with pytest.raises(NotLetInError):
        house.keeper.claim(words, origin="plain", label="", knocker="x")
    with pytest.raises(NotLetInError):
        house.keeper.sign_in(
            "mara", "a long and winding tale", origin="locked", label="", knocker="x"
        )
    assert [one.member for one in house.keeper.sessions(None)] == ["tomas"]
    with pytest.raises(NotLetInError):
        house.keeper.forget(tomas, "mara")


# --- A new home --------------------------------------------------------------------------------


def test_a_home_is_new_until_a_guardian_came_in_once(house: House) -> None:
    house.let_in("rosa")
    house.let_in("noor")
    house.let_in(kind="device", room="nest")
    house.let_in(kind="guest")
    assert house.keeper.is_new()
    _, words = house.keeper.invite("member", member="tomas", by=None)
    assert house.keeper.is_new()
    session, _ = house.keeper.claim(words, origin="locked", label="", knocker="x")
    assert not house.keeper.is_new()
    house.keeper.revoke(None, session.id)
    house.keeper.forget(None, "tomas")
    house.later(days=800)
    assert not house.keeper.is_new()


def test_without_children_any_adult_will_do(tmp_path: Path) -> None:
    alone: Household = replace(HOUSEHOLD, members=(ROSA,))
    with closing(House(tmp_path, alone)) as house:
        assert house.keeper.is_new()
        house.let_in("rosa")
        assert not house.keeper.is_new()


# --- When the list cannot be read --------------------------------------------------------------


class Failing:
    """A real store whose disk gives out when a test says so, or where something happens between."""

    def __init__(self, store: AccessStore) -> None:
        self.store = store
        self.reads = self.writes = True
        self.before_change: Callable[[], None] = lambda: None

    def changing(self) -> AbstractContextManager[None]:
        self.before_change()
        if not self.writes:
            raise AccessUnavailableError
        return self.store.changing()

    def keep(self, record: AccessRecord) -> None:
        self.store.keep(record)

    def find(self, kind: type[Kept], key: str) -> Kept | None:
        if not self.reads:
            raise AccessUnavailableError
        return self.store.find(kind, key)

    def all(self, kind: type[Kept]) -> list[Kept]:
        return self.store.all(kind)

    def drop(self, record: AccessRecord) -> None:
        self.store.drop(record)


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[tuple[House, Failing]]:
    made: list[Failing] = []

    def wrapped(store: AccessStore) -> AccessStore:
        made.append(Failing(store))
        return made[0]

    with closing(House(tmp_path, wrapped=wrapped)) as house:
        yield house, made[0]


@pytest.mark.safety("H-01")
def test_a_screen_that_was_known_may_stop_where_the_list_cannot_be_read(
    failing: tuple[House, Failing],
) -> None:
    house, store = failing
    _, token = house.let_in("mara")
    house.keeper.caller(token, "locked")
    _, unseen = house.let_in("tomas")
    store.reads = False
    found = house.keeper.caller(token, "locked")
    assert rights_of(found) == {"stop"}
    assert house.keeper.caller(token, "plain").role == "nobody"
    assert house.keeper.caller(None, "locked").role == "nobody"
    with pytest.raises(AccessUnavailableError):
        house.keeper.caller(unseen, "locked")
    store.reads = True
    assert house.keeper.caller(token, "locked").expired is False


@pytest.mark.safety("H-01")
def test_a_full_disk_keeps_nobody_out_who_is_in(failing: tuple[House, Failing]) -> None:
    house, store = failing
    _, token = house.let_in("mara")
    store.writes = False
    house.later(days=1)
    tries = []
    store.before_change = lambda: tries.append(house.now_utc)
    for _ in range(120):
        assert house.keeper.caller(token, "locked").role == "guardian"
        house.later(seconds=1)
    assert len(tries) == 2  # it is not tried at every request: that could take half a second each


@pytest.mark.safety("H-60")
def test_a_screen_that_is_ended_while_it_is_renewed_stays_ended(
    failing: tuple[House, Failing],
) -> None:
    house, store = failing
    session, token = house.let_in("mara")
    house.later(hours=2)
    store.before_change = lambda: store.store.keep(replace(session, revoked=True))
    assert house.keeper.caller(token, "locked") == NOBODY
    kept = house.store.find(Session, session.digest)
    assert kept is not None and kept.revoked
