"""Redlines: what changed between two drafts, or between a draft and a DOCX that came back from negotiation."""

from templates.foreign_docx import RefusedDocx
from templates.redline.approved import approved_text, departures
from templates.redline.checked import stray_in_returned
from templates.redline.returned import (
    Comment,
    Returned,
    TrackedChange,
    compare_with_returned,
    read_returned,
)
from templates.redline.units import Change, Deviation, Kind, Piece, Redline, deviations, redline
from templates.redline.writers import RedlineRefused, redline_docx, redline_html

__all__ = [
    "Change",
    "Comment",
    "Deviation",
    "Kind",
    "Piece",
    "Redline",
    "RedlineRefused",
    "RefusedDocx",
    "Returned",
    "TrackedChange",
    "approved_text",
    "compare_with_returned",
    "departures",
    "deviations",
    "read_returned",
    "redline",
    "redline_docx",
    "redline_html",
    "stray_in_returned",
]
