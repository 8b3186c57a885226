"""A debugger, as far as a test needs one: QEMU's stub for gdb, asked for memory."""

from __future__ import annotations

import socket
import time
from pathlib import Path

_PATIENCE = 40.0


class MemoryDebugger:
    """As much of gdb's remote protocol as reads and writes memory; the processor stands still meanwhile."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._socket.connect(str(path))
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self._socket.settimeout(_PATIENCE)
        self._bytes = b""
        self._ask("?")

    def __enter__(self) -> MemoryDebugger:
        self._socket.sendall(b"\x03")
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._send("c")

    def go(self) -> None:
        self._send("c")

    def read(self, address: int, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += bytes.fromhex(self._ask(f"m{address + len(data):x},{min(count - len(data), 1024):x}"))
        return data

    def write(self, address: int, data: bytes) -> None:
        assert self._ask(f"M{address:x},{len(data):x}:{data.hex()}") == "OK"

    def close(self) -> None:
        self._socket.close()

    def _ask(self, text: str) -> str:
        self._send(text)
        return self._answer()

    def _send(self, text: str) -> None:
        self._socket.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())

    def _answer(self) -> str:
        while True:
            begin, end = self._bytes.find(b"$"), self._bytes.find(b"#")
            if begin >= 0 and len(self._bytes) >= end + 3 > begin:
                text = self._bytes[begin + 1 : end].decode()
                self._bytes = self._bytes[end + 3 :]
                self._socket.sendall(b"+")
                return text
            data = self._socket.recv(65536)
            if not data:
                raise EOFError("QEMU has ended")
            self._bytes += data
