"""The reference pages say what the code says, and nothing in them is left undescribed."""

from pathlib import Path
from typing import Annotated

import msgspec
import pytest
import reference
import typer
from msgspec import Meta

from evenfall.records.base import Id
from evenfall.records.limits import Limits
from evenfall.safety import limits


def test_the_committed_pages_are_what_the_code_says() -> None:
    """Mend: `.venv/bin/python tools/reference.py`."""
    assert reference.stale(reference.FOLDER) == []


def test_a_missing_and_a_changed_page_are_both_seen(tmp_path: Path) -> None:
    for name, page in reference.PAGES.items():
        (tmp_path / name).write_text(page())
    assert reference.stale(tmp_path) == []
    (tmp_path / "limits.md").write_text("# Limits\n")
    (tmp_path / "records.md").unlink()
    assert reference.stale(tmp_path) == ["records.md", "limits.md"]


@pytest.mark.safety("H-23")
def test_every_limit_stands_on_the_page_with_its_source() -> None:
    page = reference.limits_page()
    assert all(f"| `{name}` |" in page for name in Limits.__struct_fields__)
    assert all(limits.SOURCES.values())


@pytest.mark.safety("H-23")
def test_a_limit_without_a_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(limits.SOURCES, "sound_asleep_dba")
    with pytest.raises(reference.UndocumentedError, match="sound_asleep_dba has no source"):
        reference.limits_page()


class Described(msgspec.Struct):
    """A record that says what it is."""

    stay_s: Annotated[float, Meta(description="how long | it stays", ge=0)] = 30.0


class Bare(msgspec.Struct):
    """A record with a field nobody described."""

    stay_s: float


class OnlyItsKind(msgspec.Struct):
    """A record whose field says only which kind of text it is."""

    room: Id


class Silent(msgspec.Struct):
    stay_s: Annotated[float, Meta(description="how long it stays")]


def test_a_described_field_is_a_row_of_the_table() -> None:
    row = "| `stay_s` | how long \\| it stays | number, at least 0 | `30.0` |"
    assert row in reference.record_section(Described)


@pytest.mark.parametrize("record", [Bare, OnlyItsKind, Silent])
def test_an_undescribed_record_or_field_is_refused(record: type[msgspec.Struct]) -> None:
    with pytest.raises(reference.UndocumentedError, match=record.__name__):
        reference.record_section(record)


def sections(app: typer.Typer) -> list[str]:
    root = typer.main.get_command(app)
    return [reference.command_section(*pair) for pair in reference.commands(root, "evenfall")]


def test_a_described_command_shows_its_options_and_its_example() -> None:
    app = typer.Typer(help="The house.")

    @app.command()
    def sleep(
        nights: Annotated[int, typer.Option(help="how many nights", envvar="EVENFALL_N")] = 3,
    ) -> None:
        """Sleeps.

        For example:

            evenfall sleep --nights 7
        """

    @app.command()
    def wake() -> None:
        """Wakes."""

    house, sleeping, _ = sections(app)
    assert "The house." in house
    assert "| `--nights` | how many nights Also read from `EVENFALL_N`. | `3` |" in sleeping
    assert "```sh\nevenfall sleep --nights 7\n```" in sleeping


def test_a_command_without_help_is_refused() -> None:
    app = typer.Typer(help="The house.")

    @app.command()
    def sleep() -> None: ...

    with pytest.raises(reference.UndocumentedError, match="has no help"):
        sections(app)


def test_an_option_without_help_is_refused() -> None:
    app = typer.Typer(help="The house.")

    @app.command()
    def sleep(nights: int = 3) -> None:
        """Sleeps."""

    with pytest.raises(reference.UndocumentedError, match="--nights"):
        sections(app)
