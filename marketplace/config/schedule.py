"""What beat starts, and how often. A beat that is lost or doubled costs time, never money."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "drain ready jobs": {"task": "kernel.drain", "schedule": 10.0},
    "sweep up lost jobs": {"task": "kernel.sweep", "schedule": 30.0},
    "tell sellers' systems": {"task": "api.watch", "schedule": 10.0},
    "forget old messages": {"task": "api.purge", "schedule": 24 * 3600.0},
    "fetch mail": {"task": "mailroom.poll", "schedule": 60.0},
    "seal the audit trail": {"task": "kernel.seal_audit", "schedule": 60.0},
    "sweep up orphaned files": {"task": "kernel.sweep_files", "schedule": 24 * 3600.0},
    "check the books": {"task": "kernel.check_books", "schedule": 3600.0},
    "settle due periods": {"task": "runs.start_due", "schedule": 600.0},
    "go on with what was left": {"task": "documents.wake_left", "schedule": 600.0},
    "remind of missing invoices": {"task": "invoices.remind", "schedule": 6 * 3600.0},
    "take silence for agreement": {"task": "netting.accept_due", "schedule": 600.0},
    "ask for overdue cash": {"task": "netting.propose_overdue", "schedule": 3600.0},
    "remind of demands": {"task": "payouts.remind", "schedule": 6 * 3600.0},
    "invoice deposits by themselves": {"task": "billing.start_due", "schedule": 1800.0},
    "forget drafts of invoices": {"task": "billing.drop_drafts", "schedule": 24 * 3600.0},
    "send orders to ERPs": {"task": "erp.watch", "schedule": 20.0},
    "read ERPs anew": {"task": "erp.read", "schedule": 24 * 3600.0},
    "expire vouchers": {"task": "vouchers.expire", "schedule": 3600.0},
    "cancel unpaid orders": {"task": "orders.cancel_unpaid", "schedule": 3600.0},
}
