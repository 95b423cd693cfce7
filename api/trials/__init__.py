"""Trials of a challenger on a share of live applicants: desk, store, shapes."""
