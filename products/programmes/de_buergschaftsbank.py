"""German guarantee banks."""

from pathlib import Path

from products.guarantee.loading import load_rulebook

RULE_BOOK = load_rulebook(Path(__file__).with_suffix(".yaml"))
