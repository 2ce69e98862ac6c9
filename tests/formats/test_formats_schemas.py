"""The published schemas: what the records say, valid, and fit for a real household."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from evenfall.formats.household import read_household
from evenfall.formats.located import read_located
from evenfall.formats.schemas import SCHEMAS, json_schema

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "docs" / "schemas"
DEMO = REPOSITORY / "src" / "evenfall" / "app" / "demo" / "household.yaml"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_what_the_records_say(name: str) -> None:
    published = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(name), "stale: run python tools/publish_schemas.py"


def test_nothing_else_is_published() -> None:
    published = {path.name for path in FOLDER.iterdir()}
    assert published == {f"{name}.schema.json" for name in SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_says_what_it_is(name: str) -> None:
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://evenfall.example/schemas/{name}-1.json"
    assert name in schema["title"]


def test_the_demo_home_fits_its_schema_and_a_misfit_does_not() -> None:
    validator = jsonschema.Draft202012Validator(json_schema("household"))
    text = DEMO.read_text(encoding="utf-8")
    read_household(text, "household.yaml")
    assert list(validator.iter_errors(read_located(text, "household.yaml").data)) == []
    wrong = read_located(text.replace("0.5 lx mEDI", "4lx"), "household.yaml").data
    (error,) = validator.iter_errors(wrong)
    assert list(error.absolute_path) == ["rooms", 0, "night_light"]


def test_the_tool_finds_the_published_schemas_fresh() -> None:
    tool = REPOSITORY / "tools" / "publish_schemas.py"
    run = subprocess.run(
        [sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "")
