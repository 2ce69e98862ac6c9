"""Write the published JSON Schemas in docs/schemas/ from the records.

Writes only what changed. With --check it writes nothing, and exits 1 where a file is stale.
"""

import argparse
import json
import sys
from pathlib import Path

from evenfall.formats.schemas import SCHEMAS, json_schema

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "schemas"


def schema_text(name: str) -> str:
    """A schema as its published file holds it."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def stale_files() -> dict[Path, str]:
    """The files that differ from what the records say, and what they should hold."""
    wanted = {FOLDER / f"{name}.schema.json": schema_text(name) for name in SCHEMAS}
    return {
        path: text
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    }


def main() -> int:
    """Publish, or check; the exit status is 1 where a check found something stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    stale = stale_files()
    for path, text in stale.items():
        print(f"{'stale' if check else 'wrote'}: {path.relative_to(FOLDER.parent.parent)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if check and stale:
        print("mend: run python tools/publish_schemas.py")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
