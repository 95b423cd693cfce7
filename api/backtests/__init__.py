"""Backtests of files of past applications."""
