"""Where this machine is in the house, told from facts that are made up here."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.reach.addresses import (
    Facts,
    checked_address,
    checked_name,
    facts_here,
    house_addresses,
    house_names,
    is_house_address,
    is_near,
    links,
    near_networks,
)
from evenfall.formats.errors import EvenfallError


@pytest.mark.parametrize(
    ("found", "addresses"),
    [
        (("127.0.1.1", "::1"), ()),
        (("192.168.1.20", "127.0.0.1", "10.0.0.5"), ("10.0.0.5", "192.168.1.20")),
        (("fe80::1%eth0", "fd00::2", "172.16.0.9"), ("172.16.0.9", "fd00::2", "fe80::1")),
        (("169.254.3.4", "192.168.1.20"), ("192.168.1.20", "169.254.3.4")),
        (("203.0.113.9", "2001:db8::9", "172.32.0.1"), ()),
        (("no address", ""), ()),
    ],
)
def test_only_addresses_of_a_house_are_its_own(
    found: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    assert house_addresses(Facts("hub", found)) == addresses


@pytest.mark.parametrize(
    ("hostname", "names"),
    [
        ("Nursery-Pi", ("nursery-pi.local", "nursery-pi")),
        ("nursery.lan", ("nursery.local", "nursery")),
        ("localhost", ()),
        ("localhost.localdomain", ()),
        ("", ()),
        ("kids' room", ()),
        ("-pi", ()),
    ],
)
def test_a_machines_names_are_what_a_browser_can_ask_for(
    hostname: str, names: tuple[str, ...]
) -> None:
    assert house_names(Facts(hostname, ())) == names


@pytest.mark.parametrize(
    ("peer", "near"),
    [
        ("192.168.1.7", True),
        ("127.0.0.1", True),
        ("fe80::7", True),
        ("fd12::7", True),
        ("100.101.102.103", True),  # a tunnel of the family's own
        ("2001:db8:1:2::77", True),  # this machine's own network
        ("2001:db8:1:3::77", False),
        ("203.0.113.9", True),  # this machine itself
        ("203.0.113.8", False),
        ("100.128.0.1", False),
        ("", False),
        ("nobody", False),
    ],
)
def test_who_is_near_is_told_by_the_network(peer: str, near: bool) -> None:
    facts = Facts("hub", ("192.168.1.20", "203.0.113.9", "2001:db8:1:2::9"))
    assert is_near(peer, near_networks(facts)) is near


@given(st.ip_addresses())
def test_an_address_the_internet_routes_is_never_a_houses(
    address: IPv4Address | IPv6Address,
) -> None:
    if is_house_address(str(address)):
        assert not address.is_global


def test_links_put_names_first_and_leave_out_what_no_browser_takes() -> None:
    assert links("https", ["192.168.1.20", "fe80::1", "fd00::2", "hub.local"], 8322) == (
        "https://hub.local:8322",
        "https://192.168.1.20:8322",
        "https://[fd00::2]:8322",
    )
    assert links("http", ["192.168.1.20"], 80) == ("http://192.168.1.20",)


@pytest.mark.parametrize(
    "text",
    ["https://hub.local", "hub.local:8322", "hub.local/", "*.local", "", ".", "a..b", "hüb.local"],
)
def test_what_is_no_name_is_refused_with_its_mend(text: str) -> None:
    with pytest.raises(EvenfallError, match="--name evening"):
        checked_name(text)


def test_a_proxy_is_named_by_its_address() -> None:
    assert checked_address("FD00::2", "--behind") == "fd00::2"
    with pytest.raises(EvenfallError, match=r"--behind 127\.0\.0\.1"):
        checked_address("localhost", "--behind")


def test_this_machine_can_be_asked() -> None:
    facts = facts_here()
    assert facts.hostname
    assert all(facts.found) and len(set(facts.found)) == len(facts.found)
