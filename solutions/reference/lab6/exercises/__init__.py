"""The exercises of Lab 6, a module and a table of mistakes each."""
