"""Gates on what was left in a finished file: comments, tracked changes, hidden words, highlights."""

from __future__ import annotations

from collections.abc import Iterator

from templates.finished import Finished, FinishedText
from templates.gates.table import Shortfall, text_check
from templates.word_file.marks import Mark, MarkKind


@text_check("no-comments")
def no_comment_is_left(finished: Finished) -> Iterator[Shortfall]:
    """A comment is nobody's agreement, and shows the other side what the bank thought."""
    yield from left(finished, MarkKind.COMMENT, "delete it in Word", "请删除批注")


@text_check("no-tracked-changes")
def no_change_is_left_open(finished: Finished) -> Iterator[Shortfall]:
    """A text with open changes is two texts: insertions, deletions, moves and changes of format."""
    yield from left(finished, MarkKind.CHANGE, "accept or reject it in Word", "请接受或者拒绝修订")


@text_check("no-hidden-text")
def no_text_is_hidden(finished: Finished) -> Iterator[Shortfall]:
    """Words that are there and nobody sees: hidden by a style or by themselves, in no colour, no size, no box."""
    yield from left(finished, MarkKind.HIDDEN, "let it show, or delete it", "请显示或者删除该文字")


@text_check("no-highlights")
def no_draft_highlight_is_left(finished: Finished) -> Iterator[Shortfall]:
    """What a drafter marked to come back to is not finished."""
    yield from left(
        finished, MarkKind.HIGHLIGHT, "settle the passage and remove the highlight", "请确定内容并取消突出显示"
    )


def left(finished: Finished, kind: MarkKind, remedy: str, zh: str) -> Iterator[Shortfall]:
    """The marks of a kind, each with its place and its words."""
    for text in finished.texts:
        yield from (_left(text, mark, remedy, zh) for mark in text.looks.marks if mark.kind is kind)


def _left(text: FinishedText, mark: Mark, remedy: str, zh: str) -> Shortfall:
    english, chinese = mark.what
    return Shortfall(
        text.name,
        f"has {english}, {mark.place}: {mark.text!r}",
        remedy,
        f"{mark.place.zh}有{chinese}“{mark.text}”，{zh}。",
    )
