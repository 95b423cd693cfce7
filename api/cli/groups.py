"""Groups of commands: those imported when one of them is asked for, and those with a command that may be left out."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command


class _Later(TyperGroup):
    """A group of commands whose module is imported when one of them is asked for."""

    module = ""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(self._commands().list_commands(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of them."""
        return self._commands().get_command(ctx, cmd_name)

    def _commands(self) -> Any:  # a group of Typer's own, whose class differs between its releases
        return get_command(import_module(f"api.cli.{self.module}").app)


class _Revision(_Later):
    module = "revising"


class _Trial(_Later):
    module = "trialling"


class _Shadow(_Later):
    module = "shadowing"


class _Headroom(_Later):
    module = "reserving"


class _Templates(_Later):
    module = "templating"


class _Contract(_Later):
    module = "contracting"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command of the group is the decision to draft contracts of."""
        if args and args[0] not in ctx.help_option_names and args[0] not in self.list_commands(ctx):
            args = ["draft", *args]
        return list(super().parse_args(ctx, args))


class Shown(TyperGroup):
    """Commands of which ``show`` is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``show`` before arguments that name no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return list(super().parse_args(ctx, args if named else ["show", *args]))


LATER: Final[tuple[tuple[str, type[TyperGroup], str], ...]] = (
    ("revision", _Revision, "Revisions of products: draft, review, publish, withdraw."),
    ("trial", _Trial, "Trials of a challenger on a share of live applicants."),
    ("shadow", _Shadow, "Candidates beside live decisions, without effect on them."),
    ("headroom", _Headroom, "Guarantee headroom: what is left, reserve, draw, release."),
    ("templates", _Templates, "Contract texts: list, preview, review, withdraw."),
    (
        "contract",
        _Contract,
        "Contract sets: kedai contract DECISION drafts one; verify, attach papers, check what came back.",
    ),
)
"""Name, class and help of the groups imported when asked for."""


def add_later(app: typer.Typer) -> None:
    """Give ``app`` the groups that are imported when asked for."""
    for name, group, words in LATER:
        app.add_typer(typer.Typer(cls=group, help=words, no_args_is_help=True), name=name)
