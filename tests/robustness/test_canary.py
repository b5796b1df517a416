"""Nothing but usage, ids, model, times, project and session leaves a transcript: no text of a message anywhere."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cctray import catchup
from cctray.core.config import Config
from cctray.core.transcript import parse
from cctray.feed.reading import read_new
from cctray.store.store import Store
from cctray.system.paths import Paths
from tests.robustness.live_engine import live_engine
from tests.transcripts import START_MS, line, price_book

CANARY = "c4n4ry-d0-n0t-k33p"


def _whole(number: int, usage: bool) -> bytes:
    text = f"{CANARY} {number}"
    tree: dict[str, Any] = json.loads(line(START_MS + number, f"m{number}", f"r{number}"))
    tree |= {
        "cwd": f"/home/{text}", "gitBranch": text, "slug": text, "summary": text, "parentUuid": text, "uuid": text,
        "toolUseResult": {"stdout": text, "filenames": [text], text: text}, "todos": [{"content": text}], text: text,
        "version": "2.1.0", "userType": text, "error": text, "agentId": text, "attributionSkill": text,
    }  # fmt: skip
    tree["message"] |= {
        "content": [
            {"type": "text", "text": text}, {"type": "thinking", "thinking": text, "signature": text},
            {"type": "tool_use", "id": text, "name": text, "input": {text: text}},
        ],
        "stop_sequence": text, "container": text,
    }  # fmt: skip
    tree["message"]["usage"] |= {"service_tier": text, "inference_geo": text}
    if not usage:
        del tree["message"]["usage"]
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lines() -> Iterator[bytes]:
    for number in range(40):
        yield _whole(number, usage=bool(number % 3))
    yield _whole(90, usage=True)[:-60] + b"\n"  # damaged
    yield _whole(91, usage=True).replace(b'"output_tokens":20', b'"output_tokens":"20"')
    yield _whole(92, usage=True).replace(b'"r92"', b"null")
    yield (
        json.dumps(
            {"timestamp": CANARY, "message": {"usage": {"input_tokens": 1, "output_tokens": 1}}}, separators=(",", ":")
        ).encode()
        + b"\n"
    )
    yield _whole(93, usage=True)[:-60]  # being written


def test_the_parser_lets_no_text_through() -> None:
    """No event and no reason of refusal holds a piece of any other field."""
    parsed = parse(b"".join(_lines()), 0)
    assert len(parsed.events) > 20
    assert parsed.skipped
    assert CANARY not in repr(parsed)


def test_history_and_log_hold_no_text(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the file nor its side files, while it is open and after it was closed, nor what was said."""
    caplog.set_level(logging.DEBUG)
    path = home / ".claude" / "projects" / "p" / "s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(_lines()))
    place = Paths(config_dir=home / "config", data_dir=home / "data", log_dir=home / "data" / "log")
    place.make()
    store = Store.open(place.store_file, price_book())
    store.record(list(read_new(str(path), None)), 0)
    assert (place.data_dir / "history.sqlite-wal").stat().st_size > 0
    _assert_clean(place.data_dir)
    store.close()
    told = catchup.run(place, Config(), lambda reading: None)
    assert told.complaints() == []
    _assert_clean(place.data_dir)
    assert CANARY not in caplog.text


def _assert_clean(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file


async def test_a_snapshot_holds_no_text(tmp_path: Path) -> None:
    """What goes to screens, the door and scripts."""
    path = tmp_path / "projects" / "p" / "s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(_lines()))
    async with live_engine(tmp_path, now_ms=START_MS + 1_000) as engine:
        await engine.catch_up()
        told = msgspec.json.encode(engine.snapshot)
    assert b'"entries":26' in told
    assert CANARY.encode() not in told
