"""A key on the hub's own machine: every press counts once, however its bytes come."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evenfall.adapters.keys.evdev import (
    AGAIN_S,
    DOWN,
    EV_KEY,
    EVENT,
    key_code,
    presses_in,
    watch_key,
)
from evenfall.formats.errors import EvenfallError

ESC, SPACE, UP, HELD, EV_SYN = 1, 57, 0, 2, 0


class EnoughError(Exception):
    """So many presses were heard as a test wants."""


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(1_700_000_000, 5, kind, code, value)


def key(code: int) -> bytes:
    """A key pressed, held and let go, as the kernel tells it."""
    syn = event(EV_SYN, 0, 0)
    return b"".join(event(EV_KEY, code, value) + syn for value in (DOWN, HELD, HELD, UP))


def test_a_key_that_is_held_counts_once_and_nothing_else_does() -> None:
    assert list(presses_in(key(ESC) + event(3, ESC, DOWN) + key(SPACE))) == [ESC, SPACE]


@given(
    some.lists(
        some.tuples(some.integers(0, 31), some.integers(0, 767), some.integers(-1, 3)), max_size=40
    )
)
def test_a_press_is_a_key_that_goes_down(events: list[tuple[int, int, int]]) -> None:
    pressed = [code for kind, code, value in events if kind == EV_KEY and value == DOWN]
    assert list(presses_in(b"".join(event(*one) for one in events))) == pressed


def heard(device: Path, wanted: int, code: int | None, pieces: list[list[bytes]]) -> list[float]:
    """Have a device say things, opened anew for each list of pieces; how often was waited."""
    presses: list[None] = []
    waits: list[float] = []

    def say() -> None:
        for opening in pieces:
            with device.open("wb", buffering=0) as line:
                for piece in opening:
                    line.write(piece)

    def pressed() -> None:
        presses.append(None)
        if len(presses) == wanted:
            raise EnoughError

    speaking = threading.Thread(target=say)
    speaking.start()
    with pytest.raises(EnoughError):
        watch_key(device, pressed, code, waits.append)
    speaking.join(10.0)
    return waits


def test_it_is_heard_in_pieces_and_again_after_it_was_pulled_out(tmp_path: Path) -> None:
    device = tmp_path / "event7"
    os.mkfifo(device)
    text = key(ESC) * 2
    whole = [text[at : at + 7] for at in range(0, len(text), 7)]
    heard(device, 2, None, [whole])
    assert set(heard(device, 3, None, [[key(ESC), key(SPACE)], [key(ESC)]])) <= {AGAIN_S}


def test_only_the_key_that_is_meant_counts(tmp_path: Path) -> None:
    device = tmp_path / "event7"
    os.mkfifo(device)
    heard(device, 1, ESC, [[key(SPACE), key(30), key(ESC)]])


def test_what_is_not_there_is_said_with_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(EvenfallError, match="/dev/input/by-id"):
        watch_key(tmp_path / "event7", lambda: None)


def test_one_that_may_not_be_read_says_which_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user who may read everything, as in a container, is refused nothing: so refuse here."""

    def refused(*_given: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(EvenfallError, match="group input"):
        watch_key(tmp_path / "event7", lambda: None)


@pytest.mark.parametrize(("name", "code"), [("esc", 1), (" F12 ", 88), ("256", 256)])
def test_a_key_has_a_name_or_a_number(name: str, code: int) -> None:
    assert key_code(name) == code


@pytest.mark.parametrize("name", ["", "any", "0", "768", "-1", "²"])
def test_what_is_no_key_is_said_with_those_there_are(name: str) -> None:
    with pytest.raises(EvenfallError, match="esc, enter"):
        key_code(name)
