"""The applicant record: declared once, read from JSON and Arrow, laid out as columns."""
