"""Certificates: given only where both agree, and void as soon as anything they rest on changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from tests.support.built_in import built_in
from tests.support.scores import SOLO, programme

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app import certificates as kept_in_home
from evenfall.app.certificates import Certificates
from evenfall.app.evening import live_night
from evenfall.app.guarding import HubGuard
from evenfall.app.home import Home, load_household
from evenfall.app.web.serve import House, prove_ahead, tonights_hub
from evenfall.plan.tonight import plan_tonight
from evenfall.play.fold import programme_hash
from evenfall.records.certificate import Certificate, Conditions
from evenfall.records.household import Calibration, Output
from evenfall.records.programme import Programme
from evenfall.records.proof import Proof
from evenfall.rehearse import certify as certifying
from evenfall.rehearse.certify import (
    UncertifiedError,
    certify,
    changed,
    doubts,
    is_valid_for,
)
from evenfall.rehearse.check.prove import prove
from evenfall.safety.limits import ADULT, CHILD

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
TIDEPOOL = built_in("tidepool")
LAMP = (Output(id="lamp", kind="light"),)


@pytest.fixture(scope="module")
def proof() -> Proof:
    return prove(TIDEPOOL)


@pytest.fixture(scope="module")
def conditions(proof: Proof) -> Conditions:
    return Conditions(limits=CHILD, calibration=proof.calibration, sleepers=1, youngest_years=4)


@pytest.fixture(scope="module")
def certificate(proof: Proof, conditions: Conditions) -> Certificate:
    return certify(TIDEPOOL, proof, conditions, NOW)


@pytest.mark.safety("H-78")
def test_a_certificate_holds_for_what_it_was_given_for(
    certificate: Certificate, conditions: Conditions
) -> None:
    assert is_valid_for(certificate, TIDEPOOL, conditions)
    assert doubts(certificate, TIDEPOOL) == ()
    assert certificate.states > 10_000
    assert len(certificate.reached) == 32


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("the limits changed", {"limits": ADULT}),
        ("the devices' calibration changed", {"calibration": "another"}),
        ("how many sleep there changed", {"sleepers": 2}),
        ("the age of the youngest changed", {"youngest_years": 5}),
    ],
)
@pytest.mark.safety("H-78")
def test_it_dies_with_its_conditions_and_says_which(
    certificate: Certificate, conditions: Conditions, what: str, change: dict[str, object]
) -> None:
    assert changed(certificate, TIDEPOOL, replace(conditions, **change)) == (what,)


@pytest.mark.parametrize(
    ("name", "what"),
    [("KERNEL_VERSION", "the kernel changed"), ("CHECKER_VERSION", "the checker changed")],
)
@pytest.mark.safety("H-78")
def test_it_dies_with_the_kernel_and_the_checker(
    certificate: Certificate,
    conditions: Conditions,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    what: str,
) -> None:
    monkeypatch.setattr(certifying, name, "another")
    assert changed(certificate, TIDEPOOL, conditions) == (what,)


@pytest.mark.safety("H-78")
def test_it_dies_with_the_least_change_of_the_programme(
    certificate: Certificate, conditions: Conditions
) -> None:
    other = replace(TIDEPOOL, title="Tide pool")
    assert changed(certificate, other, conditions) == ("the programme changed",)
    assert doubts(certificate, other) == ("the certificate is another programme's",)


@pytest.mark.safety("H-78")
def test_a_certificate_that_claims_more_than_there_can_be_is_not_confirmed(
    certificate: Certificate,
) -> None:
    longer = [
        replace(one, value=one.value + 60, limit=999.0) if one.what == "beats-to-quiet" else one
        for one in certificate.worst
    ]
    (doubt,) = doubts(replace(certificate, worst=tuple(longer)), TIDEPOOL)
    assert "beats-to-quiet" in doubt
    assert doubts(replace(certificate, worst=()), TIDEPOOL)


@pytest.mark.safety("H-78")
def test_what_the_checker_finds_gets_no_certificate(conditions: Conditions) -> None:
    loud = replace(TIDEPOOL, safe=(replace(TIDEPOOL.safe[0], ramp_s=60.0), TIDEPOOL.safe[1]))
    with pytest.raises(UncertifiedError, match="may not run"):
        certify(loud, prove(loud), conditions, NOW)


@pytest.mark.safety("H-78")
def test_what_only_the_second_verifier_objects_to_gets_none_either(
    proof: Proof, conditions: Conditions
) -> None:
    counted_for_less = replace(TIDEPOOL, immersion_max_beats=1)
    honest = replace(proof, programme_hash=programme_hash(counted_for_less), findings=())
    with pytest.raises(UncertifiedError, match="it says less"):
        certify(counted_for_less, honest, conditions, NOW)


def test_a_proof_of_other_devices_is_none(proof: Proof, conditions: Conditions) -> None:
    with pytest.raises(UncertifiedError, match="other devices"):
        certify(TIDEPOOL, proof, replace(conditions, calibration="another"), NOW)


# --- Kept in a home --------------------------------------------------------------------------


class _Counted:
    """How often anything was proven."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, one: Programme, *, outputs: Sequence[Output] = ()) -> Proof:
        self.times += 1
        return prove(one, outputs=outputs)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> _Counted:
    counter = _Counted()
    monkeypatch.setattr(kept_in_home, "prove", counter)
    return counter


@pytest.mark.safety("H-78")
def test_a_kept_certificate_is_used_until_something_changes(
    tmp_path: Path, counted: _Counted
) -> None:
    library = SqliteLibrary(tmp_path / "evenfall.db")
    home = Certificates(library, lambda: NOW)
    first = home.certified(TIDEPOOL, [4.2], ())
    assert home.certified(TIDEPOOL, [4.2], ()) == first
    assert counted.times == 1
    home.certified(TIDEPOOL, [5.0], ())  # a birthday
    assert counted.times == 2
    assert library.get(f"{first.programme_hash}-{first.conditions.calibration}", Certificate)


@pytest.mark.safety("H-78")
def test_a_kept_certificate_that_was_tampered_with_is_made_again(
    tmp_path: Path, counted: _Counted
) -> None:
    library = SqliteLibrary(tmp_path / "evenfall.db")
    home = Certificates(library, lambda: NOW)
    made = home.certified(TIDEPOOL, [4.2], ())
    key = f"{made.programme_hash}-{made.conditions.calibration}"
    library.put(key, "2026-11-20", replace(made, fingerprint="0" * 64))
    assert home.certified(TIDEPOOL, [4.2], ()) == made
    assert counted.times == 2


def test_other_lamps_are_another_certificate() -> None:
    home = Certificates(None, lambda: NOW)
    measured = Calibration(kind="measured", light_at_full="40 lx mEDI")
    one = home.certified(TIDEPOOL, [4.2], LAMP)
    other = home.certified(TIDEPOOL, [4.2], (replace(LAMP[0], calibration=measured),))
    assert one.conditions.calibration != other.conditions.calibration


def test_a_programme_for_grown_ups_has_no_certificate_in_a_childs_room() -> None:
    bright = programme(SOLO.replace("to: 1 lx mEDI", "to: 8 lx mEDI"), limits=ADULT)
    home = Certificates(None, lambda: NOW)
    assert home.why_not(bright, [40.0], ()) == ""
    assert "binds here" in home.why_not(bright, [8.0], ())


@pytest.mark.safety("H-78")
def test_an_evening_that_cannot_be_proven_is_told_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = load_household(DEMO).record
    plan = plan_tonight(household, date(2026, 11, 19), ZONE)
    nest = next(one for one in plan.rooms if one.room == "nest")
    monkeypatch.setattr(Certificates, "why_not", lambda *_: "Two boats may not run: it is too loud")
    ready = live_night(
        Home(tmp_path), household, plan, nest, zone=ZONE, night_id="2026-11-19-nest-1",
        certificates=Certificates(None, lambda: NOW),
    )  # fmt: skip
    assert ready.programme.evening == "told"
    assert ready.notes == ("Two boats may not run: it is too loud. The evening is told.",)


@pytest.mark.parametrize("name", ["lamp-and-page"])
@pytest.mark.safety("H-78")
def test_the_told_evening_that_stands_in_is_proven(name: str) -> None:
    """What runs when nothing else may is itself proven by this test."""
    assert Certificates(None, lambda: NOW).why_not(built_in(name), [1.0, 3.0], ()) == ""


@pytest.mark.safety("H-78")
def test_what_is_proven_beside_the_loop_is_on_the_shelf_when_the_night_is_made_ready(
    tmp_path: Path, counted: _Counted
) -> None:
    """Making the next night ready must not keep a hub from answering for seconds."""
    text = DEMO.read_text(encoding="utf-8").replace("score: two-boats", "score: lamp-and-page")
    file = tmp_path / "household.yaml"
    file.write_text(text, encoding="utf-8")
    home = Home(tmp_path)
    house = House(home, load_household(file).record, ZONE, SystemClock())
    log, library = SqliteNightLog(home.database), SqliteLibrary(home.database)
    guard = HubGuard(home, house.household, house.clock)
    try:
        prove_ahead(house, library)
        proven = counted.times
        _, rooms = tonights_hub(house, log, library, guard)
    finally:
        guard.close()
        library.close()
        log.close()
    assert proven == counted.times == len({one.ready.night.programme_hash for one in rooms}) > 0
