"""Loan products for sci-tech SMEs: the domain, pure, and the whole public surface for plugin authors."""

from products.answer import Decision, Outcome, Party, Severity, Verdict
from products.case import Case, Situation, Standing
from products.columns import Applications, Column, Truth, flag, truth
from products.explain import explain
from products.flatten import columns_of
from products.kernel import DatesOutOfOrder, Decisions, Offering, decide
from products.leaflet import product_leaflet, product_lines, programme_leaflet, programme_lines
from products.parameters import Book, NotInForce, Unit, load_book, parameter
from products.product import LimitFormula, LoanProduct, Programme, Revision
from products.reading import InvalidApplication, Problem, application_from, read_application
from products.record import Application
from products.registry import Broken, BrokenPlugin, Catalogue, UnknownOffering, load_catalogue
from products.rules import Condition, Rule, rule
from products.terms import LoanTerms, ProgrammeTerms
from products.underwriting import Offer, OfferList, offers, underwrite

__all__ = [
    "Application",
    "Applications",
    "Book",
    "Broken",
    "BrokenPlugin",
    "Case",
    "Catalogue",
    "Column",
    "Condition",
    "DatesOutOfOrder",
    "Decision",
    "Decisions",
    "InvalidApplication",
    "LimitFormula",
    "LoanProduct",
    "LoanTerms",
    "NotInForce",
    "Offer",
    "OfferList",
    "Offering",
    "Outcome",
    "Party",
    "Problem",
    "Programme",
    "ProgrammeTerms",
    "Revision",
    "Rule",
    "Severity",
    "Situation",
    "Standing",
    "Truth",
    "Unit",
    "UnknownOffering",
    "Verdict",
    "application_from",
    "columns_of",
    "decide",
    "explain",
    "flag",
    "load_book",
    "load_catalogue",
    "offers",
    "parameter",
    "product_leaflet",
    "product_lines",
    "programme_leaflet",
    "programme_lines",
    "read_application",
    "rule",
    "truth",
    "underwrite",
]
