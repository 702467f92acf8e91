"""The exercises of Lab 7, a module and a table of mistakes each."""
