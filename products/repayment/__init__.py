"""Loan arithmetic between drawdown and maturity: plans, due days, annual rates."""
