"""Guarantee rule books of any country as dated data, and the evaluators that read them over columns of loans."""
