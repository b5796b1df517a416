"""Icon, tooltip, menu and popover: no plotting, no numpy."""
