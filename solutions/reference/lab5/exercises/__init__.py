"""The exercises of Lab 5, a module and a table of mistakes each."""
