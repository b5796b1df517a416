"""Where cctray keeps its own things on this machine, and where its bundled resources lie.

Only names are made here; `Paths.make` is the one call that touches the disk. Every start of the command line
pays for this import, so platformdirs (7 ms) is imported only where no folder is given.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from cctray.core.errors import CctrayError
from cctray.system import files

DATA_DIR_VARIABLE: Final = "CCTRAY_DATA_DIR"
CONFIG_DIR_VARIABLE: Final = "CCTRAY_CONFIG_DIR"

_PACKAGE: Final = Path(__file__).resolve().parents[1]


class Paths(Struct, frozen=True, kw_only=True):
    """The homes of config, state and log."""

    config_dir: Path
    """What the user chose."""
    data_dir: Path
    """What cctray learned: the store, its lock and the door."""
    log_dir: Path

    @property
    def config_file(self) -> Path:
        """The settings, JSON."""
        return self.config_dir / "config.json"

    @property
    def store_file(self) -> Path:
        """The history, SQLite."""
        return self.data_dir / "history.sqlite"

    @property
    def lock_file(self) -> Path:
        """Held by the one engine of this store."""
        return self.data_dir / "engine.lock"

    @property
    def door_dir(self) -> Path:
        """0700; holds the door file and the socket."""
        return self.data_dir / "door"

    @property
    def door_file(self) -> Path:
        """0600; tells where the running engine listens, and the token."""
        return self.door_dir / "door.json"

    @property
    def secrets_file(self) -> Path:
        """0600; used only where no keyring can be."""
        return self.data_dir / "secrets.json"

    @property
    def log_file(self) -> Path:
        """The newest of the log files."""
        return self.log_dir / "cctray.log"

    def make(self) -> None:
        """Make the folders that are missing, for this user alone; raise CctrayError where that fails."""
        for folder in (self.config_dir, self.data_dir, self.log_dir):
            files.make_private_folder(folder)


def find(environ: Mapping[str, str], data_dir: Path | None = None, config_dir: Path | None = None) -> Paths:
    """Say where things are kept: options before environment variables before the system's own places.

    A data folder of its own has its log too, so that a trial run leaves nothing elsewhere.
    """
    data = _given(data_dir, environ.get(DATA_DIR_VARIABLE))
    config = _given(config_dir, environ.get(CONFIG_DIR_VARIABLE))
    if data and config:
        return Paths(config_dir=config, data_dir=data, log_dir=data / "log")
    # WHY late: see the module's docstring.
    from platformdirs import PlatformDirs  # noqa: PLC0415

    system = PlatformDirs("cctray", appauthor=False)
    return Paths(
        config_dir=config or system.user_config_path,
        data_dir=data or system.user_data_path,
        log_dir=data / "log" if data else system.user_log_path,
    )


def resource(name: str) -> Path:
    """Find a bundled file or folder: `icons/tray.svg`; in the installed package or in a checkout."""
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (found := root / name).exists():
            return found
    raise CctrayError(f"The file {name} is missing from this installation.", "Install cctray again.")


def _given(option: Path | None, variable: str | None) -> Path | None:
    chosen = option or (Path(variable) if variable else None)
    return chosen.expanduser().absolute() if chosen else None
