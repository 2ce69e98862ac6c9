"""The core is pure, and each of the three guards that keep it so catches a planted violation.

Guard 1 is import-linter (what may import what), guard 2 is ruff (what may be named), guard 3
is the core run with the world out of reach. A guard that lets its plant through is broken.
"""

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "evenfall"
TOOLS = Path(sys.executable).parent
SETTINGS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
WORLDLY = {"ports", "adapters", "runtime", "guard", "app"}
PACKAGES = sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file())
CORE = [name for name in PACKAGES if name not in WORLDLY]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's settings and source, somewhere a violation may be planted."""
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "src" / "evenfall", ignore=shutil.ignore_patterns("*.pyc"))
    return tmp_path


# --- Guard 1: what may import what -------------------------------------------------------------


def lint_imports(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / "lint-imports", "--no-cache", "--no-logo"],
        cwd=copy,
        env={"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_hold_as_they_stand(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


HOUSE = "The house, high to low"


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        pytest.param("play", "import evenfall.runtime", HOUSE, id="a stage imports upwards"),
        pytest.param("play", "import evenfall.plan", HOUSE, id="a stage imports its sibling"),
        pytest.param("records", "import evenfall.formats", HOUSE, id="a noun imports a reader"),
        pytest.param("play", "import evenfall.ports", HOUSE, id="a stage imports a port"),
        pytest.param(
            "runtime",
            "from evenfall import adapters",
            "The runtime knows ports, not adapters",
            id="the runtime imports an adapter",
        ),
        pytest.param(
            "adapters",
            "import evenfall.sense",
            "Adapters know no stage of the night",
            id="an adapter imports a stage",
        ),
        pytest.param(
            "learn", "import sqlite3", "The core touches no world", id="a stage imports a store"
        ),
        pytest.param("attic", "", HOUSE, id="a package in no layer"),
    ],
)
def test_a_planted_import_breaks_its_contract(
    copy: Path, module: str, line: str, contract: str
) -> None:
    package = copy / "src" / "evenfall" / module
    package.mkdir(exist_ok=True)
    (package / "__init__.py").touch()
    (package / "planted.py").write_text(f'"""A plant."""\n\n{line}\n')
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout
    assert f"{contract} BROKEN" in done.stdout


def test_the_core_contract_names_every_core_package() -> None:
    contracts = SETTINGS["tool"]["importlinter"]["contracts"]
    world = next(c for c in contracts if c["name"] == "The core touches no world")
    assert {f"evenfall.{name}" for name in CORE} <= set(world["source_modules"])


# --- Guard 2: what may be named ----------------------------------------------------------------

PLANTED = {
    "datetime.datetime.now": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)",
    "datetime.datetime.utcnow": "from datetime import datetime\n\nNOW = datetime.utcnow()",
    "datetime.datetime.today": "from datetime import datetime\n\nNOW = datetime.today()",
    "datetime.date.today": "from datetime import date\n\nTODAY = date.today()",
    "time": "import time\n\nNOW = time.time()",
    "random": "from random import random\n\nDRAW = random()",
    "secrets": "import secrets\n\nDRAW = secrets.token_hex()",
    "uuid": "from uuid import uuid4\n\nDRAW = uuid4()",
    "numpy.random": "import numpy as np\n\nDRAW = np.random.default_rng()",
    "os": "import os\n\nHOME = os.environ",
    "io": "import io\n\nTEXT = io.open",
    "pathlib": "from pathlib import Path\n\nHERE = Path()",
    "socket": "import socket\n\nDOOR = socket.socket()",
    "subprocess": "import subprocess\n\nCHILD = subprocess.Popen",
    "shutil": "import shutil\n\nCOPY = shutil.copy",
    "sqlite3": "import sqlite3\n\nSTORE = sqlite3.connect",
    "urllib": "from urllib.request import urlopen\n\nFETCH = urlopen",
    "zoneinfo.ZoneInfo": 'from zoneinfo import ZoneInfo\n\nZONE = ZoneInfo("Europe/Lisbon")',
    "tempfile": "import tempfile\n\nFOLDER = tempfile.mkdtemp",
    "glob": "import glob\n\nFILES = glob.glob",
    "http": "import http.client\n\nFETCH = http.client.HTTPConnection",
    "asyncio": "import asyncio\n\nWAIT = asyncio.sleep",
    "threading": "import threading\n\nBESIDE = threading.Thread",
    "multiprocessing": "import multiprocessing\n\nBESIDE = multiprocessing.Process",
    "ctypes": "import ctypes\n\nLIBRARY = ctypes.CDLL",
    "sys": "import sys\n\nTEXT = sys.stdin",
    "importlib": "import importlib\n\nMODULE = importlib.import_module",
    "builtins": "from builtins import open as reading\n\nREAD = reading",
}


def ruff(folder: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """Every finding below the folder's src, as (file, code, message)."""
    done = subprocess.run(
        [TOOLS / "ruff", "check", "--no-cache", "--output-format=json", *arguments, "src"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    findings = json.loads(done.stdout)
    return [(str(f["filename"]), str(f["code"]), str(f["message"])) for f in findings]


# Of ruff's rules on dates, those whose calls read a clock or the machine's own zone.
READS_A_CLOCK = {"DTZ002", "DTZ003", "DTZ005", "DTZ006", "DTZ011", "DTZ012"}


def is_impure(code: str) -> bool:
    return code == "TID251" or code.startswith("PTH") or code in READS_A_CLOCK


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[str, str], None]:
    """Writes a module into an otherwise empty house with the project's settings."""
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)

    def write(module: str, body: str) -> None:
        path = tmp_path / "src" / "evenfall" / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""A plant."""\n\n{body}\n')

    return write


def test_every_banned_name_is_planted_once() -> None:
    banned = SETTINGS["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    assert set(banned) == set(PLANTED)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_name_is_banned_in_the_core(
    tmp_path: Path, plant: Callable[[str, str], None], name: str
) -> None:
    plant("play/planted.py", PLANTED[name])
    banned = [message for _, code, message in ruff(tmp_path) if code == "TID251"]
    assert any(f"`{name}" in message for message in banned), banned


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param('TEXT = open("home.yaml")', "PTH123", id="open"),
        pytest.param("from datetime import datetime\n\nNOW = datetime.now()", "DTZ005", id="now"),
        pytest.param("from datetime import date\n\nNOW = date.today()", "DTZ011", id="today"),
        pytest.param('import os\n\nNAME = os.path.join("a", "b")', "PTH118", id="os.path"),
        pytest.param("print()", "T201", id="print"),
        pytest.param("from . import step", "TID252", id="relative import"),
    ],
)
def test_a_planted_name_breaks_its_second_rule_too(
    tmp_path: Path, plant: Callable[[str, str], None], body: str, code: str
) -> None:
    plant("play/planted.py", body)
    assert code in {found for _, found, _ in ruff(tmp_path)}


def test_a_module_without_a_plant_is_clean(
    tmp_path: Path, plant: Callable[[str, str], None]
) -> None:
    plant("play/planted.py", "BEAT_S = 30")
    assert ruff(tmp_path) == []


def test_only_the_layers_that_touch_the_world_may_name_it(
    tmp_path: Path, plant: Callable[[str, str], None]
) -> None:
    layers = {*PACKAGES, *WORLDLY, "physiology", "share"}
    for name in layers:
        plant(f"{name}/deep/planted.py", PLANTED["socket"])
        plant(f"{name}/planted.py", PLANTED["socket"])
    caught = {Path(file) for file, code, _ in ruff(tmp_path) if code == "TID251"}
    inside = {path.relative_to(tmp_path / "src" / "evenfall") for path in caught}
    barred = layers - WORLDLY
    both = {Path(n, "planted.py") for n in barred} | {Path(n, "deep/planted.py") for n in barred}
    assert inside == both


WORLDLY_BUILTINS = {"open", "input", "breakpoint", "__import__", "__builtins__", "eval", "exec"}


def worldly_builtins(source: str) -> set[str]:
    """The built-in names a module uses that ruff sees only when they are called plainly."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return names & WORLDLY_BUILTINS


@pytest.mark.parametrize("name", sorted(WORLDLY_BUILTINS))
def test_a_planted_builtin_is_seen_by_any_use(name: str) -> None:
    assert worldly_builtins(f"reading = {name}") == {name}


@pytest.mark.parametrize("layer", CORE)
def test_the_core_uses_no_builtin_that_reaches_the_world(layer: str) -> None:
    used = {
        str(path): worldly_builtins(path.read_text()) for path in (PACKAGE / layer).rglob("*.py")
    }
    assert {path: names for path, names in used.items() if names} == {}


def test_the_core_is_clean_even_where_a_comment_asks_for_silence() -> None:
    found = ruff(REPOSITORY, "--ignore-noqa")
    core = [f for f in found if Path(f[0]).relative_to(PACKAGE).parts[0] not in WORLDLY]
    assert [f for f in core if is_impure(f[1])] == []


def test_the_one_named_exception_draws_chance_and_nothing_else() -> None:
    """`rehearse/chance.py` may name chance; held without its exception, that is all it names."""
    found = ruff(REPOSITORY, "--config", "lint.per-file-ignores={}")
    messages = [text for file, code, text in found if file.endswith("rehearse/chance.py")]
    banned = [text for text in messages if "is banned" in text]
    assert all("the core has no chance" in text for text in banned), banned


# --- The house reads well ----------------------------------------------------------------------

MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.read_text().strip()
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_every_folder_with_modules_is_a_package() -> None:
    """import-linter sees packages only: a folder without its `__init__.py` would slip past it."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [f for f in folders if not (f / "__init__.py").is_file()] == []
