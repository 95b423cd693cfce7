"""Packages of banks, built and installed by the tests."""
