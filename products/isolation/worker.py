"""The child process in which installed plugins run: ``python -m products.isolation.worker``.

It speaks frames (`products.isolation.wire`) over its standard input and output. The first message says where to import
from and what the process may use; then come ``portray``, ``learn`` and ``ask``, each answered by one message. Whatever
a plugin prints goes nowhere. A request that outlasts its time ends the process, whatever code it is stuck in.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from pydantic import ValidationError

import scoring
from products.isolation import checked, portrait, wire
from products.isolation.faults import FaultKind
from products.kernel import DatesOutOfOrder, Decisions, Offering, decide
from products.parameters import Book, NotInForce
from products.pricing import MarketTerms
from products.product import LoanProduct, Programme

KINDS: Final[Mapping[str, type[Any]]] = {"kedai.products": LoanProduct, "kedai.programmes": Programme}


class WrongType(TypeError):
    """An entry point names something else than its group holds."""


@dataclass(slots=True)
class Desk:
    """What the worker has been taught: values by entry point, offerings, scorecards and markets by digest."""

    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    offerings: dict[str, Offering] = field(default_factory=dict)
    scorecards: dict[str, scoring.Scorecard] = field(default_factory=dict)
    markets: dict[str, Book[MarketTerms]] = field(default_factory=dict)

    def load(self, group: str, name: str, value: str) -> Any:
        """What an entry point names; WrongType if it is neither product nor programme."""
        key = (group, name)
        if key not in self.values:
            loaded = EntryPoint(name=name, value=value, group=group).load()
            if not isinstance(loaded, KINDS[group]):
                raise WrongType(f"{value} is a {type(loaded).__name__}, not a {KINDS[group].__name__}")
            self.values[key] = loaded
        return self.values[key]

    def portray(self, head: Mapping[str, Any]) -> wire.Message:
        """The portrait of one entry point, or why there is none."""
        loaded = self.load(head["group"], head["name"], head["value"])
        drawn = portrait.of_product(loaded) if isinstance(loaded, LoanProduct) else portrait.of_programme(loaded)
        return wire.Message({"portrait": drawn.model_dump_json()}, {})

    def learn(self, message: wire.Message) -> wire.Message:
        """Keep an offering, a scorecard or a market under its digest."""
        head = message.head
        if head["what"] == "scorecard":
            self.scorecards[head["digest"]] = scoring.load(message.arrays["artefact"].tobytes())
        elif head["what"] == "market":
            self.markets[head["digest"]] = _book(head["book"], MarketTerms)
        else:
            self.offerings[head["digest"]] = self._offering(head)
        return wire.Message({}, {})

    def _offering(self, head: Mapping[str, Any]) -> Offering:
        product, programme = (self.load(*head[part]) for part in ("product", "programme"))
        return checked.offering(
            product,
            programme,
            _book(head["book"], product.book.terms),
            _book(head["programme_book"], programme.book.terms),
        )

    def ask(self, message: wire.Message) -> wire.Message:
        """What the plugins say to every application."""
        head = message.head
        offering = self.offerings[head["offering"]]
        decisions = decide(
            wire.applications(message),
            offering,
            self.scorecards[head["scorecard"]],
            on=date.fromisoformat(head["on"]),
            market=self.markets[head["market"]],
        )
        return wire.Message({}, _answers(decisions, programme=head["programme"]))


def _book(written: str, terms: type[Any]) -> Book[Any]:
    return portrait.book_of(portrait.BookPortrait.model_validate_json(written), terms)


def _answers(decisions: Decisions, *, programme: bool) -> dict[str, wire.Array]:
    """Rules, limits and conditions in the offering's order; the standing where the programme is a plugin's."""
    offering = decisions.offering
    answers: dict[str, wire.Array] = {
        "rules": decisions.answers,
        "limits": decisions.gather(
            lambda part: np.stack([part.case.limits[one.name].raw for one in offering.product.limits])
        ),
        "conditions": decisions.gather(
            lambda part: np.stack(
                [one.applies(part.case).answers for one in offering.conditions]
                or [np.empty((0, part.case.app.n), dtype=np.uint8)]
            ).reshape(len(offering.conditions), part.case.app.n)
        ),
    }
    if programme:
        answers["standing"] = decisions.gather(
            lambda part: np.stack(
                [
                    part.case.standing.size.raw,
                    part.case.standing.tier,
                    part.case.standing.title,
                    part.case.standing.titled.answers.astype(np.int64),
                ]
            )
        )
    return answers


def _limit_memory(more_bytes: int) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answer(desk: Desk, message: wire.Message) -> wire.Message:
    steps: Mapping[str, Callable[[], wire.Message]] = {
        "portray": lambda: desk.portray(message.head),
        "learn": lambda: desk.learn(message),
        "ask": lambda: desk.ask(message),
    }
    try:
        return steps[message.head["do"]]()
    except (DatesOutOfOrder, NotInForce) as error:
        return _fault(FaultKind.REFUSED, error)
    except MemoryError as error:
        return _fault(FaultKind.MEMORY, error)
    except WrongType as error:
        return _said(FaultKind.TYPE, error)
    except (checked.Rubbish, ValidationError) as error:
        return _said(FaultKind.RUBBISH, error)
    except BaseException as error:  # noqa: BLE001  # a plugin may raise anything; the host is told what
        return _fault(FaultKind.RAISED, error)


def _fault(kind: FaultKind, error: BaseException) -> wire.Message:
    return wire.Message({"fault": kind, "cause": f"{type(error).__name__}: {error}"[:1_000]}, {})


def _said(kind: FaultKind, error: Exception) -> wire.Message:
    return wire.Message({"fault": kind, "cause": str(error)[:1_000]}, {})


def _private_channel() -> tuple[BinaryIO, BinaryIO]:
    """The two ends of the host's pipes, out of reach of ``print`` and ``input``."""
    reading, writing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return reading, writing


def serve(reading: BinaryIO, writing: BinaryIO) -> None:
    """Answer messages until the host closes its end."""

    def read(count: int) -> bytes:
        content = reading.read(count)
        if len(content) < count:
            os._exit(0)
        return content

    first = wire.received(read).head
    sys.path[:] = first["path"]
    _limit_memory(first["memory_bytes"])
    desk = Desk()
    with Path(os.devnull).open("w") as nowhere:
        while True:
            message = wire.received(read)
            faulthandler.dump_traceback_later(message.head["seconds"], exit=True, file=nowhere)
            answer = _answer(desk, message)
            faulthandler.cancel_dump_traceback_later()
            writing.write(wire.packed(answer))
            writing.flush()


def main() -> None:
    """Serve, and tell a fault of the worker itself (3) from a request that outlasted its time (1)."""
    try:
        serve(*_private_channel())
    finally:
        os._exit(3)


if __name__ == "__main__":
    main()
