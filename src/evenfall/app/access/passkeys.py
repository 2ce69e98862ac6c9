"""Passkeys, by Web Authentication: what an authenticator is asked, and whether its answer holds.

W3C Web Authentication Level 3, sections 7.1 and 7.2, as the `webauthn` package does them; here is
what it is asked to insist on: the key lives on the device and is found without a name (resident),
whoever holds the device shows it is theirs (user verification), and a key that counts its
signatures never counts backwards.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from evenfall.app.access.refusals import NotLetInError, refused
from evenfall.formats.errors import EvenfallError
from evenfall.records.access import Passkey
from evenfall.records.household import Member

HANDLE_BYTES = 32
_TIMEOUT_MS = 5 * 60 * 1000

Asked = dict[str, Any]
"""What a page hands to its authenticator, as JSON has it."""
Answer = Mapping[str, Any]
"""What the authenticator gave, as JSON has it."""


def to_make(
    challenge: bytes, rp_id: str, member: Member, handle: str, having: Sequence[Passkey]
) -> Asked:
    """What an authenticator is asked, to make a passkey.

    Args:
        challenge: drawn for this once.
        rp_id: the name of the hub.
        member: who makes it; the authenticator shows the name, and nobody else is told it.
        handle: what the passkey knows them by, base64url.
        having: their passkeys here, so that one device keeps one.

    Raises:
        NotLetInError: the address has no name that a passkey could be for.
    """
    _refuse_nameless(rp_id)
    return options_to_json_dict(
        generate_registration_options(
            rp_id=rp_id,
            rp_name="Evenfall",
            user_id=base64url_to_bytes(handle),
            user_name=member.name,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in having
            ],
        )
    )


def to_sign(challenge: bytes, rp_id: str) -> Asked:
    """What an authenticator is asked, to sign in. It is told no names and asks for none.

    Raises:
        NotLetInError: the address has no name that a passkey could be for.
    """
    _refuse_nameless(rp_id)
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=rp_id,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def challenge_in(answer: Answer) -> bytes:
    """The challenge an answer says it is for.

    Raises:
        NotLetInError: it is no answer.
    """
    with _believing_nothing():
        client = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        if client.cross_origin:
            raise ValueError("a page within another page")
        return client.challenge


def id_in(answer: Answer) -> str:
    """Which passkey an answer says it is from.

    Raises:
        NotLetInError: it is no answer.
    """
    with _believing_nothing():
        return bytes_to_base64url(base64url_to_bytes(answer["id"]))


def made_by(
    answer: Answer,
    challenge: bytes,
    *,
    rp_id: str,
    origin_url: str,
    member: str,
    label: str,
    now_utc: datetime,
) -> Passkey:
    """The passkey an authenticator made.

    Args:
        answer: what it gave.
        challenge: what it was asked.
        rp_id: the name of the hub.
        origin_url: the page's address: scheme, host and port.
        member: whose it is.
        label: what it is called.
        now_utc: the time.

    Raises:
        NotLetInError: the answer does not hold.
    """
    with _believing_nothing():
        found = verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin_url,
            require_user_verification=True,
        )
        return Passkey(
            id=bytes_to_base64url(found.credential_id),
            member=member,
            public_key=bytes_to_base64url(found.credential_public_key),
            sign_count=found.sign_count,
            rp_id=rp_id,
            label=label,
            made_utc=now_utc,
        )


def count_signed(
    answer: Answer, challenge: bytes, passkey: Passkey, *, handle: str, origin_url: str
) -> int:
    """How often a passkey has signed now, by its own count, if its answer holds.

    Args:
        answer: what the authenticator gave.
        challenge: what it was asked.
        passkey: the one it says it is.
        handle: what the passkey knows its owner by.
        origin_url: the page's address: scheme, host and port.

    Raises:
        NotLetInError: the answer does not hold, or the count went backwards.
    """
    with _believing_nothing():
        credential = parse_authentication_credential_json(dict(answer))
        if credential.response.user_handle != base64url_to_bytes(handle):
            raise ValueError("a passkey that knows someone else")
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=passkey.rp_id,
            expected_origin=origin_url,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        ).new_sign_count


def answer_refused() -> NotLetInError:
    """What is said of an answer that does not hold, and not why: that helps whoever made it up."""
    return refused(
        "a passkey that does not open this home",
        "one that was made here, asked within the last five minutes",
        "try once more, or come in with four words",
    )


@contextmanager
def _believing_nothing() -> Iterator[None]:
    """An answer is whatever somebody sent; however its reading fails, it does not hold."""
    try:
        yield
    except EvenfallError:
        raise
    except Exception:  # the package and what it stands on raise a dozen kinds
        raise answer_refused() from None


def _refuse_nameless(rp_id: str) -> None:
    try:
        ipaddress.ip_address(rp_id)
    except ValueError:
        if rp_id:
            return
    raise refused(
        "an address in numbers",
        "a hub that is reached by a name, since a passkey is made for one",
        "open the hub by its name, or come in with four words",
    )
