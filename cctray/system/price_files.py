"""The price tables that come with cctray, read and joined with the user's own prices. What a price is says `core`."""

from typing import Final

from cctray.core.config import Config
from cctray.core.errors import CctrayError
from cctray.core.prices import PriceBook
from cctray.system import files, paths

PARITY_PRICES: Final = "prices/ccusage-20.0.24.json"
NEWER_PRICES: Final = "prices/newer.json"


def price_book(config: Config) -> PriceBook:
    """The bundled prices and the user's own; raises CctrayError where the bundled ones are missing."""
    return PriceBook.from_json(_bundled(PARITY_PRICES), _bundled(NEWER_PRICES), config.price_overrides)


def _bundled(name: str) -> bytes:
    path = paths.resource(name)
    content = files.read(path)
    if content is None:
        raise CctrayError(f"{path} is missing.", "Install cctray again.")
    return content
