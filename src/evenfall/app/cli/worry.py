"""What `morning` does with a worry: keeps it, says at once what to do and what rests till then."""

import typer

from evenfall.app.cli.common import Here, database_of, here, opened, print_json, say
from evenfall.app.worries import Worries, sign_named
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.red_flags import what_to_do
from evenfall.records.base import Id
from evenfall.records.household import Member
from evenfall.records.worry import Sign


def tell_worries(ctx: typer.Context, worry: list[str], doctor_seen: list[str], json_: bool) -> None:
    """Note worries, and end those a doctor was talked to about.

    Raises:
        EvenfallError: a name or a sign nobody knows; nothing was kept.
    """
    where = here(ctx)
    noted = [_noted(where, text) for text in worry]
    over = [_member(where, text, "--doctor-seen") for text in doctor_seen]
    _, library = opened(ctx, database_of(where.home))
    worries = Worries(library)
    for member in over:
        worries.doctor_seen(member.id, None)
    for member, sign in noted:
        worries.note(member.id, sign, None)
    told = {one.id: _told(worries, one) for one in [*(one for one, _ in noted), *over]}
    if json_:
        print_json({"worries": told})
        return
    for one in where.household.members:
        if one.id in told:
            say(told[one.id] or f"{one.name}: noted. Evenings are as you plan them again.")


def _told(worries: Worries, member: Member) -> str:
    mine = [one for one in worries.all() if one.member == member.id]
    return what_to_do(member.name, mine)


def _noted(where: Here, text: str) -> tuple[Member, Sign]:
    """Whom a worry is about, and what it is: `noor=gasping`, or the sign alone in a home of one."""
    member, is_named, sign = text.rpartition("=")
    if is_named:
        return _member(where, member, "--worry"), sign_named(sign)
    known = where.household.members
    if len(known) > 1:
        raise EvenfallError(
            Fault(
                found=f"{text!r}, and not whom it is about",
                place=Place("--worry"),
                expected=f"one of {', '.join(one.id for one in known)}, then = and what you saw",
                mend=f"write it like --worry {known[0].id}=gasping",
            )
        )
    return known[0], sign_named(sign)


def _member(where: Here, member: Id, option: str) -> Member:
    for one in where.household.members:
        if one.id == member:
            return one
    raise EvenfallError(
        Fault(
            found=f"nobody called {member!r} lives here",
            place=Place(option),
            expected=f"one of {', '.join(one.id for one in where.household.members)}",
            mend="write the member's id as the household file has it",
        )
    )
