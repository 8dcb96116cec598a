"""Which order an ERP's invoice is of never changes; nor does its id there, once it has one."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen("erp_erpinvoice", ["seller_id", "order_id", "trigger", "asked_at"], once=["done_at"]),
    *frozen("erp_erpinvoicechange", ["invoice_id", "from_state", "to_state", "by_id", "at", "reason"]),
]
