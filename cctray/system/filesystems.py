"""Whether the system tells of changes below a path, by the kind of its file system.

On network and shared file systems inotify accepts watches and then stays silent about what others write; that
cannot be tried out cheaply, so the kind decides. Linux only: elsewhere the notices are taken to work.
"""

import os
import sys
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")
SILENT: Final = {
    "9p": "a folder shared with this virtual machine or WSL (9p)",
    "afs": "an AFS network folder",
    "autofs": "a folder that is mounted on demand (autofs)",
    "ceph": "a Ceph network folder",
    "cifs": "a Windows network folder (cifs)",
    "coda": "a Coda network folder",
    "davfs": "a WebDAV folder",
    "drvfs": "a Windows drive in WSL (drvfs)",
    "fakeowner": "a folder shared by Docker Desktop (fakeowner)",
    "fuse": "a FUSE file system",
    "fuseblk": "a FUSE file system",
    "glusterfs": "a Gluster network folder",
    "gpfs": "a GPFS network folder",
    "lustre": "a Lustre network folder",
    "ncpfs": "a NetWare network folder",
    "nfs": "a network folder (nfs)",
    "nfs4": "a network folder (nfs4)",
    "orangefs": "an OrangeFS network folder",
    "prl_fs": "a folder shared by Parallels",
    "smb3": "a Windows network folder (smb3)",
    "smbfs": "a Windows network folder (smbfs)",
    "vboxsf": "a folder shared by VirtualBox",
    "virtiofs": "a folder shared with this virtual machine (virtiofs)",
    "vmhgfs": "a folder shared by VMware",
}
"""Kinds whose changes from outside are not told, in words."""
PATH_FIELD: Final = 4
"""Of a line of mountinfo; the kind comes first after the lone dash."""


def notifies(path: Path) -> tuple[bool, str]:
    """Say whether changes below the path are told; if not, why, in words: "~/x lies on a network folder (nfs)".

    A path that does not exist yet counts as the folder it would lie in.
    """
    if sys.platform != "linux":
        return True, ""
    try:
        mounts = MOUNTS.read_bytes()
    except OSError:
        # Without /proc nothing speaks against notices; the feed's slow rescan stays as a net.
        return True, ""
    kind = kind_of(os.path.realpath(path), mounts)
    words = SILENT.get(kind) or (f"a FUSE file system ({kind})" if kind.startswith("fuse.") else "")
    return not words, f"{path} lies on {words}" if words else ""


def kind_of(path: str, mounts: bytes) -> str:
    """Give the kind of file system an absolute path lies on, by the text of mountinfo; empty where it does not say."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields, dash, after = line.partition(b" - ")
        words, rest = fields.split(b" "), after.split(b" ")
        if not dash or len(words) <= PATH_FIELD:
            continue
        mounted_at = _unescaped(words[PATH_FIELD])
        # Later lines cover earlier ones of the same place.
        if len(mounted_at) >= len(best) and _is_below(path, mounted_at):
            best, kind = mounted_at, rest[0].decode("utf-8", "replace")
    return kind


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _unescaped(field: bytes) -> str:
    for code in (b"\\040", b"\\011", b"\\012", b"\\134"):
        field = field.replace(code, bytes([int(code[1:], 8)]))
    return os.fsdecode(field)
