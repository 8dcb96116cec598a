"""The addresses sellers' systems call, and the pages about them."""

from django.urls import URLPattern, path

from sellers.api.entry import View
from sellers.api.views import billing, deliveries, market, orders, receipts, settings

app_name = "api"


def _either_way(route: str, view: View, name: str) -> list[URLPattern]:
    """An address with and without a slash at its end; it is written with one."""
    return [path(route.removesuffix("/"), view, name=name), path(route, view, name=name)]


urlpatterns = [
    path("api/v1/orders/", orders.order_list, name="orders"),
    path("api/v1/orders/<str:number>/", orders.order_detail, name="order"),
    path("api/v1/orders/<str:number>/confirm/", orders.confirm, name="order_confirm"),
    path("api/v1/orders/<str:number>/prepare/", orders.prepare, name="order_prepare"),
    path("api/v1/orders/<str:number>/ship/", orders.ship, name="order_ship"),
    path("api/v1/orders/<str:number>/transfer-received/", orders.receive, name="order_receive"),
    path("api/v1/receipts/", receipts.receipts, name="receipts"),
    path("api/v1/receipts/bundles/<int:pk>/", receipts.bundle, name="receipt_bundle"),
    *_either_way("api/v1/deposits/", billing.deposit_list, "deposits"),
    *_either_way("api/v1/billing-invoices/", billing.invoice_list, "billing_invoices"),
    *_either_way("api/v1/billing-invoices/<str:reference>/", billing.invoice_detail, "billing_invoice"),
    *_either_way(
        "api/v1/billing-invoices/<str:reference>/<slug:kind>/", billing.invoice_file, "billing_file"
    ),
    *_either_way("api/v1/market/deposits/", market.deposit_told, "market_deposits"),
    *_either_way("api/v1/market/deposits/<str:external_id>/", market.deposit_detail, "market_deposit"),
    *_either_way("api/v1/market/fees/", market.fees_told, "market_fees"),
    path("api/v1/market/openapi.json", market.described, name="market_described"),
    path("api/v1/market/<path:rest>", market.nowhere, name="market_nowhere"),
    path("api/<path:rest>", orders.nowhere, name="nowhere"),
    path("settings/api/", settings.page, name="settings"),
    path("settings/api/keys/", settings.make_key, name="key_make"),
    path("settings/api/keys/<int:pk>/revoke/", settings.revoke_key, name="key_revoke"),
    path("settings/api/webhook/", settings.save_webhook, name="webhook_save"),
    path("settings/api/webhook/secret/", settings.renew_secret, name="webhook_secret"),
    path("settings/api/webhook/switch/<slug:to>/", settings.switch, name="webhook_switch"),
    path("settings/api/webhook/test/", settings.send_test, name="webhook_test"),
    path("settings/api/deliveries/", deliveries.delivery_list, name="deliveries"),
    path("settings/api/deliveries/export/", deliveries.delivery_export, name="delivery_export"),
    path("settings/api/deliveries/again/", deliveries.send_dead_again, name="dead_again"),
    path("settings/api/deliveries/<int:pk>/", deliveries.delivery_detail, name="delivery"),
    path("settings/api/deliveries/<int:pk>/again/", deliveries.send_again, name="delivery_again"),
]
