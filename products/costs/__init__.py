"""What a loan costs the bank: capital, expected loss, funding, the price sheet and its sensitivity."""
