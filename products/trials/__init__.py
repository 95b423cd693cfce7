"""Trying terms before they hold everywhere: on realised outcomes, beside live decisions, and on a share of applicants.

`realised`, `consequences`, `backtest` and `backtest_report` look back; `plan`, `split`, `stop_rules` and `life` are a
champion/challenger trial; `shadows` is a candidate beside live decisions. All are values; storage stands elsewhere.
"""
