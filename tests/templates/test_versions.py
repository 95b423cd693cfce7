"""A bank's own texts: what is accepted among the shipped ones, what is in force on a day, what is drawn from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from products import Decision
from products.chained_events import NotAllowed
from templates import ContractSet, DraftRefused, Particulars, Verdict, draft
from templates.in_force import ApprovedText, in_force, refuse_overlap, require_sound, texts_on
from templates.library import library
from templates.texts import Texts, packed, shipped_texts, unpacked
from templates.versions import InvalidText, Text, check, read_text, sha256_of, text_from, with_text
from templates.wording import Language
from tests.templates.conftest import Facts, example_particulars, facts_of
from tests.templates.test_gates import changed
from tests.templates.texts import ADDED, FROM, TITLES, again, clause_text, document_text, loan_word, word_file

Decide = Callable[[Facts], Decision]
MARCH, MAY = date(2027, 3, 31), date(2027, 5, 1)


def faults_of(text: Text, texts: Texts | None = None) -> str:
    with pytest.raises(InvalidText) as invalid:
        check(text, texts or shipped_texts())
    return str(invalid.value)


def approved(text: Text, number: int = 1, *, withdrawn_from: date | None = None) -> ApprovedText:
    return ApprovedText(id=f"{text.name}-{number}", number=number, text=text, withdrawn_from=withdrawn_from)


def drawn(decided: Decide, texts: Texts, **changes: Any) -> ContractSet:
    facts = facts_of("zhilai")
    return draft(
        decided(facts), facts, Particulars.model_validate(changed(example_particulars(), changes)), texts=texts
    )


@pytest.mark.parametrize("text", [clause_text(), document_text(), loan_word()])
def test_a_text_that_fits_is_accepted_and_survives_a_round_trip(text: Text) -> None:
    check(text, shipped_texts())
    assert again(text) == text
    assert sha256_of(again(text)) == sha256_of(text)
    assert (text.day, text.name.partition(".")[0] in ("loan-prepayment", "loan-contract")) == (FROM, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (clause_text(version="1.0.0"), "The version is 1.0.0, not after 1.0.0, which is in force. Raise it."),
        (clause_text(body="§ {{ loan.prepayment_notise }}"), "write loan.prepayment_notice"),
        (clause_text(body="§ 见[[nowhere]]。"), "refers to nowhere, which the document does not contain"),
        (clause_text("loan-default", body="§ 违约。"), "refers to events"),
        (document_text(without="loan-purpose"), "The mandatory clause loan-purpose (民法典 668"),
        (document_text(adding="loan-perpose"), "loan-contract names loan-perpose, which has no zh text"),
        (document_text(applies_when="pledged"), "applies_when is 'pledged'; keep 'True'."),
        (document_text(version="1.0.0"), "The version is 1.0.0, not after 1.0.0. Raise it."),
        (document_text(id="loan-letter"), "There is no document loan-letter. Take the id of one of: loan-contract"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_the_remedy(text: Text, says: str) -> None:
    assert says in faults_of(text)


def test_an_acceptable_wording_keeps_the_paragraphs_that_others_refer_to() -> None:
    positions = [
        {"id": "a", "stance": "preferred", "title": "甲", "guidance": "甲"},
        {"id": "b", "stance": "acceptable", "title": "乙", "guidance": "乙", "wording": "§ 违约。"},
        {"id": "c", "stance": "walk_away", "title": "丙", "guidance": "丙"},
    ]
    body = "§ 违约。 {#events}\n\n§ 见[[events]]。"
    text = clause_text("loan-default", body=body, positions=positions)
    assert "loses the paragraph events in its position b; mark it with {#events} there too" in faults_of(text)


def test_languages_that_differ_are_refused() -> None:
    good = clause_text()
    other = good.model_copy(update={"en": clause_text(mandatory=True).en})
    assert "loan-prepayment has another mandatory in English than in Chinese" in faults_of(other)
    swapped = good.model_copy(update={"en": good.zh})
    assert "The en text says that its language is zh" in faults_of(swapped)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"kind": "poem"}, "kind: The kind is missing or unknown. Give clause, document or word."),
        ({"kind": "clause", "zh": "x"}, "en: en is missing. State it."),
        ({"kind": "clause", "zh": "x", "en": "y", "fr": "z"}, "There is no field fr here"),
        ({"kind": "document", "definition": "x", "in_force_from": "tomorrow"}, "is no date"),
    ],
)
def test_what_is_no_text_at_all_is_refused_by_its_field(value: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidText) as invalid:
        text_from(value)
    assert says in str(invalid.value)


def test_json_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidText, match="The text is not JSON in UTF-8"):
        read_text(b"{", most_bytes=100)


def test_front_matter_and_base64_that_cannot_be_read_are_refused() -> None:
    broken = clause_text().model_copy(update={"zh": "无前置信息"})
    assert "The zh text has no front matter" in faults_of(broken)
    assert "The file is not in base64" in faults_of(loan_word().model_copy(update={"file": "§"}))
    assert "no document definition that can be used" in faults_of(
        document_text().model_copy(update={"definition": "id: [x"})
    )


def test_an_approved_text_holds_from_its_day_and_the_one_before_after_a_withdrawal() -> None:
    first, second = clause_text(), clause_text(version="1.2.0", since="2027-05-01")
    own = [approved(first), approved(second, 2)]
    held = {day: [each.number for each in in_force(own, day)] for day in (MARCH, FROM, MAY)}
    assert held == {MARCH: [], FROM: [1], MAY: [2]}
    gone = [approved(first), approved(second, 2, withdrawn_from=date(2027, 5, 2))]
    assert [each.number for each in in_force(gone, date(2027, 5, 2))] == [1]
    key = ("loan-prepayment", Language.ZH)
    assert texts_on(own, MARCH).clauses[key] == library()[key]
    assert texts_on(own, MAY).clauses[key].front.version == "1.2.0"


def test_a_first_day_that_has_passed_or_is_taken_is_refused() -> None:
    refuse_overlap(clause_text(), [], today=FROM)
    with pytest.raises(InvalidText, match="from 2027-04-01, which has passed"):
        refuse_overlap(clause_text(), [], today=date(2027, 4, 2))
    with pytest.raises(InvalidText, match="Version 1 of loan-prepayment is in force from 2027-04-01 on already"):
        refuse_overlap(clause_text(version="1.2.0"), [approved(clause_text())], today=FROM)
    withdrawn = [approved(clause_text(), withdrawn_from=FROM)]
    refuse_overlap(clause_text(version="1.2.0"), withdrawn, today=FROM)


def test_a_clause_that_a_document_lists_cannot_be_taken_away() -> None:
    own = clause_text(id="loan-insurance", version="1.0.0")
    listing = document_text(adding="loan-insurance")
    check(own, shipped_texts())
    check(listing, with_text(shipped_texts(), own, 1))
    require_sound([approved(own), approved(listing)], since=FROM)
    with pytest.raises(
        NotAllowed, match="From 2027-05-01 on documents could not be drawn: loan-contract names loan-ins"
    ):
        require_sound([approved(own, withdrawn_from=MAY), approved(listing)], since=FROM)


def test_texts_packed_and_unpacked_are_the_same_texts() -> None:
    texts = with_text(with_text(shipped_texts(), clause_text(), 1), loan_word(), 3)
    again_ = unpacked(packed(texts))
    assert packed(again_) == packed(texts)
    assert again_.clauses == texts.clauses
    assert [each.digest for each in again_.documents] == [each.digest for each in texts.documents]
    assert again_.word == texts.word


def begun(texts: Texts) -> Texts:
    """The texts as if they had been in force on the day the example is signed."""
    clauses = {
        key: replace(each, front=each.front.model_copy(update={"in_force_from": date(2025, 4, 19)}))
        for key, each in texts.clauses.items()
    }
    return Texts(clauses, texts.documents, texts.word)


def test_an_own_clause_is_drawn_and_named_in_the_manifest(decided: Decide, zhilai_set: ContractSet) -> None:
    made = drawn(decided, begun(with_text(shipped_texts(), clause_text(), 1)))
    entries = {
        each["kind"]: {clause["id"]: clause["version"] for clause in each["clauses"]}
        for each in json.loads(made.manifest)["documents"]
    }
    assert entries["loan-contract"]["loan-prepayment"] == "1.1.0"
    contract = next(one for one in made.drafted if one.document.kind == "loan-contract")
    assert ADDED[Language.ZH] in "\n".join(contract.document.lines())
    assert made.digest != zhilai_set.digest


def test_a_word_template_takes_the_place_of_the_clauses_in_every_format(decided: Decide) -> None:
    content = word_file(
        "借款金额为{{ loan.amount }}，争议由{{ set.institution }}管辖。",
        "{{ plan }}",
        "以下为签署栏。",
        "{{ signatures }}",
    )
    made = drawn(decided, with_text(shipped_texts(), loan_word(content), 2))
    contract = next(one for one in made.drafted if one.word is not None)
    text = "\n".join(contract.document.lines())
    assert "借款金额为人民币壹佰万元整（¥1,000,000.00），争议由四川省乐山市市中区人民法院管辖。" in text
    assert "双方遵守本条约定。" in text
    entry = next(each for each in json.loads(made.manifest)["documents"] if "word" in each["template"])
    assert (entry["kind"], entry["language"], entry["clauses"]) == ("loan-contract", "zh", [])
    assert entry["template"]["word"]["number"] == 2
    assert len(entry["signers"]) == 2
    html = next(each for each in made.documents if each.filename == "01-loan-contract.zh.html")
    assert "双方遵守本条约定。" in html.content.decode()


def test_the_banks_own_file_is_given_out_once_no_gate_warns(decided: Decide) -> None:
    texts = with_text(shipped_texts(), loan_word(word_file("争议由{{ set.institution }}管辖。")), 1)
    warned = drawn(decided, texts)
    failed = {result.gate.id for result in warned.gates if result.verdict is Verdict.FAILED}
    assert failed == {"prepayment-clause", "languages-agree", "business-day-clause", "penalties-not-both"}
    assert _docx_and_filled(warned)[0] != _docx_and_filled(warned)[1]
    overrides = [{"gate": gate, "by": "周法务", "reason": "模板另有约定"} for gate in sorted(failed)]
    own, filled = _docx_and_filled(drawn(decided, texts, overrides=overrides))
    assert own == filled


def _docx_and_filled(made: ContractSet) -> tuple[bytes, bytes | None]:
    """The loan contract as it is given out, and as the template filled."""
    file = next(each for each in made.documents if each.filename == "01-loan-contract.zh.docx")
    return file.content, next(one.docx for one in made.drafted if one.word is not None)


def test_a_figure_of_the_templates_own_is_found_and_refused(decided: Decide) -> None:
    with pytest.raises(DraftRefused, match=r"contains '3' \(count\) in '提前3日通知"):
        drawn(decided, with_text(shipped_texts(), loan_word(word_file("提前3日通知。")), 1))


def test_a_template_without_a_clause_that_the_case_needs_is_refused(decided: Decide) -> None:
    titles = [title for title in TITLES if title != "担保"]
    text = loan_word(word_file(titles=titles))
    check(text, shipped_texts())
    with pytest.raises(DraftRefused, match="without the mandatory clause loan-security"):
        drawn(decided, with_text(shipped_texts(), text, 1))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (word_file("{{ loan.amont }}"), "'loan.amont' is no name of this document; write {{ loan.amount }}."),
        (word_file(["{{ loan.am", "ont }}"]), "'loan.amont' is no name of this document"),
        (word_file("{{ loan.amount"), "is no complete tag"),
        (word_file("{% if loan %}"), "'{% if loan %}' is never closed; put {% endif %} where it ends"),
        (word_file(names=["lender.name"]), "'loan.amount' is not used, but the law wants it stated"),
        (word_file(titles=["借款期限"]), "is the title of the mandatory clause loan-purpose (民法典 668"),
        (b"PK no docx", "The file is no DOCX"),
    ],
)
def test_a_word_template_with_a_fault_is_refused_before_it_is_stored(content: bytes, says: str) -> None:
    assert says in faults_of(loan_word(content))


def test_sheets_and_lists_are_not_drawn_in_word() -> None:
    text = loan_word().model_copy(update={"document": "cost-sheet"})
    assert "No Word template draws cost-sheet. Take one of: loan-contract" in faults_of(text)


def test_a_template_in_one_language_is_told_how_to_pass_the_comparison_of_both(decided: Decide) -> None:
    texts = with_text(shipped_texts(), loan_word(word_file("争议由{{ set.institution }}管辖。")), 1)
    (result,) = [each for each in drawn(decided, texts).gates if each.gate.id == "languages-agree"]
    (gap,) = result.gaps
    assert gap.problem.startswith("is worded by a Word template in zh and by clauses in en, so ")
    assert "approve a Word template of loan-contract in en too, draw the set in zh only" in gap.remedy
    assert "中文文本由本行Word模板起草，英文文本由条款库起草" in gap.zh
