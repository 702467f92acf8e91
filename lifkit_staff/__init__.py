"""What the staff of a course run: how exercises are written, how notebooks are built and graded.

Students have `lifkit` alone; nothing there imports this package.
"""
