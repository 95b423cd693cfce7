"""The contract record: the parties and their particulars, papers, and what the decision says of them."""
