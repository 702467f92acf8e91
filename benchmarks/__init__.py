"""Benchmarks: each module prints one table; every comparison is measured side by side in one run."""
