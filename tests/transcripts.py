"""Generated transcripts: single lines with everything a line may have, and whole corpora of colliding ones."""

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cctray.core.dedupe import Copy, Slot, fold
from cctray.core.prices import PriceBook
from cctray.core.transcript import parse
from cctray.core.transcript_path import names_of
from cctray.core.usage import UsageEvent
from cctray.system import paths
from tests.unprivileged import ROOT

START_MS = 1_780_308_900_000  # 2026-06-01T10:15:00Z
MODELS = (
    "claude-opus-4-8",
    "claude-sonnet-4-5-20250929",
    "claude-haiku-4-5-20251001",
    "<synthetic>",
    "model-without-price",
)
CORPORA = ROOT.parent / "shared" / "corpora"


def stamp(at_ms: int) -> str:
    """A time as Claude Code writes it."""
    text = datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{at_ms % 1000:03d}Z"


def line(
    at_ms: int | str = START_MS,
    message: str | None = "msg_1",
    request: str | None = "req_1",
    *,
    model: str | None = "claude-opus-4-8",
    counts: tuple[int, int, int, int] = (10, 20, 30, 40),
    usage: Mapping[str, Any] | None = None,
    text: str = "hi",
    **top: Any,
) -> bytes:
    """One whole line; what is None is left out."""
    told = dict(
        zip(
            ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
            counts,
            strict=True,
        )
    )
    inner = {"id": message, "type": "message", "model": model, "content": [{"type": "text", "text": text}]}
    tree = {
        "type": "assistant",
        "timestamp": stamp(at_ms) if isinstance(at_ms, int) else at_ms,
        "requestId": request,
        "message": {key: value for key, value in inner.items() if value is not None}
        | {"usage": {**told, **(usage or {})}},
        **top,
    }
    kept = {key: value for key, value in tree.items() if value is not None}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def corpus(seed: int, files: int = 4, lines: int = 12) -> dict[str, bytes]:
    """Transcripts by path below `projects/`, full of what makes counting hard: shared ids, forks, sidechains, gaps."""
    rng = random.Random(seed)
    names = [_path(rng, number) for number in range(files)]
    found: dict[str, bytes] = {}
    for name in names:
        rows = [_line(rng, seed) for _ in range(rng.randrange(1, lines))]
        if found and rng.random() < 0.4:  # a fork begins with the lines of the session it was forked from
            other = rng.choice(list(found.values())).splitlines(keepends=True)
            rows = [*other[: rng.randrange(1, len(other) + 1)], *rows]
        if rng.random() < 0.3:
            rows[-1] = rows[-1].rstrip(b"\n")
        found[name] = b"".join(rows)
    return found


def _path(rng: random.Random, number: int) -> str:
    project, session = f"-home-dev-p{rng.randrange(2)}", f"s{number}"
    if rng.random() < 0.3:
        return f"projects/{project}/s{rng.randrange(3)}/subagents/agent-{number}.jsonl"
    return f"projects/{project}/{session}.jsonl"


def _line(rng: random.Random, seed: int) -> bytes:
    kind = rng.random()
    if kind < 0.05:
        return rng.choice(
            [b"\n", b'{"type":"user","message":{"content":"hi"}}\n', b'{"usage":{"broken\n', b"\xff\xfe\n"]
        )
    usage: dict[str, Any] = {}
    if rng.random() < 0.3:
        usage["cache_creation"] = {
            "ephemeral_5m_input_tokens": rng.randrange(30),
            "ephemeral_1h_input_tokens": rng.randrange(30),
        }
    if rng.random() < 0.3:
        usage["speed"] = rng.choice(["fast", "standard"])
    if rng.random() < 0.15:
        own = {
            "type": "advisor_message",
            "model": rng.choice(MODELS),
            "input_tokens": rng.randrange(9),
            "output_tokens": 1,
        }
        usage["iterations"] = [own] * rng.randrange(1, 3)
    top: dict[str, Any] = {}
    if rng.random() < 0.3:
        top["isSidechain"] = rng.random() < 0.7
    if rng.random() < 0.2:
        top["costUSD"] = rng.choice([0, 0.25, 1.5, 2500.0])
    if rng.random() < 0.7:
        top["sessionId"] = f"s{rng.randrange(3)}"
    huge = rng.random() < 0.03
    return line(
        START_MS + rng.randrange(6) * 400_000 + rng.randrange(2),
        rng.choice([None, *[f"m{seed}-{number}" for number in range(5)]]),
        rng.choice([None, "r1", "r2", "r3"]),
        model=rng.choice([None, *MODELS]),
        counts=(
            rng.randrange(3),
            (1 << 45) if huge else rng.randrange(5),
            rng.randrange(2) * 30,
            rng.randrange(2) * 40,
        ),
        usage=usage,
        **top,
    )


def price_book() -> PriceBook:
    """The bundled prices."""
    parity = (paths.resource("prices") / "ccusage-20.0.24.json").read_bytes()
    newer = (paths.resource("prices") / "newer.json").read_bytes()
    return PriceBook.from_json(parity, newer, {})


def folded(contents: Mapping[str, bytes], rule: int, book: PriceBook) -> list[Slot]:
    """What counts by one pass over complete files: the answer every other way has to give."""

    def cost(event: UsageEvent) -> float:
        return book.cost(event.model, event.tokens, event.is_fast) if event.logged_cost is None else event.logged_cost

    copies = [
        Copy(event=event, path=path, path_session=names_of(path).session_id)
        for path, data in contents.items()
        for event in parse(data, 0).events
    ]
    return fold(copies, rule, cost)


def write_all(base: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Put transcripts below a folder."""
    written = []
    for name, data in contents.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return written


def many(base: Path, files: int, lines: int, width: int = 300) -> int:
    """Write an ordinary history below `base/projects`; returns how many responses it holds."""
    for number in range(files):
        rows = [
            line(
                START_MS + index * 60_000,
                f"m{number}-{index}",
                f"r{number}-{index}",
                text="x" * width,
                sessionId=f"s{number}",
            )
            for index in range(lines)
        ]
        write_all(base, {f"projects/p{number % 5}/s{number}.jsonl": b"".join(rows)})
    return files * lines


@contextmanager
def snapshot_of(folder: Path) -> Iterator[None]:
    """Fail where anything below a folder (content, times, permissions, names) is not as it was."""
    before = _state(folder)
    yield
    assert _state(folder) == before


def _state(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mtime_ns, status.st_ino, status.st_mode, content)
    return found
