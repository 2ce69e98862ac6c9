"""Who stands on the doorstep: how many connections, from where, and for how long without a word.

A connection costs a stranger nothing and the hub a file of its few. So each machine may hold some,
all of them together no more than the hub has room for, and whoever says nothing for ten seconds is
sent away. Where there is no more room, whoever has waited longest makes room for whoever comes: a
stop is asked and answered within milliseconds, and so finds its way in however many stand here.
"""

import asyncio
import errno
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from evenfall.app.reach.ways import Ways, is_loopback, plain_address

Address = tuple[Any, ...]
Key = tuple[str, int, int]
"""The other end's address and port, and our port: one connection among all of a moment."""

_LOGGER = logging.getLogger(__name__)

OPEN_FILES_WANTED = 4_096
OPEN_FILES_KEPT = 128
"""For logs, lamps and pages of our own; what is left is for connections."""

ACCEPTED_AT_ONCE = 64
"""Connections taken in before anything else is looked at; the rest wait a moment in …"""
GULP_BYTES = 32 * 1_024
"""How much of what one connection brings is taken in at once, so that none holds up the others."""
QUEUE_MAX = 1_024
"""… the machine's own queue: one that is full lets a stop try again only after a second."""
CLOSING_S = 1.0
"""How long a socket that is over may take to say goodbye."""
GRACE_S = 0.25
"""Whoever has just come is left this long to begin, even where others have no room: what it takes
an old tablet to shake hands. A crowd that comes at once then keeps itself out."""
SLOW_S = 2.0
"""A request that takes longer than this makes room where there is none: a stop never does."""
TELL_AGAIN_S = 60.0
"""However many are turned away, the hub's own log says so this often at most."""

_NO_FILE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


@dataclass(frozen=True)
class Room:
    """How much room there is: every number this project's own choice.

    Attributes:
        all_max: how many connections at once.
        reserve: of these, how many are kept for machines that hold fewer than `few`.
        few: how many connections a page or two of one machine hold.
        each_max: how many from one machine.
        here_max: how many from this very machine, or from a proxy of the home's, which asks for
            everyone.
        sockets_max: how many of one machine's may be sockets, which are told of every change, and …
        sockets_here_max: … how many of this very machine's, or a proxy's.
        silent_s: how long a connection may say nothing, or only half of what it wants.
        asking_s: how long one request may take, its body and its answer included.
    """

    all_max: int = 512
    reserve: int = 64
    few: int = 8
    each_max: int = 64
    here_max: int = 256
    sockets_max: int = 16
    sockets_here_max: int = 64
    silent_s: float = 10.0
    asking_s: float = 60.0


class Visit(socket.socket):
    """A connection that tells the doorstep when it is gone."""

    doorstep: "Doorstep | None" = None
    key: Key = ("", 0, 0)
    asks = False
    stays = False
    since_s = 0.0
    timer: asyncio.TimerHandle | None = None

    @property
    def peer(self) -> str:
        """The address at its other end."""
        return self.key[0]

    def close(self) -> None:
        """Close it; there is room for another."""
        super().close()
        if self.doorstep is not None:
            self.doorstep.left(self)

    def send_away(self) -> None:
        """End it. Its own transport finds that out and closes it."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)


class Listener(socket.socket):
    """A listening socket whose connections stand on a doorstep.

    Args:
        listener: the socket that listens; this one listens on the same.
        doorstep: where those who come are counted.
    """

    def __init__(self, listener: socket.socket, doorstep: "Doorstep") -> None:
        same = listener.dup().detach()
        super().__init__(listener.family, listener.type, listener.proto, same)
        self.doorstep = doorstep
        self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, GULP_BYTES)
        self.port = int(self.getsockname()[1])
        self._spare: int | None = _spare_file()

    def listen(self, _backlog: int = QUEUE_MAX, /) -> None:
        """Listen, with a long queue whatever was asked for."""
        super().listen(QUEUE_MAX)

    def accept(self) -> tuple[socket.socket, Address]:
        """The next there is room for.

        Raises:
            BlockingIOError: nobody waits, or only some for whom there is no room.
        """
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                taken, address = super().accept()
            except OSError as error:
                if error.errno not in _NO_FILE_LEFT:
                    raise
                self._turn_one_away()
                break
            visit = Visit(self.family, self.type, self.proto, taken.detach())
            visit.key = (plain_address(str(address[0])), int(address[1]), self.port)
            if self.doorstep.comes(visit):
                return visit, address
            visit.close()
        raise BlockingIOError

    def close(self) -> None:
        """Listen no more."""
        super().close()
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    def _turn_one_away(self) -> None:
        """No file is left to take anyone in with: spend the spare one on saying no.

        Else whoever waits would go on waiting, and the loop would ask for them without end.
        """
        self.doorstep.make_room()
        if self._spare is not None:
            os.close(self._spare)
            with suppress(OSError):
                super().accept()[0].close()
        self._spare = _spare_file()


class Doorstep:
    """Counts who stands here. One for all the sockets of a hub.

    Args:
        ways: how the hub is reached, and behind which proxies.
        room: how much room there is; as much as this program may open files if not given.
    """

    def __init__(self, ways: Ways, room: Room | None = None) -> None:
        self.ways = ways
        self.room = room or room_here()
        self._visits: dict[Key, Visit] = {}
        self._held: Counter[str] = Counter()
        self._turned_away = 0
        self._told_s = float("-inf")

    def __len__(self) -> int:
        return len(self._visits)

    def listening(self, listener: socket.socket) -> Listener:
        """The same socket, with this doorstep before it."""
        return Listener(listener, self)

    # --- Coming and going ----------------------------------------------------------------

    def comes(self, visit: Visit) -> bool:
        """Let a connection stand here, unless there is no room for it."""
        if not self._has_room_for(visit.peer):
            self._tell_turned_away()
            return False
        self._visits[visit.key] = visit
        self._held[visit.peer] += 1
        visit.doorstep = self
        self._wait(visit, self.room.silent_s)
        return True

    def left(self, visit: Visit) -> None:
        """A connection is gone."""
        if visit.timer is not None:
            visit.timer.cancel()
        if self._visits.get(visit.key) is not visit:
            return
        del self._visits[visit.key]
        self._held[visit.peer] -= 1
        if not self._held[visit.peer]:
            del self._held[visit.peer]

    def make_room(self, of: str | None = None) -> bool:
        """Send away who does not ask, or asks too slowly: of the machine that holds most, whoever
        has been here longest.

        Args:
            of: one machine, if it is to be one of its own.

        Returns:
            Whether there was any.
        """
        now_s = time.monotonic()
        spare = [
            one
            for one in (self._visits.values() if of is None else self._of(of))
            if not one.stays and now_s - one.since_s >= (SLOW_S if one.asks else GRACE_S)
        ]
        if not spare:
            return False
        gone = min(spare, key=lambda one: (one.asks, -self._held[one.peer], one.since_s))
        gone.send_away()
        self.left(gone)
        return True

    def _has_room_for(self, peer: str) -> bool:
        held, room = self._held[peer], self.room
        if held >= self._most_of(peer) and not self.make_room(of=peer):
            return False
        if len(self) < room.all_max - room.reserve or self.make_room():
            return True
        return held < room.few and len(self) < room.all_max

    def _most_of(self, peer: str) -> int:
        return self.room.here_max if self._asks_for_many(peer) else self.room.each_max

    def _asks_for_many(self, peer: str) -> bool:
        return is_loopback(peer) or peer in map(plain_address, self.ways.behind)

    def _wait(self, visit: Visit, most_s: float) -> None:
        visit.since_s = time.monotonic()
        if visit.timer is not None:
            visit.timer.cancel()
        visit.timer = asyncio.get_running_loop().call_later(most_s, visit.send_away)

    def _tell_turned_away(self) -> None:
        self._turned_away += 1
        if time.monotonic() - self._told_s >= TELL_AGAIN_S:
            _LOGGER.warning("connections that found no room at the door: %d", self._turned_away)
            self._told_s, self._turned_away = time.monotonic(), 0

    # --- Asking --------------------------------------------------------------------------

    def before(self, app: ASGIApp) -> ASGIApp:
        """The same application, with the doorstep told of who asks and who waits."""

        async def asked(scope: Scope, receive: Receive, send: Send) -> None:
            visit = self._visit_of(scope)
            if visit is None:
                await app(scope, receive, send)
            elif scope["type"] == "websocket":
                await self._stay(visit, app, scope, receive, send)
            else:
                await self._ask(visit, app, scope, receive, send)

        return asked

    async def _ask(
        self, visit: Visit, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        visit.asks = True
        self._wait(visit, self.room.asking_s)
        try:
            await app(scope, receive, send)
        finally:
            visit.asks = False
            self._wait_again(visit, self.room.silent_s)

    async def _stay(
        self, visit: Visit, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        many = self._asks_for_many(visit.peer)
        most = self.room.sockets_here_max if many else self.room.sockets_max
        if sum(one.stays for one in self._of(visit.peer)) >= most:
            await send({"type": "websocket.close", "code": 1013, "reason": "too many sockets"})
            return
        visit.stays = True
        if visit.timer is not None:
            visit.timer.cancel()
        try:
            await app(scope, receive, send)
        finally:
            visit.stays = False
            self._wait_again(visit, CLOSING_S)

    def _wait_again(self, visit: Visit, most_s: float) -> None:
        if self._visits.get(visit.key) is visit:
            self._wait(visit, most_s)

    def _of(self, peer: str) -> Iterator[Visit]:
        return (one for one in self._visits.values() if one.peer == peer)

    def _visit_of(self, scope: Scope) -> Visit | None:
        client, server = scope.get("client"), scope.get("server")
        if not client or not server:
            return None
        return self._visits.get((plain_address(str(client[0])), int(client[1]), int(server[1])))


def room_here() -> Room:
    """As much room as this program may open files, and no more than it needs."""
    room = Room()
    return Room(all_max=max(2 * room.reserve, min(room.all_max, open_files() - OPEN_FILES_KEPT)))


def open_files() -> int:
    """Let this program open as many files as it needs, as far as it may, and say how many."""
    try:
        import resource
    except ImportError:  # no Unix: its own limit is high, and not told
        return OPEN_FILES_WANTED
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_WANTED if most == resource.RLIM_INFINITY else min(OPEN_FILES_WANTED, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            now = wanted
    return OPEN_FILES_WANTED if now == resource.RLIM_INFINITY else int(now)


def _spare_file() -> int | None:
    try:
        return os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return None
