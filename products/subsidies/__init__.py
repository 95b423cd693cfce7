"""Interest and fee subsidies of the treasury: one book of dated, cited terms each, and who receives them."""
