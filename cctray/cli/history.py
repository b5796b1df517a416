"""The history as a command sees it: opened read-only, with the prices it asks for."""

from cctray.cli.home import Home
from cctray.core.prices import PriceBook
from cctray.store.queries import History
from cctray.system import files, paths

PARITY_PRICES = "prices/ccusage-20.0.24.json"
NEWER_PRICES = "prices/newer.json"


def open_history(place: Home, *, is_offline: bool = False) -> History:
    """Open it; raise StoreError and its children. Offline: priced by what ccusage knows without the network."""
    return History.open(place.paths.store_file, price_book(place, is_offline=is_offline))


def price_book(place: Home, *, is_offline: bool) -> PriceBook:
    """The bundled prices and the user's own."""
    parity = files.read(paths.resource(PARITY_PRICES)) or b""
    newer = files.read(paths.resource(NEWER_PRICES)) or b""
    book = PriceBook.from_json(parity, newer, place.config.price_overrides)
    return book.without_newer() if is_offline else book
