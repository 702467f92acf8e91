"""The exercises of Lab 8, a module and a table of mistakes each."""
