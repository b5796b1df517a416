"""Random transcripts full of collisions and oddities, for comparisons with ccusage itself. For tests."""

import json
from random import Random

from cctray.core.calendar import iso_ms

ODD = (
    ('"hi"', '"\\ud83d"'),
    ('"hi"', '"\\u00e9 null"'),
    ('"hi"', '{"id":null}'),
    ('"hi"', "[[[[null]]]]"),
    ('"hi"', "1e999"),
    ('"hi"', "-0"),
    ('"hi"', "[" * 125 + "]" * 125),
    ('"hi"', '{"\\ud83d":1}'),
    ('"hi"', '"\\q"'),
    ('"hi"', '"Claude AI usage limit reached|1780000000"'),
    ('"input_tokens"', '"input_tokens":1,"input_tokens"'),
    ('"input_tokens"', '"\\u0069nput_tokens"'),
    ('"input_tokens":', '"input_tokens" : '),
    ('"role"', '"id":"m0","role"'),
    ('"role"', '"cwd":null,"role"'),
    ('"role"', '"\\u0063wd":null,"role"'),
    ('"role"', '"model" : null,"role"'),
    ('"version":"2.1.0"', '"version":"2.1"'),
    ('"version":"2.1.0"', '"version":2'),
    ('"sessionId"', '"sessionId":"s0","sessionId"'),
    ('"sessionId":', '"session_id":'),
    ('"requestId":', '"isApiErrorMessage":true,"requestId":'),
    ('"requestId":', '"isApiErrorMessage":1,"requestId":'),
    ('"requestId":', '"isSidechain":"x","requestId":'),
    ('"requestId":"', '"requestId":"","x":"'),
    ('"output_tokens":', '"output_tokens":1.0,"x":'),
    ('"output_tokens":', '"output_tokens":-1,"x":'),
    ('"output_tokens":', '"cache_creation":null,"output_tokens":'),
    ('"output_tokens":', '"service_tier":null,"output_tokens":'),
    ('"output_tokens":', '"iterations":5,"output_tokens":'),
    ('"role"', '"zz":1,"zz":1,"role"'),
    ('"hi"', '{"a":1,"a":2}'),
    ('"output_tokens":', '"iterations":null,"output_tokens":'),
    ('"output_tokens":', '"cache_creation":[1,2],"output_tokens":'),
    ('"output_tokens":', '"speed":{"fast":null},"output_tokens":'),
    ('"isSidechain":', '"isSidechain":false,"isSidechain":'),
    ('"isSidechain":', '"isSidechain":1,"x":'),
    ('"content":', '"content":0,"x":'),
    ('"content":', '"contents":'),
    ('"costUSD":', '"costUSD":123456789012345678901234567890,"x":'),
    ('"costUSD":', '"costUSD":1e999,"x":'),
    ('"usage":{', '"usage": {'),
    ("{", "{ "),
    ("}", " }"),
    ("}", ""),
    (",", ",,"),
)
MODELS = (
    *("claude-opus-4-8", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001", "claude-opus-4-6", "opus"),
    *("claude-opus-4-6@default", "claude-opus-4-9", "<synthetic>", "gpt-5", "zzz", "claude-sonnet-4-20250514"),
)
FILES = (
    *("a/s0.jsonl", "a/s1.jsonl", "a-b/s0.jsonl", "a/s0/chat.jsonl", "a/s0/subagents/agent-1.jsonl", "top.jsonl"),
    *("a-b/s1/subagents/workflows/w/x.jsonl", "c/s2.jsonl", "c/s1/subagents/agent-2.jsonl", "b/projects/s3.jsonl"),
)
COUNTS = (0, 1, 7, 1500, 199_999, 200_000, 200_001, 450_000)


def maybe(rng: Random, share: float) -> bool:
    """True in a share of cases."""
    return rng.random() < share


def stamp(rng: Random, about_ms: int | None) -> str:
    """A time of a few days in 2026, few enough to collide; or within hours before `about_ms`."""
    if about_ms is not None:
        return iso_ms(about_ms - rng.randrange(0, 12 * 3_600_000))
    day, hour = rng.choice(("05-29", "05-31", "06-01", "06-02")), rng.choice((0, 4, 9, 10, 14, 15, 23))
    text = f"2026-{day}T{hour:02d}:{rng.choice((0, 15, 59)):02d}:{rng.choice((0, 1, 59)):02d}"
    return text + rng.choice(
        (".000Z", ".000Z", ".001Z", "Z", "+02:00", ".500-23:59", ".1Z") if maybe(rng, 0.3) else (".000Z",)
    )


def usage(rng: Random) -> dict[str, object]:
    """A usage object."""
    found: dict[str, object] = {"input_tokens": rng.choice(COUNTS), "output_tokens": rng.choice(COUNTS)}
    if maybe(rng, 0.8):
        found["cache_creation_input_tokens"] = rng.choice(COUNTS)
    if maybe(rng, 0.8):
        found["cache_read_input_tokens"] = rng.choice(COUNTS)
    if maybe(rng, 0.3):
        kinds = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
        found["cache_creation"] = {kind: rng.choice(COUNTS) for kind in kinds if maybe(rng, 0.8)}
    if maybe(rng, 0.3):
        found["speed"] = rng.choice(("standard", "fast"))
    return found


def line(rng: Random, about_ms: int | None) -> str:
    """A usage line: direct or nested, sound or odd."""
    counts = usage(rng)
    if maybe(rng, 0.15):
        kinds = ("advisor_message", "message", "compaction")
        counts["iterations"] = [
            {"type": rng.choice(kinds), "model": rng.choice(MODELS), **usage(rng)} for _ in range(rng.randrange(4))
        ]
    message: dict[str, object] = {"role": "assistant", "content": [{"type": "text", "text": "hi"}], "usage": counts}
    if maybe(rng, 0.9):
        message["id"] = f"m{rng.randrange(6)}"
    if maybe(rng, 0.9):
        message["model"] = rng.choice(MODELS)
    if maybe(rng, 0.4):
        message["stop_reason"] = None
    top: dict[str, object] = {"timestamp": stamp(rng, about_ms), "message": message}
    if maybe(rng, 0.6):
        top["requestId"] = f"r{rng.randrange(3)}"
    if maybe(rng, 0.4):
        top["isSidechain"] = rng.choice((True, False, None))
    if maybe(rng, 0.2):
        top["costUSD"] = rng.choice((0, 0.0, 1.5, -1, 2, 0.000123))
    session = {"sessionId": f"s{rng.randrange(4)}"} if maybe(rng, 0.7) else {}
    if maybe(rng, 0.15):
        top = {"type": "progress", **session, "data": {"type": "agent_progress", "message": top}}
    else:
        top = {"type": "assistant", "version": "2.1.0", **session, **top}
    text = json.dumps(top, separators=(",", ":"), ensure_ascii=maybe(rng, 0.5))
    if maybe(rng, 0.25):
        old, new = rng.choice(ODD)
        text = text.replace(old, new, 1)
    return text


def corpus(seed: int, about_ms: int | None = None) -> dict[str, bytes]:
    """Transcripts by path below `projects`; with `about_ms` of the hours before."""
    rng = Random(seed)
    files = rng.sample(FILES, rng.randrange(1, 7))
    ends = ("\n", "\n", "\r\n", "\n\n")
    return {
        name: "".join(line(rng, about_ms) + rng.choice(ends) for _ in range(rng.randrange(1, 14))).encode(
            "utf-8", "surrogatepass"
        )
        for name in files
    }
