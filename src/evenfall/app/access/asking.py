"""Who asks, when, and what it takes: the small questions the gatekeeper asks before it acts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from evenfall.app.access.inviting import member_of
from evenfall.app.access.lifetimes import FRESH_FOR, known_until_utc, not_at_night
from evenfall.app.access.refusals import NotLetInError, refused
from evenfall.app.access.rights import BY_ROLE, SCREENS_OVER, grown_from, rights_of, role_of
from evenfall.records.access import Caller, Origin, Right, Role, Session
from evenfall.records.household import Household, Member

LABEL_MAX = 80


@dataclass(frozen=True)
class Moment:
    """The time and who lives here, taken once for one question."""

    household: Household
    zone: tzinfo
    now_utc: datetime

    @property
    def today(self) -> date:
        """The local date."""
        return self.now_utc.astimezone(self.zone).date()

    def role(self, member: str | None) -> Role | None:
        """What someone is here, or None where they live here no longer."""
        found = member_of(self.household, member)
        return None if found is None else role_of(self.household, found, self.today)

    def is_grown(self, member: str | None) -> bool:
        """True for an adult who lives here."""
        return self.role(member) in ("guardian", "adult")


def keepers(household: Household, today: date) -> list[Member]:
    """Who a new home waits for: its guardians, or where there is none its adults."""
    by_role: dict[Role, list[Member]] = {}
    for one in household.members:
        by_role.setdefault(role_of(household, one, today), []).append(one)
    return by_role.get("guardian") or by_role.get("adult") or []


def clean_label(label: str) -> str:
    r"""What a screen calls itself, as one short line; *a screen* where it says nothing.

    Example:
        >>> clean_label("  Mara's \n phone"), clean_label("\x00")
        ("Mara's phone", 'a screen')
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in label)
    return " ".join(plain.split())[:LABEL_MAX].strip() or "a screen"


def role_of_screen(session: Session, at: Moment) -> Role | None:
    """What a screen is in this home, or None where its owner lives here no longer.

    A child's stays a child's until it is over: whoever made it made no key to an adult's things.
    """
    if session.kind == "device":
        return "device"
    if session.kind == "guest":
        return "guest"
    return "child" if childhood_ends_utc(session, at) is not None else at.role(session.member)


def childhood_ends_utc(session: Session, at: Moment) -> datetime | None:
    """When a screen that was let in for a child is a child's no more; None for any other."""
    member = member_of(at.household, session.member)
    if session.kind != "member" or member is None:
        return None
    grown = datetime.combine(grown_from(member), time(), at.zone).astimezone(UTC)
    return not_at_night(grown, at.zone) if session.made_utc < grown else None


def over_utc(session: Session, at: Moment) -> datetime:
    """When a screen's time is over, by who its owner is in this home now."""
    ends_utc = childhood_ends_utc(session, at)
    return session.expires_utc if ends_utc is None else min(ends_utc, session.expires_utc)


def is_still_known(session: Session, at: Moment) -> bool:
    """Whether a screen has any right left, if it is only to stop a night."""
    if session.revoked or session.kind not in SCREENS_OVER[session.origin]:
        return False
    return at.now_utc < known_until_utc(session.kind, over_utc(session, at))


def within_reach(caller: Caller, session: Session, at: Moment) -> bool:
    """Whether someone may know of a screen, and end it (`Gatekeeper.sessions`)."""
    if session.member is not None and session.member == caller.member:
        return True
    if caller.role == "guardian":
        return session.kind != "member" or not at.is_grown(session.member)
    return caller.role == "adult" and session.kind != "member"


def grown(caller: Caller, at: Moment) -> Member:
    """The adult who asks.

    Raises:
        NotLetInError: it is none.
    """
    require(caller, "secrets")
    member = member_of(at.household, caller.member)
    if member is None or not at.is_grown(member.id):
        raise refused("a screen that is nobody's own", "a grown-up's own screen", "sign in there")
    return member


def require_fresh(caller: Caller, at: Moment) -> None:
    """Raise where a screen came in a while ago: what it asks for would be a key to all its owner's.

    Raises:
        NotLetInError: so it is.
    """
    age = None if caller.made_utc is None else at.now_utc - caller.made_utc
    if age is None or not timedelta() <= age < FRESH_FOR:
        raise refused(
            "a key to what is one's own, asked for by a screen that came in a while ago",
            "a screen that came in within the last ten minutes",
            "come in here once more, by your passphrase, your passkey or four new words",
        )


def overheard() -> NotLetInError:
    """What is said of words for someone's own screen that travelled in the open."""
    return refused(
        "words for someone's own screen, given over the house's plain network, where others could "
        "read along",
        "the home's encrypted address, or words for a bedside",
        "open the home's encrypted address and have new words made, or ask for a bedside's words",
    )


def grown_called(name_or_id: str, at: Moment) -> Member | None:
    """The one adult of an id or a name, if there is exactly one."""
    said = " ".join(name_or_id.split()).casefold()
    grown = [one for one in at.household.members if at.is_grown(one.id)]
    by_id = [one for one in grown if one.id == said]
    by_name = [one for one in grown if " ".join(one.name.split()).casefold() == said]
    found = by_id or by_name
    return found[0] if len(found) == 1 else None


def require(caller: Caller, right: Right) -> None:
    """Raise where someone has not a right, and say what it takes.

    Raises:
        NotLetInError: they have not.
    """
    if right in rights_of(caller):
        return
    if caller.expired:
        raise refused("a screen whose time is over", "one that was let in", "let it in again")
    if right in BY_ROLE[caller.role]:
        refuse_plain(caller.origin, "this")
    raise refused(
        "a screen that may not", "a screen of someone who may", "ask a grown-up who lives here"
    )


def refuse_plain(origin: Origin, what: str) -> None:
    """Raise where others in the house could read along.

    Raises:
        NotLetInError: they could.
    """
    if origin == "plain":
        raise refused(
            f"{what}, over the house's plain network, where others could read along",
            "the home's encrypted address, or the hub's own machine",
            "open the home's encrypted address, or come in with a bedside's words",
        )
