"""Corpora: the transcripts that are read, generated into the cache folder where they are not there yet."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from cctray.cli.demo_history import Transcript, history
from tests.benchmarks.setting import ROOT, Setting

GENERATOR: Final = ROOT.parent / "shared" / "tools" / "generate_transcripts.py"
"""Used where it is present, so that figures can be compared with those in the issue."""
PROJECTS: Final = 25
LIGHT_LINES: Final = 8
"""Of a watched file: what is watched need not be large."""
FILES_A_DAY: Final = 2
"""Fewer than the demo invents, so that enough days are asked for."""
DONE: Final = "made.json"


def corpus(setting: Setting) -> Path:
    """The Claude config folder of the first read: about `mb` MB in `files` files."""
    if setting.corpus is not None:
        return setting.corpus
    folder = setting.cache / f"corpus-{setting.mb}mb-{setting.files}-{setting.seed}"
    if not (folder / DONE).exists():
        if GENERATOR.exists():
            sizes = ["--mb", str(setting.mb), "--files", str(setting.files), "--seed", str(setting.seed)]
            subprocess.run([sys.executable, str(GENERATOR), str(folder), *sizes], check=True, stdout=subprocess.DEVNULL)
        else:
            _write(folder, padded(setting, newest(setting.files, setting.seed)))
        (folder / DONE).write_text(json.dumps(summary(folder)))
    return folder


def watched(setting: Setting) -> Path:
    """A Claude config folder with many small files."""
    folder = setting.cache / f"watched-{setting.watched}-{setting.seed}"
    if not (folder / DONE).exists():
        files = newest(setting.watched, setting.seed)
        _write(folder, (msgspec.structs.replace(file, lines=file.lines[:LIGHT_LINES]) for file in files))
        (folder / DONE).write_text(json.dumps(summary(folder)))
    return folder


def summary(folder: Path) -> dict[str, int]:
    """Files and bytes of a corpus."""
    sizes = [path.stat().st_size for path in (folder / "projects").rglob("*.jsonl")]
    return {"files": len(sizes), "bytes": sum(sizes)}


def newest(count: int, seed: int) -> list[Transcript]:
    """So many made-up transcripts, spread over many projects; the last one ends on a fixed day."""
    fixed_ms = 1_795_000_000_000
    files = history(seed, fixed_ms, count // FILES_A_DAY)[-count:]
    return [msgspec.structs.replace(file, path=_spread(file.path, number)) for number, file in enumerate(files)]


def _spread(path: str, number: int) -> str:
    projects, folder, rest = path.split("/", 2)
    # A subagent's file lies below its session's folder; a number by the session keeps them together.
    session = rest.split("/")[0].removesuffix(".jsonl")
    return f"{projects}/{folder}-{int(session[:4], 16) % PROJECTS:02d}/{rest}" if session else f"{path}{number}"


def padded(setting: Setting, files: list[Transcript]) -> Iterable[Transcript]:
    """The same transcripts with tool results as long as real ones: 1 to 50 KB, log-uniform."""
    chance = Random(setting.seed)
    plain = sum(len(line) + 1 for file in files for line in file.lines)
    people = sum(b'"type":"user"' in line for file in files for line in file.lines)
    wanted = max(0.0, setting.mb * 1e6 - plain) / max(1, people)
    usual = (50_000 - 1_000) / math.log(50)
    text = "".join(chance.choices("abcdefghij klmno\n", k=60_000))

    def line(old: bytes) -> bytes:
        if b'"type":"user"' not in old:
            return old
        size = int(math.exp(chance.uniform(math.log(1_000), math.log(50_000))) * wanted / usual)
        entry: dict[str, Any] = msgspec.json.decode(old)
        entry["message"]["content"] += (text * (1 + size // len(text)))[:size]
        return msgspec.json.encode(entry)

    return (msgspec.structs.replace(file, lines=tuple(map(line, file.lines))) for file in files)


def _write(folder: Path, files: Iterable[Transcript]) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in file.lines))
        os.utime(path, ns=(file.last_ms * 1_000_000,) * 2)
