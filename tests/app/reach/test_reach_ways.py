"""How a request reached the hub: no header a stranger can send makes it more than it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.reach.ways import (
    LOOPBACK_WAYS,
    Ways,
    answers_to,
    asker_of,
    host_of,
    is_own_page,
    name_in,
    origin_of,
    peer_of,
    prefix_of,
)

PROXY = "192.168.1.2"
HOUSE = Ways(
    hosts=("localhost", "127.0.0.1", "::1", "hub.local", "192.168.1.20"),
    behind=(PROXY, "127.0.0.9"),
    locked_at="https://hub.local:8322",
    names=("localhost", "hub.local"),
    to_the_house=True,
)
Header = tuple[str, str]


def scope(peer: str | None, *headers: Header, scheme: str = "http", **more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "scheme": scheme,
        "http_version": "1.1",
        "client": (peer, 50123) if peer else None,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        **more,
    }


LOCAL = ("host", "localhost:8321")


@pytest.mark.parametrize(
    ("asked", "origin"),
    [
        (scope("127.0.0.1", LOCAL), "here"),
        (scope("::1", ("host", "[::1]:8321")), "here"),
        (scope("::ffff:127.0.0.1", LOCAL), "here"),
        (scope("127.0.0.1", LOCAL, scheme="ws"), "here"),
        (scope("192.168.1.7", scheme="https"), "locked"),
        (scope("127.0.0.1", LOCAL, scheme="wss"), "locked"),
        (scope("192.168.1.7", ("host", "192.168.1.20:8321")), "plain"),
        (scope("192.168.1.7", LOCAL), "plain"),
        (scope("127.0.0.1", ("host", "evening.example.net")), "plain"),
        (scope("127.0.0.1"), "plain"),
        (scope("127.0.0.1", LOCAL, LOCAL), "plain"),
        (scope("127.0.0.1", LOCAL, ("x-forwarded-for", "203.0.113.9")), "plain"),
        (scope("127.0.0.1", LOCAL, ("Via".lower(), "1.1 somewhere")), "plain"),
        (scope("127.0.0.1", LOCAL, http_version="1.0"), "plain"),
        (scope(None, LOCAL), "plain"),
        (scope(PROXY, ("x-forwarded-proto", "https")), "locked"),
        (scope(PROXY, ("x-forwarded-proto", "HTTPS ")), "locked"),
        (scope(f"::ffff:{PROXY}", ("x-forwarded-proto", "https")), "locked"),
        (scope(PROXY, ("x-forwarded-proto", "http")), "plain"),
        (scope(PROXY, ("x-forwarded-proto", "https, http")), "plain"),
        (scope(PROXY, ("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")), "plain"),
        (scope(PROXY), "plain"),
        (scope("127.0.0.9", LOCAL), "plain"),
        (scope("192.168.1.7", ("x-forwarded-proto", "https")), "plain"),
    ],
)
def test_each_way_in_is_told_apart(asked: dict[str, Any], origin: str) -> None:
    assert origin_of(asked, HOUSE) == origin


STRANGERS = st.sampled_from(["192.168.1.7", "10.0.0.3", "fd00::7", "203.0.113.9", "2001:db8::1"])
NAMES = st.sampled_from(
    ["host", "forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
     "x-ingress-path", "x-real-ip", "origin", "x-forwarded-ssl", "front-end-https"]
)  # fmt: skip
LETTERS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
VALUES = st.sampled_from(
    ["https", "wss", "localhost", "localhost:8321", "127.0.0.1", "::1", PROXY, "proto=https", "on"]
)
HEADERS = st.lists(st.tuples(NAMES, VALUES | LETTERS), max_size=8)


@given(peer=STRANGERS, headers=HEADERS, scheme=st.sampled_from(["http", "ws"]))
def test_no_header_a_stranger_sends_makes_a_plain_way_more(
    peer: str, headers: list[Header], scheme: str
) -> None:
    asked = scope(peer, *headers, scheme=scheme)
    assert origin_of(asked, HOUSE) == origin_of(asked, LOOPBACK_WAYS) == "plain"
    assert asker_of(asked, HOUSE) == peer
    assert prefix_of(asked, HOUSE) == ""
    assert host_of(asked, HOUSE) == next((v for n, v in headers if n == "host"), "")


@given(headers=HEADERS, scheme=st.sampled_from(["http", "ws"]))
def test_nothing_that_was_handed_on_began_on_this_machine(
    headers: list[Header], scheme: str
) -> None:
    handed_on = scope("127.0.0.1", LOCAL, ("x-forwarded-for", "203.0.113.9"), *headers)
    assert origin_of(handed_on, HOUSE) == "plain"
    assert origin_of(scope(PROXY, LOCAL, *headers, scheme=scheme), HOUSE) != "here"


@given(text=st.text(max_size=60))
def test_whatever_a_host_header_says_it_is_read_without_a_fault(text: str) -> None:
    assert isinstance(name_in(text), str)
    assert answers_to(text, LOOPBACK_WAYS) == (name_in(text) in LOOPBACK_WAYS.hosts)


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("hub.local:8321", True),
        ("HUB.local.", True),
        ("192.168.1.20:8321", True),
        ("192.168.7.7:8321", True),  # its own, since last night
        ("[fd00::2]:8321", True),
        ("203.0.113.9:8321", False),
        ("rebound.example:8321", False),
        ("192.168.1.20.rebound.example", False),
        ("hub.local.rebound.example", False),
        ("", False),
        ("[", False),
        ("stranger@hub.local", False),
        ("hub.local/.stranger", False),
        ("hub.local#stranger", False),
        ("hub.local?stranger", False),
        ("hub.local\\stranger", False),
        ("hub.local:99999", False),
        ("hub.local:80:80", False),
        ("hub.local:", False),
        ("hub .local", False),
        ("[fd00::2%eth0]", False),
    ],
)
def test_a_hub_answers_to_its_names_and_to_addresses_of_a_house(host: str, answered: bool) -> None:
    assert answers_to(host, HOUSE) is answered


def test_on_this_machine_only_no_address_of_the_house_is_answered_to() -> None:
    assert not answers_to("192.168.1.20:8321", LOOPBACK_WAYS)
    assert not answers_to("hub.local", LOOPBACK_WAYS)


def test_a_proxys_word_is_taken_on_whom_it_asks_for_and_where() -> None:
    asked = scope(
        PROXY,
        ("host", "192.168.1.20:8321"),
        ("x-forwarded-for", "1.2.3.4, ::ffff:192.168.1.7"),
        ("x-forwarded-host", "evening.example.net"),
        ("x-ingress-path", "/api/hassio_ingress/abc/"),
    )
    assert asker_of(asked, HOUSE) == "192.168.1.7"
    assert host_of(asked, HOUSE) == "evening.example.net"
    assert prefix_of(asked, HOUSE) == "/api/hassio_ingress/abc"
    assert peer_of(asked) == PROXY


def phone(host: str, scheme: str = "http") -> dict[str, Any]:
    return scope("192.168.1.7", ("host", host), scheme=scheme)


PROXIED = (
    ("host", "192.168.1.20:8321"),
    ("x-forwarded-host", "evening.example.net"),
    ("x-forwarded-proto", "https"),
)


@pytest.mark.parametrize(
    ("asked", "origin", "own"),
    [
        (phone("hub.local:8322", "https"), "https://hub.local:8322", True),
        (phone("hub.local:8322", "wss"), "https://hub.local:8322", True),
        (phone("hub.local:8322", "wss"), "http://hub.local:8322", False),
        (phone("hub.local:8321"), "http://hub.local:8321", True),
        (phone("hub.local:8321", "ws"), "https://hub.local:8321", False),
        (phone("HUB.local:8321"), "http://hub.local:8321", True),
        (phone("hub.local:80"), "http://hub.local", True),
        (phone("hub.local:443", "https"), "https://hub.local", True),
        (phone("hub.local:443"), "https://hub.local", False),
        (phone("hub.local:8321"), "http://hub.local:8322", False),
        (phone("hub.local:8321"), "http://hub.local", False),
        (scope("127.0.0.1", LOCAL), "http://localhost:8321", True),
        (scope("127.0.0.1", LOCAL), "http://127.0.0.1:8321", False),
        (scope("127.0.0.1", LOCAL), "null", False),
        (scope("127.0.0.1", LOCAL), "", False),
        (scope("127.0.0.1", LOCAL), "http://", False),
        (scope("127.0.0.1", LOCAL), "http://stranger@localhost:8321", False),
        (scope("127.0.0.1", LOCAL), "file://localhost:8321", False),
        (scope("127.0.0.1", ("host", "")), "http://", False),
        (scope(PROXY, *PROXIED), "https://evening.example.net", True),
        (scope(PROXY, *PROXIED), "http://evening.example.net", False),
        (scope(PROXY, *PROXIED[:2]), "http://evening.example.net", True),
        (scope("192.168.1.7", *PROXIED), "https://192.168.1.20:8321", False),
    ],
)  # fmt: skip
def test_a_page_is_the_hubs_own_by_scheme_name_and_port(
    asked: dict[str, Any], origin: str, own: bool
) -> None:
    assert is_own_page(origin, asked, HOUSE) is own


@given(text=LETTERS)
def test_whatever_an_origin_says_it_is_read_without_a_fault(text: str) -> None:
    assert is_own_page(text, scope("127.0.0.1", LOCAL), HOUSE) in (True, False)
    assert is_own_page(f"http://{text}", scope("127.0.0.1", ("host", text)), HOUSE) is bool(
        name_in(text)
    )


@pytest.mark.parametrize("said", ["//evil.example", "evil", "/a b\\c", "/" + "a" * 300, "/é", "/"])
def test_a_path_that_could_lead_elsewhere_is_no_path(said: str) -> None:
    assert prefix_of(scope(PROXY, ("x-ingress-path", said)), HOUSE) == ""
