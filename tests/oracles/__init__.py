"""Figures that others published, and as many worked out by hand: one table per subject, one module that runs it."""
