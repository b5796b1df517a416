"""What every part of the popover's view is made from: Snapshot, chosen machine, moment, zone of the clock. Pure."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final
from unicodedata import category

from msgspec import Struct

from cctray.core.config import RateUnit
from cctray.core.snapshot import Machine, MachineState, Rate, Snapshot

MINUTE_MS: Final = 60_000
LONGEST_NAME: Final = 80
"""Nothing longer fits any row; cutting here keeps a hostile name from costing layout time."""

TERMINAL_CODES: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
LINE_ENDS: Final = {ord(sign): " " for sign in "\t\r\n\u2028\u2029"}
UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Unicode categories that draw nothing or reorder what follows: escapes, line ends, direction overrides."""


class Scene(Struct, frozen=True, kw_only=True):
    """One moment of one Snapshot, looked at in one scope."""

    snapshot: Snapshot
    machine: Machine | None
    """The one machine chosen, None for all."""
    now_ms: int
    zone: tzinfo
    unit: RateUnit = RateUnit.ALL_TOKENS

    @property
    def is_paused(self) -> bool:
        """Whether nothing is read at the moment."""
        return self.snapshot.paused_since_ms is not None

    @property
    def is_hub_lost(self) -> bool:
        """Whether the numbers are what the hub said last."""
        hub = self.snapshot.hub
        return hub is not None and not hub.is_this and not hub.is_reachable and not self.is_paused

    @property
    def is_live(self) -> bool:
        """Whether the numbers are of now."""
        if self.machine is not None and self.machine.state in (MachineState.STALE, MachineState.OFFLINE):
            return False
        return not self.is_paused and not self.is_hub_lost

    @property
    def as_of_ms(self) -> int | None:
        """When the numbers are from, None while live."""
        if self.is_paused:
            return self.snapshot.paused_since_ms
        if self.is_hub_lost and self.snapshot.hub is not None:
            return self.snapshot.hub.as_of_ms
        return self.machine.as_of_ms if self.machine is not None and not self.is_live else None

    @property
    def rate(self) -> Rate:
        """The live rate in scope."""
        return self.snapshot.live if self.machine is None else self.machine.rate

    @property
    def paired(self) -> tuple[Machine, ...]:
        """The machines whose numbers are known."""
        return tuple(each for each in self.snapshot.machines if each.state is not MachineState.NEARBY)

    def clock(self, at_ms: int) -> str:
        """`13:31`, with the weekday where it is not of the last or next twenty hours."""
        moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self.zone)
        is_near = abs(at_ms - self.now_ms) < 20 * 60 * MINUTE_MS
        return f"{moment:%H:%M}" if is_near else f"{moment:%a %H:%M}"


def plain(text: str, longest: int = LONGEST_NAME) -> str:
    """The text of a stranger as one harmless line: no controls, no escapes, no direction overrides, not endless."""
    spaced = TERMINAL_CODES.sub("", text[: 4 * longest]).translate(LINE_ENDS)
    kept = "".join(sign for sign in spaced if category(sign) not in UNSEEN)
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def percent(share: float) -> str:
    """`52 %`."""
    return f"{share * 100:.0f} %"
