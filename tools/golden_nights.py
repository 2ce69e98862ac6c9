"""Make the golden nights anew: tests/golden/nights/*.json, from the kernel as it is.

    .venv/bin/python tools/golden_nights.py

Then read what changed (git diff tests/golden/nights) as a parent would, before it is kept.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.golden import FOLDER, golden_nights, path_of, render


def main() -> None:
    """Write every night, and take away what no longer belongs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    nights = golden_nights()
    for old in set(FOLDER.glob("*.json")) - {path_of(night) for night in nights}:
        old.unlink()
    for night in nights:
        path_of(night).write_text(render(night), encoding="utf-8")
    print(f"{len(nights)} golden nights in {FOLDER}")


if __name__ == "__main__":
    main()
