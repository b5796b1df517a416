"""The version of cctray; imports nothing, so that `cctray --version` costs nothing."""

__version__ = "0.1.0"
