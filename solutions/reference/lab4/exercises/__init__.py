"""The exercises of Lab 4, a module and a table of mistakes each."""
