"""Recordings of every kind, as small as their headers allow, for tests that listen to nothing."""

from struct import pack


def wav(seconds: float = 2.0, hz: int = 8_000) -> bytes:
    """A silent WAV, 16 bit, one channel."""
    data = bytes(int(seconds * hz) * 2)
    form = b"fmt " + pack("<IHHIIHH", 16, 1, 1, hz, hz * 2, 2, 16)
    body = b"WAVE" + form + b"data" + pack("<I", len(data)) + data
    return b"RIFF" + pack("<I", len(body)) + body


def ogg_opus(seconds: float = 2.0, skipped: int = 312) -> bytes:
    """The first page and the last of an Opus recording."""
    head = b"OpusHead" + pack("<BBHIHB", 1, 1, skipped, 48_000, 0, 0)
    return _page(0, head) + _page(int(seconds * 48_000) + skipped, b"sound")


def ogg_vorbis(seconds: float = 2.0, hz: int = 44_100) -> bytes:
    """The same of a Vorbis recording."""
    head = b"\x01vorbis" + pack("<IBIiiiBB", 0, 1, hz, 0, 0, 0, 0xB8, 1)
    return _page(0, head) + _page(int(seconds * hz), b"sound")


def mp4(seconds: float = 2.0, *, long_form: bool = False, scale: int = 1_000) -> bytes:
    """An MP4 with a movie header; 0 s is one that was written as it was recorded."""
    length = int(seconds * scale)
    if long_form:
        header = pack(">B3xQQIQ", 1, 0, 0, scale, length)
    else:
        header = pack(">B3xIIII", 0, 0, 0, scale, length)
    kind = _box(b"ftyp", b"M4A \x00\x00\x00\x00")
    return kind + _box(b"free", b"") + _box(b"moov", _box(b"mvhd", header)) + _box(b"mdat", b"x")


def webm() -> bytes:
    """The beginning of a WebM, as browsers write it."""
    return bytes.fromhex("1a45dfa3 9f 428681 01 42f781 01 42f281 04 42f381 08 4282 84") + b"webm"


def mp3() -> bytes:
    """One frame's header: MPEG 1, layer III, 128 kbit/s, 44.1 kHz."""
    return b"\xff\xfb\x90\x64" + bytes(100)


def _page(samples: int, body: bytes) -> bytes:
    return b"OggS" + pack("<BBqIIIB", 0, 0, samples, 1, 0, 0, 1) + bytes([len(body)]) + body


def _box(name: bytes, body: bytes) -> bytes:
    return pack(">I", 8 + len(body)) + name + body


EVERY_KIND = {
    "audio/wav": wav(),
    "audio/ogg": ogg_opus(),
    "audio/mp4": mp4(),
    "audio/webm": webm(),
    "audio/mpeg": mp3(),
}
