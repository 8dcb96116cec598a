"""Order formats from outside, read into frozen facts."""
