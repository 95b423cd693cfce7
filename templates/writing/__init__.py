"""Documents as files: DOCX, HTML, PDF and spreadsheets, in one language or two side by side."""
