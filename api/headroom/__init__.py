"""Guarantee headroom reserved, drawn and released: desk, store, shapes."""
