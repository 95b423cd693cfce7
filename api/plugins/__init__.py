"""Installed packages: admission, configuration, faults, status, the check of documents."""
