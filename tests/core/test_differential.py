"""Random transcripts counted by us and by ccusage itself, named by CCTRAY_CCUSAGE (a path to its binary)."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cctray.core.calendar import WEEKDAYS, iso_ms, parse_stamp
from cctray.core.config import CostMode
from tests.core.corpus_maker import corpus
from tests.core.oneshot import Asked, book, report
from tests.core.test_parity import differences

CCUSAGE = os.environ.get("CCTRAY_CCUSAGE", "")
CASES = int(os.environ.get("CCTRAY_CASES", "40"))
"""Random corpora to compare; hundreds take minutes."""
ZONES = ("UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Asia/Kathmandu")
pytestmark = [pytest.mark.oracle, pytest.mark.skipif(not CCUSAGE, reason="CCTRAY_CCUSAGE names no binary")]


def ccusage(config: Path, *args: str) -> Any:
    """What ccusage prints as JSON."""
    command = [CCUSAGE, "claude", *args, "--json", "--offline"]
    places = {"HOME": str(config.parent), "CLAUDE_CONFIG_DIR": str(config), "TZ": "UTC"}
    done = subprocess.run(command, cwd=config.parent, env=places, capture_output=True, check=True)
    return json.loads(done.stdout)


def written(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Write transcripts below a config folder; their contents by full path."""
    found = {}
    for name, data in files.items():
        path = folder / "config" / "projects" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        found[str(path)] = data
    return found


def _normal(found: Any) -> Any:
    """`session --id` repeats time stamps as they were written, which we do not keep: they are told in one form."""
    if isinstance(found, dict) and "entries" in found:
        for entry in found["entries"]:
            entry["timestamp"] = iso_ms(parse_stamp(entry["timestamp"]) or 0)
    return found


@pytest.mark.parametrize("seed", range(CASES))
def test_random_corpora(seed: int, tmp_path: Path) -> None:
    """Random corpora with random options give ccusage's JSON in every report."""
    files = written(tmp_path, corpus(seed))
    rng = Random(-seed - 1)
    zone, mode, order = rng.choice(ZONES), rng.choice(list(CostMode)), rng.choice(("asc", "desc"))
    args = ["--timezone", zone, "--mode", mode.value, "--order", order]
    asked: dict[str, Any] = {"zone": zone, "mode": mode, "newest_first": order == "desc"}
    if rng.random() < 0.3:
        name = rng.choice(("since", "until"))
        asked[name] = rng.choice(("2026-05-31", "2026-06-01"))
        args += [f"--{name}", asked[name]]
    start, project = rng.choice(WEEKDAYS), rng.choice(("a", "a-b", "c"))
    session, length = rng.choice(("s0", "s1", "w", "chat")), rng.choice((5, 1, 2.5, 24))
    limit = rng.choice(("max", "1000000"))
    runs: list[tuple[str, list[str], dict[str, Any]]] = [
        ("daily", [], {}),
        ("daily", ["--instances"], {"by_project": True}),
        ("daily", ["--project", project], {"project": project}),
        ("weekly", ["--start-of-week", start], {"start_of_week": start}),
        ("monthly", [], {}),
        ("session", [], {}),
        ("session", ["--id", session], {"session_id": session}),
        ("blocks", ["--token-limit", limit], {"token_limit": limit}),
        ("blocks", ["--session-length", str(length)], {"length_h": length}),
    ]
    found = []
    for kind, more, options in runs:
        theirs = _normal(ccusage(tmp_path / "config", kind, *args, *more))
        ours = json.loads(report(kind, files, Asked(**asked, **options)))
        found += differences(ours, theirs, f"{kind} {' '.join(args + more)}")
    assert found == []


@pytest.mark.parametrize("seed", range(max(CASES // 4, 1)))
def test_running_blocks(seed: int, tmp_path: Path) -> None:
    """Blocks that run now have ccusage's burn rate, projection and limit, to the minute it was asked in."""
    files = written(tmp_path, corpus(seed, time.time_ns() // 1_000_000))
    for more, options in (
        (["--active"], {"only_active": True}),
        (["--recent", "--token-limit", "3000000"], {"only_recent": True, "token_limit": "3000000"}),
        (["--token-limit", "max"], {"token_limit": "max"}),
    ):
        before = time.time_ns() // 1_000_000
        theirs = ccusage(tmp_path / "config", "blocks", "--timezone", "UTC", *more)
        after = time.time_ns() // 1_000_000
        tries = [json.loads(report("blocks", files, Asked(now_ms=now, **options))) for now in (before, after)]
        found = [differences(ours, theirs, f"blocks {' '.join(more)}") for ours in tries]
        assert [] in found, found[0]


def test_every_price(tmp_path: Path) -> None:
    """Every model of the tables, and spellings derived from it, costs what ccusage charges."""
    names = [name + tail for name in book().names() for tail in ("", "-20260801", "[1m]", "-fast")]
    usage = {"input_tokens": 210_000, "output_tokens": 3, "cache_read_input_tokens": 5, "speed": "fast"}
    lines = [
        {"timestamp": "2026-06-01T10:15:00.000Z", "message": {"id": str(at), "model": name, "usage": usage}}
        for at, name in enumerate(names)
    ]
    text = "\n".join(json.dumps(one, separators=(",", ":")) for one in lines)
    files = written(tmp_path, {"p/s.jsonl": text.encode()})
    theirs = ccusage(tmp_path / "config", "daily", "--timezone", "UTC")
    ours = json.loads(report("daily", files, Asked()))
    key = "modelName"
    for one in (ours, theirs):
        one["daily"][0]["modelBreakdowns"].sort(key=lambda item: item[key])
    assert differences(ours, theirs) == []
