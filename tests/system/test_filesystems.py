"""Which file systems tell of changes, by real lines of /proc/self/mountinfo."""

import sys
from pathlib import Path

import pytest

from cctray.system import filesystems

MOUNTINFO = rb"""
22 28 0:20 / /proc rw,relatime - proc proc rw
28 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 28 0:45 / /home rw,relatime shared:20 master:3 - nfs4 server:/export/home rw,vers=4.2
41 40 0:46 / /home/ann/local rw - xfs /dev/sdb1 rw
42 28 0:47 / /mnt/c rw,noatime - 9p drvfs rw,aname=drvfs;path=C:\134;uid=1000
43 28 0:48 / /mnt/with\040space rw - fuse.sshfs ann@server: rw
44 28 0:49 / /mnt/twice rw - cifs //server/share rw
45 44 0:50 / /mnt/twice rw - tmpfs tmpfs rw
46 28 0:51 / /mnt/share rw - smb3 //server/share rw
damaged line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/root/.claude", "ext4"),
        ("/home/ann/.claude", "nfs4"),
        ("/home/ann/local", "xfs"),
        ("/home/ann/localized", "nfs4"),
        ("/homeless", "ext4"),
        ("/mnt/c/Users/Ann", "9p"),
        ("/mnt/with space/x", "fuse.sshfs"),
        ("/mnt/twice/x", "tmpfs"),
        ("/mnt/share", "smb3"),
    ],
)
def test_kind_of(path: str, kind: str) -> None:
    """The innermost mount counts, and of two at one place the later."""
    assert filesystems.kind_of(path, MOUNTINFO) == kind


def test_an_empty_table_says_nothing() -> None:
    """Without mounts there is no kind."""
    assert filesystems.kind_of("/x", b"") == ""


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
def test_notifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent file system gives the reason in words; a link counts as what it leads to; no table, no objection."""
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(filesystems, "MOUNTS", table)
    assert filesystems.notifies(tmp_path) == (True, "")
    table.write_bytes(MOUNTINFO)
    assert filesystems.notifies(Path("/root/x")) == (True, "")
    assert filesystems.notifies(Path("/mnt/c/x")) == (
        False,
        "/mnt/c/x lies on a folder shared with this virtual machine or WSL (9p)",
    )
    assert filesystems.notifies(Path("/mnt/with space")) == (
        False,
        "/mnt/with space lies on a FUSE file system (fuse.sshfs)",
    )
    (tmp_path / "link").symlink_to("/home/ann")
    assert not filesystems.notifies(tmp_path / "link" / "missing")[0]


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
def test_this_machine() -> None:
    """The real table has a kind for the root; in a chroot it has no line for it."""
    mounts = filesystems.MOUNTS.read_bytes()
    if not any(line.split()[4:5] == [b"/"] for line in mounts.splitlines()):
        pytest.skip("the root is no mount here (a chroot)")
    assert filesystems.kind_of("/", mounts)
