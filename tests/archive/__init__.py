"""Tests of the packages that come from the machine's own archive."""
