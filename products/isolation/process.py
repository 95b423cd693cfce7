"""The host's end of one worker process: started when it is needed, ended when it fails or nobody holds it."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import weakref
from collections.abc import Sequence
from typing import IO, Final

from products.isolation import wire
from products.isolation.faults import FaultKind, Limits, PluginFault

_GRACE_SECONDS: Final = 1.0
"""How much longer than the worker's own limit the host waits before it ends the process itself."""


class WorkerProcess:
    """One child process. Not safe for threads: its owner asks one thing at a time."""

    def __init__(self, limits: Limits, path: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # our own interpreter on our own module
            [sys.executable, "-m", "products.isolation.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _end, self._process)
        self._write(wire.Message({"path": list(path), "memory_bytes": limits.memory_bytes}, {}), 0.0)

    @property
    def number(self) -> int:
        """The process's id."""
        return self._process.pid

    def end(self) -> None:
        """End the process and wait for it; may be called again."""
        self._end()

    def ask(self, message: wire.Message, seconds: float) -> wire.Message:
        """The worker's answer; PluginFault if it is none, or none within ``seconds``. A faulty worker is ended."""
        request = wire.Message({**message.head, "seconds": seconds}, message.arrays)
        try:
            self._write(request, seconds + _GRACE_SECONDS)
            answer = wire.received(lambda count: self._read(count, seconds + _GRACE_SECONDS))
        except PluginFault:
            self.end()
            raise
        except (BrokenPipeError, wire.BadFrame) as error:
            self.end()
            raise PluginFault(FaultKind.DIED, f"Its process ended or answered garbage: {error}.") from None
        fault = answer.head.get("fault")
        if fault is not None:
            if fault != FaultKind.REFUSED:
                self.end()
            raise PluginFault(FaultKind(fault), f"{str(answer.head['cause']).rstrip('.')}.")
        return answer

    def _write(self, message: wire.Message, seconds: float) -> None:
        frame = memoryview(wire.packed(message))
        stream = _open(self._process.stdin)
        if not seconds:
            stream.write(frame)
            stream.flush()
            return
        os.set_blocking(stream.fileno(), False)
        while frame:
            _wait(stream, selectors.EVENT_WRITE, seconds)
            frame = frame[os.write(stream.fileno(), frame[: 1 << 20]) :]

    def _read(self, count: int, seconds: float) -> bytes:
        stream = _open(self._process.stdout)
        content = bytearray()
        while len(content) < count:
            _wait(stream, selectors.EVENT_READ, seconds)
            piece = os.read(stream.fileno(), min(count - len(content), 1 << 20))
            if not piece:
                raise _death(self._process)
            content += piece
        return bytes(content)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None or stream.closed:
        raise PluginFault(FaultKind.DIED, "Its process has ended.")
    return stream


def _wait(stream: IO[bytes], event: int, seconds: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, event)
        if not selector.select(seconds):
            raise PluginFault(FaultKind.TIME, f"It gave no answer within {seconds - _GRACE_SECONDS:g} seconds.")


def _death(process: subprocess.Popen[bytes]) -> PluginFault:
    code = process.wait()
    if code == 1:
        return PluginFault(FaultKind.TIME, "It was stopped because it outlasted its time.")
    return PluginFault(FaultKind.DIED, f"Its process ended with status {code}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
