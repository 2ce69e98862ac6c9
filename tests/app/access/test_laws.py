"""Laws that hold whatever happens, in any order; and nothing secret is ever written or told."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace
from tests.support.access import HOUSEHOLD, LISBON, ORIGINS, House
from tests.support.authenticator import Authenticator

from evenfall.app.access.gatekeeper import NotLetInError, NotThereError, TooManyTriesError
from evenfall.app.access.rights import rights_of
from evenfall.formats.errors import EvenfallError
from evenfall.ports.access import Known
from evenfall.records.access import Caller, Origin, Right, ScreenKind, Session

MEMBERS = st.sampled_from([one.id for one in HOUSEHOLD.members])
KINDS = st.one_of(
    st.tuples(st.just("member"), MEMBERS, st.none()),
    st.tuples(st.just("device"), st.none(), st.sampled_from(["nest", "loft", None])),
    st.just(("guest", None, None)),
)
ORIGIN = st.sampled_from(ORIGINS)
WAITS_MIN = st.sampled_from([1, 11, 61, 60 * 7, 60 * 24, 60 * 24 * 20, 60 * 24 * 100])


Codes = MultipleResults[str] | str
Tokens = MultipleResults[tuple[str, Session]] | tuple[str, Session]


class Doors(RuleBasedStateMachine):
    """Screens come and go in any order, days pass, people move out and in again."""

    codes: Bundle[str] = Bundle("codes")
    tokens: Bundle[tuple[str, Session]] = Bundle("tokens")
    ended: Bundle[tuple[str, Session]] = Bundle("ended")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.house = House(Path(self.folder.name))
        self.knockers = 0
        self.secrets: list[str] = []
        self.had: dict[str, frozenset[Right]] = {}

    def teardown(self) -> None:
        self.house.close()
        written = b"".join(path.read_bytes() for path in Path(self.folder.name).iterdir())
        for secret in self.secrets:
            assert secret.encode() not in written
        self.folder.cleanup()

    @rule(target=codes, kind=KINDS)
    def invite(self, kind: tuple[ScreenKind, str | None, str | None]) -> Codes:
        return self.invited(kind, None)

    @rule(target=codes, token=tokens, kind=KINDS)
    def invite_by(
        self, token: tuple[str, Session], kind: tuple[ScreenKind, str | None, str | None]
    ) -> Codes:
        return self.invited(kind, self.asks(token))

    def invited(self, kind: tuple[ScreenKind, str | None, str | None], by: Caller | None) -> Codes:
        what, member, room = kind
        try:
            _, words = self.house.keeper.invite(what, member=member, room=room, by=by)
        except EvenfallError:
            return multiple()
        if by is not None:
            assert by.role in ("guardian", "adult") and by.origin != "plain" and not by.expired
            assert member is None or self.is_ones_own_to_give(by, member)
        self.secrets.append(words)
        return words

    def is_ones_own_to_give(self, by: Caller, member: str) -> bool:
        """Theirs, their child's, or another adult's who was never in."""
        (whose,) = (one for one in self.house.household.members if one.id == member)
        if by.member == member or by.member in whose.guardians:
            return True
        return whose.born < "2008" and self.house.store.find(Known, member) is None

    @rule(target=tokens, code=consumes(codes), origin=ORIGIN)
    def claim(self, code: str, origin: Origin) -> Tokens:
        try:
            session, token = self.knock(code, origin)
        except (NotLetInError, TooManyTriesError):
            return multiple()
        self.secrets.append(token)
        assert origin != "plain" or session.kind != "member"
        with pytest.raises((NotLetInError, TooManyTriesError)):
            self.knock(code, origin)  # a code opens once
        self.had[session.id] = rights_of(self.asks((token, session)))
        return token, session

    def knock(self, code: str, origin: Origin) -> tuple[Session, str]:
        self.knockers += 1
        return self.house.keeper.claim(code, origin=origin, label="x", knocker=str(self.knockers))

    @rule(target=ended, token=consumes(tokens))
    def end(self, token: tuple[str, Session]) -> tuple[str, Session]:
        try:
            self.house.keeper.revoke(None, token[1].id)
        except NotThereError:  # it was over, and is ended all the same
            self.house.keeper.sign_out(token[0])
        return token

    @rule(token=ended, origin=ORIGIN)
    def an_ended_screen_is_a_stranger_for_ever(
        self, token: tuple[str, Session], origin: Origin
    ) -> None:
        keeper = self.house.keeper
        assert keeper.caller(token[0], origin) == keeper.caller(None, origin)

    @rule(token=tokens, origin=ORIGIN)
    def the_other_ways_in_know_nobody(self, token: tuple[str, Session], origin: Origin) -> None:
        keeper = self.house.keeper
        if origin != token[1].origin:
            assert keeper.caller(token[0], origin) == keeper.caller(None, origin)

    @rule(token=tokens)
    def time_takes_rights_and_gives_none(self, token: tuple[str, Session]) -> None:
        caller = self.asks(token)
        if caller.session is None:
            return
        assert rights_of(caller) <= self.had[token[1].id]
        if caller.expired:
            assert rights_of(caller) <= {"stop"}
            kept = self.house.store.find(Session, token[1].digest)
            assert kept is not None
            ended = kept.expires_utc.astimezone(ZoneInfo(LISBON)).time()
            assert time(11) <= ended < time(17)
            self.had[token[1].id] = rights_of(caller)

    @rule(minutes=WAITS_MIN)
    def wait(self, minutes: int) -> None:
        self.house.later(minutes=minutes)

    @rule(member=MEMBERS)
    def move_out(self, member: str) -> None:
        stay = tuple(one for one in HOUSEHOLD.members if one.id != member)
        stay = tuple(
            replace(one, guardians=tuple(g for g in one.guardians if g != member)) for one in stay
        )
        self.house.household = replace(HOUSEHOLD, members=stay)

    @rule()
    def move_in_again(self) -> None:
        self.house.household = HOUSEHOLD

    def asks(self, token: tuple[str, Session]) -> Caller:
        return self.house.keeper.caller(token[0], token[1].origin)

    @invariant()
    def no_screen_is_there_twice_and_few_codes_are(self) -> None:
        sessions = self.house.store.all(Session)
        assert len({one.id for one in sessions}) == len(sessions)


@pytest.mark.safety("H-60")
def test_whatever_happens_the_laws_hold() -> None:
    run_state_machine_as_test(
        Doors, settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )


# --- Nothing secret ----------------------------------------------------------------------------


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Everything that is logged, at the finest; a test adds what is told and shown."""
    with caplog.at_level(logging.DEBUG):
        found: list[str] = []
        yield found


@pytest.mark.safety("H-60")
def test_nothing_secret_is_logged_told_shown_or_written(
    tmp_path: Path, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    passphrase, wrong = "four old owls at noon", "five old owls at noon"
    with closing(House(tmp_path)) as house:
        keeper = house.keeper
        invite, words = keeper.invite("member", member="mara", by=None)
        session, token = keeper.claim(words, origin="locked", label="a phone", knocker="x")
        caller = keeper.caller(token, "locked")
        keeper.set_passphrase(caller, passphrase)
        other, second = keeper.sign_in(
            "Mara", passphrase, origin="here", label="a screen", knocker="x"
        )
        phone = Authenticator(origin="https://evenfall.local")
        asked = keeper.passkey_options(caller, "evenfall.local")
        made = keeper.passkey_keep(
            caller, phone.make(asked), rp_id="evenfall.local", origin_url=phone.origin, label=""
        )
        to_sign = keeper.passkey_ask("evenfall.local", origin="locked")
        third, third_token = keeper.passkey_sign_in(
            phone.sign(to_sign), rp_id="evenfall.local", origin_url=phone.origin,
            origin="locked", label="", knocker="x",
        )  # fmt: skip
        told += map(repr, (invite, session, caller, other, made, third, keeper, house.store))
        told += map(repr, keeper.sessions(None))
        told += refusals(house, words, wrong, token)
        challenges = [asked["challenge"], to_sign["challenge"]]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    said = "\n".join([*told, caplog.text])
    for secret in (words, token, second, third_token, passphrase, wrong, *challenges):
        for form in (secret, secret.replace("-", ""), secret.replace("-", " ")):
            assert form not in said
            assert form.encode() not in written
    assert session.digest.encode() in written  # so that looking finds what is there


def refusals(house: House, words: str, wrong: str, token: str) -> Iterator[str]:
    """What is told to someone who shows the wrong thing, over and over."""
    for _ in range(12):
        for act in (
            lambda: house.keeper.claim(words, origin="plain", label=token, knocker="y"),
            lambda: house.keeper.sign_in("Mara", wrong, origin="here", label=token, knocker="y"),
            lambda: house.keeper.revoke(None, token),
            lambda: house.keeper.passkey_sign_in(
                {"id": token}, rp_id="a.b", origin_url=token, origin="here", label="", knocker="y"
            ),
        ):
            with pytest.raises(EvenfallError) as caught:
                act()
            yield f"{caught.value!r} {caught.value}"
