"""The addresses of the pages on which orders are invoiced in an ERP, and errors put right."""

from django.urls import URLPattern, path

from sellers.portal.views.erp import errors, invoices, items, one_click

invoicing_urls: list[URLPattern] = [
    path("errors/", errors.error_list, name="erp_errors"),
    path("errors/way/", errors.way, name="erp_way"),
    path("errors/try-again/", errors.try_again, name="erp_try_again"),
    path("invoices/", invoices.invoice_list, name="erp_invoices"),
    path("invoices/export/", invoices.invoice_export, name="erp_invoice_export"),
    path("items/", items.item_list, name="erp_items"),
    path("items/export/", items.item_export, name="erp_item_export"),
    path("items/skus/", items.sku_list, name="erp_skus"),
    path("items/match/", items.match, name="erp_match"),
    path("items/match/save/", items.match_save, name="erp_match_save"),
    path("items/match/forget/", items.match_forget, name="erp_match_forget"),
    path("orders/<str:number>/invoice/", one_click.invoice_order, name="erp_invoice_order"),
    path("orders/<str:number>/stamp/", one_click.stamp, name="erp_stamp"),
    path("orders/<str:number>/state/", one_click.order_state, name="erp_order_state"),
    path("orders/<str:number>/pdf/", invoices.paper, name="erp_paper"),
]
