"""What the clauses of a contract must say for the law's sake, by words that none of its wordings can do without.

A clause of the library says it in the wording that was approved; a bank's own version of the clause, or its Word
template, may say it otherwise or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from templates.finished import Finished, FinishedText
from templates.gates.table import OR_NAMED, OR_NAMED_ZH, Shortfall
from templates.wording import Language


@dataclass(frozen=True, slots=True)
class Topic:
    """Something a document must say: where, in which clause, what, and the words in each language that say it."""

    kind: str
    clause: str
    en: str
    zh: str
    english: re.Pattern[str]
    chinese: re.Pattern[str]

    def is_said_in(self, text: FinishedText) -> bool:
        """Whether a line of the text says it."""
        wanted = self.english if text.language is Language.EN else self.chinese
        return any(wanted.search(line) for line in text.lines)


def _topic(kind: str, clause: str, said: tuple[str, str], words: tuple[str, str]) -> Topic:
    return Topic(kind, clause, *said, re.compile(words[0], re.IGNORECASE), re.compile(words[1]))


TOPICS: Final[Mapping[str, tuple[Topic, ...]]] = {
    "prepayment-clause": (
        _topic(
            "loan-contract",
            "loan-prepayment",
            ("how interest is counted on early repayment", "提前还款的计息方式"),
            (
                r"(?:early|prepay|advance).{0,60}interest|interest.{0,60}early",
                r"提前(?:还款|归还|还本).{0,60}(?:利息|计息)",
            ),
        ),
    ),
    "business-day-clause": (
        _topic(
            "loan-contract",
            "loan-repayment",
            ("what happens to a due date that is no business day", "还款日遇非工作日的处理"),
            (
                r"\bdate.{0,24}\b(?:not a|no|non-) ?(?:business|working) day",
                r"还款日.{0,12}(?:不是|不为|遇|为非).{0,4}(?:工作日|营业日|节假日)",
            ),
        ),
    ),
    "transfer-clause": (
        _topic(
            "-pledge",
            "pledge-transfer",
            ("that transfer and licence need the pledgee's consent", "转让、许可须经质权人同意"),
            (
                r"not,? without.{0,60}consent.{0,80}(?:transfer|licen[cs])"
                r"|(?:transfer|licen[cs]).{0,80}(?:without|require|only with|subject to).{0,40}consent",
                r"未经.{0,16}同意.{0,16}不得.{0,16}(?:转让|许可)"
                r"|(?:转让|许可).{0,30}(?:须|应|需).{0,6}(?:经|取得|征得).{0,16}同意",
            ),
        ),
        _topic(
            "-pledge",
            "pledge-transfer",
            ("that proceeds prepay the debt or are deposited", "所得价款提前清偿或者提存"),
            (r"prepay|escrow|deposit", r"提前清偿|提存"),
        ),
        _topic(
            "patent-pledge",
            "pledge-transfer",
            ("that no open licence is declared", "不实行专利开放许可"),
            (r"open licen[cs]", r"开放许可"),
        ),
    ),
    "maintenance-clauses": (
        _topic(
            "-pledge",
            "pledge-maintenance",
            ("who pays the annual fees", "年费的负担"),
            (r"(?:annual|renewal) fee", r"年费|续展费"),
        ),
        _topic(
            "-pledge",
            "pledge-maintenance",
            ("what happens on invalidation or a dispute on ownership", "无效宣告和权属争议的处理"),
            (
                r"(?:invalidat|ownership).{0,120}(?:notif|inform|contest|defend)",
                r"(?:无效宣告|撤销请求|权属).{0,60}(?:通知|告知|应对|应诉)",
            ),
        ),
        _topic(
            "-pledge",
            "pledge-value",
            ("what happens if the pledge falls in value", "质押财产价值减少的处理"),
            (r"value.{0,80}\bfall.{0,200}security", r"价值.{0,12}(?:减少|下降|降低).{0,80}(?:担保|补足|清偿)"),
        ),
        _topic(
            "-pledge",
            "pledge-realisation",
            ("that technical materials are handed over", "技术资料的交付"),
            (r"technical (?:materials|files|documents)", r"技术(?:资料|文件)"),
        ),
    ),
    "counter-guarantee-clauses": (
        _topic(
            "counter-guarantee",
            "counter-claim",
            ("that it secures the guarantor's recourse", "以追偿权为反担保的对象"),
            (r"recourse", r"追偿权"),
        ),
        _topic(
            "counter-guarantee",
            "counter-validity",
            ("that it answers also if the guarantee is void", "保证合同无效时仍对赔偿责任负责"),
            (r"guarantee.{0,20} (?:is|are) (?:held )?(?:void|invalid)", r"(?:保证|担保)合同.{0,12}无效"),
        ),
    ),
    "order-clause": (
        _topic(
            "-pledge",
            "pledge-order",
            ("the order between this pledge and other security", "本质押与其他担保的实现顺序"),
            (r"other security.{0,160}\bfirst\b", r"其他担保.{0,80}先"),
        ),
        _topic(
            "guarantee-contract",
            "guarantee-order",
            ("the order between security in property and the guarantee", "物的担保与保证的实现顺序"),
            (r"property.{0,160}\bfirst\b", r"物的担保.{0,60}先"),
        ),
    ),
    "recourse-clause": (
        _topic(
            "guarantee-contract",
            "guarantee-recourse",
            ("the guarantor's recourse", "保证人的追偿权"),
            ("recourse", "追偿"),
        ),
        _topic(
            "personal-guarantee",
            "personal-recourse",
            ("the shares of several guarantors", "各保证人之间的分担"),
            (r"among the guarantors|between the guarantors|co-guarantor", r"各保证人|保证人之间|共同保证人"),
        ),
    ),
    "standard-terms-marked": tuple(
        _topic(
            kind,
            "standard-terms",
            ("that the other side has read and understood what was pointed out", "对方已经阅读、理解所提示条款的确认"),
            (
                r"confirms?.{0,40}(?:read|understood)|acknowledges?.{0,60}(?:read|understood|explained)",
                r"确认.{0,20}(?:阅读|理解)|已(?:经)?(?:阅读|阅知).{0,20}(?:理解|同意|确认)",
            ),
        )
        for kind in ("-contract", "-pledge", "-guarantee")
    ),
    "penalties-not-both": (
        _topic(
            "loan-contract",
            "loan-breach",
            ("that of overdue and misuse interest only the heavier is charged", "逾期与挪用罚息择其重、不并处"),
            (r"not both|heavier|higher of", r"不得?并处|择其?重|较重"),
        ),
    ),
}
"""By gate. A document lacks a clause where the clause was not drawn, and a topic where no line says it."""


def unsaid(finished: Finished, gate: str) -> Iterator[Shortfall]:
    """What the documents must say for a gate and do not: a clause that is not drawn, or a topic no line speaks of."""
    for topic in TOPICS[gate]:
        for text in finished.texts:
            if text.kind.endswith(topic.kind):
                if text.lacks(topic.clause):
                    yield lacking(text, topic.clause)
                elif not topic.is_said_in(text):
                    yield Shortfall(
                        text.name,
                        f"does not say {topic.en}",
                        f"say it under {topic.clause}{OR_NAMED}",
                        f"没有写明{topic.zh}，请在条款“{topic.clause}”中写明{OR_NAMED_ZH}。",
                    )


def lacking(text: FinishedText, clause: str) -> Shortfall:
    """The shortfall of a clause that a document does not contain."""
    return Shortfall(
        text.name,
        f"lacks the clause {clause}",
        f"put the clause back{OR_NAMED}",
        f"缺少条款“{clause}”，请恢复{OR_NAMED_ZH}。",
    )
