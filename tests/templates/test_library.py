"""The clause library as a whole: names against contexts, languages against each other, words without numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
import yaml
from jinja2 import meta

from templates.assembly import environment
from templates.conditions import BadCondition, parse_condition
from templates.contexts import CONTEXTS, names
from templates.document import Style
from templates.library import BadClause, Clause, DocumentDefinition, definitions, library, read_clause
from templates.markup import BadMarkup, InsertSource, parse_body
from templates.phrasebook import phrasebook
from templates.wording import Language

EXPRESSION = re.compile(r"\{\{ ([a-z_.]+) \}\}")
NUMERAL = re.compile(r"[一二三四五六七八九十百千]+(?:个月|日内|天|年内|%|元|个工作日)")
ENGLISH_NUMERAL = re.compile(
    r"\b(?:two|three|four|five|six|seven|ten|fifteen|twenty|thirty|sixty|ninety) (?:days|months|years)"
)


def used(clause: Clause) -> set[str]:
    """The dotted names a clause uses, in its text and for its blocks."""
    in_text = {name for segment in clause.segments for name in EXPRESSION.findall(segment.source)}
    return in_text | {block.name for block in clause.blocks if isinstance(block, InsertSource)}


def placed() -> Iterator[tuple[DocumentDefinition, Clause]]:
    for definition, language in product(definitions(), Language):
        for name in definition.clauses:
            yield definition, library()[name, language]


def test_every_name_in_a_clause_exists_in_the_context_of_every_document_that_contains_it() -> None:
    unknown = [
        (definition.id, clause.front.id, clause.front.language.value, name)
        for definition, clause in placed()
        for name in used(clause) - set(names(CONTEXTS[definition.context]))
    ]
    assert unknown == []


@pytest.mark.parametrize("language", Language)
def test_every_name_a_context_offers_is_used_by_some_clause_of_its_language(language: Language) -> None:
    offered = {name for context in CONTEXTS.values() for name in names(context)}
    taken = {name for _, clause in placed() if clause.front.language is language for name in used(clause)}
    assert offered - taken == set()


def test_jinja_finds_the_same_top_level_names_as_the_test_does() -> None:
    for clause in library().values():
        source = "".join(segment.source for segment in clause.segments)
        found = meta.find_undeclared_variables(environment().parse(source))
        assert found == {name.split(".")[0] for name in EXPRESSION.findall(source)}


def test_blocks_stand_where_the_context_has_blocks_and_texts_where_it_has_texts() -> None:
    for definition, clause in placed():
        kinds = names(CONTEXTS[definition.context])
        blocks = {block.name for block in clause.blocks if isinstance(block, InsertSource)}
        for name in used(clause):
            assert (kinds[name] is not str) == (name in blocks), (clause.front.id, name)


def test_every_clause_exists_in_both_languages_with_the_same_front_matter_and_the_same_names() -> None:
    for name in {name for name, _ in library()}:
        chinese, english = library()[name, Language.ZH], library()[name, Language.EN]
        same = {"id", "version", "form", "basis", "applies_when", "mandatory", "standard_term"}
        assert chinese.front.model_dump(include=same) == english.front.model_dump(include=same)
        assert used(chinese) == used(english), name


def test_both_languages_of_a_clause_have_the_same_blocks_in_the_same_order() -> None:
    for name in {name for name, _ in library()}:
        shapes = [
            [
                (block.kind, block.name) if isinstance(block, InsertSource) else (block.style, block.anchor)
                for block in library()[name, language].blocks
            ]
            for language in Language
        ]
        assert shapes[0] == shapes[1], name


def test_every_clause_is_in_some_document_and_every_document_names_only_clauses_that_exist() -> None:
    listed = {name for definition in definitions() for name in definition.clauses}
    assert listed == {name for name, _ in library()}


def test_no_clause_states_a_number_of_days_months_or_yuan_in_words() -> None:
    for clause in library().values():
        text = " ".join(segment.source for segment in clause.segments)
        assert NUMERAL.findall(text) == [], clause.front.id
        assert ENGLISH_NUMERAL.findall(text) == [], clause.front.id


def test_every_clause_names_the_law_it_rests_on() -> None:
    assert [clause.front.id for clause in library().values() if not clause.front.basis] == []


def test_both_phrasebooks_have_the_same_keys() -> None:
    chinese, english = (phrasebook(language).model_dump() for language in Language)
    assert set(chinese) == set(english)
    for part in set(chinese) - {"account", "tables"}:
        assert set(chinese[part]) == set(english[part]), part
    columns = [{table: len(titles) for table, titles in book["tables"].items()} for book in (chinese, english)]
    assert columns[0] == columns[1]


@pytest.mark.parametrize(
    "body",
    [
        "借款期限为12个月。",
        "{% if loan %}借款{% endif %}",
        "{{ loan.amount|upper }}",
        "{{ loan.amount.__class__ }}",
        "{{ loan['amount'] }}",
        "{# 说明 #}借款",
        "<b>借款</b>",
        "全角数字１也不行",
    ],
)
def test_a_clause_with_digits_logic_filters_or_tags_is_refused_by_place(body: str) -> None:
    with pytest.raises(BadMarkup, match=r"zh/a\.md, block 1 contains .*numbers and logic belong to the context"):
        parse_body(body, "zh/a.md")


def test_an_unknown_kind_of_block_is_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(BadMarkup, match="write ::: table, ::: pairs or ::: signatures"):
        parse_body("::: picture loan.plan", "zh/a.md")


def test_markup_gives_styles_anchors_bold_and_references() -> None:
    first, second = parse_body("§ 见[[loan-plan]]。 {#sum}\n\n- **重要**事项", "zh/a.md")
    assert not isinstance(first, InsertSource)
    assert not isinstance(second, InsertSource)
    assert (first.style, first.anchor) == (Style.CLAUSE, "sum")
    assert [(s.source, s.target) for s in first.segments] == [("见", None), ("", "loan-plan"), ("。", None)]
    assert [(s.source, s.strong) for s in second.segments] == [("重要", True), ("事项", False)]


def test_a_file_without_front_matter_is_refused() -> None:
    with pytest.raises(BadClause, match=r"zh/a\.md has no front matter"):
        read_clause("正文", "zh/a.md")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"version": "1"}, "String should match pattern"),
        ({"applies_when": "pledgedd"}, "which is no fact of a contract set"),
        ({"language": "fr"}, "Input should be 'zh' or 'en'"),
    ],
)
def test_front_matter_with_a_fault_is_refused_by_place(change: dict[str, str], complaint: str) -> None:
    front = {"id": "a", "version": "1.0.0", "language": "zh", "title": "甲", "form": "article", "basis": ["民法典 470"]}
    content = f"---\n{yaml.safe_dump({**front, 'mandatory': True, **change}, allow_unicode=True)}---\n正文"
    with pytest.raises(BadClause, match=rf"(?s)zh/a\.md has front matter that cannot be used.*{complaint}"):
        read_clause(content, "zh/a.md")


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "pledged.__class__",
        "(lambda: True)()",
        "[x for x in asset_families]",
        "term_months + 1 > 12",
        "f'{pledged}'",
        "1 < term_months < 12",
        "pledged if guaranteed else pledged",
    ],
)
def test_a_condition_can_do_nothing_but_compare_facts(text: str) -> None:
    with pytest.raises(BadCondition, match="only names, quoted words, whole numbers"):
        parse_condition(text)


def test_a_condition_that_does_not_parse_says_so() -> None:
    with pytest.raises(BadCondition, match="does not parse"):
        parse_condition("pledged and")
