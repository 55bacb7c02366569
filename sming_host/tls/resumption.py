"""Resuming TLS sessions: what a client keeps of one, and what the sessions of a server share."""

from __future__ import annotations

from typing import Any, Optional

from sming_host.tls.errors import UsageError
from sming_host.tls.library import Library, default_library


class Resumption:
    """What a client keeps of a session. Good for one use: give it to one `Session`, and take the next from that."""

    def __init__(self, library: Library, handle: Any) -> None:
        self._library = library
        self._handle: Any = library.ffi.gc(handle, self._release)

    def _release(self, handle: Any) -> None:
        with self._library.lock:
            self._library.lib.sming_resumption_free(handle)

    def hand_over(self) -> Any:
        """The handle, for a session to own."""
        if self._handle is None:
            raise UsageError("this resumption was used already")
        handle, self._handle = self._handle, None
        self._library.ffi.gc(handle, None)
        return handle

    def free(self) -> None:
        """Forget it now."""
        if self._handle is not None:
            self._release(self.hand_over())


class ServerShare:
    """What the sessions of one server share: those that can be resumed, and the key that was decoded last."""

    def __init__(self, library: Optional[Library] = None) -> None:
        self._library = library or default_library()
        with self._library.lock:
            handle = self._library.lib.sming_share_new()
        if handle == self._library.ffi.NULL:
            raise self._library.error(self._library.error_names.index("noMemory"))
        self.handle: Any = self._library.ffi.gc(handle, self._release)

    def _release(self, handle: Any) -> None:
        with self._library.lock:
            self._library.lib.sming_share_free(handle)

    def free(self) -> None:
        """Wipe everything now. No session may use it any more."""
        if self.handle is not None:
            handle, self.handle = self.handle, None
            self._library.ffi.gc(handle, None)
            self._release(handle)

    def __len__(self) -> int:
        with self._library.lock:
            return int(self._library.lib.sming_share_count(self.handle))
