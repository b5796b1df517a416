"""The history as a command sees it: opened read-only, with the prices it asks for."""

from cctray.cli.home import Home
from cctray.core.prices import PriceBook
from cctray.store.queries import History
from cctray.system import price_files


def open_history(place: Home, book: PriceBook | None = None) -> History:
    """Open it; raise StoreError and its children."""
    return History.open(place.paths.store_file, book or price_book(place, is_offline=False))


def price_book(place: Home, *, is_offline: bool) -> PriceBook:
    """The bundled prices and the user's own. Offline: only what ccusage knows without the network."""
    book = price_files.price_book(place.config)
    return book.without_newer() if is_offline else book
