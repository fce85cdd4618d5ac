"""A desktop on a bare X server, as far as JUCE needs one, with a hand on its pointer.

JUCE asks the owner of the desktop's settings for them without looking whether there is one, and takes it for granted
that a window manager has made the names it uses; Xlib then ends the process. Here both are there.
"""

import os
import socket
import struct

NAMES = """
_MOTIF_WM_HINTS _NET_ACTIVE_WINDOW _NET_FRAME_EXTENTS _NET_WM_ACTION_CLOSE _NET_WM_ACTION_FULLSCREEN
_NET_WM_ACTION_MINIMIZE _NET_WM_ACTION_RESIZE _NET_WM_ALLOWED_ACTIONS _NET_WM_ICON _NET_WM_PID _NET_WM_PING
_NET_WM_STATE _NET_WM_STATE_ABOVE _NET_WM_STATE_FULLSCREEN _NET_WM_STATE_HIDDEN _NET_WM_STATE_MAXIMIZED_HORZ
_NET_WM_STATE_MAXIMIZED_VERT _NET_WM_STATE_SKIP_TASKBAR _NET_WM_USER_TIME _NET_WM_WINDOW_TYPE
_NET_WM_WINDOW_TYPE_COMBO _NET_WM_WINDOW_TYPE_NORMAL _NET_WORKAREA _XEMBED _XEMBED_INFO WM_STATE WM_PROTOCOLS
WM_TAKE_FOCUS WM_DELETE_WINDOW UTF8_STRING CLIPBOARD TARGETS XdndAware XdndEnter XdndLeave XdndPosition XdndStatus
XdndDrop XdndFinished XdndSelection XdndTypeList XdndActionList XdndActionDescription XdndActionCopy XdndActionPrivate
""".split()

CREATE_WINDOW, INTERN_ATOM, CHANGE_PROPERTY, SET_SELECTION_OWNER = 1, 16, 18, 22
QUERY_POINTER, QUERY_EXTENSION = 38, 98
PRESS, RELEASE, MOTION = 4, 5, 6


class Desktop:
    """The X server's protocol, little-endian, of which a handful of requests is enough."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"/tmp/.X11-unix/X{os.environ['DISPLAY'].removeprefix(':')}")
        self.socket.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        state, _, words = struct.unpack("<B5sH", self._read(8))
        setup = self._read(4 * words)
        if state != 1:
            raise ConnectionError("the X server refuses")
        first_id, vendor_bytes, format_count = struct.unpack("<4xI8xH3xB10x", setup[:32])
        (self.root,) = struct.unpack_from("<I", setup, 32 + -(-vendor_bytes // 4) * 4 + 8 * format_count)
        for name in NAMES:
            self._atom(name)
        self._own_settings(first_id)
        self.xtest = self._ask(QUERY_EXTENSION, 0, struct.pack("<HH", 5, 0) + b"XTEST\0\0\0")[9]

    def _own_settings(self, window: int) -> None:
        """No setting at all is a set of settings too."""
        owner, settings = self._atom("_XSETTINGS_S0"), self._atom("_XSETTINGS_SETTINGS")
        self._send(CREATE_WINDOW, 0, struct.pack("<IIhhHHHHII", window, self.root, 0, 0, 1, 1, 0, 0, 0, 0))
        nothing = struct.pack("<B3xII", 0, 0, 0)
        head = struct.pack("<IIIB3xI", window, settings, settings, 8, len(nothing))
        self._send(CHANGE_PROPERTY, 0, head + nothing)
        self._send(SET_SELECTION_OWNER, 0, struct.pack("<III", window, owner, 0))

    def depth(self, place: tuple[int, int]) -> int:
        """Moves the pointer to a place, and counts the windows that lie on one another there."""
        self._fake(MOTION, place)
        count, window = 0, self.root
        while window != 0:
            (window,) = struct.unpack_from("<I", self._ask(QUERY_POINTER, 0, struct.pack("<I", window)), 12)
            count += 1
        return count - 1

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Moves the pointer to a place on the screen, in pixels, and drags from there to another one."""
        for kind, place in ((MOTION, start), (PRESS, start), (MOTION, end), (RELEASE, end)):
            self._fake(kind, place)

    def _fake(self, kind: int, place: tuple[int, int]) -> None:
        button = 0 if kind == MOTION else 1
        self._send(self.xtest, 2, struct.pack("<BBHII8xhh7xB", kind, button, 0, 0, self.root, *place, 0))

    def _atom(self, name: str) -> int:
        text = name.encode()
        padded = text + bytes(-len(text) % 4)
        (atom,) = struct.unpack_from("<I", self._ask(INTERN_ATOM, 0, struct.pack("<HH", len(text), 0) + padded), 8)
        return int(atom)

    def _send(self, request: int, detail: int, rest: bytes) -> None:
        self.socket.sendall(struct.pack("<BBH", request, detail, 1 + len(rest) // 4) + rest)

    def _ask(self, request: int, detail: int, rest: bytes) -> bytes:
        self._send(request, detail, rest)
        answer = self._read(32)
        if answer[0] != 1:
            raise ConnectionError(f"the X server answers {answer[:4].hex()}")
        return answer

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.socket.recv(count - len(found))
            if not more:
                raise ConnectionError("the X server has gone")
            found += more
        return found
