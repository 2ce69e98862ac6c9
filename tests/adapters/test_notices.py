"""An adult is really called: by ways that fail, by a real Home Assistant, by a real Apprise."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support import home_assistant as support
from tests.support.doorbell import Doorbell, doorbell
from tests.support.home_assistant import RunningHomeAssistant
from websockets.sync.client import connect

from evenfall.adapters.devices.background import Background
from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.adapters.homeassistant.home import HomeAssistant
from evenfall.adapters.homeassistant.phone import HomeAssistantPhone
from evenfall.adapters.notices.by_apprise import ApprisePhone, phones_in
from evenfall.adapters.notices.room import NOBODY, Pace, RoomNotices
from evenfall.adapters.notices.way import Way
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.ports.notices import NoticeLostError

home_assistant = support.home_assistant  # the fixture

# Apprise itself still asks for a module that Python is about to take away.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PACE = Pace(again_s=(0.02, 0.02), apart_s=0.3)
NAMES = {"mara": "Mara", "tomas": "Tomás"}
NOOR, ILAY = "Noor touched the page at 02:13.", "Ilay touched the page at 02:13."
AT = datetime(2026, 11, 21, 2, 13, tzinfo=UTC)
SHOUT = "Nobody could be called at 02:13. A shout still works."


class Phone:
    """A phone that can be out of reach."""

    where = "a phone on the table"

    def __init__(self, lost: int = 0, raises: type[Exception] = NoticeLostError) -> None:
        self.lost = lost
        self.raises = raises
        self.tries = 0
        self.heard: list[str] = []
        self.tried_s: list[float] = []

    async def send(self, text: str) -> None:
        self.tries += 1
        self.tried_s.append(time.monotonic())
        if self.tries <= self.lost:
            if self.raises is NoticeLostError:
                raise NoticeLostError(Fault("no answer", Place(self.where), "one", "charge it"))
            raise self.raises("hush-hush")
        self.heard.append(text)


class SlowPhone(Phone):
    """One that takes its time."""

    async def send(self, text: str) -> None:
        await asyncio.sleep(0.3)
        await super().send(text)


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.close()


def soon(true: Callable[[], object], within_s: float = 10.0) -> None:
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it never came to be so"
        time.sleep(0.01)


def calls(
    background: Background,
    pace: Pace = PACE,
    guardians: Sequence[str] = ("mara", "tomas"),
    **phones: Sequence[Way],
) -> RoomNotices:
    return RoomNotices(phones, NAMES, guardians, background, lambda: AT, pace)


# --- A room's calls ------------------------------------------------------------------------------


@pytest.mark.safety("H-29")
def test_a_touch_calls_every_guardian_on_every_way_and_keeps_nobody(
    background: Background,
) -> None:
    mara, other, tomas = Phone(), SlowPhone(), Phone()
    room = calls(background, mara=[mara, other], tomas=[tomas])
    assert (room.call, room.faults(), room.advice()) == ("ready", (), ())
    began_s = time.monotonic()
    room.tell(("mara", "tomas"), NOOR)
    assert room.call == "calling"
    assert time.monotonic() - began_s < 0.2
    soon(lambda: room.call == "called")
    soon(lambda: [one.heard for one in (mara, other, tomas)] == [[NOOR]] * 3)
    assert room.faults() == ()


@pytest.mark.safety("H-29")
def test_a_phone_that_was_away_is_tried_again(background: Background) -> None:
    mara = Phone(lost=2)
    room = calls(background, mara=[mara])
    room.tell(("mara",), NOOR)
    soon(lambda: room.call == "called")
    assert (mara.tries, mara.heard, room.faults()) == (3, [NOOR], ())


@pytest.mark.safety("H-29")
@pytest.mark.parametrize("raises", [NoticeLostError, ZeroDivisionError])
def test_a_call_that_reached_nobody_is_said_and_goes_along_with_the_next(
    background: Background, raises: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    mara = Phone(lost=3, raises=raises)
    room = calls(background, mara=[mara])
    room.tell(("mara",), NOOR)
    soon(lambda: room.call == "lost")
    assert (mara.tries, room.faults()) == (3, (SHOUT,))
    assert "hush" not in caplog.text
    room.tell(("mara",), ILAY)
    soon(lambda: room.call == "called")
    assert mara.heard == [f"2 times: {NOOR} {ILAY}"]
    assert room.faults() == ()


def test_who_could_not_be_called_is_named_beside_who_was(background: Background) -> None:
    room = calls(background, mara=[Phone(lost=9), Phone(lost=9)], tomas=[Phone()])
    room.tell(("mara", "tomas"), NOOR)
    soon(room.faults)
    assert room.call == "called"
    assert room.faults() == ("Mara could not be called at 02:13. Tomás was.",)


def test_one_way_of_two_is_enough(background: Background) -> None:
    away = Phone(lost=9)
    room = calls(background, mara=[away, Phone()])
    room.tell(("mara",), NOOR)
    soon(lambda: away.tries == 3)
    soon(lambda: room.call == "called")
    assert room.faults() == ()


@pytest.mark.safety("H-29")
def test_touches_within_a_minute_are_one_more_call_and_none_is_dropped(
    background: Background,
) -> None:
    mara = Phone()
    room = calls(background, mara=[mara])
    room.tell(("mara",), NOOR)
    soon(lambda: mara.heard == [NOOR])
    for text in (NOOR, ILAY, NOOR):
        room.tell(("mara",), text)
        assert room.call == "called"  # somebody was told a moment ago
    soon(lambda: len(mara.heard) == 2)
    assert mara.heard[1] == f"Again, 3 times: {NOOR} {ILAY}"
    assert mara.tried_s[1] - mara.tried_s[0] >= PACE.apart_s * 0.95
    soon(lambda: room.call == "called")
    room.tell(("mara",), NOOR)
    soon(lambda: len(mara.heard) == 3)
    assert mara.heard[2] == f"Again: {NOOR}"
    assert mara.tried_s[2] - mara.tried_s[1] >= PACE.apart_s * 0.95


def test_what_failed_need_not_wait_for_its_minute(background: Background) -> None:
    mara = Phone(lost=3)
    room = calls(background, Pace(again_s=(0.05, 0.05), apart_s=60.0), mara=[mara])
    room.tell(("mara",), NOOR)
    soon(lambda: mara.tries == 1)
    room.tell(("mara",), ILAY)
    soon(lambda: mara.heard)
    assert mara.heard == [f"2 times: {NOOR} {ILAY}"]


@pytest.mark.safety("H-29")
def test_where_nobody_can_be_called_it_is_said_before_and_after(background: Background) -> None:
    room = calls(background, guardians=("mara",), tomas=[Phone()])
    assert (room.call, room.advice()) == ("nobody", (NOBODY,))
    room.tell(("mara",), NOOR)
    assert room.call == "nobody"
    (said,) = room.faults()
    assert said == (
        "Nobody could be called at 02:13: no adult's phone is known. A shout still works."
    )


def test_a_room_of_adults_calls_nobody_and_complains_of_nothing(background: Background) -> None:
    room = calls(background, guardians=())
    room.tell((), NOOR)
    assert (room.call, room.faults(), room.advice()) == ("nobody", (), ())


def test_a_home_that_closes_lets_out_what_waits_for_its_minute(background: Background) -> None:
    mara = Phone()
    room = calls(background, Pace(apart_s=60.0), mara=[mara])
    room.tell(("mara",), NOOR)
    soon(lambda: mara.heard)
    room.tell(("mara",), ILAY)
    room.close()
    assert mara.heard == [NOOR, f"Again: {ILAY}"]
    background.close()
    room.tell(("mara",), NOOR)  # raises nothing
    room.close()


def test_the_pace_of_a_real_call_fits_into_its_minute() -> None:
    from evenfall.adapters.notices.way import TRY_S

    pace = Pace()
    assert 3 * TRY_S + sum(pace.again_s) <= 60.0 <= pace.apart_s


# --- Apprise -------------------------------------------------------------------------------------


@pytest.fixture
def bell() -> Iterator[Doorbell]:
    pytest.importorskip("apprise", reason="no Apprise here: pip install 'evenfall[notices]'")
    with doorbell() as one:
        yield one


@pytest.mark.safety("H-29")
def test_apprise_carries_a_call(background: Background, bell: Doorbell) -> None:
    phones = phones_in(f"# Mara's\n\n{bell.address}\n", "mara.apprise")
    assert [one.where for one in phones] == ["mara.apprise, line 3"]
    room = calls(background, mara=phones)
    room.tell(("mara",), NOOR)
    soon(lambda: room.call == "called")
    (heard,) = bell.heard
    assert (heard["title"], heard["message"]) == ("Evenfall", NOOR)


def test_a_service_that_refuses_is_a_call_that_was_lost_and_keeps_its_password(
    background: Background, bell: Doorbell, caplog: pytest.LogCaptureFixture
) -> None:
    bell.answers = 500
    room = calls(background, mara=phones_in(bell.address, "mara.apprise"))
    room.tell(("mara",), NOOR)
    soon(lambda: room.call == "lost")
    assert len(bell.heard) == 3
    assert room.faults() == (SHOUT,)
    assert "mara.apprise, line 1" in caplog.text
    assert "hush" not in caplog.text


@pytest.mark.usefixtures("bell")
def test_what_apprise_cannot_read_is_told_by_its_line_and_never_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(FormatError, match="does not understand") as caught:
        phones_in("json://ok.example\nhush-hush\nhush://hush\n", "mara.apprise")
    assert [str(one.place) for one in caught.value.faults] == [
        "mara.apprise:2:1",
        "mara.apprise:3:1",
    ]
    assert "hush" not in str(caught.value) + caplog.text
    with pytest.raises(FormatError, match="no address"):
        phones_in("# none yet\n", "mara.apprise")
    with pytest.raises(FormatError, match="9 addresses"):
        phones_in("json://ok.example\n" * 9, "mara.apprise")


def test_without_apprise_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises(EvenfallError, match="Apprise is not installed") as caught:
        ApprisePhone("json://ok.example", "mara.apprise, line 1")
    assert "evenfall[notices]" in caught.value.faults[0].mend


# --- Home Assistant ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["light.bed", "notify.", "notify.a/../b", "notify.A", ""])
def test_what_is_no_notify_action_says_what_one_looks_like(name: str) -> None:
    api = HomeAssistantApi("http://127.0.0.1:9", "a-token")
    with pytest.raises(EvenfallError, match="where a notify action of Home Assistant belongs"):
        HomeAssistantPhone(api, name)


def test_a_home_assistant_that_is_not_there_is_a_lost_call(background: Background) -> None:
    with closing(HomeAssistant("http://127.0.0.1:9", "hush-hush", background)) as home:
        phone = home.phone("notify.mobile_app_mara")
        with pytest.raises(NoticeLostError, match="did not take the notice") as caught:
            background.ask(phone.send(NOOR), 10.0)
    assert "hush" not in str(caught.value)


@pytest.mark.homeassistant
@pytest.mark.safety("H-29")
def test_home_assistant_carries_a_call_word_for_word(
    background: Background, home_assistant: RunningHomeAssistant
) -> None:
    text = "{{ states('sun.sun') }} touched the page at 02:13."
    with closing(HomeAssistant(home_assistant.url, home_assistant.token, background)) as home:
        room = calls(background, mara=[home.phone("notify.persistent_notification")])
        room.tell(("mara",), text)
        soon(lambda: room.call == "called")
    shown = notifications(home_assistant)
    assert {"title": "Evenfall", "message": text.translate(str.maketrans("{}", "()"))} in [
        {"title": one["title"], "message": one["message"]} for one in shown
    ]


@pytest.mark.homeassistant
def test_a_notify_action_nobody_has_and_a_token_nobody_gave_are_lost_calls(
    background: Background, home_assistant: RunningHomeAssistant
) -> None:
    for token, service in [
        (home_assistant.token, "notify.mobile_app_gone"),
        ("a-token", "notify.persistent_notification"),
    ]:
        with closing(HomeAssistant(home_assistant.url, token, background)) as home:
            room = calls(background, mara=[home.phone(service)])
            room.tell(("mara",), NOOR)
            soon(lambda room=room: room.call == "lost")  # type: ignore[misc]
            assert room.faults() == (SHOUT,)


@pytest.mark.homeassistant
def test_a_phones_own_app_is_told_that_it_is_urgent(
    background: Background, home_assistant: RunningHomeAssistant
) -> None:
    """Home Assistant's demo service says on its bus what it was given."""
    with (
        listening(home_assistant) as bus,
        closing(HomeAssistant(home_assistant.url, home_assistant.token, background)) as home,
    ):
        bus.send({"id": 2, "type": "subscribe_events", "event_type": "notify"})
        assert bus.receive()["success"]
        background.ask(home.phone("notify.notify").send(NOOR), 20.0)
        given = bus.receive()["event"]["data"]
    assert (given["title"], given["message"]) == ("Evenfall", NOOR)


class Bus:
    """Home Assistant's own socket."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    def send(self, message: dict[str, object]) -> None:
        self.socket.send(json.dumps(message))

    def receive(self) -> dict[str, Any]:
        return dict(json.loads(self.socket.recv(timeout=10.0)))


@contextmanager
def listening(home: RunningHomeAssistant) -> Iterator[Bus]:
    with connect(home.url.replace("http", "ws") + "/api/websocket") as socket:
        bus = Bus(socket)
        bus.receive()
        bus.send({"type": "auth", "access_token": home.token})
        assert bus.receive()["type"] == "auth_ok"
        yield bus


def notifications(home: RunningHomeAssistant) -> list[dict[str, Any]]:
    with listening(home) as bus:
        bus.send({"id": 1, "type": "persistent_notification/get"})
        return list(bus.receive()["result"])
