"""A Word file as a reader sees it: how its words look, what was left in it, what stands out, where its parties sign."""
