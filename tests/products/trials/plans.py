"""Trials for tests: a tenth of the applicants for innovation credit is decided by the revision `spring`."""

from __future__ import annotations

from typing import Any

from products.trials.plan import Plan, plan_from


def written_plan(**changes: object) -> dict[str, Any]:
    """A plan as JSON: three months from April 2027 on, stopped if approvals differ by more than a tenth."""
    plain: dict[str, Any] = {
        "product": "innovation-credit",
        "slug": "wider-band",
        "champion": None,
        "challenger": "spring",
        "share_ppm": 100_000,
        "starts_on": "2027-04-01",
        "ends_on": "2027-07-01",
        "stop": [{"measure": "approval_rate", "limit_ppm": 100_000, "least": 10}],
        "source": "产品委员会纪要 2027-4",
    }
    return plain | changes


def plan(**changes: object) -> Plan:
    """The same, read."""
    return plan_from(written_plan(**changes))
