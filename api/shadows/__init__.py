"""Candidates beside live decisions: desk, store, report, and the worker that decides after the answer."""
