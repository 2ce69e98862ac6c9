"""What a way of calling somebody must be able to do, whatever carries the notice."""

from typing import Protocol

TRY_S = 12.0
"""One try takes this long at most. Home Assistant waits 10 s for a phone's push (own choice)."""

TITLE = "Evenfall"


class Way(Protocol):
    """One way to one adult."""

    @property
    def where(self) -> str:
        """Its name, for whoever mends it. It holds no secret."""

    async def send(self, text: str) -> None:
        """Say it, once; 12 s at most.

        Args:
            text: plain words.

        Raises:
            NoticeLostError: nothing took it; the fault says why and what mends it.
        """
