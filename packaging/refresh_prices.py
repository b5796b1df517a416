"""Makes resources/prices: ccusage's offline tables from its binary, and newer models from genai-prices' data.

    python packaging/refresh_prices.py parity  path/to/ccusage          # -> ccusage-<version>.json
    python packaging/refresh_prices.py newer                            # -> newer.json (needs genai-prices installed)

Run it in a throw-away virtual environment; nothing of it is needed at run time. The binary holds three raw-deflate
streams of JSON (LiteLLM's subset, models.dev's snapshot, catalog rules). Its built-in entries are code, so their
rates are asked for: a transcript with one token of each kind costs exactly one rate.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PRICES = ROOT / "resources" / "prices"
SMALLEST_STREAM = 3000
"""Bytes of text below which a chance hit of the inflater is not one of the tables."""
BUILT_IN = (
    *("claude-opus-4-5", "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-haiku-4-5", "claude-opus-4"),
    *("claude-sonnet-4-6", "claude-sonnet-4", "claude-3-5-haiku", "claude-3-5-haiku-20241022", "claude-3-opus"),
    *("claude-3-sonnet", "claude-3-haiku", "gpt-5", "gpt-5.5", "moonshot/kimi-k2.5", "moonshot/kimi-k2.6", "gpt-5.1"),
    *("gpt-5.1-codex", "gpt-5.2-codex", "gpt-5.3-codex", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano"),
    *("gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "glm-4.5", "zai/glm-4.5", "zai/glm-4.5-x", "zai/glm-4.5-air"),
    *(
        "zai/glm-4.5-airx",
        "zai/glm-4.5v",
        "zai/glm-4-32b-0414-128k",
        "zai/glm-4.5-flash",
        "glm-4.6",
        "glm-4.7",
        "glm-5",
    ),
    *("glm-5-turbo", "glm-5.1", "grok-4.3"),
)
"""Names ccusage's code sets rates for, besides the tables; those it lacks in a version are found unpriced."""
EXACT = ("deepseek-v4-flash", "deepseek-v4-pro")
"""Names whose rates in the code answer to nothing but the very name."""
MARGINAL_TIER = {"claude-sonnet-4": (6e-6, 2.25e-5, 7.5e-6, 6e-7)}
"""Rates above 200,000 tokens of built-in entries: input, output, cache write, cache read."""
FAST = {"claude-opus-4-6": 6.0, "claude-opus-4-7": 6.0, "claude-opus-4-8": 2.0}
"""Fast multipliers by prefix of the name, from the table inside the binary."""
FAST_EXACT = {
    "gpt-5.6-sol": 2.0,
    "gpt-5.6-terra": 2.0,
    "gpt-5.6-luna": 2.0,
    "gpt-5.5": 2.5,
    "gpt-5.4": 2.0,
    "gpt-5.3-codex": 2.0,
    "gpt-6-astra": 2.0,
}
ALIASES = {"gpt-5.6": "gpt-5.6-sol", "gpt-5.3-spark": "gpt-5.3-codex-spark"}

Row = list[float | int | None]
"""input, output, cache write, cache read, fast factor[, four rates above, threshold (None: each kind by itself)]."""


def streams(binary: bytes) -> list[Any]:
    """JSON values of the raw-deflate streams inside a binary."""
    found, at = [], 0
    while at < len(binary) - 100:
        text = b"" if binary[at] >> 1 & 3 != 2 else inflate(binary, at)  # noqa: PLR2004 - dynamic block
        if len(text) >= SMALLEST_STREAM:
            try:
                found.append(json.loads(text))
            except ValueError:
                text = b""
        at += 1
    return found


def inflate(binary: bytes, at: int) -> bytes:
    """What a deflate stream at a place holds; empty where there is none."""
    stream = zlib.decompressobj(-15)
    try:
        if len(stream.decompress(binary[at : at + SMALLEST_STREAM])) < SMALLEST_STREAM:
            return b""
        stream = zlib.decompressobj(-15)
        text = stream.decompress(binary[at : at + 4_000_000])
    except zlib.error:
        return b""
    return text if stream.eof else b""


def fast_of(name: str) -> float:
    """Fast multiplier of a name, as the binary's own table gives it."""
    for part in name.replace(":", "/").split("/"):
        exact = FAST_EXACT.get(part) or FAST_EXACT.get(ALIASES.get(part, ""))
        if exact:
            return exact
    for part in name.replace(".", "-").replace("@", "-").replace(":", "/").split("/"):
        for prefix, factor in FAST.items():
            rest = part[part.rfind(prefix) + len(prefix) :] if prefix in part else "x"
            if not rest or rest.startswith("-"):
                return factor
    return 1.0


def litellm_row(name: str, entry: dict[str, float]) -> Row:
    """Row of a compact LiteLLM entry."""
    rate = entry["i"]
    row: Row = [rate, entry["o"], entry.get("cc", rate * 1.25), entry.get("cr", rate * 0.1)]
    row.append(entry["fast"] if "fast" in entry else fast_of(name))
    above: Row = [entry.get(key) for key in ("ia", "oa", "cca", "cra")]
    return row if above == [None] * 4 else [*row, *above, None]


def models_dev_row(name: str, entry: dict[str, Any]) -> Row:
    """Row of a models.dev entry; its lowest context tier changes the price of the whole request."""
    cost = entry["cost"]
    rate = cost["input"] / 1e6
    row: Row = [rate, cost["output"] / 1e6]
    row.append(cost["cache_write"] / 1e6 if "cache_write" in cost else rate * 1.25)
    row.append(cost["cache_read"] / 1e6 if "cache_read" in cost else rate * 0.1)
    row.append(fast_of(name))
    tiers = [tier for tier in cost.get("tiers", ()) if tier["tier"]["type"] == "context" and tier["tier"]["size"] > 0]
    if not tiers:
        return row
    tier = min(tiers, key=lambda one: one["tier"]["size"])
    keys = ("input", "output", "cache_write", "cache_read")
    return [*row, *(tier[key] / 1e6 if key in tier else None for key in keys), tier["tier"]["size"]]


def base_name(name: str) -> str:
    """Name without the date it ends with."""
    parts = name.split("-")
    if len(parts) > 3 and [len(part) for part in parts[-3:]] == [4, 2, 2] and "".join(parts[-3:]).isdigit():  # noqa: PLR2004
        return "-".join(parts[:-3])
    return "-".join(parts[:-1]) if len(parts[-1]) == 8 and parts[-1].isdigit() and len(parts) > 1 else name  # noqa: PLR2004


def ask(ccusage: Path, lines: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Cost by printed model name of usage lines, asked of ccusage."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "config" / "projects" / "p"
        project.mkdir(parents=True)
        text = "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
        (project / "s.jsonl").write_text(text, encoding="utf-8")
        command = [str(ccusage.resolve()), "claude", "daily", "--json", "--offline", "--timezone", "UTC"]
        places = {"HOME": folder, "CLAUDE_CONFIG_DIR": str(project.parent.parent)}
        done = subprocess.run(command, cwd=folder, env=places, capture_output=True, check=True)
    rows = json.loads(done.stdout)["daily"]
    return {
        one["modelName"]: one["cost"] for row in rows for one in row["modelBreakdowns"] if "missingPricing" not in one
    }


def line_of(number: int, model: str, tokens: tuple[int, int, int, int]) -> dict[str, Any]:
    """A usage line: input, output, cache write, cache read."""
    names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    message = {"id": f"m{number}", "model": model, "usage": dict(zip(names, tokens, strict=True))}
    return {"timestamp": "2026-06-01T10:15:00.000Z", "message": message}


def asked_rates(ccusage: Path, names: Iterable[str]) -> dict[str, list[float]]:
    """Rates of each name ccusage prices: one token of each kind at a time."""
    known = list(names)
    kinds = [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]
    found = [ask(ccusage, (line_of(at, name, kind) for at, name in enumerate(known))) for kind in kinds]
    return {name: [answer[name] for answer in found] for name in known if all(name in answer for answer in found)}


def parity(ccusage: Path) -> None:
    """Write ccusage-<version>.json from the binary, and check every rate of it by asking the binary."""
    version = subprocess.run([ccusage.resolve(), "--version"], capture_output=True, check=True, text=True)
    number = version.stdout.split()[-1]
    litellm, models_dev, rules = streams(ccusage.read_bytes())
    primary = {name: litellm_row(name, entry) for name, entry in litellm.items()}
    for name, rates in asked_rates(ccusage, BUILT_IN).items():
        known = primary.get(name)
        above = [*MARGINAL_TIER[name], None] if name in MARGINAL_TIER else []
        primary[name] = [*rates, *(known[4:] if known else [fast_of(name), *above])]
    others = {name: models_dev_row(name, entry) for name, entry in models_dev.items()}
    for name, row in primary.items():
        source = others.get(ALIASES.get(base_name(name), base_name(name))) or others.get(base_name(name))
        if len(row) == 5 and source and len(source) > 5:  # noqa: PLR2004 - no tier of its own
            row.extend(source[5:])
    exact_only = sorted(name for name, entry in models_dev.items() if entry.get("exactOnly"))
    exact = {name: [*rates, 1.0] for name, rates in asked_rates(ccusage, EXACT).items()}
    table = {"version": number, "aliases": ALIASES, "exact": exact, "primary": primary}
    table |= {"models_dev": others, "exact_only": exact_only}
    path = PRICES / f"ccusage-{number}.json"
    write(path, table)
    check(ccusage, path.read_bytes(), {**others, **primary})
    sys.stdout.write(f"{len(primary)} + {len(others)} models, {len(rules['authoredModelIds'])} authored\n")


def check(ccusage: Path, table: bytes, names: Iterable[str]) -> None:
    """Compare the rates of every model with what the binary charges for one token."""
    sys.path.insert(0, str(ROOT))
    from cctray.core.prices import PriceBook  # noqa: PLC0415 - the check alone needs the program

    book = PriceBook.from_json(table, b'{"models":{}}', {})
    for name, asked in asked_rates(ccusage, names).items():
        rates = book.find(name)
        ours = [] if rates is None else [rates.input, rates.output, rates.cache_5m, rates.cache_read]
        # ccusage's own reader of decimals is off by one in the last place at times.
        if len(ours) != len(asked) or not all(
            math.isclose(*pair, rel_tol=1e-12) for pair in zip(ours, asked, strict=True)
        ):
            sys.exit(f"{name} costs {asked}, not {rates}")


def newer() -> None:
    """Write newer.json: genai-prices' models of Anthropic. It is asked only for what the parity table lacks."""
    from importlib.metadata import version  # noqa: PLC0415 - tools of this one command

    from genai_prices.data import providers  # type: ignore[import-not-found]  # noqa: PLC0415

    models = next(provider.models for provider in providers if provider.id == "anthropic")
    rows = {model.id: row for model in models if (row := genai_row(model))}
    source = f"genai-prices {version('genai-prices')}"
    write(PRICES / "newer.json", {"source": source, "models": dict(sorted(rows.items()))})
    sys.stdout.write(f"{len(rows)} models\n")


def genai_row(model: Any) -> Row | None:  # noqa: ANN401 - a foreign class without types
    """Row of a genai-prices model; of prices that change with the date the last."""
    prices = model.prices[-1].prices if isinstance(model.prices, list) else model.prices
    kinds = [getattr(prices, f"{kind}_mtok", None) for kind in ("input", "output", "cache_write", "cache_read")]
    base = [None if kind is None else per_token(getattr(kind, "base", kind)) for kind in kinds]
    if base[0] is None or base[1] is None:
        return None
    base[2] = base[0] * 1.25 if base[2] is None else base[2]
    base[3] = base[0] * 0.1 if base[3] is None else base[3]
    tiers = [getattr(kind, "tiers", None) for kind in kinds]
    if not tiers[0]:
        return [*base, fast_of(model.id)]
    above = [per_token(tier[0].price) if tier else None for tier in tiers]
    return [*base, fast_of(model.id), *above, tiers[0][0].start]


def per_token(per_million: Any) -> float:  # noqa: ANN401 - a Decimal
    """US dollars per token, without the dust of the division."""
    return float(per_million / 1_000_000)


def write(path: Path, table: dict[str, Any]) -> None:
    """One compact line per table, so that it loads fast and a change can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in table.items()]
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def main() -> None:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("parity").add_argument("ccusage", type=Path)
    commands.add_parser("newer")
    options = parser.parse_args()
    if options.command == "parity":
        parity(options.ccusage)
    else:
        newer()


if __name__ == "__main__":
    main()
