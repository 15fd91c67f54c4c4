"""Tests of what `make` runs besides."""
