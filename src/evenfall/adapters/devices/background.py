"""One thread that talks to the devices, so that nobody else ever waits for a network.

Everything about a device happens on its loop, where what is under way can be dropped at once.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Background:
    """A thread with an event loop of its own. Close it when the home closes."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="evenfall-devices", daemon=True)
        self._thread.start()

    def post(self, act: Callable[..., object], *given: object) -> None:
        """Have something done there, and come back at once. After `close` nothing is done."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, *given)

    def ask(self, question: Coroutine[Any, Any, Answer], within_s: float) -> Answer:
        """Wait for an answer from there: for set-up and tests, never for a night.

        Raises:
            TimeoutError: there was none in time, or nobody is there any more; the question is
                dropped.
        """
        if self._loop.is_closed():
            question.close()
            raise TimeoutError
        asked = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return asked.result(within_s)
        except TimeoutError:
            asked.cancel()
            raise

    def begin(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        """Begin something there; whoever waits for it need not stand still."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Drop what is under way and end the thread. Closing twice does no harm."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(_drop_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _drop_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
