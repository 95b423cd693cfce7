"""A portfolio measured and a fee tariff solved: bodies, reading, answers."""
