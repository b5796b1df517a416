"""Our numbers against ccusage's own, on every recorded case."""

import base64
import json
import math
from pathlib import Path
from typing import Any

import pytest

from cctray.core.calendar import parse_day
from cctray.core.config import CostMode
from tests.core.oneshot import Asked, report, transcripts

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
VECTORS = CORPORA / "ccusage-vectors.json"
EXPECTED = CORPORA / "expected" / "dev"
needs_corpora = pytest.mark.skipif(not VECTORS.exists(), reason="the shared corpora are not here")


def differences(ours: object, theirs: object, path: str = "") -> list[str]:
    """Where two JSON values differ; floats may by 1e-9, whole numbers, orders and keys may not."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if list(ours) != list(theirs):
            return [f"{path}: keys {list(ours)} != {list(theirs)}"]
        return [line for key in ours for line in differences(ours[key], theirs[key], f"{path}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{path}: {len(ours)} items != {len(theirs)}"]
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{path}[{at}]")]
    if isinstance(ours, float) and isinstance(theirs, float):
        is_same = math.isclose(ours, theirs, rel_tol=1e-9) and math.copysign(1, ours) == math.copysign(1, theirs)
    else:
        is_same = type(ours) is type(theirs) and ours == theirs
    return [] if is_same else [f"{path}: {ours!r} != {theirs!r}"]


def _vectors() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["vectors"] if VECTORS.exists() else []
    return found


def _cases() -> list[tuple[str, str]]:
    return [(folder.name, one.name) for folder in sorted(EXPECTED.glob("*")) for one in sorted(folder.glob("*.json"))]


@needs_corpora
@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    """Every hand-made edge case gives ccusage's JSON in all five reports."""
    files = {
        f"/c/{path}": body["text"].encode() if "text" in body else base64.b64decode(body["base64"])
        for path, body in vector["files"].items()
    }
    args = dict(zip(vector["args"][::2], vector["args"][1::2], strict=True))
    days = {name: parse_day(args[f"--{name}"]) for name in ("since", "until") if f"--{name}" in args}
    mode = CostMode(vector["mode"])
    asked = Asked(zone=vector["tz"], mode=mode, since=days.get("since"), until=days.get("until"))
    found = [
        line
        for kind, expected in vector["expected"].items()
        for line in differences(json.loads(report(kind, files, asked)), expected, kind)
    ]
    assert found == []


@needs_corpora
@pytest.mark.parametrize(("corpus", "name"), _cases())
def test_real_transcripts(corpus: str, name: str) -> None:
    """Real transcripts give ccusage's JSON in every report and zone."""
    folders = sorted(path.parent for path in (CORPORA / "dev").glob("*/projects"))
    chosen = folders if corpus == "@all" else [CORPORA / "dev" / corpus]
    files = {path: data for folder in chosen for path, data in transcripts(folder).items()}
    kind, _, rest = name.removesuffix(".json").partition(".")
    kind, _, option = kind.partition("-")
    asked = Asked(zone=rest.replace("America_", "America/").replace("Asia_", "Asia/") or "UTC", by_project=bool(option))
    expected = json.loads((EXPECTED / corpus / name).read_text("utf-8"))
    assert differences(json.loads(report(kind, files, asked)), expected) == []
