"""How often someone may be wrong: ten a minute from one address, sixty an hour over all of
those who were wrong themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.access.knocks import ALL_MAX, EVER_MAX, OWN_MAX, closed_until, counted_as
from evenfall.ports.access import Door, Try
from evenfall.records.access import Origin

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def closed(
    tries: list[Try], door: Door, knocker: str, now: datetime = NOW, origin: Origin = "locked"
) -> datetime | None:
    return closed_until(tries, door, knocker, origin, now)


def tried(before_s: float, knocker: str = "a", door: Door = "code") -> Try:
    at = NOW - timedelta(seconds=before_s)
    return Try(id=f"{before_s}", door=door, knocker=knocker, at_utc=at)


def test_ten_in_a_minute_close_the_door_to_one_address_until_the_first_is_a_minute_old() -> None:
    tries = [tried(50 - n) for n in range(OWN_MAX)]
    assert closed(tries[1:], "code", "a") is None
    assert closed(tries, "code", "a") == NOW + timedelta(seconds=10)
    assert closed(tries, "code", "b") is None
    assert closed(tries, "passphrase", "a") is None


def test_sixty_in_an_hour_close_it_to_whoever_was_wrong_among_them_and_to_nobody_else() -> None:
    tries = [tried(3000 - 40 * n, knocker=str(n)) for n in range(ALL_MAX)]
    assert closed(tries[1:], "code", "59") is None
    assert closed(tries, "code", "59") == NOW + timedelta(seconds=600)
    assert closed(tries, "code", "z") is None
    assert closed(tries, "passkey", "59") is None
    assert closed(tries, "code", "59", origin="here") is None


def test_who_was_wrong_once_a_while_ago_is_heard_when_that_is_an_hour_old() -> None:
    tries = [tried(3500, "once"), *(tried(n, "often") for n in range(ALL_MAX))]
    assert closed(tries, "code", "once") == NOW + timedelta(seconds=100)


def test_from_six_hundred_on_a_new_address_waits_too_and_the_hubs_own_machine_does_not() -> None:
    tries = [tried(3000 - n, knocker=str(n)) for n in range(EVER_MAX)]
    assert closed(tries[1:], "code", "z") is None
    assert closed(tries, "code", "z") == NOW + timedelta(seconds=600)
    assert closed(tries, "code", "z", origin="here") is None


def test_at_the_hubs_own_machine_ones_own_tries_count() -> None:
    tries = [tried(50 - n, "127.0.0.1") for n in range(OWN_MAX)]
    assert closed(tries, "code", "127.0.0.1", origin="here") == NOW + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("fd00:1:2:3:4:5:6:7", "fd00:1:2:3::/64"),
        ("FD00:1:2:3::9", "fd00:1:2:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.168.1.7", "::ffff:192.168.1.7"),
        ("", ""),
        ("nobody's", "nobody's"),
    ],
)
def test_what_one_machine_can_choose_from_counts_as_one(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_a_try_from_a_wrong_clock_closes_nothing() -> None:
    assert closed([tried(-3600 * 24 * 365)] * 100, "code", "a") is None


AGES_S = st.lists(st.floats(0, 4000), max_size=90)


@given(AGES_S, st.lists(st.sampled_from("abc"), min_size=90, max_size=90))
def test_waiting_always_helps_and_not_a_moment_more_is_asked(
    ages_s: list[float], knockers: list[str]
) -> None:
    tries = [tried(age, knocker) for age, knocker in zip(ages_s, knockers, strict=False)]
    until = closed(tries, "code", "a")
    if until is None:
        return
    assert NOW < until <= NOW + timedelta(hours=1)
    assert closed(tries, "code", "a", until) is None
    assert closed(tries, "code", "a", until - timedelta(microseconds=1)) is not None
