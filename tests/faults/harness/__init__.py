"""Real processes on real servers, struck round after round, and the same judgement after each."""
