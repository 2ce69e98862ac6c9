"""A room's night, made ready to run: everything a driver needs, and nothing it does not."""

from dataclasses import dataclass

from evenfall.records.night import Night, TimedEvent
from evenfall.records.plan import MemberPlan, Plan
from evenfall.records.programme import Programme
from evenfall.records.recording import NightWindow, Recording


@dataclass(frozen=True)
class RoomNight:
    """One room's night, ready to run."""

    night: Night
    programme: Programme
    plan: Plan
    sleepers: tuple[MemberPlan, ...]
    guardians: tuple[str, ...]
    events: tuple[TimedEvent, ...]
    recordings: dict[str, Recording]
    windows: dict[str, NightWindow]
    notes: tuple[str, ...] = ()
    counts: bool = False
    """True where its minutes are taken from the allowance: it really happens, at its own hour."""
    helpers: tuple[str, ...] = ()
    """Who is told in an emergency: the guardians or, where grown-ups sleep, whoever else is one."""
    used_before_min: float = 0.0
    """Minutes immersed tonight in other nights, by whoever here has used most."""
