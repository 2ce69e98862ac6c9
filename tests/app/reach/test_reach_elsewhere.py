"""What counts as outside the home: told by every address on a request's way, in doubt outside."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.reach.ways import Ways, is_elsewhere

PROXY, INGRESS = "192.168.1.2", "172.30.32.2"
WAYS = Ways(hosts=("localhost", "hub.local"), behind=(PROXY, INGRESS, "127.0.0.1"))
OWN_V6 = (ip_network("2001:db8:1:2::/64"),)
PHONE, OUTSIDE = "192.168.1.7", "203.0.113.7"


def scope(peer: str, *forwarded: str, host: str = "hub.local", **headers: str) -> dict[str, Any]:
    told = [("host", host), *headers.items(), *(("x-forwarded-for", one) for one in forwarded)]
    return {
        "type": "http",
        "scheme": "http",
        "http_version": "1.1",
        "client": (peer, 50123),
        "headers": [(name.encode(), value.encode()) for name, value in told],
    }


@pytest.mark.safety("H-105")
@pytest.mark.parametrize(
    ("asked", "elsewhere"),
    [
        (scope(PHONE), False),
        (scope("fd00::7"), False),
        (scope("::ffff:192.168.1.7"), False),
        (scope("2001:db8:1:2::9"), False),  # the house's own public network
        (scope("2001:db8:9:9::9"), True),
        (scope(OUTSIDE), True),
        (scope("100.64.3.2"), True),  # a tunnel's own address: family, but out of the house
        (scope(PROXY, PHONE), False),
        (scope(PROXY, OUTSIDE), True),
        (scope(PROXY, f"{PHONE}, {OUTSIDE}"), True),
        (scope(PROXY, f"{OUTSIDE}, {PHONE}"), True),
        (scope(PROXY, OUTSIDE, PHONE), True),
        (scope(PROXY, "127.0.0.1"), True),  # a tunnel's near end
        (scope(PROXY, "unknown"), True),
        (scope(PROXY), True),  # it does not say for whom it asks
        (scope(INGRESS, f"{PHONE}, 172.30.32.1"), False),
        (scope(INGRESS, "127.0.0.1, 172.30.32.1"), True),
    ],
)
def test_a_request_is_at_home_or_elsewhere(asked: dict[str, Any], elsewhere: bool) -> None:
    assert is_elsewhere(asked, WAYS, OWN_V6) is elsewhere


@pytest.mark.safety("H-105")
@pytest.mark.parametrize(
    ("asked", "elsewhere"),
    [
        (scope("127.0.0.1", host="localhost"), False),
        (scope("127.0.0.1", host="hub.local"), True),  # a tunnel that says nothing
        (scope("127.0.0.1", PHONE, host="localhost"), True),
        (scope("127.0.0.1", host="localhost", via="1.1 tunnel"), True),
    ],
)
def test_this_very_machine_is_at_home_and_nothing_handed_on_by_it(
    asked: dict[str, Any], elsewhere: bool
) -> None:
    assert is_elsewhere(asked, Ways()) is elsewhere


@pytest.mark.safety("H-105")
@given(st.lists(st.one_of(st.ip_addresses().map(str), st.text("0123456789abc.:, %", max_size=20))))
def test_whatever_someone_outside_adds_brings_them_no_nearer(forged: list[str]) -> None:
    on_its_way = ", ".join([*forged, OUTSIDE])
    assert is_elsewhere(scope(PROXY, on_its_way), WAYS, OWN_V6)
    assert is_elsewhere(scope(OUTSIDE, *forged), WAYS, OWN_V6)
