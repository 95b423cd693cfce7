"""What the kit found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One check: its name, everything it found wrong (nothing if it passed), and what it looked at."""

    name: str
    problems: tuple[str, ...]
    looked_at: str

    @property
    def passed(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


class NotConformant(AssertionError):
    """A product or programme that failed a check; the message lists every problem."""


@dataclass(frozen=True, slots=True)
class Report:
    """Every check of one product or programme."""

    subject: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(one.passed for one in self.results)

    def require(self) -> None:
        """NotConformant unless every check passed."""
        if not self.passed:
            raise NotConformant(str(self))

    def __str__(self) -> str:
        lines = [f"{self.subject}:"]
        for one in self.results:
            lines.append(f"  {'passed' if one.passed else 'FAILED'}  {one.name}: {one.looked_at}")
            lines += [f"          {problem}" for problem in one.problems]
        return "\n".join(lines)
