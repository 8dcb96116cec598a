"""What was handed in stays as it was told; only what accounting says of it changes."""

from marketplace.kernel.references import refers
from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "review_submissionline",
        [
            "submission_id",
            "position",
            "number",
            "order_id",
            "told_total",
            "told_voucher",
            "told_to_pay",
            "told_payment",
        ],
        deletable=True,
    ),
    refers("review_submissionline", "submission_id", "review_submission", shared=True),
    refers("review_submissionline", "order_id", "orders_order"),
]
