"""Intellectual property as security: legal life, indicator adjustment, what a lender may count on."""
