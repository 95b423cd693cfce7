"""Packages as banks would write them; their own tests run once they are installed."""

collect_ignore_glob = ["*/tests/*"]
