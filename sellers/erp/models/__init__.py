"""ERP channels: what connects a seller to its ERP, and what became of each order there."""

from sellers.erp.models.catalogue import CatalogueItem, SkuMap
from sellers.erp.models.channels import Channel, ChannelState, OrderGroup, Provider, SkuField
from sellers.erp.models.contacts import ErpContact, Knowledge
from sellers.erp.models.invoices import ErpInvoice, ErpInvoiceChange, ErpState, Trigger
from sellers.erp.models.paces import PaceRow
from sellers.erp.models.readings import Kind, Reading

__all__ = [
    "CatalogueItem",
    "Channel",
    "ChannelState",
    "ErpContact",
    "ErpInvoice",
    "ErpInvoiceChange",
    "ErpState",
    "Kind",
    "Knowledge",
    "OrderGroup",
    "PaceRow",
    "Provider",
    "Reading",
    "SkuField",
    "SkuMap",
    "Trigger",
]
