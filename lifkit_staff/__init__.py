"""What staff run: how exercises are written, built and graded.  Students never get it."""
