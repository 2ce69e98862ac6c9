"""The bedside page as a lamp and a speaker: it is told, and it keeps its own lease.

The page schedules its own fade to safe at the end of every lease, so that a frozen tab, a lost
network or a hub that is gone all come to the same dark and quiet.
"""

from evenfall.records.view import LeaseFrame

PAGE_LEASE_S = 15.0
"""How long a page may go on unheard: three of the hub's renewals (this project's choice)."""

SAFE_FRAME = LeaseFrame(
    light_lx_medi=0.0,
    light_ramp_s=3.0,
    sound_dba=0.0,
    sound_ramp_s=3.0,
    sound_what="",
    lease_s=PAGE_LEASE_S,
    seq=0,
)
"""What a page is told where nobody can promise anything: dark and quiet."""


class PageOutputs:
    """What the pages of one room are to be. Absolute: a page that asks late gets the same."""

    def __init__(self) -> None:
        self._light = (0.0, 0.0)
        self._sound = (0.0, 0.0, "")
        self._seq = 0

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Remember it for the next frame."""
        self._seq += 1
        if output == "light":
            self._light = (target, ramp_s)
        else:
            self._sound = (target, ramp_s, what)

    def frame(self) -> LeaseFrame:
        """What to tell the pages now."""
        light, light_ramp_s = self._light
        sound, sound_ramp_s, what = self._sound
        return LeaseFrame(
            light_lx_medi=light,
            light_ramp_s=light_ramp_s,
            sound_dba=sound,
            sound_ramp_s=sound_ramp_s,
            sound_what=what,
            lease_s=PAGE_LEASE_S,
            seq=self._seq,
        )
