"""Asking a device something over HTTP, with a bound on everything: time, size, where it leads.

No redirect is followed and no proxy asked: a token goes to the address the family wrote down.
"""

import asyncio
from urllib.parse import urlsplit

import httpx
import msgspec

from evenfall.formats.errors import EvenfallError, Fault, Place

TIMEOUT_S = 2.0
BODY_MAX_BYTES = 8_000_000  # the states of a large home are about 1 MB (own choice)


class NoAnswerError(Exception):
    """Nothing usable came back. Its text says what came instead, like 'no connection'."""


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    body: bytes


class JsonHttp:
    """One device or hub, by its address.

    Args:
        url: like http://lamp.local; a path in it is kept.
        headers: what goes with every request.
        timeout_s: for a whole exchange, however slowly it trickles.
    """

    def __init__(
        self, url: str, headers: dict[str, str] | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self.url = checked_url(url)
        self.timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            base_url=self.url,
            headers=headers,
            timeout=None,  # noqa: S113  # it bounds each part; `_exchange` bounds the whole
            trust_env=False,
            follow_redirects=False,
        )

    async def get(self, path: str, timeout_s: float | None = None) -> Answer:
        """Ask; with a time of its own for what is long.

        Raises:
            NoAnswerError: nothing usable came back in time.
        """
        return await self._exchange("GET", path, None, timeout_s or self.timeout_s)

    async def post(self, path: str, body: object, timeout_s: float | None = None) -> Answer:
        """Say something, as JSON; with a time of its own for what is slow.

        Raises:
            NoAnswerError: nothing usable came back in time. It may have been heard all the same.
        """
        return await self._exchange(
            "POST", path, msgspec.json.encode(body), timeout_s or self.timeout_s
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _exchange(
        self, method: str, path: str, body: bytes | None, timeout_s: float
    ) -> Answer:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._talk(method, path, body)
        except TimeoutError as error:
            raise NoAnswerError(f"none in {timeout_s:g} s") from error
        except httpx.ConnectError as error:
            raise NoAnswerError("no connection") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError("an answer that broke off") from error

    async def _talk(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"content-type": "application/json"} if body is not None else None
        parts: list[bytes] = []
        async with self._client.stream(method, path, content=body, headers=headers) as reply:
            length = 0
            async for part in reply.aiter_bytes():
                parts.append(part)
                length += len(part)
                if length > BODY_MAX_BYTES:
                    raise NoAnswerError("an answer far too long")
            return Answer(reply.status_code, b"".join(parts))


def checked_url(url: str) -> str:
    """An address as it may be used: http or https, a host, nothing secret in it.

    Raises:
        EvenfallError: it is something else.

    Example:
        >>> checked_url("http://lamp.local/")
        'http://lamp.local'
    """
    if _is_plain(url.strip()):
        return url.strip().rstrip("/")
    shown = "an address with a password in it" if "@" in url else repr(url)
    raise EvenfallError(
        Fault(
            found=f"{shown} where a device's address belongs",
            place=Place(),
            expected="http:// or https:// and the device's name or number",
            mend="write it as you would in a browser, like http://homeassistant.local:8123",
        )
    )


def _is_plain(url: str) -> bool:
    try:
        parts, used = urlsplit(url), httpx.URL(url)
        _ = parts.port
    except (ValueError, httpx.InvalidURL):
        return False
    whole = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(used.host)
    return whole and "@" not in parts.netloc and not parts.query and not parts.fragment
