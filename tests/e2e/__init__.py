"""Tests with a real server and a real browser; a package, so that the browser closes when its last test has run."""
