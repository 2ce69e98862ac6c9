"""How often someone may be wrong: ten a minute from one address, sixty an hour over all."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.access.knocks import ALL_MAX, OWN_MAX, closed_until
from evenfall.ports.access import Door, Try

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def tried(before_s: float, knocker: str = "a", door: Door = "code") -> Try:
    at = NOW - timedelta(seconds=before_s)
    return Try(id=f"{before_s}", door=door, knocker=knocker, at_utc=at)


def test_ten_in_a_minute_close_the_door_to_one_address_until_the_first_is_a_minute_old() -> None:
    tries = [tried(50 - n) for n in range(OWN_MAX)]
    assert closed_until(tries[1:], "code", "a", NOW) is None
    assert closed_until(tries, "code", "a", NOW) == NOW + timedelta(seconds=10)
    assert closed_until(tries, "code", "b", NOW) is None
    assert closed_until(tries, "passphrase", "a", NOW) is None


def test_sixty_in_an_hour_close_it_to_everyone() -> None:
    tries = [tried(3000 - 40 * n, knocker=str(n)) for n in range(ALL_MAX)]
    assert closed_until(tries[1:], "code", "z", NOW) is None
    assert closed_until(tries, "code", "z", NOW) == NOW + timedelta(seconds=600)
    assert closed_until(tries, "passkey", "z", NOW) is None


def test_a_try_from_a_wrong_clock_closes_nothing() -> None:
    assert closed_until([tried(-3600 * 24 * 365)] * 100, "code", "a", NOW) is None


AGES_S = st.lists(st.floats(0, 4000), max_size=90)


@given(AGES_S, st.lists(st.sampled_from("abc"), min_size=90, max_size=90))
def test_waiting_always_helps_and_not_a_moment_more_is_asked(
    ages_s: list[float], knockers: list[str]
) -> None:
    tries = [tried(age, knocker) for age, knocker in zip(ages_s, knockers, strict=False)]
    until = closed_until(tries, "code", "a", NOW)
    if until is None:
        return
    assert NOW < until <= NOW + timedelta(hours=1)
    assert closed_until(tries, "code", "a", until) is None
    assert closed_until(tries, "code", "a", until - timedelta(microseconds=1)) is not None
