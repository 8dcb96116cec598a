"""How a refusal is worded: the key it is about, left as it is, and a sentence in the reader's language."""

from marketplace.orders.rules.facts import Refused


def refusal(key: str, sentence: str) -> Refused:
    """What is wrong under a key of what was told."""
    return Refused(f"{key}: {sentence}")
