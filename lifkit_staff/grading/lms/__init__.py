"""From a learning management system into the course and back: what was handed in, and the points."""
