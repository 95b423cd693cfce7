"""Papers that come with a case: what kinds there are, and a paper as gates and manifests take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from products.applicant.choices import Choice
from templates.case.options import Paper


class AttachmentKind(Choice):
    """What a paper is."""

    VALUATION_REPORT = "valuation_report", "资产评估报告", "valuation report"
    RESOLUTION = "resolution", "公司决议", "company resolution"
    CO_OWNER_CONSENTS = "co_owner_consents", "共有人同意出质的意见", "consents of the co-owners"
    IDENTITY_PROOFS = "identity_proofs", "身份证明", "proofs of identity"
    UNDERTAKING = "undertaking", "承诺书", "undertakings"
    POWER_OF_ATTORNEY = "power_of_attorney", "授权委托书", "power of attorney"
    SAME_DAY_DECLARATION = "same_day_declaration", "同日申请发明专利的声明", "declaration on same-day inventions"
    ACKNOWLEDGEMENT = "acknowledgement", "格式条款说明确认书", "acknowledgement that standard terms were explained"
    OTHER = "other", "其他材料", "other paper"


def attachment_kind(value: str) -> AttachmentKind:
    """The kind of this value; KeyError if there is none."""
    return _KINDS[value]


_KINDS: Final = {kind.value: kind for kind in AttachmentKind}


@dataclass(frozen=True, slots=True)
class Attached:
    """A paper that is there."""

    kind: AttachmentKind
    filename: str
    sha256: str
    size: int

    def plain(self) -> dict[str, object]:
        """The paper as data."""
        return {"kind": self.kind.value, "filename": self.filename, "bytes": self.size, "sha256": self.sha256}


FILED: Final = {paper: kind for paper in Paper for kind in AttachmentKind if paper.value == kind.value}
"""Papers of a registration application that are files from outside, by the kind they are attached as."""
