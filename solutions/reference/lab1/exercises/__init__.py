"""The exercises of Lab 1, a module and a table of mistakes each."""
