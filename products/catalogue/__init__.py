"""Loan products: one module and one YAML book each, behind the entry points of `kedai.products`."""
