"""Made-up transcripts for `cctray demo`: a function of a seed and a moment, and a stream that goes on.

Looks like what Claude Code writes: projects, sessions, subagents, several lines a response with growing usage.
Touches no file and no clock.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Final

import msgspec
from msgspec import Struct

DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000
CONTEXT_FROM: Final = 14_000
CONTEXT_TO: Final = 170_000
"""Tokens of context: a session grows from one to the other, then is compacted."""

_ID_LETTERS: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_TEXT: Final = (
    "the tray shows a burn rate while tests pass quietly and the parser reads another line of a long session about "
    "orbits lanterns rivers maps and small careful changes"
)
_WORDS: Final = tuple(_TEXT.split())
_WEEKEND: Final = (5, 6)


class Project(Struct, frozen=True):
    """A made-up project: its folder and the models used in it with their weights."""

    folder: str
    models: tuple[tuple[str, int], ...]
    weight: int


PROJECTS: Final = (
    Project("-home-ada-orbit", (("claude-opus-5", 6), ("claude-sonnet-5", 3), ("claude-haiku-4-5-20251001", 1)), 5),
    Project("-home-ada-lantern", (("claude-sonnet-5", 7), ("claude-haiku-4-5-20251001", 3)), 3),
    Project("-home-ada-tidepool", (("claude-opus-4-8", 5), ("claude-sonnet-4-5-20250929", 4)), 2),
    Project("-home-ada-dotfiles", (("claude-haiku-4-5-20251001", 1),), 1),
)


class Transcript(Struct, frozen=True):
    """One made-up file."""

    path: str
    """Relative to the Claude config folder."""
    lines: tuple[bytes, ...]
    """Without line ends."""
    last_ms: int
    """Time of its last line: the file's modification time."""


class Draft(Struct, frozen=True, kw_only=True):
    """A line but for its time."""

    session: str
    folder: str
    uuid: str
    is_sidechain: bool
    text: str
    message: str | None = None
    """Id of the response; None: a person's or a tool's line."""
    request: str = ""
    model: str = ""
    usage: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Input, output, cache write, cache read."""
    is_last: bool = False

    def line(self, at_ms: int) -> bytes:
        """Write it as Claude Code does."""
        entry: dict[str, object] = {
            "parentUuid": None,
            "isSidechain": self.is_sidechain,
            "userType": "external",
            "cwd": self.folder.replace("-", "/"),
            "sessionId": self.session,
            "version": "2.1.90",
            "gitBranch": "main",
            "type": "assistant" if self.message else "user",
            "message": self._response() if self.message else {"role": "user", "content": self.text},
            "uuid": self.uuid,
            "timestamp": _iso(at_ms),
        }
        if self.message:
            entry["requestId"] = self.request
        return msgspec.json.encode(entry)

    def _response(self) -> dict[str, object]:
        fresh, output, write, read = self.usage
        return {
            "model": self.model,
            "id": self.message,
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": self.text}],
            "stop_reason": "end_turn" if self.is_last else None,
            "stop_sequence": None,
            "usage": {
                "input_tokens": fresh,
                "cache_creation_input_tokens": write,
                "cache_read_input_tokens": read,
                "cache_creation": {"ephemeral_5m_input_tokens": write, "ephemeral_1h_input_tokens": 0},
                "output_tokens": output,
                "service_tier": "standard",
            },
        }


class Step(Struct, frozen=True):
    """One line that comes while the demo runs."""

    wait_ms: int
    """After the line before it."""
    path: str
    draft: Draft

    def line(self, at_ms: int) -> bytes:
        """Write the line as of a moment (UTC milliseconds)."""
        return self.draft.line(at_ms)


class _Writer:
    """One session under way: knows its context and writes one response after the other."""

    def __init__(self, chance: Random, project: Project, *, parent: str | None = None) -> None:
        self._chance = chance
        self._project = project
        self.session = parent or _uuid(chance)
        self._is_sidechain = parent is not None
        name = f"{self.session}/subagents/agent-{_letters(chance, 8)}" if parent else self.session
        self.path = f"projects/{project.folder}/{name}.jsonl"
        self._context = chance.randrange(CONTEXT_FROM, 2 * CONTEXT_FROM)
        self._model = _weighted(chance, project.models)

    def response(self) -> list[tuple[int, Draft]]:
        """Write the lines of the next exchange, each with the milliseconds since the line before."""
        chance = self._chance
        drafts = [(chance.randrange(800, 9_000), self._draft(_text(chance)))]
        if chance.random() < 0.04:  # noqa: PLR2004 (now and then another model)
            self._model = _weighted(chance, self._project.models)
        message, request = f"msg_01{_letters(chance, 22)}", f"req_011C{_letters(chance, 20)}"
        write, output = chance.randrange(150, 6_000), int(30 + chance.paretovariate(1.2) * 90) % 6_000
        count = chance.choices((1, 2, 3), (5, 4, 2))[0]
        for number in range(1, count + 1):
            is_last = number == count
            told = output if is_last else chance.randrange(1, 9)
            draft = self._draft(
                _text(chance),
                message=message,
                request=request,
                model=self._model,
                usage=(chance.randrange(2, 12) if number == 1 else drafts[1][1].usage[0], told, write, self._context),
                is_last=is_last,
            )
            drafts.append((chance.randrange(900, 7_000), draft))
        self._context += write + output
        if self._context > CONTEXT_TO:
            self._context = CONTEXT_FROM
        return drafts

    def _draft(
        self,
        text: str,
        *,
        message: str | None = None,
        request: str = "",
        model: str = "",
        usage: tuple[int, int, int, int] = (0, 0, 0, 0),
        is_last: bool = False,
    ) -> Draft:
        return Draft(
            session=self.session,
            folder=self._project.folder,
            uuid=_uuid(self._chance),
            is_sidechain=self._is_sidechain,
            text=text,
            message=message,
            request=request,
            model=model,
            usage=usage,
            is_last=is_last,
        )


def history(seed: int, now_ms: int, days: int) -> list[Transcript]:
    """Invent the files of the last `days` days, oldest first; nothing in them is later than `now_ms`."""
    chance = Random(f"history {seed}")  # noqa: S311 (made-up data)
    files: list[Transcript] = []
    for age in range(days - 1, -1, -1):
        is_weekend = datetime.fromtimestamp((now_ms - age * DAY_MS) / 1000, UTC).weekday() in _WEEKEND
        for _ in range(chance.randrange(0, 2) if is_weekend else chance.randrange(2, 6)):
            # Around the present time of day, so that the running block has something to show.
            start_ms = now_ms - age * DAY_MS - int(chance.triangular(10, 420, 90)) * MINUTE_MS
            files += _session(chance, start_ms, now_ms)
    if days > 0:
        files += _session(chance, now_ms - 50 * MINUTE_MS, now_ms)
        # Right now too: in the minutes after a block or a day ended there would be nothing to show of the new one.
        writer = _Writer(chance, PROJECTS[0])
        files.append(Transcript(writer.path, tuple(draft.line(now_ms) for _, draft in writer.response()), now_ms))
    return files


def _session(chance: Random, start_ms: int, until_ms: int) -> list[Transcript]:
    project = chance.choices(PROJECTS, [each.weight for each in PROJECTS])[0]
    writer = _Writer(chance, project)
    main = _written(chance, writer, start_ms, until_ms, chance.randrange(8, 110))
    if chance.random() > 0.25:  # noqa: PLR2004 (a quarter of the sessions has a subagent)
        return [main]
    agent = _Writer(chance, project, parent=writer.session)
    return [main, _written(chance, agent, min(start_ms + 4 * MINUTE_MS, until_ms), until_ms, chance.randrange(4, 30))]


def _written(chance: Random, writer: _Writer, start_ms: int, until_ms: int, responses: int) -> Transcript:
    lines: list[bytes] = []
    at_ms = last_ms = start_ms
    for _ in range(responses):
        at_ms += int(chance.expovariate(1 / 25_000))
        for wait_ms, draft in writer.response():
            at_ms += wait_ms
            if at_ms > until_ms:
                return Transcript(writer.path, tuple(lines), last_ms)
            lines.append(draft.line(at_ms))
            last_ms = at_ms
    return Transcript(writer.path, tuple(lines), last_ms)


def live(seed: int) -> Iterator[Step]:
    """Invent what comes from now on, without end: a few sessions that work, pause, end and are followed by others."""
    chance = Random(f"live {seed}")  # noqa: S311 (made-up data)
    writers = [_Writer(chance, project) for project in PROJECTS[:2]]
    while True:
        writer = chance.choice(writers)
        pause_ms = 0 if chance.random() < 0.7 else int(chance.expovariate(1 / 20_000))  # noqa: PLR2004 (bursts, then rests)
        for number, (wait_ms, draft) in enumerate(writer.response()):
            yield Step(wait_ms + (pause_ms if number == 0 else 0), writer.path, draft)
        if chance.random() < 0.03:  # noqa: PLR2004 (a session has about thirty exchanges)
            writers[writers.index(writer)] = _Writer(chance, chance.choice(PROJECTS))


def _iso(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def _uuid(chance: Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _letters(chance: Random, count: int) -> str:
    return "".join(chance.choices(_ID_LETTERS, k=count))


def _text(chance: Random) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randrange(6, 90)))


def _weighted(chance: Random, models: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([name for name, _ in models], [weight for _, weight in models])[0]
