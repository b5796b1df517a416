"""The vocabulary of small shapes that view models name and painters draw: marks, tones, chips. No Qt here."""

from enum import StrEnum

from msgspec import Struct


class Mark(StrEnum):
    """Every picture there is."""

    LIVE = "live"
    IDLE = "idle"
    STALE = "stale"
    OFFLINE = "offline"
    NEARBY = "nearby"
    STAR = "star"
    BARS = "bars"
    PAUSE = "pause"
    PLAY = "play"
    GEAR = "gear"
    FOLDER = "folder"
    CHECK = "check"
    PROGRESS = "progress"
    CLOCK = "clock"
    WARNING = "warning"
    UNREACHABLE = "unreachable"
    PAIR = "pair"
    CLOSE = "close"
    CHEVRON = "chevron"
    RING = "ring"


class Tone(StrEnum):
    """What a chip or notice is about."""

    NEUTRAL = "neutral"
    WARN = "warn"
    BAD = "bad"
    TAG = "tag"
    """Says what a machine is, rather than where a number comes from."""


class Chip(Struct, frozen=True, kw_only=True):
    """A small word on a tinted ground."""

    text: str
    tone: Tone = Tone.NEUTRAL
    mark: Mark | None = None
