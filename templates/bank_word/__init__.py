"""A bank's own Word templates: read, checked and filled in a process of their own."""
