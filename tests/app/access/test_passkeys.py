"""Passkeys, with a software authenticator that makes real keys and real signatures."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.access import HOUSEHOLD, House, member
from tests.support.authenticator import BE, UP, UV, Authenticator, b64, unb64

from evenfall.app.access.gatekeeper import (
    Gatekeeper,
    NotLetInError,
    NotThereError,
    TooManyTriesError,
)
from evenfall.ports.access import Known, Try
from evenfall.records.access import Caller, Origin, Passkey

HUB = "evenfall.local"
URL = "https://evenfall.local:8322"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as found:
        yield found


def keep(house: House, caller: Caller, phone: Authenticator, hub: str = HUB) -> Passkey:
    answer = phone.make(house.keeper.passkey_options(caller, hub))
    return house.keeper.passkey_keep(
        caller, answer, rp_id=hub, origin_url=URL, label="Mara's phone"
    )


def give(house: House, answer: Any, hub: str = HUB, *, knocker: str = "x") -> Caller:
    """Sign in with an answer."""
    session, token = house.keeper.passkey_sign_in(
        answer, rp_id=hub, origin_url=URL, origin="locked", label="a phone", knocker=knocker
    )
    assert session.by is None
    return house.keeper.caller(token, "locked")


def sign_in(house: House, phone: Authenticator, hub: str = HUB) -> Caller:
    return give(house, phone.sign(house.keeper.passkey_ask(hub, origin="locked")), hub)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(NotLetInError, match="a passkey that does not open this home"):
        act()


def test_a_passkey_is_made_signs_in_and_goes(house: House) -> None:
    mara, phone = house.caller("mara"), Authenticator()
    made = keep(house, mara, phone)
    assert (made.member, made.rp_id, made.label) == ("mara", HUB, "Mara's phone")
    assert house.keeper.passkeys(mara) == [made]
    for count in (1, 2):
        caller = sign_in(house, phone)
        assert (caller.role, caller.member) == ("guardian", "mara")
        (kept,) = house.keeper.passkeys(mara)
        assert kept.sign_count == count
    house.keeper.passkey_forget(mara, made.id)
    refused(lambda: sign_in(house, phone))
    with pytest.raises(NotThereError):
        house.keeper.passkey_forget(mara, made.id)


def test_one_that_syncs_and_never_counts_works_too(house: House) -> None:
    phone = Authenticator(counts=False)
    keep(house, house.caller("mara"), phone)
    assert sign_in(house, phone).member == sign_in(house, phone).member == "mara"


def test_what_an_authenticator_is_asked(house: House) -> None:
    mara = house.caller("mara")
    asked = house.keeper.passkey_options(mara, HUB)
    assert asked["rp"] == {"name": "Evenfall", "id": HUB}
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert asked["excludeCredentials"] == []
    assert len(unb64(asked["challenge"])) >= 32
    to_sign = house.keeper.passkey_ask(HUB, origin="here")
    assert to_sign["userVerification"] == "required"
    assert to_sign["allowCredentials"] == []  # whoever asks learns nobody's
    assert json.dumps([asked, to_sign])


def test_the_key_knows_its_owner_by_chance_and_not_by_name(house: House) -> None:
    mara = house.caller("mara")
    handles = {house.keeper.passkey_options(mara, HUB)["user"]["id"] for _ in range(2)}
    assert handles == {house.store.find(Known, "mara").handle}  # type: ignore[union-attr]
    (handle,) = handles
    assert len(unb64(handle)) == 32 and b"mara" not in unb64(handle).lower()
    tomas = house.keeper.passkey_options(house.caller("tomas"), HUB)
    assert tomas["user"]["id"] != handle


def test_one_device_keeps_one_key_of_one_person(house: House) -> None:
    mara, phone = house.caller("mara"), Authenticator()
    made = keep(house, mara, phone)
    (excluded,) = house.keeper.passkey_options(mara, HUB)["excludeCredentials"]
    assert excluded["id"] == made.id
    assert house.keeper.passkey_options(mara, "other.local")["excludeCredentials"] == []
    assert house.keeper.passkey_options(house.caller("tomas"), HUB)["excludeCredentials"] == []


# --- Who may have one --------------------------------------------------------------------------


def test_children_guests_bedsides_and_strangers_have_none(house: House) -> None:
    callers = [
        house.caller("noor"),
        house.keeper.caller(house.let_in(kind="guest")[1], "locked"),
        house.keeper.caller(None, "here"),
        house.keeper.caller(None, "locked"),
        replace(house.caller("mara"), expired=True),
    ]
    for caller in callers:
        with pytest.raises(NotLetInError):
            house.keeper.passkey_options(caller, HUB)
        with pytest.raises(NotLetInError):
            house.keeper.passkeys(caller)
        with pytest.raises(NotLetInError):
            house.keeper.passkey_forget(caller, "x")


def test_over_the_plain_network_there_are_none(house: House) -> None:
    with pytest.raises(NotLetInError, match="others could read along"):
        house.keeper.passkey_options(replace(house.caller("mara"), origin="plain"), HUB)
    with pytest.raises(NotLetInError, match="others could read along"):
        house.keeper.passkey_ask(HUB, origin="plain")
    with pytest.raises(NotLetInError, match="others could read along"):
        house.keeper.passkey_sign_in(
            {}, rp_id=HUB, origin_url=URL, origin="plain", label="", knocker="x"
        )


@pytest.mark.parametrize("address", ["", "192.168.1.20", "::1", "fe80::1"])
def test_an_address_in_numbers_has_no_passkeys(house: House, address: str) -> None:
    with pytest.raises(NotLetInError, match="an address in numbers"):
        house.keeper.passkey_options(house.caller("mara"), address)
    with pytest.raises(NotLetInError, match="an address in numbers"):
        house.keeper.passkey_ask(address, origin="locked")


@pytest.mark.safety("H-61")
def test_nobody_sees_or_ends_the_passkey_of_another(house: House) -> None:
    made = keep(house, house.caller("mara"), Authenticator())
    tomas = house.caller("tomas")
    assert house.keeper.passkeys(tomas) == []
    with pytest.raises(NotThereError):
        house.keeper.passkey_forget(tomas, made.id)
    assert house.keeper.passkeys(None) == [made]


@pytest.mark.safety("H-61")
def test_a_passkey_asked_for_one_is_not_kept_for_another(house: House) -> None:
    mara, tomas, phone = house.caller("mara"), house.caller("tomas"), Authenticator()
    answer = phone.make(house.keeper.passkey_options(mara, HUB))
    refused(lambda: house.keeper.passkey_keep(tomas, answer, rp_id=HUB, origin_url=URL, label=""))
    assert house.store.all(Passkey) == []


@pytest.mark.safety("H-61")
def test_one_key_is_not_given_a_second_owner(house: House) -> None:
    phone = Authenticator()
    keep(house, house.caller("mara"), phone)
    refused(lambda: keep(house, house.caller("tomas"), phone))
    (kept,) = house.store.all(Passkey)
    assert kept.member == "mara"


def test_who_is_gone_or_a_child_cannot_sign_in_with_one(house: House) -> None:
    phone = Authenticator()
    keep(house, house.caller("mara"), phone)
    for members in (HOUSEHOLD.members[1:], (member("Mara", "2020-04"), *HOUSEHOLD.members[1:])):
        house.household = replace(HOUSEHOLD, members=members)
        refused(lambda: sign_in(house, phone))


# --- Answers that do not hold ------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone",
    [
        Authenticator(flags=UP | BE),  # nobody showed that it is theirs
        Authenticator(flags=UV | BE),
        Authenticator(origin="https://evenfall.local"),  # another port is another page
        Authenticator(origin="http://evenfall.local:8322"),
        Authenticator(origin="https://evil.example"),
        Authenticator(client={"crossOrigin": True}),
        Authenticator(client={"type": "webauthn.get"}),
    ],
)
@pytest.mark.safety("H-60")
def test_a_key_not_rightly_made_is_not_kept(house: House, phone: Authenticator) -> None:
    refused(lambda: keep(house, house.caller("mara"), phone))
    assert house.store.all(Passkey) == []


@pytest.mark.parametrize(
    "change",
    [
        {"flags": UP | BE},
        {"flags": UV | BE},
        {"origin": "https://evil.example"},
        {"client": {"crossOrigin": True}},
        {"client": {"type": "webauthn.create"}},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"user": bytes(32)},
        {"user": b""},
        {"id": bytes(20)},
        {"count": 3},  # it signed with 5 before: two of them are about
        {"count": 4},
    ],
    ids=lambda change: f"{change}"[:40],
)
@pytest.mark.safety("H-60")
def test_a_wrong_answer_lets_nobody_in(house: House, change: dict[str, Any]) -> None:
    phone = Authenticator(count=4)
    keep(house, house.caller("mara"), phone)
    sign_in(house, phone)
    (before,) = house.store.all(Passkey)
    assert before.sign_count == 5
    vars(phone).update(change)
    refused(lambda: sign_in(house, phone))
    assert house.store.all(Passkey) == [before]
    assert len(house.store.all(Try)) == 1


@pytest.mark.safety("H-60")
def test_an_answer_counts_once_and_for_five_minutes_and_for_one_hub(house: House) -> None:
    phone = Authenticator(counts=False)
    keep(house, house.caller("mara"), phone)
    answer = phone.sign(house.keeper.passkey_ask(HUB, origin="locked"))
    assert give(house, answer).member == "mara"
    refused(lambda: give(house, answer))
    asked = house.keeper.passkey_ask(HUB, origin="locked")
    house.later(minutes=5)
    refused(lambda: give(house, phone.sign(asked)))
    other = phone.sign(house.keeper.passkey_ask("other.local", origin="locked"))
    refused(lambda: give(house, other))
    made_for_making = house.keeper.passkey_options(house.caller("mara"), HUB)
    refused(lambda: give(house, phone.sign({"rpId": HUB, **made_for_making})))
    never_asked = phone.sign({"rpId": HUB, "challenge": b64(bytes(32))})
    refused(lambda: give(house, never_asked))


def test_a_wrong_answer_uses_its_question_up(house: House) -> None:
    phone = Authenticator(counts=False)
    keep(house, house.caller("mara"), phone)
    asked = house.keeper.passkey_ask(HUB, origin="locked")
    phone.flags = UP
    refused(lambda: give(house, phone.sign(asked)))
    phone.flags = UP | UV
    refused(lambda: give(house, phone.sign(asked)))


def test_guessing_is_slowed_down(house: House) -> None:
    phone = Authenticator()
    keep(house, house.caller("mara"), phone)
    for _ in range(10):
        refused(lambda: give(house, {}))
    with pytest.raises(TooManyTriesError):
        sign_in(house, phone)
    asked = house.keeper.passkey_ask(HUB, origin="locked")
    assert give(house, phone.sign(asked), knocker="y").member == "mara"


@pytest.mark.safety("H-60")
def test_a_stranger_who_asks_without_end_takes_nobodys_question_and_keeps_nothing(
    house: House,
) -> None:
    mara, phone = house.caller("mara"), Authenticator()
    options = house.keeper.passkey_options(mara, HUB)
    house.keeper.passkey_keep(mara, phone.make(options), rp_id=HUB, origin_url=URL, label="")
    before = house.path.read_bytes()
    asked = house.keeper.passkey_ask(HUB, origin="locked")
    for _ in range(200):
        house.later(seconds=0.1)
        house.keeper.passkey_ask(HUB, origin="locked")
    assert house.path.read_bytes() == before
    assert give(house, phone.sign(asked)).member == "mara"


def test_a_question_is_of_the_hub_that_asked_it(house: House, tmp_path: Path) -> None:
    phone = Authenticator(counts=False)
    keep(house, house.caller("mara"), phone)
    asked = house.keeper.passkey_ask(HUB, origin="locked")
    other = Gatekeeper(house.store, lambda: HOUSEHOLD, lambda: house.now_utc)  # started anew
    with pytest.raises(NotLetInError):
        other.passkey_sign_in(
            phone.sign(asked), rp_id=HUB, origin_url=URL, origin="locked", label="", knocker="x"
        )
    longer = unb64(asked["challenge"])[:16] + b"\xff" * 8 + unb64(asked["challenge"])[24:]
    refused(lambda: give(house, phone.sign({**asked, "challenge": b64(longer)})))


@pytest.mark.safety("H-61")
def test_no_key_is_made_on_a_screen_that_came_in_a_while_ago(house: House) -> None:
    mara, phone = house.caller("mara"), Authenticator()
    house.later(minutes=9, seconds=59)
    keep(house, mara, phone)
    house.later(seconds=1)
    with pytest.raises(NotLetInError, match="came in a while ago"):
        house.keeper.passkey_options(mara, HUB)
    again = sign_in(house, phone)
    assert house.keeper.passkey_options(again, HUB)
    house.keeper.passkey_forget(mara, house.keeper.passkeys(mara)[0].id)  # to end one takes none


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "rawId", "response", "clientDataJSON", "type", "signature"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING, ANYTHING, st.sampled_from(("locked", "here")))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_as_an_answer_is_refused_in_words(
    house: House, answer: Any, client: Any, origin: Origin
) -> None:
    house.later(hours=2)
    mara = house.caller("mara")
    asked = house.keeper.passkey_ask(HUB, origin=origin)
    said = {"challenge": asked["challenge"], "type": client, "origin": client}
    wrapped = {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {"clientDataJSON": b64(json.dumps(said).encode()), "x": answer},
    }
    for one in (answer, wrapped, wrapped | (answer if isinstance(answer, dict) else {})):
        refused(lambda one=one: give(house, one))  # type: ignore[misc]
        refused(
            lambda one=one: house.keeper.passkey_keep(  # type: ignore[misc]
                mara, one, rp_id=HUB, origin_url=URL, label=""
            )
        )
