"""A passphrase: forgiving of keyboards, slow to guess, and silent about which half was wrong."""

import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.access import HOUSEHOLD, MARA, House, member

from evenfall.app.access import passphrase
from evenfall.app.access.gatekeeper import NotLetInError, TooManyTriesError
from evenfall.app.access.passphrase import COST, is_passphrase, make_passphrase, plain_words
from evenfall.ports.access import Try
from evenfall.records.access import Origin, Passphrase

WORDS = "vier alte Eulen um fünf"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home where Mara has a passphrase, and is not known by it alone."""
    with closing(House(tmp_path)) as found:
        found.keeper.set_passphrase(found.caller("mara"), WORDS)
        yield found


def sign_in(
    house: House, name: str, words: str, *, origin: Origin = "locked", at: str = "x"
) -> str:
    """The token, or an error."""
    return house.keeper.sign_in(name, words, origin=origin, label="a phone", knocker=at)[1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mara", WORDS),
        ("mara", WORDS),
        ("  MARA ", f"\n {WORDS}  "),
        ("Mara", unicodedata.normalize("NFD", WORDS)),
        ("Mara", WORDS.replace("fünf", "ｆünf")),  # a full-width letter of another keyboard
    ],
)
def test_a_name_and_a_passphrase_let_their_owner_in(house: House, name: str, words: str) -> None:
    ways: tuple[Origin, ...] = ("locked", "here")
    for origin in ways:
        token = sign_in(house, name, words, origin=origin)
        assert house.keeper.caller(token, origin).member == "mara"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mara", WORDS.upper()),
        ("Mara", WORDS + "!"),
        ("Mara", ""),
        ("Mara", "\ud800" * 12),
        ("Tomas", WORDS),  # who has none
        ("Noor", WORDS),  # who may have none
        ("nobody", WORDS),
        ("", ""),
    ],
)
@pytest.mark.safety("H-60")
def test_every_wrong_one_is_told_the_same(house: House, name: str, words: str) -> None:
    with pytest.raises(NotLetInError) as caught:
        sign_in(house, name, words)
    (fault,) = caught.value.faults
    assert fault.found == "a name and a passphrase that do not go together"
    assert "Mara" not in str(fault) and "mara" not in str(fault)


@pytest.mark.safety("H-60")
def test_a_name_nobody_has_costs_the_same_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where it is spent, since a test that measures time would sometimes lie."""
    spent: list[int] = []
    digest = passphrase._digest

    def counted(words: str, salt: bytes, cost: int) -> str:
        spent.append(cost)
        assert len(salt) == 16
        return digest(words, salt, cost)

    monkeypatch.setattr(passphrase, "_digest", counted)
    for name in ("Mara", "Tomas", "Noor", "nobody"):
        with pytest.raises(NotLetInError):
            sign_in(house, name, "not what it is")
    assert spent == [COST] * 4 == [2**15] * 4


@pytest.mark.safety("H-60")
def test_over_the_plain_network_there_is_no_passphrase(house: House) -> None:
    with pytest.raises(NotLetInError, match="others could read along"):
        sign_in(house, "Mara", WORDS, origin="plain")
    plain = replace(house.caller("mara"), origin="plain")
    with pytest.raises(NotLetInError, match="others could read along"):
        house.keeper.set_passphrase(plain, WORDS)
    assert house.store.all(Try) == []


@pytest.mark.parametrize("words", ["short", " ninelong ", "x" * 201, "", "é" * 9])
def test_one_too_short_or_too_long_is_told_and_the_earlier_one_stays(
    house: House, words: str
) -> None:
    with pytest.raises(NotLetInError, match="10 to 200 letters"):
        house.keeper.set_passphrase(house.caller("mara"), words)
    assert sign_in(house, "Mara", WORDS)


def test_a_new_one_takes_the_place_of_the_old(house: House) -> None:
    house.keeper.set_passphrase(house.caller("mara"), "another long one")
    with pytest.raises(NotLetInError):
        sign_in(house, "Mara", WORDS)
    assert sign_in(house, "Mara", "another long one")


@pytest.mark.safety("H-61")
def test_none_is_set_on_a_screen_that_came_in_a_while_ago(house: House) -> None:
    """A child with her mother's phone for a minute makes no way in of her own."""
    mara = house.caller("mara")
    house.later(minutes=10)
    with pytest.raises(NotLetInError, match="by your passphrase, your passkey or four new words"):
        house.keeper.set_passphrase(mara, "a child's own one")
    again = house.keeper.caller(sign_in(house, "Mara", WORDS), "locked")
    house.keeper.set_passphrase(again, "another long one")
    house.later(days=-1)  # a clock that was set back is no proof either
    with pytest.raises(NotLetInError, match="a while ago"):
        house.keeper.set_passphrase(again, "yet another long one")


def test_children_bedsides_and_guests_have_none(house: House) -> None:
    others = [
        house.caller("noor"),
        house.keeper.caller(house.let_in(kind="guest")[1], "locked"),
        house.keeper.caller(house.let_in(kind="device")[1], "locked"),
        house.keeper.caller(None, "here"),
    ]
    for caller in others:
        with pytest.raises(NotLetInError):
            house.keeper.set_passphrase(caller, "a long and winding tale")


def test_who_is_a_grown_up_no_longer_or_not_here_cannot_sign_in(house: House) -> None:
    for members in ((member("Mara", "2020-04"), *HOUSEHOLD.members[1:]), HOUSEHOLD.members[1:]):
        house.household = replace(HOUSEHOLD, members=members)
        with pytest.raises(NotLetInError):
            sign_in(house, "mara", WORDS)


def test_where_two_have_one_name_only_the_id_tells_them_apart(house: House) -> None:
    other = replace(member("Mara", "1990-01"), id="mara-2")
    house.household = replace(HOUSEHOLD, members=(*HOUSEHOLD.members, other))
    assert sign_in(house, "mara", WORDS)
    house.household = replace(
        HOUSEHOLD, members=(replace(MARA, id="mara-1"), *HOUSEHOLD.members[1:], other)
    )
    with pytest.raises(NotLetInError):
        sign_in(house, "Mara", WORDS)


@pytest.mark.safety("H-60")
def test_guessing_is_slowed_down_and_many_at_once_are_no_way_around(house: House) -> None:
    def guess(number: int) -> type[Exception]:
        with pytest.raises((NotLetInError, TooManyTriesError)) as caught:
            sign_in(house, "Mara", f"guess number {number}", at="192.168.1.66")
        return caught.type

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(guess, range(14)))
    assert (
        sorted(one.__name__ for one in found) == ["NotLetInError"] * 10 + ["TooManyTriesError"] * 4
    )
    with pytest.raises(TooManyTriesError):
        sign_in(house, "Mara", WORDS, at="192.168.1.66")
    assert sign_in(house, "Mara", WORDS, at="192.168.1.7")
    house.later(minutes=1)
    assert sign_in(house, "Mara", WORDS, at="192.168.1.66")


def test_a_try_is_heavy_for_a_guesser_and_light_for_a_person() -> None:
    kept = make_passphrase("mara", WORDS, bytes(16))
    began_s = time.perf_counter()
    assert is_passphrase(WORDS, kept)
    assert 0.005 < time.perf_counter() - began_s < 5.0


def test_two_of_the_same_words_are_kept_differently_and_neither_tells_them() -> None:
    one, other = (make_passphrase("mara", WORDS, salt) for salt in (b"a" * 16, b"b" * 16))
    assert one.digest != other.digest
    assert "Eulen" not in repr((one, other))
    assert not is_passphrase(WORDS, Passphrase(member="x", salt=one.salt, digest="", cost=2))


@given(st.text(max_size=60))
def test_what_a_keyboard_does_makes_no_difference(words: str) -> None:
    plain = plain_words(words)
    assert plain_words(f"  {words}\n") == plain
    assert plain_words(plain) == plain
    assert plain_words(unicodedata.normalize("NFD", words)) == plain
