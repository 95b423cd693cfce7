"""Contract sets drafted, stored in a chain, drawn again, with the papers of their case."""
