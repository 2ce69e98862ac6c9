"""The guard's messages as bytes: four bytes of length, then JSON; and what it signs for a page.

A length too large and a text that is no message are refused before anything is made of them.
"""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from evenfall.records.guard import ANSWER_MAX_BYTES, MESSAGE_MAX_BYTES, Heard, Message, Said
from evenfall.records.view import LeaseFrame, SignedFrame

LENGTH_BYTES = 4
Kind = TypeVar("Kind")


class GarbledError(Exception):
    """Something that is no message: too long, cut off, or of no kind that is known."""


_HEARD: msgspec.json.Decoder[Heard] = msgspec.json.Decoder(Heard)
_SAID: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def packed(message: Message) -> bytes:
    r"""A message as it travels.

    Example:
        >>> from evenfall.records.guard import Stop
        >>> packed(Stop())
        b'\x00\x00\x00*{"say":"stop","rooms":[],"asked_utc":null}'
    """
    body = msgspec.json.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def length_of(head: bytes, most: int = MESSAGE_MAX_BYTES) -> int:
    r"""How many bytes follow.

    Args:
        head: the first four bytes.
        most: the longest that is listened to.

    Raises:
        GarbledError: none, or too many.

    Example:
        >>> length_of(b"\x00\x00\x00\x0e")
        14
    """
    length = int.from_bytes(head, "big")
    if len(head) != LENGTH_BYTES or not 0 < length <= most:
        raise GarbledError(f"{length} bytes, where 1 to {most} may follow")
    return length


def heard(body: bytes) -> Heard:
    """What someone says to the guard.

    Raises:
        GarbledError: it is no message.
    """
    return _decoded(_HEARD, body)


def said(body: bytes) -> Said:
    """What the guard says.

    Raises:
        GarbledError: it is no message.
    """
    return _decoded(_SAID, body)


def answer_length(head: bytes) -> int:
    """How many bytes of an answer follow.

    Raises:
        GarbledError: none, or too many.
    """
    return length_of(head, ANSWER_MAX_BYTES)


def frame_text(room: str, frame: LeaseFrame, count: int, now: datetime) -> bytes:
    """What the guard signs of a frame, byte for byte: a page acts on this and on nothing else.

    Args:
        room: whose pages may do it.
        frame: what they are to be.
        count: above every count before it.
        now: from when it holds.
    """
    return msgspec.json.encode(
        SignedFrame(
            room=room,
            light_lx_medi=frame.light_lx_medi,
            light_ramp_s=frame.light_ramp_s,
            sound_dba=frame.sound_dba,
            sound_ramp_s=frame.sound_ramp_s,
            sound_what=frame.sound_what,
            holds_s=frame.lease_s,
            seq=frame.seq,
            count=count,
            until_utc=now + timedelta(seconds=frame.lease_s),
        )
    )


def _decoded(decoder: "msgspec.json.Decoder[Kind]", body: bytes) -> Kind:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise GarbledError(f"no message: {error}") from error
