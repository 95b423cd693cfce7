"""Revisions of products: desk, store, shapes."""
