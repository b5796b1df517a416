"""The settings dialog: edits a copy of Config and posts it; pages come from Config's own fields and descriptions."""
