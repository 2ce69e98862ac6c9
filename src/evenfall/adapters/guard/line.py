"""The guard's socket, for its own user alone, and whoever comes to it.

Nothing a visitor does keeps the next from being heard.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from os import geteuid
from pathlib import Path

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.guard_words import refused
from evenfall.formats.wire import LENGTH_BYTES, GarbledError, heard, length_of, packed
from evenfall.records.guard import Heard, Message

Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PATH_MAX_BYTES = 103
"""The longest name a socket may have where it may be shortest: macOS, less its end."""

_LEFT = (ConnectionError, TimeoutError, asyncio.IncompleteReadError, GarbledError)

VISITORS_MAX = 64
UNREAD_MAX_BYTES = 1_000_000
"""Whoever leaves more than this unread is spoken to no more (own choice)."""


async def listening(visit: Visit, path: Path) -> asyncio.Server:
    """A socket that only this user may open.

    Raises:
        EvenfallError: its name is too long for a socket.
    """
    if len(bytes(path)) > PATH_MAX_BYTES:
        raise EvenfallError(_too_long(path))
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(visit, str(path))
    path.chmod(0o600)
    return server


def _too_long(path: Path) -> Fault:
    found = f"a name of {len(bytes(path))} bytes for the guard's socket"
    mend = "move the home to a folder with a shorter name"
    return Fault(found, Place(str(path)), f"at most {PATH_MAX_BYTES}", mend)


class Door:
    """Lets visitors in: so many at once, of this user alone.

    Args:
        hear: hears one out, and may raise whatever comes of somebody who dawdles or garbles.
        gone: told of everyone who has left.
    """

    def __init__(self, hear: Visit, gone: Callable[[asyncio.StreamWriter], None]) -> None:
        self._hear, self._gone = hear, gone
        self.visitors = 0

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear someone out, or show them out."""
        with self._room_for_one_more() as there_is, suppress(*_LEFT):
            try:
                if there_is and is_this_user(writer.get_extra_info("socket")):
                    await self._hear(reader, writer)
            except GarbledError:
                say(writer, refused("garbled"))
                raise
            finally:
                self._gone(writer)
                writer.close()
                await writer.wait_closed()

    @contextmanager
    def _room_for_one_more(self) -> Iterator[bool]:
        self.visitors += 1
        try:
            yield self.visitors <= VISITORS_MAX
        finally:
            self.visitors -= 1


async def message(reader: asyncio.StreamReader, within_s: float) -> Heard:
    """One whole message.

    Raises:
        TimeoutError: none in time.
        IncompleteReadError: they left in the middle of it.
        GarbledError: it is none.
    """
    async with asyncio.timeout(within_s):
        head = await reader.readexactly(LENGTH_BYTES)
        return heard(await reader.readexactly(length_of(head)))


def say(writer: asyncio.StreamWriter, said: Message) -> None:
    """Say something, to whoever listens; who does not read is shown out."""
    if writer.transport.get_write_buffer_size() > UNREAD_MAX_BYTES:
        writer.transport.abort()
    elif not writer.is_closing():
        writer.write(packed(said))


def is_this_user(sock: socket.socket) -> bool:
    """True where whoever is at the other end runs as the guard's own user."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the socket's folder is the user's own, and that must do
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == geteuid())
