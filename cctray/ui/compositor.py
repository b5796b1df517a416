"""Whether this screen can show see-through windows with soft shadows. Asks the X server; holds no state."""

import ctypes
import ctypes.util
import sys

from PySide6.QtGui import QGuiApplication


def is_wayland() -> bool:
    """Whether windows can be neither placed nor grabbed for (they are ordinary windows there)."""
    return QGuiApplication.platformName().startswith("wayland")


def is_composited() -> bool:
    """Whether alpha of a window reaches the screen; without a compositor X11 paints black instead."""
    if sys.platform in ("win32", "darwin") or QGuiApplication.platformName() != "xcb":
        return True
    name = ctypes.util.find_library("X11") or "libX11.so.6"
    try:
        x11 = ctypes.CDLL(name)
    except OSError:
        return False
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.argtypes = (ctypes.c_void_p, ctypes.c_ulong)
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XDefaultScreen.argtypes = (ctypes.c_void_p,)
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    atom = x11.XInternAtom(display, f"_NET_WM_CM_S{x11.XDefaultScreen(display)}".encode(), 0)
    owner = x11.XGetSelectionOwner(display, atom)
    x11.XCloseDisplay(display)
    return bool(owner)
