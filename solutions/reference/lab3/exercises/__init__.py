"""The exercises of Lab 3, a module and a table of mistakes each."""
