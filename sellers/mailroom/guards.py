"""A mail is what it was when it came; what it says of itself is written when it is read."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "mailroom_mail",
        [
            "origin",
            "peer",
            "raw_id",
            "content_sha256",
            "cut",
            "mailbox",
            "envelope_from",
            "envelope_to",
            "received_at",
        ],
        once=["released_at", "bundle_id", "submission_id", "answer_id", "answered_at"],
        until=(
            "state",
            "received",
            [
                "market_id",
                "message_id",
                "sender",
                "sender_name",
                "subject",
                "reference",
                "authentication",
                "proof",
            ],
        ),
    ),
    *frozen(
        "mailroom_mailpart",
        ["mail_id", "position", "name", "kind", "size", "file_id"],
        once=["decided_at"],
    ),
    *frozen("mailroom_mailchange", ["mail_id", "from_state", "to_state", "by_id", "at", "reason"]),
]
