"""`pair` and `people` as someone at the terminal meets them; and that no backup carries a key."""

import io
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from tests.support.authenticator import Authenticator
from tests.support.command_line import demo_home, evenfall, refused

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.access import SqliteAccess
from evenfall.app.access.gatekeeper import Gatekeeper
from evenfall.app.access.guard_key import guard_key
from evenfall.app.cli.common import Here
from evenfall.app.cli.serve import print_welcome
from evenfall.app.home import Home, load_household
from evenfall.app.web.serve import House, HubServer, listening_on
from evenfall.formats.errors import EvenfallError
from evenfall.guard.signing import Signer
from evenfall.records.access import Invite, Origin

CODE = re.compile(r"\b[a-z]+-[a-z]+-[a-z]+-[a-z]+\b")
ADDRESS = "http://192.168.1.20:8321"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return demo_home(tmp_path / "home")


@contextmanager
def hub(home: Path) -> Iterator[Gatekeeper]:
    """The hub's own gatekeeper, beside the command line's."""
    with closing(SqliteAccess(Home(home).access_database)) as store:
        household = load_household(home / "household.yaml").record
        yield Gatekeeper(store, lambda: household, lambda: datetime.now(UTC))


def let_in(home: Path, *words: str, label: str = "a phone", origin: Origin = "locked") -> str:
    """Let a screen in by the command line and the hub; its token."""
    code = evenfall("--home", home, "pair", *words, "--json").json()["words"]
    with hub(home) as keeper:
        return keeper.claim(code, origin=origin, label=label, knocker="x")[1]


# --- Letting in --------------------------------------------------------------------------------


def test_the_first_words_are_for_a_guardian_and_the_hub_takes_them(home: Path) -> None:
    ran = evenfall("--home", home, "pair")
    assert (ran.code, ran.err) == (0, "")
    assert "These let one screen in, Mara's own, once, until" in ran.said
    (code,) = CODE.findall(ran.out)
    with hub(home) as keeper:
        assert keeper.is_new()
        session, _ = keeper.claim(code, origin="locked", label="Mara's phone", knocker="x")
        assert (session.member, session.by) == ("mara", None)
        assert not keeper.is_new()
    said = refused(evenfall("--home", home, "pair"))
    assert "--for one of mara, tomas, ilay, noor" in said
    assert "--bedside one of nest, loft, every" in said and "--guest" in said


@pytest.mark.parametrize(
    ("words", "is_for"),
    [
        (["--for", "noor"], {"kind": "member", "member": "noor", "room": None}),
        (["--bedside", "nest"], {"kind": "device", "member": None, "room": "nest"}),
        (["--bedside", "every"], {"kind": "device", "member": None, "room": None}),
        (["--guest"], {"kind": "guest", "member": None, "room": None}),
    ],
)
def test_each_kind_of_screen(home: Path, words: list[str], is_for: dict[str, str | None]) -> None:
    found = evenfall("--home", home, "pair", *words, "--json").json()
    assert {name: found[name] for name in is_for} == is_for
    assert CODE.fullmatch(found["words"]) and found["links"] == []
    assert datetime.fromisoformat(found["expires_utc"]) > datetime.now(UTC)
    assert evenfall("--home", home, "pair", *words).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--for", "bob"], "'bob', a member who does not live here"),
        (["--bedside", "cellar"], "'cellar', a room that is not here"),
        (["--guest", "--for", "mara"], "more than one screen at once"),
        (["--guest", "--address", "192.168.1.20"], "write --address http://192.168.1.20:8321"),
        (["--guest", "--address", "http://x/y"], "as an address"),
        (["--guest", "--address", "javascript:alert(1)"], "as an address"),
        (["--guest", "--address", "http://mara:pw@hub"], "as an address"),
        (["--guest", "--address", "http://hub:99999"], "as an address"),
    ],
)
def test_what_does_not_fit_is_told(home: Path, words: list[str], said: str) -> None:
    assert said in refused(evenfall("--home", home, "pair", *words))


def test_without_a_household_nothing_is_made(tmp_path: Path) -> None:
    for command in ("pair", "people"):
        assert "no household yet" in refused(evenfall("--home", tmp_path / "x", command))
    assert list(tmp_path.iterdir()) == []


def test_the_link_is_the_one_that_was_said_or_the_ones_the_hub_says(home: Path) -> None:
    def links() -> list[str]:
        found: list[str] = evenfall("--home", home, "pair", "--guest", "--json").json()["links"]
        return [CODE.sub("CODE", link) for link in found]

    ran = evenfall("--home", home, "pair", "--guest", "--address", f"{ADDRESS}/")
    (code,) = set(CODE.findall(ran.out))
    key = guard_key(home)
    assert f"{ADDRESS}/#/pair/{code}/{key}" in ran.out.split()
    assert links() == []
    reach = home / "reach.json"
    reach.write_text(json.dumps({"links": [ADDRESS, "https://evenfall.local:8322/"]}))
    locked = "https://evenfall.local:8322"
    assert links() == [f"{one}/#/pair/CODE/{key}" for one in (ADDRESS, locked)]
    reach.write_text(json.dumps({"links": ["javascript:alert(1)", f"{ADDRESS}?x=1"] * 9}))
    assert links() == []
    for broken in ("{", '{"links": 3}', "[]", "\ud800"):
        reach.write_bytes(broken.encode("utf-8", "surrogatepass"))
        assert links() == []
    reach.unlink()
    reach.mkdir()
    assert links() == []


@pytest.mark.safety("H-100")
def test_a_link_carries_the_guards_own_key_though_no_guard_ran_yet(home: Path) -> None:
    """The terminal reads it for itself: a hub that lies about it later is known by that."""

    def link() -> str:
        made = evenfall("--home", home, "pair", "--guest", "--address", ADDRESS, "--json").json()
        return str(made["links"][0])

    key = link().rpartition("/")[2]
    kept = home / "guard" / "guard.key"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert home.joinpath("guard").stat().st_mode & 0o777 == 0o700
    assert key == Signer(kept.read_bytes(), 0).public_key
    assert link().endswith(f"/{key}")
    kept.write_bytes(b"short")
    kept.chmod(0o600)
    said = refused(evenfall("--home", home, "pair", "--guest", "--address", ADDRESS))
    assert "a guard's key that is damaged" in said
    assert "let in anew" in said


@pytest.mark.parametrize("looked_at", [True, False])
@pytest.mark.safety("H-60")
def test_a_hub_shows_the_first_words_only_where_someone_looks(
    home: Path, monkeypatch: pytest.MonkeyPatch, looked_at: bool
) -> None:
    """Not in a journal, where they would be read later and by others."""
    household = load_household(home / "household.yaml").record
    zone = ZoneInfo(household.zone)
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=looked_at, width=200, color_system=None)
    monkeypatch.setattr("evenfall.app.cli.common.CONSOLE", console)
    monkeypatch.setattr("evenfall.app.cli.serve.CONSOLE", console)
    server = HubServer(House(Home(home), household, zone, SystemClock()), listening_on(0))
    try:
        print_welcome(Here(Home(home), household, zone, home / "household.yaml"), server)
        assert "Nobody has signed in yet" in shown.getvalue()
        assert ("/#/pair/" in shown.getvalue()) is looked_at
        assert len(server.access.all(Invite)) == looked_at
    finally:
        server.opening.close()
        server.guard.close()
        for one in (server.log, server.library, server.access):
            one.close()


# --- Who is in ---------------------------------------------------------------------------------


def test_who_is_in_is_listed_without_anything_that_opens(home: Path) -> None:
    assert "No screen is let in." in evenfall("--home", home, "people").said
    assert not Home(home).access_database.exists()
    tokens = [
        let_in(home, "--for", "mara", label="phone"),
        let_in(home, "--bedside", "nest", label="tablet", origin="plain"),
        let_in(home, "--guest", label="[b]gran[/b]", origin="plain"),
    ]
    with hub(home) as keeper:
        mara = keeper.caller(tokens[0], "locked")
        keeper.set_passphrase(mara, "four old owls at noon")
        phone = Authenticator(origin="https://hub.home")
        answer = phone.make(keeper.passkey_options(mara, "hub.home"))
        keeper.passkey_keep(
            mara, answer, rp_id="hub.home", origin_url=phone.origin, label="her phone"
        )
    shown = evenfall("--home", home, "people")
    for words in ("phone", "tablet", "[b]gran[/b]", "encrypted", "bedside,"):
        assert words in shown.out, words
    assert "Mara can also come in by the passkey her phone, a passphrase." in shown.said
    as_json = evenfall("--home", home, "people", "--json")
    found = as_json.json()
    assert {one["kind"] for one in found["screens"]} == {"member", "device", "guest"}
    assert found["passphrases"] == ["mara"] and found["passkeys"][0]["label"] == "her phone"
    assert "digest" not in as_json.out and "key" not in found["passkeys"][0]
    assert not any(token in shown.out + as_json.out for token in tokens)
    assert all(one["id"] in shown.out for one in found["screens"])


def test_a_screen_is_ended_by_its_id_while_the_hub_runs(home: Path) -> None:
    token = let_in(home, "--for", "mara")
    with hub(home) as keeper:
        assert keeper.caller(token, "locked").role == "guardian"
        (screen,) = evenfall("--home", home, "people", "--json").json()["screens"]
        assert evenfall("--home", home, "people", "--end", screen["id"]).said == "a phone is out."
        assert keeper.caller(token, "locked").role == "nobody"
    assert "no screen by that name" in refused(
        evenfall("--home", home, "people", "--end", screen["id"])
    )


def test_a_lost_phone_is_forgotten(home: Path) -> None:
    token = let_in(home, "--for", "mara")
    with hub(home) as keeper:
        mara = keeper.caller(token, "locked")
        keeper.set_passphrase(mara, "four old owls at noon")
        _, words = keeper.invite("guest", by=mara)
        keeper.claim(words, origin="plain", label="who?", knocker="x")
        ran = evenfall("--home", home, "people", "--forget", "mara")
        assert "ended 1 screen, 0 passkeys and the passphrase" in ran.said
        assert "Screens Mara let in are still in" in ran.said
        assert keeper.caller(token, "locked").role == "nobody"
        with pytest.raises(EvenfallError):
            keeper.sign_in("mara", "four old owls at noon", origin="here", label="", knocker="x")
    again = evenfall("--home", home, "people", "--forget", "mara", "--json").json()
    assert (again["screens"], again["passkeys"], again["passphrase"]) == (0, 0, False)
    assert [one["by"] for one in again["let_in_by_them"]] == ["mara"]
    assert "who is not known here" in refused(evenfall("--home", home, "people", "--forget", "bob"))


def test_what_cannot_be_ended_is_told(home: Path) -> None:
    for words in (["--end", "x"], ["--forget", "mara"]):
        assert "no screen let in yet" in refused(evenfall("--home", home, "people", *words))
    both = evenfall("--home", home, "people", "--end", "x", "--forget", "mara")
    assert "one of the two" in refused(both)
    assert not Home(home).access_database.exists()


def test_someone_who_moved_out_is_still_shown_and_forgotten(home: Path) -> None:
    let_in(home, "--for", "tomas")
    file = home / "household.yaml"
    file.write_text(
        re.sub(r"  - id: tomas\n.*?(?=  - id: ilay)", "", file.read_text(), flags=re.DOTALL)
        .replace("mara, tomas", "mara")
        .replace("tomas, mara", "mara")
    )
    assert "tomas (not" in evenfall("--home", home, "people").said
    assert evenfall("--home", home, "people", "--forget", "tomas", "--json").json()["screens"] == 1


def test_a_damaged_list_is_told_with_its_mend(home: Path) -> None:
    Home(home).access_database.write_bytes(b"no database at all, but text " * 99)
    for command in ("pair", "people"):
        assert "move the file aside" in refused(evenfall("--home", home, command))


# --- No backup carries a key -------------------------------------------------------------------


@pytest.mark.safety("H-60")
def test_neither_a_backup_nor_an_export_carries_a_key(home: Path, tmp_path: Path) -> None:
    token = let_in(home, "--for", "mara")
    (home / "home-assistant.token").write_text("made up")
    with hub(home) as keeper:  # open while it is backed up, so that its journal is there as well
        keeper.set_passphrase(keeper.caller(token, "locked"), "four old owls at noon")
        plain = evenfall("--home", home, "backup", tmp_path / "plain.zip", "--json").json()
        whole = tmp_path / "whole.zip"
        assert evenfall("--home", home, "backup", whole, "--with-secrets").code == 0
        assert evenfall("--home", home, "export", tmp_path / "out").code == 0
    assert plain["left_out"] == ["home-assistant.token"]
    for file in (tmp_path / "plain.zip", whole):
        assert not [name for name in zipfile.ZipFile(file).namelist() if "access" in name]
    assert not list((tmp_path / "out").rglob("*access*"))
    assert "access" not in (tmp_path / "out" / "README.md").read_text()
    assert evenfall("restore", whole, "--home", tmp_path / "new").code == 0
    assert "No screen is let in." in evenfall("--home", tmp_path / "new", "people").said


@pytest.mark.safety("H-60")
def test_restoring_over_a_home_leaves_its_keys_as_they_are(home: Path, tmp_path: Path) -> None:
    token = let_in(home, "--for", "mara")
    file = tmp_path / "home.zip"
    evenfall("--home", home, "backup", file)
    assert evenfall("restore", file, "--home", home, "--force").code == 0
    with hub(home) as keeper:
        assert keeper.caller(token, "locked").member == "mara"
    assert stat.S_IMODE(Home(home).access_database.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["access.db", "Access.DB", "access.db-wal", "access.db/x"])
@pytest.mark.safety("H-60")
def test_a_backup_with_a_key_in_it_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    """Else whoever sends a family a backup would let themself in."""
    file, changed = tmp_path / "home.zip", tmp_path / "changed.zip"
    (home / "harmless.txt").write_text("a key")
    evenfall("--home", home, "backup", file, "--with-secrets")
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(changed, "w") as to:
        for entry in packed.namelist():
            body = packed.read(entry)
            if entry == "manifest.json":
                body = body.replace(b"harmless.txt", name.encode())
            to.writestr(name if entry == "harmless.txt" else entry, body)
    assert "a part called" in refused(evenfall("restore", changed, "--home", tmp_path / "new"))
    assert not (tmp_path / "new").exists()
