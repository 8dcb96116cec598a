"""Drawing the confirmation of a balance, which netting words and payouts keeps."""

from contextlib import AbstractContextManager
from pathlib import Path

from marketplace.kernel.jobs import Claimed
from settlement.documents.operations.papers import drawn_paper
from settlement.netting.confirmations import ConfirmedBalance, confirmation_facts, confirmation_rows


def drawn_confirmation(claimed: Claimed, balance: ConfirmedBalance) -> AbstractContextManager[Path]:
    """Draw the confirmation of a balance, as :func:`drawn_paper` does."""
    return drawn_paper(claimed, confirmation_facts(balance), confirmation_rows(balance))
