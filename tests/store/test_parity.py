"""ccusage's recorded cases through the whole program: files on disk, the reader, the history, the command's report."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from cctray import catchup
from cctray.cli.home import Home
from cctray.cli.options import ReportOptions
from cctray.cli.report import make
from cctray.core.calendar import parse_day
from cctray.core.config import Config, CostMode
from cctray.system.paths import Paths
from tests.core.test_parity import CORPORA, EXPECTED, VECTORS, differences

needs_corpora = pytest.mark.skipif(not VECTORS.exists(), reason="the shared corpora are not here")
REPORTS = ("daily", "weekly", "monthly", "session", "blocks")


def _vectors() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["vectors"] if VECTORS.exists() else []
    return found


def _corpora() -> list[Path]:
    return sorted(EXPECTED.glob("*")) if EXPECTED.exists() else []


def _read_in(folder: Path, monkeypatch: pytest.MonkeyPatch, claude: str) -> Home:
    """A history of these Claude folders, as a first start would make it."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", claude)
    paths = Paths(config_dir=folder / "config", data_dir=folder / "data", log_dir=folder / "log")
    catchup.run(paths, Config(), lambda _: None)
    return Home(paths=paths, config=Config(), complaints=())


def _printed(home: Home, options: ReportOptions) -> object:
    return json.loads(b"".join(make(home, options).json(options)))


@needs_corpora
@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hand-made edge case gives ccusage's JSON in all five reports, from the history too."""
    for name, body in vector["files"].items():
        path = tmp_path / "claude" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body["text"].encode() if "text" in body else base64.b64decode(body["base64"]))
    home = _read_in(tmp_path, monkeypatch, str(tmp_path / "claude"))
    args = dict(zip(vector["args"][::2], vector["args"][1::2], strict=True))
    since, until = (parse_day(args[name]) if name in args else None for name in ("--since", "--until"))
    found = [
        f"{report}{line}"
        for report in REPORTS
        for line in differences(
            _printed(
                home,
                ReportOptions(
                    report=report, json=True, offline=True, on_disk=True, timezone=vector["tz"],
                    mode=CostMode(vector["mode"]), since=since, until=until,
                ),
            ),
            vector["expected"][report],
        )
    ]  # fmt: skip

    assert found == []


@needs_corpora
@pytest.mark.parametrize("expected", _corpora(), ids=lambda folder: folder.name)
def test_corpora(expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every report that ccusage printed for the real transcripts comes out of the history."""
    names = sorted(p.name for p in (CORPORA / "dev").iterdir() if (p / "projects").is_dir())
    folders = [str(CORPORA / "dev" / name) for name in (names if expected.name == "@all" else [expected.name])]
    home = _read_in(tmp_path, monkeypatch, ",".join(folders))
    found = []
    for file in sorted(expected.glob("*.json")):
        report, _, zone = file.stem.partition(".")
        name, _, extra = report.partition("-")
        options = ReportOptions(
            report=name, json=True, offline=True, on_disk=True, instances=extra == "instances",
            timezone=zone.replace("_", "/", 1) or "UTC",
        )  # fmt: skip
        found += [f"{file.stem}{line}" for line in differences(_printed(home, options), json.loads(file.read_text()))]

    assert found == []
