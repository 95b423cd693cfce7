"""Gates on the finished text: figures, forbidden wording, leftovers, and equal figures in both languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final

from templates.case.record import ContractRecord
from templates.figures import figures_of, stray_figures
from templates.finished import Finished, FinishedText
from templates.gates.clean_file import left
from templates.gates.table import Shortfall, check, text_check
from templates.word_file.marks import TYPED, MarkKind
from templates.wording import DocumentLanguage, Language

_FORFEITURE: Final = re.compile(
    r"(?:归|属于|转归)(?:质权人|债权人|贷款人|银行|担保人)所有|抵债归|(?:直接|自动|当然)(?:取得|享有).{0,12}(?:所有权|专利权|商标权|著作权)"
    r"|(?:becomes?|shall be(?:come)?|is) (?:the )?property of the (?:Pledgee|Creditor|Lender|Bank)"
    r"|(?:vests?|passes) (?:automatically )?(?:in|to) the (?:Pledgee|Creditor|Lender|Bank)"
)
_INDEPENDENCE: Final = re.compile(
    r"(?<![不非])独立于主合同|不因(?:主合同|借款合同)(?:的)?无效而无效|(?:主合同|借款合同)无效.{0,10}本合同(?:仍然|继续|仍)有效"
    r"|不受(?:主合同|借款合同)(?:的)?(?:效力|无效)(?:的)?影响"
    r"|(?:主合同|借款合同)(?:的|被|确认|认定){0,3}(?:无效|撤销|不成立)[^。；]{0,8}不影响(?:本|该)?(?:合同|质押|保证|担保|质权)"
    r"|(?<!not )independent of the (?:Main|Loan) Contract"
    r"|(?:in)?validity of the (?:Main|Loan) Contract (?:does|shall) not affect "
    r"(?:this|the (?:pledge|guarantee|security))"
    r"|remains? (?:valid|effective|in force).{0,40}(?:Main|Loan) Contract is (?:void|invalid)"
)
_LANGUAGES: Final[Mapping[DocumentLanguage, str]] = {Language.ZH: "中文", Language.EN: "英文"}
_LEFTOVER: Final = re.compile(rf"\{{\{{|\}}\}}|\{{%|%\}}|\{{#|{TYPED.pattern}|[：:]\s*[。；]|: ?\.(?!\S)")


@text_check("figures-found")
def every_figure_is_of_the_record(finished: Finished) -> Iterator[Shortfall]:
    """Amounts, capitals, rates, dates and whole numbers of the finished text, read back and compared."""
    for text in finished.texts:
        for stray in stray_figures(text.lines, finished.known):
            yield Shortfall(
                text.name,
                f"contains {stray}, which neither decision nor particulars know",
                "correct the clause or the particulars",
                f"文本中的“{stray.text}”与决定及合同要素不符，请更正。",
            )


def _offending(finished: Finished, wording: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    for text in finished.texts:
        for line in text.lines:
            found = wording.search(line)
            if found:
                yield text.name, found[0], line


@text_check("no-forfeiture")
def nothing_is_forfeited(finished: Finished) -> Iterator[Shortfall]:
    """Agreed before maturity, forfeiture gives the creditor priority only; the wording is not used at all."""
    for field, wording, line in _offending(finished, _FORFEITURE):
        yield Shortfall(
            field,
            f"contains {wording!r} in {line!r}",
            "agree on priority in the proceeds, or on self-sale",
            f"含有流质表述“{wording}”，请改为就质押财产优先受偿。",
        )


@text_check("no-independence")
def no_security_is_independent(finished: Finished) -> Iterator[Shortfall]:
    """A clause that lets the security survive a void main contract is void itself."""
    for field, wording, line in _offending(finished, _INDEPENDENCE):
        yield Shortfall(
            field,
            f"contains {wording!r} in {line!r}",
            "let the security follow its main contract",
            f"含有独立性约定“{wording}”，该约定无效，请删除。",
        )


@text_check("no-leftovers")
def nothing_is_left_over(finished: Finished) -> Iterator[Shortfall]:
    """Tags, blanks, placeholders and empty form fields; a text that the record supplies may contain what it likes."""
    yield from left(finished, MarkKind.PLACEHOLDER, "fill it in, or remove it", "请填写或者删除")
    for text in finished.texts:
        for line, heading in zip_longest(text.lines, text.under, fillvalue=""):
            found = _LEFTOVER.search(line)
            if found and _LEFTOVER.search(finished.known.supplied.sub(" ", line)):
                under = f" under {heading}" if heading else ""
                yield Shortfall(
                    text.name,
                    f"still contains {found[0]!r}{under} in {line!r}",
                    "fill the blank or remove the tag",
                    f"{heading or '文本'}残留占位或标签“{found[0]}”，请补全或删除。",
                )


@text_check("languages-agree")
def both_languages_state_the_same_figures(finished: Finished) -> Iterator[Shortfall]:
    """Every amount, percentage, date and number stands in both texts of a document, and as often."""
    by_kind: dict[str, list[FinishedText]] = defaultdict(list)
    for text in finished.texts:
        by_kind[text.kind].append(text)
    for kind, texts in by_kind.items():
        read = [figures_of(text.lines, finished.known) for text in texts]
        odd = sorted(
            {figure for one in read for figure, times in one.items() if times != read[0][figure]}
            | {figure for one in read for figure, times in read[0].items() if times != one[figure]}
        )
        if odd and len({text.in_word for text in texts}) > 1:
            yield _worded_apart(kind, texts, odd)
        elif odd:
            yield Shortfall(
                kind,
                f"does not state {', '.join(odd)} as often in one language as in the other",
                "mend the translation",
                f"中英文数字不一致：{'、'.join(odd)}，请更正译文。",
            )


def _worded_apart(kind: str, texts: list[FinishedText], odd: list[str]) -> Shortfall:
    """The shortfall of a document that a bank's Word template words in one language and the clauses in the other."""
    own, other = sorted(texts, key=lambda text: not text.in_word)[:2]
    return Shortfall(
        kind,
        f"is worded by a Word template in {own.language.value} and by clauses in {other.language.value}, so "
        f"{len(odd)} figures ({', '.join(odd[:3])}{' …' if len(odd) > 3 else ''}) do not stand as often in both",
        f"approve a Word template of {kind} in {other.language.value} too, draw the set in {own.language.value} only, "
        f"or let someone who compared both texts pass it by name",
        f"该文件的{_LANGUAGES[own.language]}文本由本行Word模板起草，{_LANGUAGES[other.language]}文本由条款库起草，"
        f"两种文本有{len(odd)}个数字出现次数不同，请为另一语言批准模板、仅出具一种语言，或由核对人员具名放行。",
    )


@check("pledge-before-drawdown")
def drawdown_waits_for_the_registration(record: ContractRecord) -> Iterator[Shortfall]:
    """The decision's conditions say that the pledge is registered, not merely applied for."""
    if not any(condition.name == "pledge_registered" for condition in record.decision.conditions):
        yield Shortfall(
            "decision.conditions",
            "do not ask for the registered pledge before drawdown",
            "add the condition pledge_registered to the product",
            "提款条件未包括“质押登记办理完毕”，请在产品中补充该条件。",
        )
