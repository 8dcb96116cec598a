"""ERP channels in the back office: looked at and tried again for a seller; nobody there sees a token."""

from sellers.erp.admin.channels import ChannelAdmin
from sellers.erp.admin.invoices import ErpInvoiceAdmin

__all__ = ["ChannelAdmin", "ErpInvoiceAdmin"]
