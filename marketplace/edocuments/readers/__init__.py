"""One module a syntax: each makes facts of a flattened tree."""
