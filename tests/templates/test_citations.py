"""Sources as English documents cite them, for every condition that is shipped."""

from __future__ import annotations

import re

import pytest

from templates.citations import CHECKED, cited
from templates.wording import Language
from tests.products.builders import catalogue


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("民法典第四百四十四条", "Civil Code, art. 444"),
        ("民法典第一千零一条", "Civil Code, art. 1001"),
        ("公司法第十五条", "Company Law, art. 15"),
        ("民法典第六百七十条", "Civil Code, art. 670"),
        ("财金〔2024〕60号：企业名单与备案", "Cai Jin [2024] No. 60: list of enterprises and filing"),
        ("财金〔2025〕11号第六条；公司法第十条", "Cai Jin [2025] No. 11, art. 6; Company Law, art. 10"),
        ("产品条款：准入核查", "Product terms: eligibility"),
        ("本行办法第三条：自定事项", "本行办法, art. 3: 自定事项"),
    ],
)
def test_a_source_is_cited_by_its_english_short_name_where_there_is_one(source: str, english: str) -> None:
    assert cited(source, Language.EN) == english
    assert cited(source, Language.ZH) == source


def test_every_shipped_condition_and_the_checklist_are_cited_without_a_chinese_word() -> None:
    offered = catalogue()
    owners = (*offered.products.values(), *offered.programmes.values())
    sources = {one.clause.format(instrument="财金〔2024〕60号") for owner in owners for one in owner.conditions}
    assert {"民法典第四百四十四条", "公司法第十五条"} < sources
    for source in sources | set(CHECKED.values()):
        assert not re.search(r"[\u3000-\u9fff]", cited(source, Language.EN)), source
