"""Loan products for sci-tech SMEs: the domain, pure, and the whole public surface for plugin authors."""

from products.applicant.choices import IpKind, Purpose, Repayment, Sector, TitleKind
from products.applicant.flatten import columns_of
from products.applicant.reading import InvalidApplication, Problem, application_from, read_application
from products.applicant.record import Application
from products.applications import Applications, Children
from products.case import Case, Situation, Standing
from products.catalogue.credit_rules import CREDIT_CONDITIONS, CREDIT_RULES
from products.catalogue.revisions import load_revisions
from products.columns import Column, Truth, flag, truth
from products.costs.price_answer import PriceSheet
from products.costs.price_sheet import NothingToPrice, price_sheet
from products.discovery import Admission, Broken, LeftOut
from products.explaining.answer import Decision, Outcome, Party, Severity, Verdict
from products.explaining.explain import explain
from products.explaining.leaflet import product_leaflet, product_lines, programme_leaflet, programme_lines
from products.host_api import KEDAI_API, ApiRange
from products.isolation.faults import FaultKind, Limits
from products.isolation.host import Fault, PluginHost
from products.kernel import DatesOutOfOrder, Decisions, Offering, decide
from products.limits import SHARED_LIMITS, scaled
from products.loading import BrokenPlugin, load_catalogue
from products.money import ONE, Rounding, portion
from products.package_data import PackageData
from products.parameters import Book, NotInForce, Unit, load_book, parameter
from products.product import LimitFormula, LoanProduct, Programme, Revision
from products.registry import Catalogue, UnknownOffering
from products.repayment.calendars import add_months
from products.rules import Condition, Rule, rule
from products.terms import LoanTerms, ProgrammeTerms
from products.underwriting import Offer, OfferList, offers, underwrite
from products.vocabulary import BANDS, SIZES, TIERS

__all__ = [
    "BANDS",
    "CREDIT_CONDITIONS",
    "CREDIT_RULES",
    "KEDAI_API",
    "ONE",
    "SHARED_LIMITS",
    "SIZES",
    "TIERS",
    "Admission",
    "ApiRange",
    "Application",
    "Applications",
    "Book",
    "Broken",
    "BrokenPlugin",
    "Case",
    "Catalogue",
    "Children",
    "Column",
    "Condition",
    "DatesOutOfOrder",
    "Decision",
    "Decisions",
    "Fault",
    "FaultKind",
    "InvalidApplication",
    "IpKind",
    "LeftOut",
    "LimitFormula",
    "Limits",
    "LoanProduct",
    "LoanTerms",
    "NotInForce",
    "NothingToPrice",
    "Offer",
    "OfferList",
    "Offering",
    "Outcome",
    "PackageData",
    "Party",
    "PluginHost",
    "PriceSheet",
    "Problem",
    "Programme",
    "ProgrammeTerms",
    "Purpose",
    "Repayment",
    "Revision",
    "Rounding",
    "Rule",
    "Sector",
    "Severity",
    "Situation",
    "Standing",
    "TitleKind",
    "Truth",
    "Unit",
    "UnknownOffering",
    "Verdict",
    "add_months",
    "application_from",
    "columns_of",
    "decide",
    "explain",
    "flag",
    "load_book",
    "load_catalogue",
    "load_revisions",
    "offers",
    "parameter",
    "portion",
    "price_sheet",
    "product_leaflet",
    "product_lines",
    "programme_leaflet",
    "programme_lines",
    "read_application",
    "rule",
    "scaled",
    "truth",
    "underwrite",
]
