"""The contract set of a decision: what it contains, where its figures come from, that it is the same each time."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]
from pydantic import ValidationError

from products import Decision, InvalidApplication
from templates import ContractSet, DraftRefused, Format, Language, Layout, Particulars, draft, gates
from templates.document import Table
from templates.writing.xlsx import write_xlsx
from tests.templates.conftest import Facts, equipment_particulars, example_particulars, facts_of, full_case
from tests.templates.test_gates import GONE, changed

Decide = Callable[[Facts], Decision]


def text(drawn: ContractSet, kind: str, language: Language = Language.ZH) -> str:
    (found,) = [one.document for one in drawn.drafted if (one.document.kind, one.document.language) == (kind, language)]
    return "\n".join(found.lines())


def kinds(drawn: ContractSet) -> list[str]:
    return list(dict.fromkeys(file.kind for file in drawn.documents))


def basic_particulars() -> Facts:
    """The example particulars without the contracts and papers that the parties may add."""
    optional = ("entrustment", "counter_guarantee", "personal_guarantee", "resolutions")
    return {name: value for name, value in example_particulars().items() if name not in optional}


def redrawn(decided: Decide, name: str, particulars: Facts, application: Facts | None = None) -> ContractSet:
    facts = facts_of(name) if application is None else application
    return draft(decided(facts), facts, Particulars.model_validate(particulars))


CONTRACTS = ["loan-contract", "patent-pledge", "guarantee-contract", "cost-sheet"]
PAPERS = ["signing-list", "registration-patent", "drawdown-checklist"]


def test_a_pledged_loan_gets_four_contracts_and_three_papers_in_two_languages_and_two_formats(
    decided: Decide,
) -> None:
    drawn = redrawn(decided, "zhilai", basic_particulars())
    assert kinds(drawn) == CONTRACTS + PAPERS
    assert len(drawn.documents) == 7 * 2 * 2


def test_a_loan_without_pledge_gets_no_pledge_contract(decided: Decide) -> None:
    fixed_asset = basic_particulars() | {"loan": equipment_particulars()["loan"]}
    drawn = redrawn(decided, "kuaidai", fixed_asset)
    assert kinds(drawn) == ["loan-contract", "guarantee-contract", "cost-sheet", "signing-list", "drawdown-checklist"]
    assert "质权设立在先" not in text(drawn, "loan-contract")


def test_every_file_has_number_title_hash_and_an_ascii_name_of_its_own(zhilai_set: ContractSet) -> None:
    for file in zhilai_set.documents:
        assert file.sha256 == hashlib.sha256(file.content).hexdigest()
        assert file.filename.isascii()
        assert file.number
        assert file.title
    assert len({file.filename for file in zhilai_set.documents}) == len(zhilai_set.documents)


def test_the_same_arguments_give_the_same_bytes(decided: Decide, zhilai_set: ContractSet) -> None:
    again = redrawn(decided, "zhilai", example_particulars())
    assert [file.sha256 for file in again.documents] == [file.sha256 for file in zhilai_set.documents]
    assert again.manifest == zhilai_set.manifest


ELSEWHERE = """
from templates import Layout, Particulars, draft
from tests.templates.conftest import deciding, facts_of, full_case
facts, given = full_case()
decision = deciding()(facts_of("zhilai"))
print(draft(decision, facts, Particulars.model_validate(given), layout=Layout.SIDE_BY_SIDE).digest)
"""


def test_another_process_with_another_hash_seed_draws_the_same_bytes(decided: Decide) -> None:
    facts, given = full_case()
    here = draft(decided(facts_of("zhilai")), facts, Particulars.model_validate(given), layout=Layout.SIDE_BY_SIDE)
    elsewhere = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert elsewhere.stdout.strip() == here.digest


def test_languages_and_formats_can_be_chosen(decided: Decide, zhilai: Facts) -> None:
    drawn = draft(
        decided(zhilai),
        zhilai,
        Particulars.model_validate(basic_particulars()),
        languages=[Language.EN],
        formats=[Format.HTML],
    )
    assert {(file.language, file.format) for file in drawn.documents} == {(Language.EN, Format.HTML)}
    assert len(drawn.documents) == 7


def test_the_manifest_names_decision_templates_clauses_gates_and_files(zhilai_set: ContractSet) -> None:
    manifest = json.loads(zhilai_set.manifest)
    assert manifest["decision"]["id"] == "decision-91511100MA6XX0TE50"
    listed = [file for document in manifest["documents"] for file in document["files"]] + manifest["attachments"]
    assert {file["filename"]: file["sha256"] for file in listed} == {
        file.filename: file.sha256 for file in (*zhilai_set.documents, *zhilai_set.attachments)
    }
    first = manifest["documents"][0]
    assert first["clauses"][0]["id"] == "loan-parties"
    assert len(first["template"]["sha256"]) == 64
    assert {gate["verdict"] for gate in manifest["gates"]} == {"passed", "not_applicable"}
    assert hashlib.sha256(zhilai_set.manifest).hexdigest() == zhilai_set.digest


def test_the_loan_contract_states_the_eight_contents_of_the_statutes(zhilai_set: ContractSet, decided: Decide) -> None:
    price = decided(facts_of("zhilai")).price
    assert price is not None
    contract = text(zhilai_set, "loan-contract")
    for content in (
        "借款种类为流动资金贷款",
        "借款币种为人民币",
        "借款用途为经营周转",
        "借款金额为人民币壹佰万元整（¥1,000,000.00）",
        f"借款利率为年利率{price.loan_rate * 100:.2f}%（单利）",
        "借款期限为12个月，自2026年7月31日（提款日）起至2027年7月31日（到期日）止",
        "还款方式为按月付息、到期还本",
        "加收30%计收罚息",
    ):
        assert content in contract


def test_the_pledge_contract_states_claim_term_property_scope_and_registration(zhilai_set: ContractSet) -> None:
    contract = text(zhilai_set, "patent-pledge")
    for content in (
        "流动资金贷款债权，本金数额为人民币壹佰万元整（¥1,000,000.00）",
        "自2026年7月31日起至2027年7月31日止",
        "1\t一种高精度减速器装配方法\tZL201710911092.2\t发明专利\t2017年9月29日\t2020年5月12日",
        "主债权本金、利息（含罚息、复利）、违约金、损害赔偿金、实现债权和担保权利的费用",
        "5日内共同向登记机构申请办理质押登记",
        "质权自办理出质登记时设立",
    ):
        assert content in contract


def test_the_guarantor_answers_for_eighty_per_cent_of_the_million(zhilai_set: ContractSet) -> None:
    contract = text(zhilai_set, "guarantee-contract")
    for content in (
        "保证人按照主债权的80.00%承担保证责任，在编号为嘉乐科借字2026-0731的《借款合同》项下对应的主债权本金为人民币捌拾万元整（¥800,000.00）",
        "本合同的保证方式为连带责任保证",
        "债务人不履行到期债务",
        "保证期间为主债务履行期限届满之日起36个月",
    ):
        assert content in contract


def test_fronting_only_the_own_share_leaves_a_quarter_million(decided: Decide) -> None:
    particulars = changed(example_particulars(), {"guarantee.fronts": ["guarantor"]})
    contract = text(redrawn(decided, "zhilai", particulars), "guarantee-contract")
    assert "主债权的25.00%承担保证责任" in contract
    assert "对应的主债权本金为人民币贰拾伍万元整（¥250,000.00）" in contract


def test_a_general_guarantee_is_worded_as_one(decided: Decide) -> None:
    particulars = changed(example_particulars(), {"guarantee.mode": "general"})
    drawn = redrawn(decided, "zhilai", particulars)
    contract = text(drawn, "guarantee-contract")
    assert "债务人不能履行债务时" in contract
    assert "不履行到期债务" not in contract
    assert "unable to perform its debt" in text(drawn, "guarantee-contract", Language.EN)


def test_the_plan_of_36_level_payments_closes_to_the_fen(kuaidai_set: ContractSet) -> None:
    (contract,) = [
        one.document
        for one in kuaidai_set.drafted
        if one.document.kind == "loan-contract" and one.document.language is Language.ZH
    ]
    table = [block for block in contract.blocks if isinstance(block, Table)][-1]
    rows = [[cell.replace(",", "") for cell in row] for row in table.rows[:-1]]
    assert len(rows) == 36
    assert sum(round(float(row[2]) * 100) for row in rows) == 20_000_000_00
    assert rows[-1][5] == "0.00"
    assert rows[6][1] == "2027年2月28日"
    assert [int(row[0]) for row in rows] == list(range(1, 37))


def test_the_cost_sheet_adds_interest_and_fee_less_subsidy(zhilai_set: ContractSet, decided: Decide) -> None:
    price = decided(facts_of("zhilai")).price
    assert price is not None
    summary = price.schedule_summary
    total = summary.total_interest + summary.total_fee - summary.total_subsidy
    sheet = text(zhilai_set, "cost-sheet")
    assert f"合计\t\t\t\t{total:,.2f}" in sheet
    assert "-15,000.00" in sheet
    assert f"综合融资成本折合年利率为{(price.all_in_rate * 100).normalize()}%" in sheet


def test_an_uncovered_loan_of_the_bank_alone_gets_no_guarantee_contract(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai).model_copy(update={"cover": None})
    drawn = draft(decision, zhilai, Particulars.model_validate(changed(basic_particulars(), {"guarantee": GONE})))
    assert kinds(drawn) == ["loan-contract", "patent-pledge", "cost-sheet", *PAPERS]


def test_a_floating_rate_names_its_reset_and_arbitration_its_institution(decided: Decide) -> None:
    particulars = changed(
        example_particulars(),
        {
            "loan.rate_type": "floating",
            "loan.rate_reset": "yearly_on_drawdown_day",
            "dispute.mode": "arbitration",
            "dispute.institution": {"zh": "成都仲裁委员会", "en": "Chengdu Arbitration Commission"},
            "loan.payment": "entrusted",
            "signing.prevailing": "en",
        },
    )
    drawn = redrawn(decided, "zhilai", particulars)
    contract = text(drawn, "loan-contract")
    assert "重定价日为提款日起每满一年之日" in contract
    assert "均提交成都仲裁委员会" in contract
    assert "贷款人受托支付" in contract
    assert "the English text prevails" in text(drawn, "loan-contract", Language.EN)


def test_a_third_party_pledgor_owns_pledges_and_signs(decided: Decide, zhilai: Facts) -> None:
    owner = example_particulars()["guarantor"] | {
        "name": {"zh": "乐山技术控股有限公司", "en": "Leshan Technology Holding Co., Ltd."},
        "kind": "company",
    }
    decision = decided(zhilai)
    zhilai["ip_assets"][0] |= {"owner": "乐山技术控股有限公司", "owner_uscc": owner["uscc"]}
    resolution = example_particulars()["resolutions"][0] | {"number": "董决字2026-08", "company": "pledgor"}
    particulars = changed(example_particulars(), {"pledge.pledgor": owner})
    particulars["resolutions"].append(resolution)
    particulars["pledge"]["papers"].append("power_of_attorney")
    drawn = draft(decision, zhilai, Particulars.model_validate(particulars))
    contract = text(drawn, "patent-pledge")
    assert "出质人：乐山技术控股有限公司" in contract
    assert "第三人出质" in contract
    assert "统一社会信用代码91511100MA6XX0TE50，以下称债务人" in contract


def test_trademarks_and_copyrights_get_contracts_of_their_own_with_numbers_of_their_own(
    decided: Decide, zhilai: Facts
) -> None:
    decision = decided(zhilai)
    common = {
        "owner": "乐山精工机械有限公司",
        "owner_uscc": "91511100MA6XX0TE50",
        "pledged": False,
        "preserved_by_court": False,
        "status": "in_force",
    }
    common |= {"co_owners": [], "invalidation_pending": False}
    zhilai["ip_assets"] += [
        common
        | {"kind": "trademark", "number": "12345678", "title": "精工", "granted_on": "2018-03-07"}
        | {"similar_marks_included": True},
        common
        | {
            "kind": "software_copyright",
            "number": "2021SR0000001",
            "title": "装配控制软件",
            "filed_on": "2020-12-01",
            "granted_on": "2021-01-04",
        },
    ]
    drawn = draft(decision, zhilai, Particulars.model_validate(basic_particulars()))
    assert kinds(drawn) == [
        *("loan-contract", "patent-pledge", "trademark-pledge", "copyright-pledge"),
        *("guarantee-contract", "cost-sheet"),
        *("signing-list", "registration-patent", "registration-trademark", "registration-copyright"),
        "drawdown-checklist",
    ]
    assert "12345678" in text(drawn, "trademark-pledge")
    assert "2021SR0000001" in text(drawn, "copyright-pledge")
    assert "嘉乐科质字2026-0731-3" in text(drawn, "loan-contract")


@pytest.mark.parametrize(
    "name",
    [
        "甲&乙<丙>“丁”'戊'\"己\"有限公司",
        "{{ 7 * 7 }}{% raw %}有限公司",
        "**粗**[[loan-plan]]{#sum}::: table loan.plan",
        "龘𠮷𫖮科技有限公司",
        "中" * 56 + "有限公司",
        "A&amp;B有限公司",
    ],
)
def test_awkward_names_come_out_whole_in_every_document(name: str, decided: Decide) -> None:
    particulars = changed(example_particulars(), {"lender.name": {"zh": name}})
    drawn = redrawn(decided, "zhilai", particulars)
    for file in drawn.documents:
        if file.format is Format.HTML:
            assert name in unescape(file.content.decode())
    for one in drawn.drafted:
        assert name in "\n".join(one.document.lines())


@pytest.mark.parametrize(
    "name", ["甲\n乙", "甲\x1f乙", "甲\u202e乙", "甲\u200b乙", "甲\ue000乙", "甲\ufffe", "  ", "甲" * 401]
)
def test_names_with_invisible_or_endless_characters_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"U\+|is empty|has 401 characters"):
        Particulars.model_validate(changed(example_particulars(), {"lender.name": {"zh": name}}))


def test_forty_patents_are_listed_one_by_one(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai)
    patent = zhilai["ip_assets"][0]
    zhilai["ip_assets"] = [patent | {"title": f"一种装配方法之{chr(0x4E00 + i)}"} for i in range(40)]
    numbers = [patent_number(i) for i in range(40)]
    zhilai["ip_assets"] = [
        asset | {"number": number} for asset, number in zip(zhilai["ip_assets"], numbers, strict=True)
    ]
    particulars = example_particulars()
    particulars["pledge"]["papers"].append("asset_list")
    drawn = draft(decision, zhilai, Particulars.model_validate(particulars))
    contract = text(drawn, "patent-pledge")
    assert "共40件" in contract
    for number in numbers:
        assert f"ZL{number}" in contract
    (listed,) = [file for file in drawn.attachments if file.format is Format.XLSX]
    with zipfile.ZipFile(io.BytesIO(listed.content)) as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
        texts = workbook.read("xl/sharedStrings.xml").decode()
    assert (sheet.count("<row "), sheet.count('t="s"'), sheet.count("<c ")) == (1 + 40, 41 * 6, 41 * 6)
    for_register = [f"ZL{number.replace('.', '')}" for number in numbers]
    assert all(f"<t>{number}</t>" in texts for number in for_register)
    assert all(number in text(drawn, "registration-patent") for number in for_register)


@pytest.mark.parametrize(("prevailing", "signed", "translated"), [("zh", {"zh"}, {"en"}), ("en", {"zh", "en"}, set())])
def test_nobody_signs_the_translation_of_a_contract_that_is_signed_in_chinese(
    prevailing: str, signed: set[str], translated: set[str], decided: Decide
) -> None:
    drawn = redrawn(decided, "zhilai", changed(example_particulars(), {"signing.prevailing": prevailing}))
    found = next(json.loads(one.content) for one in drawn.attachments if one.kind == "signature-hand-off")
    assert {one["language"] for one in found["documents"]} == signed
    assert {one["language"] for one in found["translations"]} == translated
    assert all(one["signers"] for one in found["documents"])
    assert not any("signers" in one for one in found["translations"])


def test_a_licence_is_stated_once_with_the_patents_under_it(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai)
    licensed = [["普通许可：甲公司"], [], ["普通许可：甲公司", "独占许可：乙公司"]]
    zhilai["ip_assets"] = [
        zhilai["ip_assets"][0] | {"number": patent_number(i), "licences": licences}
        for i, licences in enumerate(licensed)
    ]
    drawn = draft(decision, zhilai, Particulars.model_validate(example_particulars()), formats=[])
    first, third = (f"ZL{patent_number(i)}" for i in (0, 2))
    assert f"情况为：普通许可：甲公司（{first}、{third}）、独占许可：乙公司（{third}）。" in text(
        drawn, "patent-pledge"
    )


@pytest.mark.parametrize(("patents", "lists"), [(10, 0), (11, 1)])
def test_a_spreadsheet_comes_with_more_than_ten_patents(
    patents: int, lists: int, decided: Decide, zhilai: Facts
) -> None:
    decision = decided(zhilai)
    zhilai["ip_assets"] = [zhilai["ip_assets"][0] | {"number": patent_number(i)} for i in range(patents)]
    particulars = example_particulars()
    particulars["pledge"]["papers"].append("asset_list")
    drawn = draft(decision, zhilai, Particulars.model_validate(particulars))
    sheets = [file for file in drawn.attachments if file.format is Format.XLSX]
    assert [file.kind for file in sheets] == ["asset-list-patent"] * lists


def test_cells_of_a_spreadsheet_are_texts_whatever_they_look_like(tmp_path: Path) -> None:
    made = write_xlsx([("专利号", "名称"), ("0012345", "=1+1"), ("1.0", "https://例")])
    with zipfile.ZipFile(io.BytesIO(made)) as workbook:
        sheet, styles = (workbook.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
        texts = workbook.read("xl/sharedStrings.xml").decode()
        assert {info.date_time for info in workbook.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert re.findall(r"<t>(.*?)</t>", texts) == ["专利号", "名称", "0012345", "=1+1", "1.0", "https://例"]
    assert sheet.count(' t="s"') == sheet.count("<c ") == 6
    assert "<f>" not in sheet
    (tmp_path / "list.xlsx").write_bytes(made)
    assert OpenXmlValidator(FileFormat.OFFICE_2019, max_errors=0).validate(tmp_path / "list.xlsx").errors == []
    assert styles.count('numFmtId="49"') == 2
    assert write_xlsx([("专利号", "名称"), ("0012345", "=1+1"), ("1.0", "https://例")]) == made


def test_the_gate_report_lists_every_gate_with_article_and_verdict(decided: Decide, zhilai: Facts) -> None:
    particulars = changed(example_particulars(), {"loan.overdue_uplift": "0.60"})
    drawn = draft(decided(zhilai), zhilai, Particulars.model_validate(particulars))
    page, data = (file for file in drawn.attachments if file.kind == "gate-report")
    assert len(json.loads(data.content)["gates"]) == len(gates())
    shown = page.content.decode()
    assert all(gate.zh in shown and gate.article in shown for gate in gates())
    assert "加收比例为60.00%，不在30.00%至50.00%之间" in shown
    assert "未通过 failed 1" in shown


def test_the_manifest_names_signers_in_order_with_anchors_that_occur_once(zhilai_set: ContractSet) -> None:
    for entry in json.loads(zhilai_set.manifest)["documents"]:
        document = "\n".join(
            line
            for one in zhilai_set.drafted
            if (one.document.kind, one.document.language) == (entry["kind"], entry["language"])
            for line in one.document.lines()
        )
        for signer in entry["signers"] if entry["kind"] != "drawdown-checklist" else ():
            assert document.count(signer["anchor"]) == 1
            assert signer["name"] in document
        assert [signer["order"] for signer in entry["signers"]] == list(range(1, len(entry["signers"]) + 1))


def patent_number(index: int) -> str:
    """A well-formed invention patent number."""
    from products.applicant.identifiers import patent_check_character  # noqa: PLC0415  # only this test makes numbers up

    digits = f"201710{index:06d}"
    return f"{digits}.{patent_check_character(digits)}"


def test_an_unknown_field_in_the_particulars_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match=r"loan\.colour\n.*Extra inputs are not permitted"):
        Particulars.model_validate(changed(example_particulars(), {"loan.colour": "red"}))


def test_a_mistyped_code_of_a_party_names_the_expected_character() -> None:
    with pytest.raises(ValidationError, match="ends in B, but its first 17 characters call for A"):
        Particulars.model_validate(changed(example_particulars(), {"lender.uscc": "91511100MA6XX0BA1B"}))


def test_a_malformed_application_is_refused_with_its_field(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai)
    zhilai["enterprise"]["uscc"] = "1"
    with pytest.raises(InvalidApplication, match=r"enterprise\.uscc"):
        draft(decision, zhilai, Particulars.model_validate(example_particulars()))


def test_an_amount_lent_that_is_not_the_one_decided_is_refused(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai)
    zhilai["request"]["amount"] = "2000000.00"
    with pytest.raises(DraftRefused, match=r"request\.amount is 2000000\.00, the decision's is 1000000\.00"):
        draft(decision, zhilai, Particulars.model_validate(example_particulars()))


def test_a_loan_that_only_persons_guarantee_names_their_contract_as_its_security(decided: Decide) -> None:
    facts = facts_of("kuaidai")
    decision = decided(facts).model_copy(update={"cover": None})
    given = changed(equipment_particulars(), {"guarantee": GONE, "entrustment": GONE, "counter_guarantee": GONE})
    given["resolutions"] = [one for one in given["resolutions"] if one["company"] == "borrower"]
    contract = text(draft(decision, facts, Particulars.model_validate(given)), "loan-contract")
    assert "自然人保证合同\t嘉乐科个保字2026-0731\t李示范、陈示例\t连带责任保证" in contract


def test_the_entrusted_guarantee_says_what_the_fee_is_charged_on_as_the_decision_does(decided: Decide) -> None:
    facts, given = full_case()
    decision = decided(facts)
    on_the_loan = text(draft(decision, facts, Particulars.model_validate(given)), "entrusted-guarantee")
    assert "以该年度开始时的借款本金余额为基数" in on_the_loan
    parameters = tuple(
        one.model_copy(update={"value": "guaranteed_part"}) if one.name.endswith(".fee_base") else one
        for one in decision.evidence.parameters
    )
    evidence = decision.evidence.model_copy(update={"parameters": parameters})
    other = decision.model_copy(update={"evidence": evidence})
    on_its_part = text(draft(other, facts, Particulars.model_validate(given)), "entrusted-guarantee")
    assert "以该年度开始时的受托人承担保证责任的借款本金余额为基数" in on_its_part


def test_votes_of_a_board_are_counted_on_all_directors_and_those_of_shareholders_on_the_votes_present(
    decided: Decide,
) -> None:
    drawn = redrawn(decided, "zhilai", example_particulars())
    assert "赞成票占全体董事的100.00%" in text(drawn, "resolution-borrower")
    assert "赞成票占出席会议有权表决的表决权的80.00%" in text(drawn, "resolution-counter_guarantor")


def test_persons_who_guarantee_sign_by_hand_and_agree_on_the_order_of_securities(decided: Decide) -> None:
    contract = text(redrawn(decided, "zhilai", example_particulars()), "personal-guarantee")
    assert (
        "保证人李示范签字处\n李示范\n实际控制人（签名或按指印）：\n身份证件号码：\n送达电话：\n签署日期：" in contract
    )
    assert "债权人可以自行选择行使担保权利的先后顺序，可以先请求本合同的保证人承担保证责任；" in contract


def test_up_to_a_maximum_the_term_of_this_loan_does_not_bind_the_others(decided: Decide) -> None:
    facts, given = full_case()
    cap = {"cap": "1000000.00", "claims_from": "2026-07-31", "claims_to": "2029-07-31"}
    given = changed(given, {"guarantee.maximum": cap, "pledge.maximum": cap})
    drawn = draft(decided(facts), facts, Particulars.model_validate(given))
    for kind in ("maximum-guarantee-contract", "maximum-patent-pledge"):
        contract = text(drawn, kind)
        assert "编号为嘉乐科借字2026-0731的主合同项下债务的履行期限为12个月" in contract
        assert "其他主合同项下债务的履行期限以各该合同的约定为准" in contract
        assert "债权确定期间届满" in contract
    guaranteed = text(drawn, "maximum-guarantee-contract")
    assert "在最高债权额人民币壹佰万元整（¥1,000,000.00）的限度内承担保证责任" in guaranteed
