"""libslirp: a whole IPv4 network in user space, bound by cffi. API: libslirp.h of 4.x, structures of version 1."""

from __future__ import annotations

import ctypes
import select
import time
from pathlib import Path
from typing import Any, Callable

import cffi

from sming_host.build import archive
from sming_host.errors import UserError

_LIBRARY = "libslirp.so.0"
# What the library needs and a machine may lack, in the order of loading.
_NEEDED = ("libpcre2-8.so.0", "libpcre.so.3", "libglib-2.0.so.0")

_DECLARATIONS = """
typedef struct Slirp Slirp;
struct in_addr { uint32_t s_addr; };
struct in6_addr { uint8_t bytes[16]; };
typedef struct {
    uint32_t version;
    int restricted;
    bool in_enabled;
    struct in_addr vnetwork;
    struct in_addr vnetmask;
    struct in_addr vhost;
    bool in6_enabled;
    struct in6_addr vprefix_addr6;
    uint8_t vprefix_len;
    struct in6_addr vhost6;
    const char *vhostname;
    const char *tftp_server_name;
    const char *tftp_path;
    const char *bootfile;
    struct in_addr vdhcp_start;
    struct in_addr vnameserver;
    struct in6_addr vnameserver6;
    const char **vdnssearch;
    const char *vdomainname;
    size_t if_mtu;
    size_t if_mru;
    bool disable_host_loopback;
    bool enable_emu;
} SlirpConfig;
typedef struct {
    ssize_t (*send_packet)(const void *data, size_t length, void *opaque);
    void (*guest_error)(const char *message, void *opaque);
    int64_t (*clock_get_ns)(void *opaque);
    void *(*timer_new)(void (*callback)(void *), void *callback_opaque, void *opaque);
    void (*timer_free)(void *timer, void *opaque);
    void (*timer_mod)(void *timer, int64_t expire_ms, void *opaque);
    void (*register_poll_fd)(int fd, void *opaque);
    void (*unregister_poll_fd)(int fd, void *opaque);
    void (*notify)(void *opaque);
} SlirpCb;
Slirp *slirp_new(const SlirpConfig *config, const SlirpCb *callbacks, void *opaque);
void slirp_cleanup(Slirp *slirp);
void slirp_pollfds_fill(Slirp *slirp, uint32_t *timeout, int (*add)(int fd, int events, void *opaque), void *opaque);
void slirp_pollfds_poll(Slirp *slirp, int error, int (*get)(int index, void *opaque), void *opaque);
void slirp_input(Slirp *slirp, const uint8_t *packet, int length);
int slirp_add_hostfwd(Slirp *slirp, int udp, struct in_addr host, int host_port, struct in_addr guest, int guest_port);
"""

# SLIRP_POLL_IN, OUT, PRI, ERR, HUP and what poll(2) calls them.
_EVENTS = ((1, select.POLLIN), (2, select.POLLOUT), (4, select.POLLPRI), (8, select.POLLERR), (16, select.POLLHUP))

ROUTER_MAC = bytes([0x52, 0x55, 10, 0, 2, 2])
DEVICE_MAC = bytes([0x02, 0x53, 0x4D, 0x49, 0x4E, 0x01])
DEVICE = bytes([10, 0, 2, 15])
_IPV4, _ARP = b"\x08\x00", b"\x08\x06"
_ARP_REQUEST = bytes([0, 1, 8, 0, 6, 4, 0, 1])
_ARP_REPLY = bytes([0, 1, 8, 0, 6, 4, 0, 2])

ffi = cffi.FFI()
ffi.cdef(_DECLARATIONS)


def load_library() -> Any:
    """Return libslirp: the machine's own, or the package archive's with what it needs."""
    try:
        return ffi.dlopen(_LIBRARY)
    except OSError:
        pass
    root = archive.tool_package("libslirp").root
    if root is None:
        raise UserError(f"there is no {_LIBRARY}", "Debian, Ubuntu: apt install libslirp0.")
    for name in (*_NEEDED, _LIBRARY):
        for path in sorted(root.glob(f"**/{name}")):
            # Found by its name from then on, by what needs it and by the line below.
            ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
            break
    try:
        return ffi.dlopen(str(_find(root, _LIBRARY)))
    except OSError as error:
        raise UserError(f"{_LIBRARY} cannot be loaded: {error}") from error


def _find(root: Path, name: str) -> Path:
    return next(iter(sorted(root.glob(f"**/{name}"))), root / name)


class Slirp:
    """One network with one device in it. Everything happens in the thread that calls `wait()`."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        """`send` gets IPv4 packets for the device."""
        self._send = send
        self._library = load_library()
        self._timers: dict[int, tuple[Any, Any, list[float]]] = {}
        self._polled: list[tuple[int, int]] = []
        self._ready: list[int] = []
        # cffi frees callbacks that nobody holds.
        self._keep: list[Any] = []
        self._add = self._callback("int(int, int, void *)", self._add_poll)
        self._get = self._callback("int(int, void *)", lambda index, _: self._ready[index])
        self._slirp = self._library.slirp_new(self._configuration(), self._callbacks(), ffi.NULL)
        if self._slirp == ffi.NULL:
            raise UserError("libslirp does not start")

    def close(self) -> None:
        """Close all connections."""
        if self._slirp is not None:
            self._library.slirp_cleanup(self._slirp)
            self._slirp = None

    def forward(self, host_port: int, device_port: int, udp: bool = False) -> None:
        """Lead connections to 127.0.0.1:`host_port` to a port of the device."""
        done = self._library.slirp_add_hostfwd(
            self._slirp, int(udp), _address(127, 0, 0, 1), host_port, _address(*DEVICE), device_port
        )
        if done != 0:
            raise UserError(f"port {host_port} of this machine is taken", "Name another one.")

    def input(self, packet: bytes) -> None:
        """Take an IPv4 packet from the device."""
        frame = ROUTER_MAC + DEVICE_MAC + _IPV4 + packet
        self._library.slirp_input(self._slirp, frame, len(frame))

    def wait(self, extra: dict[int, int], seconds: float) -> dict[int, int]:
        """Wait for sockets, timers and the descriptors in `extra` (poll events); returns what happened to these."""
        self._polled.clear()
        limit = ffi.new("uint32_t *", max(0, int(seconds * 1000)))
        self._library.slirp_pollfds_fill(self._slirp, limit, self._add, ffi.NULL)
        poll = select.poll()
        masks = dict(extra)
        for fd, events in self._polled:
            masks[fd] = masks.get(fd, 0) | events
        for fd, events in masks.items():
            poll.register(fd, events)
        now = time.monotonic()
        due = min((when[0] for _, _, when in self._timers.values()), default=now + seconds)
        timeout = min(limit[0], max(0, int((due - now) * 1000) + 1))
        happened = dict(poll.poll(timeout))
        self._ready = [_from_poll(happened.get(fd, 0)) for fd, _ in self._polled]
        self._library.slirp_pollfds_poll(self._slirp, 0, self._get, ffi.NULL)
        self._run_timers()
        return {fd: happened[fd] for fd in extra if fd in happened}

    def _run_timers(self) -> None:
        now = time.monotonic()
        for callback, opaque, when in list(self._timers.values()):
            if when[0] <= now:
                when[0] = float("inf")
                callback(opaque)

    def _add_poll(self, fd: int, events: int, _: Any) -> int:
        self._polled.append((fd, sum(poll for ours, poll in _EVENTS if events & ours)))
        return len(self._polled) - 1

    def _send_packet(self, data: Any, length: int, _: Any) -> int:
        frame = bytes(ffi.buffer(data, length))
        kind, body = frame[12:14], frame[14:]
        if kind == _IPV4:
            self._send(body[: int.from_bytes(body[2:4], "big")])
        elif kind == _ARP and body[:8] == _ARP_REQUEST and body[24:28] == DEVICE:
            reply = _ARP_REPLY + DEVICE_MAC + DEVICE + body[8:18]
            answer = frame[6:12] + DEVICE_MAC + _ARP + reply
            self._library.slirp_input(self._slirp, answer, len(answer))
        return int(length)

    def _timer_new(self, callback: Any, opaque: Any, _: Any) -> Any:
        handle = ffi.new("char[1]")
        self._timers[int(ffi.cast("intptr_t", handle))] = (callback, opaque, [float("inf")])
        self._keep.append(handle)
        return handle

    def _timer_free(self, timer: Any, _: Any) -> None:
        self._timers.pop(int(ffi.cast("intptr_t", timer)), None)

    def _timer_mod(self, timer: Any, expire_ms: int, _: Any) -> None:
        self._timers[int(ffi.cast("intptr_t", timer))][2][0] = expire_ms / 1000

    def _callback(self, kind: str, function: Callable[..., Any]) -> Any:
        made = ffi.callback(kind, function)
        self._keep.append(made)
        return made

    def _callbacks(self) -> Any:
        table: Any = ffi.new("SlirpCb *")
        table.send_packet = self._callback("ssize_t(const void *, size_t, void *)", self._send_packet)
        table.guest_error = self._callback("void(const char *, void *)", lambda *_: None)
        table.clock_get_ns = self._callback("int64_t(void *)", lambda _: time.monotonic_ns())
        table.timer_new = self._callback("void *(void(*)(void *), void *, void *)", self._timer_new)
        table.timer_free = self._callback("void(void *, void *)", self._timer_free)
        table.timer_mod = self._callback("void(void *, int64_t, void *)", self._timer_mod)
        nothing = self._callback("void(int, void *)", lambda *_: None)
        table.register_poll_fd = nothing
        table.unregister_poll_fd = nothing
        table.notify = self._callback("void(void *)", lambda _: None)
        self._keep.append(table)
        return table

    def _configuration(self) -> Any:
        config: Any = ffi.new("SlirpConfig *")
        config.version = 1
        config.in_enabled = True
        config.vnetwork = _address(10, 0, 2, 0)
        config.vnetmask = _address(255, 255, 255, 0)
        config.vhost = _address(10, 0, 2, 2)
        config.vdhcp_start = _address(*DEVICE)
        config.vnameserver = _address(10, 0, 2, 3)
        self._keep.append(config)
        return config


def _address(*octets: int) -> Any:
    address: Any = ffi.new("struct in_addr *")
    address.s_addr = int.from_bytes(bytes(octets), "little")
    return address[0]


def _from_poll(events: int) -> int:
    return sum(ours for ours, poll in _EVENTS if events & poll)
