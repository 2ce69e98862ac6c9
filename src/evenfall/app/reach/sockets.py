"""The sockets a hub listens on: this machine's alone, or the whole house's."""

import errno
import socket

from evenfall.formats.errors import EvenfallError, Fault, Place

THIS_MACHINE = "127.0.0.1"
EVERY_V4 = "0.0.0.0"  # noqa: S104  # opened to the house on purpose; strangers meet HouseOnly
EVERY_V6 = "::"
_NO_V6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)


def listening_on(port: int, host: str = THIS_MACHINE, option: str = "--port") -> socket.socket:
    """A socket on this machine only, unless another host is said.

    Args:
        port: which port; 0 for any that is free.
        host: which of this machine's addresses.
        option: what someone chooses the port with.

    Raises:
        EvenfallError: the port is taken, or not for this user.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    return _bound(listener, host, port, option)


def listening_to_the_house(port: int, option: str = "--port") -> tuple[socket.socket, ...]:
    """Sockets on every address of this machine, IPv4 first, IPv6 where there is any.

    Raises:
        EvenfallError: the port is taken, or not for this user.
    """
    first = listening_on(port, EVERY_V4, option)
    try:
        second = _v6(first.getsockname()[1], option)
    except EvenfallError:
        first.close()
        raise
    return (first,) if second is None else (first, second)


def _v6(port: int, option: str) -> socket.socket | None:
    """The same port on IPv6; none where this machine has no IPv6."""
    try:
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    except OSError:
        return None
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        return _bound(listener, EVERY_V6, port, option)
    except EvenfallError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno in _NO_V6:
            return None
        raise


def _bound(listener: socket.socket, host: str, port: int, option: str) -> socket.socket:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # at once: between binding and this, another hub could bind it too
    except OSError as error:
        listener.close()
        raise EvenfallError(_fault(error, port, option)) from error
    return listener


def _fault(error: OSError, port: int, option: str) -> Fault:
    if isinstance(error, PermissionError):
        return Fault(
            found=f"port {port}, which this user may not listen on",
            place=Place(option),
            expected="a port from 1024 on",
            mend=f"choose another, like {option} 8422",
        )
    return Fault(
        found=f"something already listens on port {port}",
        place=Place(option),
        expected="a free port",
        mend=f"is the hub already running? Else choose another, like {option} 8422",
    )
