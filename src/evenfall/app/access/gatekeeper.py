"""The gatekeeper: lets screens in, knows them again, and lets them go.

A screen comes in by a code of four words, by a passphrase or by a passkey, and keeps a token. Of
codes, tokens and challenges only digests are kept. Every change is one transaction of the store,
so that the hub and the command line never disagree.
"""

import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec.structs import replace

from evenfall.app.access import passkeys as keys
from evenfall.app.access.asking import (
    Moment,
    clean_label,
    grown,
    grown_called,
    is_still_known,
    keepers,
    over_utc,
    overheard,
    refuse_plain,
    require,
    require_fresh,
    role_of_screen,
    within_reach,
)
from evenfall.app.access.code_words import WORDS_A_CODE, code_digest, code_of
from evenfall.app.access.inviting import inviting_refused, member_of, refuse_unclear, why_not
from evenfall.app.access.knocks import closed_until, counted_as, is_counted
from evenfall.app.access.lifetimes import INVITE_LASTS, SEEN_EVERY, expires_utc
from evenfall.app.access.passphrase import SALT_BYTES, is_passphrase, make_passphrase, nobodys
from evenfall.app.access.questions import Questions
from evenfall.app.access.refusals import (
    NotLetInError,
    NotThereError,
    TooManyTriesError,
    not_there,
    refused,
    too_many,
)
from evenfall.app.access.rights import SCREENS_OVER
from evenfall.app.home import load_zone
from evenfall.ports.access import (
    AccessRecord,
    AccessStore,
    AccessUnavailableError,
    Door,
    Known,
    Try,
)
from evenfall.records.access import (
    Caller,
    Invite,
    Origin,
    Passkey,
    Passphrase,
    ScreenKind,
    Session,
)
from evenfall.records.act import ScreenKey
from evenfall.records.household import Household

__all__ = ["Gatekeeper", "NotLetInError", "NotThereError", "TooManyTriesError"]

INVITES_MAX = 5
REMEMBERED_MAX = 256
TOKEN_BYTES = 32
ID_BYTES = 8
KNOCKER_MAX = 100
PATIENCE = timedelta(minutes=1)
"""After a renewal could not be written, so long nobody waits for the next one."""


class Gatekeeper:
    """Who may come in. It may be used by any thread, and by several processes of one home.

    Args:
        store: where it is kept.
        household: who lives here, as it is now.
        now_utc: the clock.
        draw: so many bytes of chance; only a test gives another.
    """

    def __init__(
        self,
        store: AccessStore,
        household: Callable[[], Household],
        now_utc: Callable[[], datetime],
        draw: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._household = household
        self._now_utc = now_utc
        self._draw = draw
        self._questions = Questions(draw)
        self._remembered: OrderedDict[str, Session] = OrderedDict()
        self._renew_from_utc: datetime | None = None

    def household(self) -> Household:
        """Who lives here, as it is now: what any right is told by."""
        return self._household()

    # --- Codes -----------------------------------------------------------------------------

    def invite(
        self,
        kind: ScreenKind,
        *,
        member: str | None = None,
        room: str | None = None,
        by: Caller | None,
    ) -> tuple[Invite, str]:
        """Make a code that lets one screen in, once.

        Args:
            kind: what the screen will be.
            member: for a member's own screen: whose.
            room: for a bedside: which room, or every one.
            by: who asks; nobody is this machine's own terminal, which may invite anyone.

        Returns:
            What is kept of it, and the four words.

        Raises:
            NotLetInError: they may not; or it is for themself, and they came in a while ago.
            EvenfallError: nobody and no room here is called so.
        """
        at = self._moment()
        refuse_unclear(kind, member, room, at.household)
        if by is not None:
            require(by, "screens")
            self._refuse_inviting(kind, member, by.member, at)
            if kind == "member" and member == by.member:
                require_fresh(by, at)
        words = code_of(self._draw(WORDS_A_CODE))
        invite = Invite(
            digest=code_digest(words),
            kind=kind,
            member=member,
            room=room,
            by=None if by is None else by.member,
            session=None if by is None else by.session,
            expires_utc=at.now_utc + INVITE_LASTS,
        )
        with self._store.changing():
            alive = [one for one in self._store.all(Invite) if at.now_utc < one.expires_utc]
            alive = sorted(alive, key=lambda one: one.expires_utc)[-(INVITES_MAX - 1) :]
            for one in self._store.all(Invite):
                if one not in alive:
                    self._store.drop(one)
            self._store.keep(invite)
        return invite, words

    def claim(self, code: str, *, origin: Origin, label: str, knocker: str) -> tuple[Session, str]:
        """Let a screen in by its four words. Of two at once, one comes in.

        Words for someone's own screen that came over the plain network open nothing any more:
        whoever listened in has them too.

        Args:
            code: as it was typed.
            origin: how the screen reached the hub.
            label: what it is called.
            knocker: the address it came from.

        Returns:
            The session, and the token its browser keeps.

        Raises:
            NotLetInError: no code that opens anything now, or not over this way.
            TooManyTriesError: too many wrong ones.
        """
        at = self._moment()
        with self._store.changing():
            knock = self._knock("code", knocker, origin, at)
            invite = self._store.find(Invite, code_digest(code))
            is_right = invite is not None and self._still_opens(invite, at)
            if invite is not None:
                self._store.drop(invite)
            if invite is not None and is_right:
                self._store.drop(knock)
                if invite.kind in SCREENS_OVER[origin]:
                    return self._open(at, invite.kind, origin, label, invite=invite)
        if is_right:
            raise overheard()
        raise refused(
            "words that open nothing now",
            "the four words as they were shown, within ten minutes and for the first time",
            "look at them once more, or have new ones made",
        )

    # --- Sessions --------------------------------------------------------------------------

    def caller(self, token: str | None, origin: Origin) -> Caller:
        """Who asks, by the token their browser sent and the way it came.

        Nobody is told why they are nobody. At this very machine that is the hub's own screen, a
        bedside of every room. A session that is over may still stop a night; so may one that was
        known here a moment ago while the list of screens cannot be read.

        Raises:
            AccessUnavailableError: the list cannot be read, and the screen was never seen.
        """
        stranger = Caller(role="device" if origin == "here" else "nobody", origin=origin)
        if not token:
            return stranger
        at = self._moment()
        session, is_read = self._known_screen(_digest(token), at)
        if session is None or session.origin != origin or not is_still_known(session, at):
            return stranger
        role = role_of_screen(session, at)
        if role is None:
            return stranger
        return Caller(
            role=role,
            origin=origin,
            member=session.member,
            room=session.room,
            session=session.id,
            made_utc=session.made_utc,
            expired=not is_read or at.now_utc >= over_utc(session, at),
        )

    def sessions(self, caller: Caller | None) -> list[Session]:
        """The screens that are in, the latest seen first, as far as someone may know of them;
        those too whose time is over and that may still stop a night.

        A guardian sees all but other adults' own; an adult their own, bedsides and guests'; a
        child those that read as them. The terminal (None) sees all.

        Raises:
            NotLetInError: they may know of none.
        """
        if caller is not None:
            require(caller, "screens")
        at = self._moment()
        found = [
            one
            for one in self._store.all(Session)
            if is_still_known(one, at) and (caller is None or within_reach(caller, one, at))
        ]
        return sorted(found, key=lambda one: (one.seen_utc, one.id), reverse=True)

    def revoke(self, caller: Caller | None, session_id: str) -> Session:
        """End a screen's session, now, and the codes that were made on it.

        Args:
            caller: who asks; nobody is the terminal, which may end any.
            session_id: the session's id.

        Raises:
            NotLetInError: they may end none.
            NotThereError: there is none of this id, or none they may know of.
        """
        with self._store.changing():
            for session in self.sessions(caller):
                if session.id == session_id:
                    return self._end(session)
        raise not_there(
            "no screen by that name",
            "one of the screens that are in",
            "look at the list again: it may have ended by itself",
        )

    def sign_out(self, token: str | None) -> None:
        """End one's own session, if there is one."""
        if not token:
            return
        with self._store.changing():
            session = self._store.find(Session, _digest(token))
            if session is not None:
                self._end(session)

    def forget(self, caller: Caller | None, member: str) -> tuple[int, int, bool]:
        """End everything that lets someone in: for a lost phone.

        Args:
            caller: themselves, or nobody: the terminal.
            member: whom, by id; they need not live here any more.

        Returns:
            How many screens were ended, how many passkeys, and whether there was a passphrase.

        Raises:
            NotLetInError: somebody else asks.
        """
        if caller is not None:
            require(caller, "secrets")
            if caller.member != member:
                raise refused(
                    "someone else's screens", "one's own", "ask them, or use the terminal"
                )
        with self._store.changing():
            theirs = [one for one in self._store.all(Session) if one.member == member]
            ended = [self._end(one) for one in theirs if not one.revoked]
            passkeys = [one for one in self._store.all(Passkey) if one.member == member]
            phrase = self._store.find(Passphrase, member)
            codes = [i for i in self._store.all(Invite) if member in (i.member, i.by)]
            gone: list[AccessRecord] = [*passkeys, *codes]
            gone += [phrase] if phrase is not None else []
            for one in gone:
                self._store.drop(one)
        return len(ended), len(passkeys), phrase is not None

    # --- Passphrases -----------------------------------------------------------------------

    def set_passphrase(self, caller: Caller, words: str) -> None:
        """Keep a passphrase for whoever asks; an earlier one opens nothing any more.

        Raises:
            NotLetInError: they may have none, they came in a while ago, or it is too short or too
                long.
        """
        at = self._moment()
        member = grown(caller, at)
        require_fresh(caller, at)
        kept = make_passphrase(member.id, words, self._draw(SALT_BYTES))
        with self._store.changing():
            self._store.keep(kept)
            self._know(member.id, at)

    def has_passphrase(self, member: str) -> bool:
        """Whether someone has a passphrase."""
        return self._store.find(Passphrase, member) is not None

    def sign_in(
        self, name_or_id: str, passphrase: str, *, origin: Origin, label: str, knocker: str
    ) -> tuple[Session, str]:
        """Let a screen in by its owner's name and passphrase.

        A name nobody has and a passphrase that is wrong are told the same, in the same time.

        Args:
            name_or_id: who it is.
            passphrase: as it was typed.
            origin: how the screen reached the hub.
            label: what it is called.
            knocker: the address it came from.

        Returns:
            The session, and the token its browser keeps.

        Raises:
            NotLetInError: it is not so, or came over the plain network.
            TooManyTriesError: too many wrong ones.
        """
        refuse_plain(origin, "a passphrase")
        at = self._moment()
        with self._store.changing():
            knock = self._knock("passphrase", knocker, origin, at)
        member = grown_called(name_or_id, at)
        kept = None if member is None else self._store.find(Passphrase, member.id)
        is_right = is_passphrase(passphrase, kept or nobodys(self._draw(SALT_BYTES)))
        with self._store.changing():
            # It may have been changed or ended while it was being compared.
            if kept is not None and is_right and self._store.find(Passphrase, kept.member) == kept:
                self._store.drop(knock)
                return self._open(at, "member", origin, label, member=kept.member)
        raise refused(
            "a name and a passphrase that do not go together",
            "a grown-up of this home, and their passphrase",
            "try once more, or come in with four words",
        )

    # --- Passkeys --------------------------------------------------------------------------

    def passkey_options(self, caller: Caller, rp_id: str) -> keys.Asked:
        """What an authenticator is asked, to make a passkey for whoever asks.

        Args:
            caller: who asks.
            rp_id: the name the hub was reached by.

        Raises:
            NotLetInError: they may have none, they came in a while ago, or the address has no name.
        """
        at = self._moment()
        member = grown(caller, at)
        require_fresh(caller, at)
        with self._store.changing():
            handle = self._know(member.id, at).handle
            having = [one for one in self._store.all(Passkey) if one.member == member.id]
            having = [one for one in having if one.rp_id == rp_id]
        question = self._questions.ask(rp_id, member.id, at.now_utc)
        return keys.to_make(question, rp_id, member, handle, having)

    def passkey_keep(
        self,
        caller: Caller,
        answer: keys.Answer,
        *,
        rp_id: str,
        origin_url: str,
        label: str,
    ) -> Passkey:
        """Keep the passkey an authenticator made.

        Args:
            caller: who had it made.
            answer: what the authenticator gave.
            rp_id: the name the hub was reached by.
            origin_url: the page's address: scheme, host and port.
            label: what it is called.

        Raises:
            NotLetInError: the answer does not hold, was not asked for, or comes too late.
        """
        at = self._moment()
        member = grown(caller, at)
        challenge = keys.challenge_in(answer)
        if not self._questions.was_asked(challenge, rp_id, member.id, at.now_utc):
            raise keys.answer_refused()
        passkey = keys.made_by(
            answer,
            challenge,
            rp_id=rp_id,
            origin_url=origin_url,
            member=member.id,
            label=clean_label(label),
            now_utc=at.now_utc,
        )
        with self._store.changing():
            if self._store.find(Passkey, passkey.id) is not None:
                raise keys.answer_refused()
            self._store.keep(passkey)
            self._know(member.id, at)
        return passkey

    def passkey_ask(self, rp_id: str, *, origin: Origin) -> keys.Asked:
        """What an authenticator is asked, to sign in.

        Args:
            rp_id: the name the hub was reached by.
            origin: how.

        Raises:
            NotLetInError: it came over the plain network, or the address has no name.
        """
        refuse_plain(origin, "a passkey")
        return keys.to_sign(self._questions.ask(rp_id, None, self._now_utc()), rp_id)

    def passkey_sign_in(
        self,
        answer: keys.Answer,
        *,
        rp_id: str,
        origin_url: str,
        origin: Origin,
        label: str,
        knocker: str,
    ) -> tuple[Session, str]:
        """Let a screen in by a passkey.

        Args:
            answer: what the authenticator gave.
            rp_id: the name the hub was reached by.
            origin_url: the page's address: scheme, host and port.
            origin: how the screen reached the hub.
            label: what it is called.
            knocker: the address it came from.

        Returns:
            The session, and the token its browser keeps.

        Raises:
            NotLetInError: the answer does not hold.
            TooManyTriesError: too many that did not.
        """
        refuse_plain(origin, "a passkey")
        at = self._moment()
        with self._store.changing():
            knock = self._knock("passkey", knocker, origin, at)
        challenge = keys.challenge_in(answer)
        if not self._questions.was_asked(challenge, rp_id, None, at.now_utc):
            raise keys.answer_refused()
        with self._store.changing():
            passkey = self._store.find(Passkey, keys.id_in(answer))
            known = None if passkey is None else self._store.find(Known, passkey.member)
            if passkey is None or known is None or passkey.rp_id != rp_id:
                raise keys.answer_refused()
            if not at.is_grown(passkey.member):
                raise keys.answer_refused()
            count = keys.count_signed(
                answer, challenge, passkey, handle=known.handle, origin_url=origin_url
            )
            self._store.keep(replace(passkey, sign_count=count))
            self._store.drop(knock)
            return self._open(at, "member", origin, label, member=passkey.member)

    def passkeys(self, caller: Caller | None) -> list[Passkey]:
        """Someone's own passkeys, the oldest first. The terminal (None) sees everyone's.

        Raises:
            NotLetInError: they may have none.
        """
        if caller is not None:
            require(caller, "secrets")
        found = self._store.all(Passkey)
        own = [one for one in found if caller is None or one.member == caller.member]
        return sorted(own, key=lambda one: (one.made_utc, one.id))

    def passkey_forget(self, caller: Caller | None, passkey_id: str) -> None:
        """Forget one of one's own passkeys; it opens nothing any more.

        Raises:
            NotThereError: there is none of this id among them.
        """
        with self._store.changing():
            for passkey in self.passkeys(caller):
                if passkey.id == passkey_id:
                    self._store.drop(passkey)
                    return
        raise not_there("no passkey by that name", "one of one's own", "look at the list again")

    # --- The home --------------------------------------------------------------------------

    def is_new(self) -> bool:
        """True until a guardian, or in a home without children an adult, was once let in."""
        at = self._moment()
        return not any(self._store.find(Known, one.id) for one in keepers(at.household, at.today))

    # --- Within ----------------------------------------------------------------------------

    def _moment(self) -> Moment:
        household = self._household()
        return Moment(household, load_zone(household.zone), self._now_utc())

    def _refuse_inviting(
        self, kind: ScreenKind, member: str | None, by: str | None, at: Moment
    ) -> None:
        # A screen without a member has no right to invite; should one have, "" is nobody here.
        why = why_not(
            kind,
            member,
            by=by or "",
            is_known=self._is_known(member),
            household=at.household,
            today=at.today,
        )
        if why is not None:
            raise inviting_refused(why, member_of(at.household, member))

    def _is_known(self, member: str | None) -> bool:
        return member is not None and self._store.find(Known, member) is not None

    def _still_opens(self, invite: Invite, at: Moment) -> bool:
        """Whether a code is in time and may still be given. Who had none when it was made may have
        come in since, and nobody else's code opens for them any more.
        """
        if at.now_utc >= invite.expires_utc:
            return False
        if invite.kind == "member" and at.role(invite.member) is None:
            return False
        return (
            why_not(
                invite.kind,
                invite.member,
                by=invite.by,
                is_known=self._is_known(invite.member),
                household=at.household,
                today=at.today,
            )
            is None
        )

    def _knock(self, door: Door, knocker: str, origin: Origin, at: Moment) -> Try:
        """Count a try before it is looked at, so that many at once are no way around.

        Raises:
            TooManyTriesError: it is not looked at.
        """
        tries = self._store.all(Try)
        knocker = counted_as(knocker[:KNOCKER_MAX].encode("ascii", "replace").decode())
        until_utc = closed_until(tries, door, knocker, origin, at.now_utc)
        if until_utc is not None:
            raise too_many(until_utc, at.zone)
        for old in tries:
            if not is_counted(old, at.now_utc):
                self._store.drop(old)
        knock = Try(id=self._draw(ID_BYTES).hex(), door=door, knocker=knocker, at_utc=at.now_utc)
        self._store.keep(knock)
        return knock

    def _open(
        self,
        at: Moment,
        kind: ScreenKind,
        origin: Origin,
        label: str,
        *,
        member: str | None = None,
        invite: Invite | None = None,
    ) -> tuple[Session, str]:
        if invite is not None:
            member = invite.member
        token = _plain64(self._draw(TOKEN_BYTES))
        session = Session(
            id=self._draw(ID_BYTES).hex(),
            digest=_digest(token),
            kind=kind,
            member=member,
            room=None if invite is None else invite.room,
            label=clean_label(label),
            origin=origin,
            by=None if invite is None else invite.by,
            made_utc=at.now_utc,
            seen_utc=at.now_utc,
            expires_utc=at.now_utc,
        )
        session = replace(session, expires_utc=_expiry(session, at))
        self._tidy(at)
        self._store.keep(session)
        if member is not None:
            self._know(member, at)
        return session, token

    def _tidy(self, at: Moment) -> None:
        for session in self._store.all(Session):
            if not is_still_known(session, at):
                self._store.drop(session)

    def _know(self, member: str, at: Moment) -> Known:
        """Remember for good that someone was let in."""
        known = self._store.find(Known, member)
        if known is None:
            handle = _plain64(self._draw(keys.HANDLE_BYTES))
            known = Known(member=member, handle=handle, since_utc=at.now_utc)
            self._store.keep(known)
        return known

    def _end(self, session: Session) -> Session:
        ended = replace(session, revoked=True)
        self._store.keep(ended)
        for code in self._store.all(Invite):
            if code.session == session.id:
                self._store.drop(code)
        for key in self._store.all(ScreenKey):
            if key.screen == session.id:
                self._store.drop(key)
        self._remembered.pop(session.digest, None)
        return ended

    def _known_screen(self, digest: str, at: Moment) -> tuple[Session | None, bool]:
        """The session of a token, and whether it could be read. Where it could not, one that was
        good a moment ago may at least stop a night: a full disk traps nobody.
        """
        try:
            session = self._store.find(Session, digest)
            if session is not None:
                session = self._renewed(session, at)
        except AccessUnavailableError:
            remembered = self._remembered.get(digest)
            if remembered is None:
                raise
            return remembered, False
        self._remembered.pop(digest, None)
        if session is not None and is_still_known(session, at):
            self._remembered[digest] = session
            if len(self._remembered) > REMEMBERED_MAX:
                self._remembered.popitem(last=False)
        return session, True

    def _renewed(self, session: Session, at: Moment) -> Session:
        """A session with the hour it was seen in; looked up again, since it may just have ended."""
        is_due = at.now_utc - session.seen_utc >= SEEN_EVERY
        if session.revoked or not is_due or at.now_utc >= over_utc(session, at):
            return session
        if self._renew_from_utc is not None and at.now_utc < self._renew_from_utc:
            return session
        with suppress(AccessUnavailableError):
            self._renew_from_utc = at.now_utc + PATIENCE
            with self._store.changing():
                fresh = self._store.find(Session, session.digest)
                if fresh is None or fresh.revoked:
                    return replace(session, revoked=True)
                session = replace(fresh, seen_utc=at.now_utc)
                session = replace(session, expires_utc=_expiry(session, at))
                self._store.keep(session)
            self._renew_from_utc = None
        return session


def _expiry(session: Session, at: Moment) -> datetime:
    plainly_utc = expires_utc(
        session.kind,
        role_of_screen(session, at) or "nobody",
        made_utc=session.made_utc,
        seen_utc=session.seen_utc,
        zone=at.zone,
    )
    return over_utc(replace(session, expires_utc=plainly_utc), at)


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _plain64(drawn: bytes) -> str:
    return urlsafe_b64encode(drawn).rstrip(b"=").decode()
