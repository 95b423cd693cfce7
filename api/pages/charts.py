"""Charts as SVG inside pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

_WIDTH: Final = 320
_HEIGHT: Final = 200
_COLOURS: Final = ("#1f4e79", "#c0504d", "#6a994e", "#e09f3e", "#7b5ea7", "#457b9d")


def bars(
    rows: Sequence[dict[str, Any]], *, x: str, y: str, title: str, sides: Sequence[str] = ("before", "after")
) -> Markup:
    """Bars of ``y`` by ``x``, one colour for each of the ``sides`` named in the rows."""
    import altair as alt  # noqa: PLC0415 - only a page draws charts
    import vl_convert  # noqa: PLC0415 - as above

    chart = (
        alt.Chart(alt.InlineData(values=list(rows)))
        .mark_bar()
        .encode(
            x=alt.X(f"{x}:N", title=None, sort=None),
            xOffset=alt.XOffset("side:N", sort=list(sides)),
            y=alt.Y(f"{y}:Q", title=title),
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=list(sides), range=[_COLOURS[i % len(_COLOURS)] for i in range(len(sides))]),
                legend=alt.Legend(orient="bottom", title=None),
            ),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return Markup(vl_convert.vegalite_to_svg(chart.to_dict()))  # noqa: S704 - the library's own drawing of our figures
