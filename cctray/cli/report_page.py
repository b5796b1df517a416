"""A report for a person: title, table, and below it what a number alone would not tell. Prints; decides nothing."""

import sys
from typing import Final

from cctray.cli import home
from cctray.cli.block_tables import active_page, block_table
from cctray.cli.made import Made
from cctray.cli.options import ReportOptions
from cctray.cli.report_tables import Page, entries_table, period_table, session_table, unpriced_line
from cctray.cli.scope import scope_line

TITLES: Final = {
    "daily": "Usage by day",
    "weekly": "Usage by week",
    "monthly": "Usage by month",
    "session": "Usage by session",
    "blocks": "Usage by block",
}
BOLD: Final = "\x1b[1m{}\x1b[0m"


def show(made: Made, options: ReportOptions) -> None:
    """Print the report; what is missing is said on stderr with exit code 0, as ccusage does."""
    has_color = home.has_color(sys.stdout, asked=options.color)
    page = Page(width=home.columns(sys.stdout), has_color=has_color, days=made.days)
    document = made.document(options)
    if missing := _missing(document, options):
        print(missing, file=sys.stderr)
        return
    if options.report == "blocks":
        if options.active:
            lines = active_page(document, page, made.now_ms, made.limit)
        else:
            lines = block_table(document, options, page, made.now_ms, made.limit)
    elif options.report == "session":
        lines = session_table(document, options, page) if options.id is None else entries_table(document, options, page)
    else:
        lines = period_table(document, options, page)
    title = f"{'The running block' if options.active else TITLES[options.report]} · {made.days.zone}"
    print(BOLD.format(title) if has_color else title)
    print("\n".join([*lines, *unpriced_line(document), scope_line(made.scope, made.days)]))


def _missing(document: dict[str, object], options: ReportOptions) -> str:
    if options.id is not None:
        return "" if document else f"No session found with ID: {options.id}"
    if any(rows for name, rows in document.items() if name != "totals"):
        return ""
    if options.active:
        return "No active session block found."
    return "No usage data found. 'cctray doctor' tells where it was looked for."
