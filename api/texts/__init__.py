"""The life of contract texts: desk, store, shapes."""
