"""The history as a command sees it: opened read-only, with the prices it asks for."""

from typing import Final

from cctray.cli.home import Home
from cctray.core.prices import PriceBook
from cctray.store.queries import History
from cctray.system import files, paths

PARITY_PRICES: Final = "prices/ccusage-20.0.24.json"
NEWER_PRICES: Final = "prices/newer.json"


def open_history(place: Home, book: PriceBook | None = None) -> History:
    """Open it; raise StoreError and its children."""
    return History.open(place.paths.store_file, book or price_book(place, is_offline=False))


def price_book(place: Home, *, is_offline: bool) -> PriceBook:
    """The bundled prices and the user's own. Offline: only what ccusage knows without the network."""
    parity = files.read(paths.resource(PARITY_PRICES)) or b""
    newer = files.read(paths.resource(NEWER_PRICES)) or b""
    book = PriceBook.from_json(parity, newer, place.config.price_overrides)
    return book.without_newer() if is_offline else book
