"""Filling a bank's Word template in a process of its own, with limits of time, memory and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Final

import jinja2

_WORKER: Final = Path(__file__).with_name("filling_worker.py")


class FillingFailed(ValueError):
    """A template that could not be filled within its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What filling one template may use."""

    seconds: int = 10
    memory_bytes: int = 512_000_000
    output_bytes: int = 30_000_000


def filled_apart(content: bytes, texts: Mapping[str, str], blocks: Mapping[str, str], limits: Limits) -> bytes:
    """The template filled by names alone; FillingFailed says which limit was passed."""
    return _apart(content, {"texts": dict(texts), "blocks": dict(blocks)}, limits)


def expanded_apart(content: bytes, facts: Mapping[str, object], blocks: Mapping[str, str], limits: Limits) -> bytes:
    """The template with its statements run over ``facts``: texts, lists and dictionaries; FillingFailed as above."""
    libraries = str(Path(jinja2.__file__).parents[1])
    return _apart(content, {"facts": facts, "blocks": dict(blocks), "libraries": libraries}, limits)


def _apart(content: bytes, asked: Mapping[str, object], limits: Limits) -> bytes:
    head = {**asked, "seconds": limits.seconds, "memory_bytes": limits.memory_bytes}
    request = json.dumps(head).encode() + b"\n" + content
    with subprocess.Popen(  # noqa: S603 - our own interpreter on our own module
        [sys.executable, "-I", "-S", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    ) as process:
        overdue = Timer(limits.seconds, process.kill)
        overdue.start()
        try:
            answer = _exchanged(process, request, limits.output_bytes)
        finally:
            timed_out = not overdue.is_alive()
            overdue.cancel()
            process.kill()
    return _checked(answer, process.returncode, timed_out, limits)


def _exchanged(process: subprocess.Popen[bytes], request: bytes, most: int) -> bytes:
    """Send the request and read at most one byte more than ``most``."""
    writing, reading = _open(process.stdin), _open(process.stdout)
    with suppress(BrokenPipeError):
        writing.write(request)
    with suppress(BrokenPipeError):
        writing.close()
    return reading.read(most + 1)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise FillingFailed("The process that fills templates has no pipes; start it again.")
    return stream


def _checked(answer: bytes, status: int, timed_out: bool, limits: Limits) -> bytes:
    if timed_out:
        raise FillingFailed(f"The template was not filled within {limits.seconds} seconds; make it shorter.")
    if len(answer) > limits.output_bytes:
        raise FillingFailed(f"The filled template is longer than {limits.output_bytes} bytes; use fewer tags.")
    if not answer:
        raise FillingFailed(
            f"The template was not filled (status {status}): it needs more than {limits.memory_bytes} bytes of memory "
            f"or {limits.seconds} seconds, or is no template."
        )
    return answer
