"""Resuming TLS sessions: what a client keeps of one, and what the sessions of a server share."""

from __future__ import annotations

import weakref
from typing import Any, Optional

from sming_host.tls.errors import UsageError
from sming_host.tls.library import Library, default_library


class Resumption:
    """What a client keeps of a session. Good for one use: give it to one `Session`, and take the next from that."""

    def __init__(self, library: Library, handle: Any) -> None:
        self._library = library
        self._handle: Any = library.owned(handle, library.lib.sming_resumption_free)

    def hand_over(self, library: Library) -> Any:
        """The handle, for a session to own."""
        if library is not self._library:
            raise UsageError("a resumption is for sessions of its own library only")
        if self._handle is None:
            raise UsageError("this resumption was used already")
        handle, self._handle = self._handle, None
        self._library.ffi.gc(handle, None)
        return handle

    def free(self) -> None:
        """Forget it now."""
        if self._handle is not None:
            self._library.lock.release(self._library.lib.sming_resumption_free, self.hand_over(self._library))


class ServerShare:
    """What the sessions of one server share: those that can be resumed, and the key that was decoded last."""

    def __init__(self, library: Optional[Library] = None) -> None:
        self._library = library or default_library()
        with self._library.lock:
            handle = self._library.lib.sming_share_new()
        if handle == self._library.ffi.NULL:
            raise self._library.error(self._library.error_names.index("noMemory"))
        self.handle: Any = self._library.owned(handle, self._library.lib.sming_share_free)
        self._users: weakref.WeakSet[Any] = weakref.WeakSet()

    def attach(self, session: Any, library: Library) -> Any:
        """The handle for a session that uses the share from now until `detach`."""
        if self.handle is None:
            raise UsageError("the share was freed")
        if library is not self._library:
            raise UsageError("a share serves sessions of its own library only")
        self._users.add(session)
        return self.handle

    def detach(self, session: Any) -> None:
        """The session was freed."""
        self._users.discard(session)

    def free(self) -> None:
        """Wipe everything now. Raises `UsageError` while a session uses it that was not freed."""
        if self._users:
            raise UsageError(f"{len(self._users)} sessions still use the share: free them first")
        if self.handle is not None:
            handle, self.handle = self.handle, None
            self._library.ffi.release(handle)

    def __len__(self) -> int:
        with self._library.lock:
            return int(self._library.lib.sming_share_count(self.handle))
