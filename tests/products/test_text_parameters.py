"""A parameter may be words, such as the instrument in force; anything else in its place is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from products.dated_yaml import BadBook
from products.parameters import Unit, load_book, parameter


@dataclass(frozen=True, slots=True)
class Words:
    instrument: str = parameter(Unit.TEXT, "依据文件", "instrument")


def book_with(folder: Path, value: str) -> Path:
    path = folder / "words.yaml"
    path.write_text(
        "book: words\nparameters:\n  instrument:\n    unit: text\n    values:\n"
        f'      2024-07-24: {{value: {value}, source: "财金〔2024〕60号", clause: "全文", verified: true}}\n',
        encoding="utf-8",
    )
    return path


def test_words_are_read_as_they_stand(tmp_path: Path) -> None:
    book = load_book(book_with(tmp_path, '"财金〔2024〕60号"'), Words)
    assert book.at(date(2024, 7, 24)).instrument == "财金〔2024〕60号"


@pytest.mark.parametrize("value", ['" "', "true", "{a: b}"])
def test_what_is_no_text_is_refused_with_its_place(tmp_path: Path, value: str) -> None:
    with pytest.raises(
        BadBook, match=r"words\.yaml: parameters\.instrument\.values\.2024-07-24\.value .*write the words"
    ):
        load_book(book_with(tmp_path, value), Words)
