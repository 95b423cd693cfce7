"""Options that several commands share, each with the words of its help."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
On = Annotated[str | None, typer.Option(help="Decide as of this day, YYYY-MM-DD; today at the bank if left out.")]
By = Annotated[str, typer.Option("--by", help="The person who acts; it is kept for good.")]
ReviewedBy = Annotated[
    str, typer.Option("--by", help="The person who acts. A review is by another one than the authors.")
]
Note = Annotated[str, typer.Option(help="What there is to say.")]
Reason = Annotated[str, typer.Option("--note", help="The reason; it is kept for good.")]
