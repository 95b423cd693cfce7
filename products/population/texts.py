"""Invented names and numbers of generated applications; every company name ends in 示例 (example)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from products.applicant.choices import IpKind, TitleKind
from products.applicant.identifiers import PATENT_KIND_DIGITS, patent_check_character, uscc_check_character


@dataclass(frozen=True, slots=True)
class Firm:
    """What decides which product an applicant asks for."""

    region: str
    sector: str
    term_months: int
    titles: frozenset[str]
    pledges: bool


_REVISIONS: Final[dict[str, Callable[[Firm], bool]]] = {
    "tianfu-zhilai": lambda firm: (
        firm.pledges and firm.region.startswith("51") and firm.sector == "industry" and firm.term_months <= 12
    ),
    "hubei-kuaidai": lambda firm: (
        not firm.pledges and firm.region.startswith("42") and bool(firm.titles & {"little_giant", "specialised_sme"})
    ),
    "xiamen-changrongbao": lambda firm: not firm.pledges and firm.region.startswith("3502") and firm.term_months > 12,
}
OTHER_OWNER: Final = "某研究所示例"

_CITIES: Final = {
    "110000": ("北京", "Beijing"),
    "310000": ("上海", "Shanghai"),
    "320100": ("南京", "Nanjing"),
    "330100": ("杭州", "Hangzhou"),
    "340100": ("合肥", "Hefei"),
    "350200": ("厦门", "Xiamen"),
    "370100": ("济南", "Jinan"),
    "420100": ("武汉", "Wuhan"),
    "440300": ("深圳", "Shenzhen"),
    "510100": ("成都", "Chengdu"),
    "511100": ("乐山", "Leshan"),
    "610100": ("西安", "Xi'an"),
}
_FIRST: Final = (
    *(("澜", "Lan"), ("衡", "Heng"), ("曜", "Yao"), ("禾", "He"), ("星", "Xing"), ("砺", "Li"), ("珩", "Heng")),
    *(("云", "Yun"), ("晟", "Sheng"), ("陆", "Lu"), ("鸿", "Hong"), ("青", "Qing"), ("泽", "Ze")),
)
_SECOND: Final = (
    *(("拓", "tuo"), ("芯", "xin"), ("微", "wei"), ("谱", "pu"), ("源", "yuan"), ("维", "wei"), ("图", "tu")),
    *(("测", "ce"), ("驰", "chi"), ("创", "chuang"), ("材", "cai")),
)
_TRADES: Final = {
    "industry": ("智能装备", "Intelligent Equipment"),
    "software": ("软件", "Software"),
    "information_transmission": ("网络科技", "Network Technology"),
    "wholesale": ("科技贸易", "Technology Trading"),
    "leasing_and_business_services": ("技术服务", "Technology Services"),
}
_OTHER_TRADE: Final = ("科技", "Technology")
_CERTIFICATES: Final = {
    TitleKind.HNTE: "GR{year}00{serial:06d}",
    TitleKind.TECH_SME: "{year}00000{serial:08d}",
    TitleKind.LITTLE_GIANT: "{year}-XJR-{serial:07d}",
}
_OBJECTS: Final = (
    "减速器",
    "光谱仪",
    "电池管理系统",
    "机器视觉检测装置",
    "激光切割头",
    "传感器阵列",
    "高温合金材料",
    "数据采集终端",
)
_TITLES: Final = {
    IpKind.INVENTION_PATENT: "一种{object}的制造方法",
    IpKind.UTILITY_MODEL: "一种{object}",
    IpKind.DESIGN: "{object}外观",
    IpKind.TRADEMARK: "示例商标{serial}",
    IpKind.COPYRIGHT: "{object}图册",
    IpKind.SOFTWARE_COPYRIGHT: "{object}控制软件V1.0",
}
_USCC_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def product_texts(firm: Firm) -> dict[str, str]:
    """A product that fits the applicant and, where the applicant fits one, a revision offered in its province."""
    product = "ip-pledge" if firm.pledges else "innovation-credit"
    revision = next((slug for slug, fits in _REVISIONS.items() if fits(firm)), None)
    return {"product": product} | ({} if revision is None else {"revision": revision})


def enterprise_texts(region: str, sector: str, *, serial: int, row: int) -> dict[str, str]:
    """Name, English name and code; codes of one draw differ from row to row."""
    city, city_en = _CITIES[region]
    first, first_en = _FIRST[serial % len(_FIRST)]
    second, second_en = _SECOND[serial // len(_FIRST) % len(_SECOND)]
    trade, trade_en = _TRADES.get(sector, _OTHER_TRADE)
    return {
        "name": f"{city}{first}{second}{trade}有限公司示例",
        "name_en": f"{city_en} {first_en}{second_en} {trade_en} Co., Ltd. (Example)",
        "uscc": _uscc(region, row),
    }


def _uscc(region: str, row: int) -> str:
    digits = ""
    for _ in range(5):
        row, digit = divmod(row, len(_USCC_DIGITS))
        digits = _USCC_DIGITS[digit] + digits
    code = f"91{region}MA{digits[0]}X{digits[1:]}T"
    return code + uscc_check_character(code)


def certificate(kind: TitleKind, year: str, serial: int) -> str:
    """A certificate number in the form its authority uses, or a plain one."""
    form = _CERTIFICATES.get(kind, "{year}-{serial:07d}")
    return form.format(year=year, serial=serial % 1_000_000)


def asset_number(kind: IpKind, year: str, serial: int) -> str:
    """A patent number with its check character, or a registration number; ``serial`` below 10,000,000."""
    if kind in PATENT_KIND_DIGITS:
        digits = f"{year}{PATENT_KIND_DIGITS[kind][0]}{serial:07d}"
        return f"{digits}.{patent_check_character(digits)}"
    forms = {IpKind.TRADEMARK: f"{10_000_000 + serial}", IpKind.SOFTWARE_COPYRIGHT: f"{year}SR{serial:07d}"}
    return forms.get(kind, f"国作登字-{year}-F-{serial:08d}")


def asset_title(kind: IpKind, serial: int) -> str:
    """What the right is about."""
    return _TITLES[kind].format(object=_OBJECTS[serial % len(_OBJECTS)], serial=serial)
