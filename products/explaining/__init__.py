"""A decision in words: its public form, the price and collateral explained, sentences, leaflets."""
