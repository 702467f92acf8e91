"""The exercises of Lab 2, a module and a table of mistakes each."""
