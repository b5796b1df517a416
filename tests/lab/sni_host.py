"""A panel and a notification service without pixels: a StatusNotifier host on a private session bus, for tests.

It answers what Qt asks of a panel and does what a person does with one: click, open the menu, choose an entry.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from dbus_fast import BusType, Message, MessageType, NameFlag, Variant
from dbus_fast.aio import MessageBus

WATCHER: Final = "org.kde.StatusNotifierWatcher"
ITEM: Final = "org.kde.StatusNotifierItem"
MENU: Final = "com.canonical.dbusmenu"
NOTES: Final = "org.freedesktop.Notifications"
NOTES_PATH: Final = "/org/freedesktop/Notifications"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"

PATIENCE_S: Final = 15.0
"""A test that waits longer has failed."""
LOOK_EVERY_S: Final = 0.02

_WATCHER_XML: Final = f"""
<node><interface name="{WATCHER}">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
</interface><interface name="{PROPERTIES}">
<method name="Get"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
</interface></node>
"""


T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """One entry of the icon's menu."""

    number: int
    label: str
    is_enabled: bool
    has_picture: bool


@dataclass(frozen=True)
class Note:
    """A notification that was asked for."""

    number: int
    replaces: int
    title: str
    body: str
    actions: list[str]
    hints: dict[str, Any]


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """Look until there is something to see; `TimeoutError` if there is nothing for too long."""
    async with asyncio.timeout(PATIENCE_S):
        while not (seen := await look()):  # noqa: ASYNC110 - another process: there is no event to wait for
            await asyncio.sleep(LOOK_EVERY_S)
        return seen


class SniHost:
    """One panel. Icons that register wait in `items`, notifications in `notes`."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._item = ("", "")
        self.items: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.notes: asyncio.Queue[Note] = asyncio.Queue()
        self._note_numbers = 0
        bus.add_message_handler(self._answer)

    @classmethod
    async def start(cls, address: str, *, has_notes: bool = True) -> "SniHost":
        """A panel on the bus at that address, with or without a notification service."""
        host = cls(await MessageBus(bus_address=address, bus_type=BusType.SESSION).connect())
        if has_notes:
            await host._bus.request_name(NOTES, NameFlag.DO_NOT_QUEUE)
        await host._bus.request_name(WATCHER, NameFlag.DO_NOT_QUEUE)
        return host

    async def stop(self) -> None:
        """The panel crashes."""
        self._bus.disconnect()
        gone: Any = self._bus.wait_for_disconnect
        await gone()

    async def next_item(self) -> None:
        """Wait for an icon to register, and look at that one from now on."""
        async with asyncio.timeout(PATIENCE_S):
            self._item = await self.items.get()

    async def next_note(self) -> Note:
        """Wait for a notification."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.notes.get()

    # -- what a person does

    async def activate(self) -> None:
        """A left click on the icon."""
        await self._call(self._item[1], ITEM, "Activate", "ii", [1200, 790])

    async def choose(self, label: str) -> None:
        """A click on an entry of the menu."""
        number = next(entry.number for entry in await self.menu() if entry.label == label)
        body = [number, "clicked", Variant("s", ""), 0]
        await self._call(await self.property("Menu"), MENU, "Event", "isvu", body)

    def press(self, note: Note, action: str) -> None:
        """A click on a notification's button."""
        self._signal("ActionInvoked", "us", [note.number, action])

    def close(self, note: Note) -> None:
        """A notification goes away."""
        self._signal("NotificationClosed", "uu", [note.number, 2])

    # -- what a person sees

    async def property(self, name: str) -> Any:
        """A property of the icon."""
        return (await self._call(self._item[1], PROPERTIES, "Get", "ss", [ITEM, name]))[0].value

    async def pictures(self) -> dict[int, bytes]:
        """The icon's pictures by size: ARGB, big-endian."""
        return {width: bytes(data) for width, _height, data in await self.property("IconPixmap")}

    async def tooltip(self) -> str:
        """The icon's tooltip."""
        return str((await self.property("ToolTip"))[2])

    async def menu(self) -> list[Entry]:
        """The entries of the menu, lines between groups left out."""
        path = await self.property("Menu")
        await self._call(path, MENU, "AboutToShow", "i", [0])
        _revision, root = await self._call(path, MENU, "GetLayout", "iias", [0, -1, []])
        entries = []
        for child in root[2]:
            number, variants, _children = child.value
            told = {name: variant.value for name, variant in variants.items()}
            if told.get("type") != "separator":
                label = told.get("label", "").replace("_", "")
                entries.append(Entry(number, label, told.get("enabled", True), "icon-data" in told))
        return entries

    # -- the bus

    async def _call(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> list[Any]:
        message = Message(
            destination=self._item[0], path=path, interface=interface, member=member, signature=signature, body=body
        )
        async with asyncio.timeout(PATIENCE_S):
            reply = await self._bus.call(message)
        assert reply is not None
        assert reply.message_type is not MessageType.ERROR, reply.body
        return list(reply.body)

    def _signal(self, member: str, signature: str, body: list[Any]) -> None:
        self._bus.send(Message.new_signal(NOTES_PATH, NOTES, member, signature, body))

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        match message.interface, message.member:
            case "org.freedesktop.DBus.Introspectable", "Introspect" if message.path == "/StatusNotifierWatcher":
                return Message.new_method_return(message, "s", [_WATCHER_XML])
            case str(), "RegisterStatusNotifierItem":
                name = message.body[0]
                is_path = name.startswith("/")
                item = (message.sender or "", name) if is_path else (name, "/StatusNotifierItem")
                self.items.put_nowait(item)
                return Message.new_method_return(message)
            case "org.freedesktop.DBus.Properties", "Get" if message.body[0] == WATCHER:
                values = {"IsStatusNotifierHostRegistered": Variant("b", True), "ProtocolVersion": Variant("i", 0)}
                return Message.new_method_return(message, "v", [values.get(message.body[1], Variant("as", []))])
            case str(), "Notify":
                return self._note(message)
        return None

    def _note(self, message: Message) -> Message:
        _app, replaces, _icon, title, body, actions, hints, _timeout = message.body
        self._note_numbers += 1
        number = replaces or self._note_numbers
        told = {name: variant.value for name, variant in hints.items()}
        self.notes.put_nowait(Note(number, replaces, title, body, actions, told))
        return Message.new_method_return(message, "u", [number])
