"""From a proof to a certificate, and whether a certificate still holds.

A certificate is given only where the checker found nothing and the second verifier, in its own
way, agrees. It holds for exactly what it was given for: with any of it changed it is void, and
whoever asks is told what changed.
"""

from datetime import datetime

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.play.fold import programme_hash
from evenfall.play.step import KERNEL_VERSION
from evenfall.records.certificate import Certificate, Conditions
from evenfall.records.programme import Programme
from evenfall.records.proof import Proof
from evenfall.rehearse.verifier import bounds, fingerprint, judge

CHECKER_VERSION = "3"
"""Changes whenever the checker proves more or otherwise; an older certificate is then void."""


class UncertifiedError(EvenfallError):
    """A programme that may not run, and why."""


def certify(
    programme: Programme, proof: Proof, conditions: Conditions, made_utc: datetime
) -> Certificate:
    """Give a certificate.

    Args:
        programme: what was proven.
        proof: what the checker says of it.
        conditions: whose room it is for.
        made_utc: when, aware.

    Raises:
        UncertifiedError: the checker found something, the second verifier objects, or the proof
            is of something else.
    """
    made = Certificate(
        programme_hash=proof.programme_hash,
        fingerprint=fingerprint(programme),
        kernel_version=proof.kernel_version,
        checker_version=CHECKER_VERSION,
        conditions=conditions,
        states=proof.states,
        transitions=proof.transitions,
        reached=proof.reached,
        worst=proof.worst,
        proven=proof.proven,
        made_utc=made_utc,
    )
    why = (
        *(finding.story for finding in proof.findings),
        *changed(made, programme, conditions),
        *([] if proof.calibration == conditions.calibration else ["it is of other devices"]),
        *doubts(made, programme),
    )
    if why:
        raise refusal(programme, *why)
    return made


def changed(
    certificate: Certificate, programme: Programme, conditions: Conditions
) -> tuple[str, ...]:
    """What is not as it was when a certificate was given, in words; nothing where it holds.

    Args:
        certificate: what was given.
        programme: what is to run now.
        conditions: whose room it is to run in.
    """
    was = certificate.conditions
    asked = (
        ("the programme", certificate.programme_hash, programme_hash(programme)),
        ("the kernel", certificate.kernel_version, KERNEL_VERSION),
        ("the checker", certificate.checker_version, CHECKER_VERSION),
        ("the limits", was.limits, conditions.limits),
        ("the devices' calibration", was.calibration, conditions.calibration),
        ("how many sleep there", was.sleepers, conditions.sleepers),
        ("the age of the youngest", was.youngest_years, conditions.youngest_years),
    )
    return tuple(f"{what} changed" for what, before, now in asked if before != now)


def is_valid_for(certificate: Certificate, programme: Programme, conditions: Conditions) -> bool:
    """True where nothing changed since a certificate was given (`changed` says what did)."""
    return not changed(certificate, programme, conditions)


def doubts(certificate: Certificate, programme: Programme) -> tuple[str, ...]:
    """What the second verifier has against a certificate; nothing where it confirms it.

    Besides its own objections, no worst way that the checker walked may be longer than what the
    verifier, who knows no steps, holds to be the longest: else one of the two is wrong.
    """
    limits = certificate.conditions.limits
    objections = tuple(one.words for one in judge(programme, limits))
    if objections:
        return objections
    if certificate.fingerprint != fingerprint(programme):
        return ("the certificate is another programme's",)
    bound = bounds(programme)
    most = {"beats-to-quiet": bound.quiet_beats, "beats-immersed": bound.immersed_beats}
    passed = [
        f"{one.what} of {one.value:g}"
        for one in certificate.worst
        if one.value > min(one.limit, most.get(one.what, one.limit))
    ]
    missing = sorted(set(most) - {one.what for one in certificate.worst})
    return (
        *(f"the certificate tells of {one}, which is more than there can be" for one in passed),
        *(f"the certificate says nothing of {what}" for what in missing),
    )


def refusal(programme: Programme, *why: str) -> UncertifiedError:
    """That a programme may not run, for reasons in words."""
    return UncertifiedError(*(_fault(programme, reason) for reason in why))


def _fault(programme: Programme, why: str) -> Fault:
    return Fault(
        found=f"{programme.title} may not run: {why}",
        place=Place(),
        expected="a programme that the checker proves and the second verifier confirms",
        mend=f"`evenfall check {programme.id}` tells the way there; a told evening needs nothing",
    )
