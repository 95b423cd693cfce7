"""Reading books of dated values: what is refused, with file, key and remedy, and which value holds on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from products.columns import Ints
from products.dated_yaml import BadBook
from products.parameters import Book, DatedValue, NotInForce, Unit, load_book, parameter

TIERS = ("high", "low")
BANDS = ("A", "B")


@dataclass(frozen=True, slots=True)
class Terms:
    cap: int = parameter(Unit.CNY, "上限", "cap")
    share: Ints = parameter(Unit.FRACTION, "比例", "share", keys=(TIERS,))
    tariff: Ints = parameter(Unit.FRACTION, "费率", "tariff", keys=(TIERS, BANDS))
    strict: bool = parameter(Unit.FLAG, "严格", "strict")
    base: int = parameter(Unit.CHOICE, "口径", "base", options=("loan", "part"))
    sizes: tuple[int, ...] = parameter(Unit.CHOICES, "规模", "sizes", options=("large", "medium", "small"))
    months: int = parameter(Unit.MONTHS, "月", "months")
    multiple: int = parameter(Unit.MULTIPLE, "倍数", "multiple")
    extra: int | None = parameter(Unit.BASIS_POINTS, "加点", "extra", optional=True)


SOURCED = 'source: "财金〔2024〕60号", clause: "单户", verified: true'
SOUND = f"""\
book: trial
title: {{zh: 试验, en: Trial}}
dated_by: applied_on
notes: "only for tests"
parameters:
  cap:
    unit: CNY
    values:
      2020-01-01: {{value: "10000000", {SOURCED}}}
      2024-07-24: {{value: "30000000.01", {SOURCED}}}
  share:
    unit: fraction
    values:
      2020-01-01: {{value: {{low: "0.30", high: "0.400001"}}, {SOURCED}}}
  tariff:
    unit: fraction
    values:
      2020-01-01: {{value: {{high: {{A: "0.004", B: "0.005"}}, low: {{A: "0.006", B: "0.007"}}}}, {SOURCED}}}
  strict:
    unit: flag
    values:
      2020-01-01: {{value: true, {SOURCED}}}
  base:
    unit: choice
    values:
      2020-01-01: {{value: part, {SOURCED}}}
  sizes:
    unit: choices
    values:
      2020-01-01: {{value: [medium, small], {SOURCED}}}
  months:
    unit: months
    values:
      2020-01-01: {{value: "12", {SOURCED}}}
  multiple:
    unit: multiple
    values:
      2020-01-01: {{value: "2.5", {SOURCED}}}
  extra:
    unit: bp
    values:
      2022-01-01: {{value: "-150", {SOURCED}, to: "2023-01-01"}}
"""


def book(tmp_path: Path, text: str = SOUND) -> Book[Terms]:
    path = tmp_path / "trial.yaml"
    path.write_bytes(text.encode())
    return load_book(path, Terms)


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def test_a_sound_book_is_read_into_exact_units(tmp_path: Path) -> None:
    terms = book(tmp_path).at(date(2024, 7, 24))
    assert terms.cap == 3_000_000_001  # fen
    assert terms.share.tolist() == [400_001, 300_000]  # in the order declared, not the order written
    assert terms.tariff.tolist() == [[4_000, 5_000], [6_000, 7_000]]
    assert (terms.strict, terms.base, terms.sizes, terms.months) == (True, 1, (1, 2), 12)
    assert terms.multiple == 2_500_000
    assert terms.share.dtype == np.int64


def test_tables_in_force_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        book(tmp_path).at(date(2024, 7, 24)).share[0] = 1


REFUSED = {
    "unquoted whole number": (
        'value: "10000000"',
        "value: 10000000",
        ["parameters.cap.values.2020-01-01.value (line 9) is an unquoted number", 'write "10000000"'],
    ),
    "unquoted fraction in a table": (
        'low: "0.30"',
        "low: 0.30",
        ["parameters.share.values.2020-01-01.value.low (line 14) is an unquoted number", 'write "0.30"'],
    ),
    "unquoted number in a list": (
        "[medium, small]",
        "[medium, 3]",
        ["parameters.sizes.values.2020-01-01.value[1] (line 30) is an unquoted number", 'write "3"'],
    ),
    "unquoted number as clause": (
        f"value: part, {SOURCED}",
        'value: part, source: "财金〔2024〕60号", clause: 60, verified: true',
        ["parameters.base.values.2020-01-01.clause (line 26) is an unquoted number", 'write "60"'],
    ),
    "yes for true": (
        "value: true",
        "value: yes",
        ["parameters.strict.values.2020-01-01.value (line 22) is yes", "write true, false or quote the word"],
    ),
    "on for a word": (
        "value: part",
        "value: on",
        ["parameters.base.values.2020-01-01.value (line 26) is on", "write true, false or quote the word"],
    ),
    "NO in a list": (
        "[medium, small]",
        "[medium, NO]",
        ["parameters.sizes.values.2020-01-01.value[1] (line 30) is NO", "write true, false or quote the word"],
    ),
    "a quoted flag": (
        "value: true",
        'value: "true"',
        ["parameters.strict.values.2020-01-01.value is 'true'", "write true or false, unquoted"],
    ),
    "a flag for a number": (
        'value: "12"',
        "value: true",
        ["parameters.months.values.2020-01-01.value is True", "write a quoted number"],
    ),
    "dates that fall": (
        "2024-07-24:",
        "2019-07-24:",
        ["parameters.cap.values.2019-07-24 does not come after 2020-01-01", "list the dates rising"],
    ),
    "a date twice": (
        "2024-07-24:",
        "2020-01-01:",
        ["parameters.cap.values.2020-01-01 stands twice", "keep one of them"],
    ),
    "an end before the beginning": (
        'to: "2023-01-01"',
        'to: "2021-12-31"',
        [
            "parameters.extra.values.2022-01-01.to is 2021-12-31, not after 2022-01-01",
            "give an end after the beginning",
        ],
    ),
    "an end on the day of the beginning": (
        'to: "2023-01-01"',
        'to: "2022-01-01"',
        ["parameters.extra.values.2022-01-01.to is 2022-01-01, not after 2022-01-01"],
    ),
    "an overlap": (
        f'value: "10000000", {SOURCED}',
        f'value: "10000000", {SOURCED}, to: "2024-07-25"',
        [
            "parameters.cap.values.2024-07-24 overlaps the value from 2020-01-01 to 2024-07-25",
            "let the earlier one end first",
        ],
    ),
    "a date that is none": (
        "2024-07-24:",
        "2024-02-30:",
        ["parameters.cap.values.2024-02-30 has the date '2024-02-30'", "write it as YYYY-MM-DD"],
    ),
    "a date in another form": (
        "2024-07-24:",
        '"20240724":',
        ["parameters.cap.values.20240724 has the date '20240724'", "write it as YYYY-MM-DD"],
    ),
    "an end that is no date": (
        'to: "2023-01-01"',
        'to: "2023"',
        ["parameters.extra.values.2022-01-01.to has the date '2023'", "write it as YYYY-MM-DD"],
    ),
    "an unknown key of a value": (
        'to: "2023-01-01"',
        'until: "2023-01-01"',
        ["parameters.extra.values.2022-01-01.until is not a key of a value", "use value, source, clause, verified, to"],
    ),
    "an unknown key of a parameter": (
        "    unit: months\n",
        "    unit: months\n    remark: x\n",
        ["parameters.months.remark is not a key of a parameter", "use unit and values"],
    ),
    "an unknown parameter": (
        "  months:\n",
        "  month:\n",
        ["parameters.month is not a parameter here", "use one of: cap, share, tariff", "parameters.months is missing"],
    ),
    "an unknown key of the book": (
        "dated_by: applied_on",
        "dated_on: applied_on",
        ["dated_on is not a key of this file", "use one of: book, title, dated_by, notes, parameters"],
    ),
    "a key twice": (
        "    unit: months\n",
        "    unit: months\n    unit: days\n",
        ["parameters.months.unit stands twice", "keep one of them"],
    ),
    "a source twice": (
        f'value: "12", {SOURCED}',
        f'value: "12", source: "财金〔2025〕11号", {SOURCED}',
        ["parameters.months.values.2020-01-01.source stands twice", "keep one of them"],
    ),
    "no source": (
        f'value: "12", {SOURCED}',
        'value: "12", clause: "单户", verified: true',
        [
            "parameters.months.values.2020-01-01 lacks source",
            "every value needs its source, clause and verified flag",
        ],
    ),
    "no clause": (
        f'value: "12", {SOURCED}',
        'value: "12", source: "财金〔2024〕60号", verified: true',
        ["parameters.months.values.2020-01-01 lacks clause"],
    ),
    "no verified flag": (
        f'value: "12", {SOURCED}',
        'value: "12", source: "财金〔2024〕60号", clause: "单户"',
        ["parameters.months.values.2020-01-01 lacks verified"],
    ),
    "nothing but a value": (
        f'value: "12", {SOURCED}',
        'value: "12"',
        ["parameters.months.values.2020-01-01 lacks source, clause, verified"],
    ),
    "an empty source": (
        f'value: "12", {SOURCED}',
        'value: "12", source: " ", clause: "单户", verified: true',
        ["parameters.months.values.2020-01-01.source is empty", "name the instrument or the clause in words"],
    ),
    "a clause of nothing": (
        f'value: "12", {SOURCED}',
        'value: "12", source: "财金〔2024〕60号", clause: null, verified: true',
        ["parameters.months.values.2020-01-01.clause is empty"],
    ),
    "a verified flag in words": (
        f'value: "12", {SOURCED}',
        'value: "12", source: "财金〔2024〕60号", clause: "单户", verified: "true"',
        ["parameters.months.values.2020-01-01.verified is 'true'", "write true or false"],
    ),
    "another unit": (
        "unit: months",
        "unit: days",
        ["parameters.months.unit is 'days'", "write months"],
    ),
    "a table with a key too few": (
        'low: "0.30", high: "0.400001"',
        'high: "0.400001"',
        [
            "parameters.share.values.2020-01-01.value has other keys than declared: low",
            "give exactly high, low",
        ],
    ),
    "a table with a key too many": (
        'low: "0.30"',
        'low: "0.30", middle: "0.1"',
        ["parameters.share.values.2020-01-01.value has other keys than declared: middle"],
    ),
    "a wrong key in the second level": (
        'low: {A: "0.006", B: "0.007"}',
        'low: {A: "0.006", C: "0.007"}',
        ["parameters.tariff.values.2020-01-01.value.low has other keys than declared: B, C", "give exactly A, B"],
    ),
    "a number for a table": (
        '{low: "0.30", high: "0.400001"}',
        '"0.30"',
        ["parameters.share.values.2020-01-01.value is not a table", "give it the keys high, low"],
    ),
    "a word for a list": (
        "[medium, small]",
        "medium",
        ["parameters.sizes.values.2020-01-01.value is not a list", "list some of: large, medium, small"],
    ),
    "a choice that is none": (
        "value: part",
        "value: whole",
        ["parameters.base.values.2020-01-01.value is 'whole'", "write one of: loan, part"],
    ),
    "a tenth of a fen": (
        '"30000000.01"',
        '"30000000.001"',
        [
            "parameters.cap.values.2024-07-24.value is '30000000.001', finer than 1/100 CNY",
            "write it in steps of 1/100",
        ],
    ),
    "a tenth of a part per million": (
        '"0.400001"',
        '"0.4000001"',
        [
            "parameters.share.values.2020-01-01.value.high is '0.4000001', finer than 1/1000000 fraction",
            "write it in steps of 1/1000000",
        ],
    ),
    "a rest in the thirty-first decimal": (
        '"0.400001"',
        '"0.4000010000000000000000000000001"',
        ["parameters.share.values.2020-01-01.value.high is '0.4000010000000000000000000000001', finer than 1/1000000"],
    ),
    "half a month": (
        'value: "12"',
        'value: "12.5"',
        ["parameters.months.values.2020-01-01.value is '12.5', finer than 1/1 months"],
    ),
    "not a number": (
        'value: "12"',
        'value: "NaN"',
        ["parameters.months.values.2020-01-01.value is 'NaN'", "write a plain decimal number in quotes"],
    ),
    "a percentage": (
        '"0.400001"',
        '"40 %"',
        ["parameters.share.values.2020-01-01.value.high is '40 %'", "write a plain decimal number in quotes"],
    ),
    "an amount beyond int64": (
        '"10000000"',
        '"100000000000000000000"',
        ["parameters.cap.values.2020-01-01.value is '100000000000000000000'", "write at most 10000000000000"],
    ),
    "no values": (
        f'      2022-01-01: {{value: "-150", {SOURCED}, to: "2023-01-01"}}\n',
        "      {}\n",
        ["parameters.extra has no values", "give at least one dated value"],
    ),
    "a list for the values": (
        f'      2022-01-01: {{value: "-150", {SOURCED}, to: "2023-01-01"}}\n',
        "      - 2022-01-01\n",
        ["parameters.extra.values (line 42) is not a mapping", "write key: value pairs"],
    ),
    "no name": (
        "book: trial\n",
        "",
        ["book is missing", "name the book, for example book: cn-scitech-2024"],
    ),
    "an alias": (
        "title: {zh: 试验, en: Trial}",
        "title: &again {zh: 试验, en: *again}",
        ["the alias *again repeats another part", "write the part out in full"],
    ),
    "broken syntax": ("book: trial\n", "book: [trial\n", ["the file is not YAML", "mend the syntax"]),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_bad_book_is_refused_with_file_key_and_remedy(fault: str, tmp_path: Path) -> None:
    old, new, said = REFUSED[fault]
    with pytest.raises(BadBook) as refused:
        book(tmp_path, changed(old, new))
    message = str(refused.value)
    assert message.startswith("trial.yaml: ")
    assert all(problem.remedy for problem in refused.value.problems)
    for part in said:
        assert part in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not YAML"),
        (b"--- a\n--- b\n", "is not YAML"),
        (b"- a\n", "is not a mapping"),
    ],
)
def test_a_file_that_is_no_book_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_bytes(content)
    with pytest.raises(BadBook, match=said):
        load_book(path, Terms)


def test_everything_wrong_with_a_book_is_said_at_once(tmp_path: Path) -> None:
    text = (
        changed('value: "12"', "value: 12").replace("unit: multiple", "unit: days").replace("value: part", "value: x")
    )
    with pytest.raises(BadBook) as refused:
        book(tmp_path, text)
    assert {problem.key for problem in refused.value.problems} >= {
        "parameters.months.values.2020-01-01.value",
        "parameters.multiple.unit",
        "parameters.base.values.2020-01-01.value",
    }


def test_a_required_parameter_that_is_missing_is_named_with_its_unit(tmp_path: Path) -> None:
    with pytest.raises(BadBook, match=r"parameters.cap is missing; give it values in unit CNY\."):
        book(tmp_path, SOUND.replace(SOUND[SOUND.index("  cap:") : SOUND.index("  share:")], ""))


@pytest.mark.parametrize(
    ("day", "cap", "extra"),
    [
        (date(2021, 12, 31), 1_000_000_000, None),
        (date(2022, 1, 1), 1_000_000_000, -150),
        (date(2022, 12, 31), 1_000_000_000, -150),
        (date(2023, 1, 1), 1_000_000_000, None),
        (date(2024, 7, 23), 1_000_000_000, None),
        (date(2024, 7, 24), 3_000_000_001, None),
        (date(2099, 1, 1), 3_000_000_001, None),
    ],
)
def test_a_value_holds_from_its_day_until_the_next_one_or_before_its_end(
    day: date, cap: int, extra: int | None, tmp_path: Path
) -> None:
    read = book(tmp_path)
    assert (read.at(day).cap, read.at(day).extra) == (cap, extra)
    assert {used.name: used.dated.value for used in read.used(day)}.get("extra") == extra


def test_the_day_before_the_first_value_is_refused_with_the_first_complete_day(tmp_path: Path) -> None:
    assert book(tmp_path).first_day == date(2020, 1, 1)
    with pytest.raises(
        NotInForce, match=r"trial has no value of cap on 2019-12-31; its terms are complete from 2020-01-01 on\."
    ):
        book(tmp_path).at(date(2019, 12, 31))


def test_a_required_value_that_has_ended_is_refused_as_ended(tmp_path: Path) -> None:
    read = book(tmp_path, changed(f'value: "12", {SOURCED}', f'value: "12", {SOURCED}, to: "2025-01-01"'))
    assert read.at(date(2024, 12, 31)).months == 12
    for read_on in (read.at, read.used):
        with pytest.raises(NotInForce, match="no value of months on 2025-06-01; the last one has ended: add a value"):
            read_on(date(2025, 6, 1))


def test_the_digest_changes_with_every_part_of_the_content_and_with_nothing_else(tmp_path: Path) -> None:
    sound = book(tmp_path).digest
    assert book(tmp_path, SOUND.replace('notes: "only for tests"', 'notes: "another remark"')).digest == sound
    variants = [
        changed('"12"', '"13"'),
        changed("2022-01-01:", "2022-01-02:"),
        changed('to: "2023-01-01"', 'to: "2023-01-02"'),
        changed(f'value: "12", {SOURCED}', f'value: "12", {SOURCED.replace("60号", "61号")}'),
        changed(f'value: "12", {SOURCED}', f'value: "12", {SOURCED.replace("单户", "多户")}'),
        changed(f'value: "12", {SOURCED}', f'value: "12", {SOURCED.replace("true", "false")}'),
        changed("book: trial", "book: trail"),
    ]
    digests = {book(tmp_path, text).digest for text in variants}
    assert len(digests | {sound}) == len(variants) + 1


def test_an_amended_book_keeps_what_is_not_amended(tmp_path: Path) -> None:
    read = book(tmp_path)
    months = DatedValue(date(2021, 1, 1), None, 24, "24", "产品说明", "期限", verified=False)
    other = read.amended("other", {"months": (months,)}, opens=date(2022, 1, 1))
    assert (other.name, other.at(date(2022, 1, 1)).months, other.at(date(2022, 1, 1)).cap) == ("other", 24, 10**9)
    assert read.at(date(2021, 1, 1)).months == 12
    assert other.first_day == date(2022, 1, 1)
    assert other.digest != read.digest
