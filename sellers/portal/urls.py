"""The portal's addresses."""

from django.urls import path

from sellers.portal.views import documents, exports, home, orders, settings, submissions

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/export/", orders.order_export, name="order_export"),
    path("orders/<str:number>/", orders.order_detail, name="order"),
    path("orders/<str:number>/confirm/", orders.confirm, name="order_confirm"),
    path("orders/<str:number>/transfer-received/", orders.receive, name="order_receive"),
    path("orders/<str:number>/move/<slug:to>/", orders.advance, name="order_advance"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/upload/", exports.upload, name="upload"),
    path("exports/<int:pk>/", exports.export_detail, name="export"),
    path("exports/<int:pk>/progress/", exports.export_progress, name="export_progress"),
    path("exports/<int:pk>/cancel/", exports.cancel, name="export_cancel"),
    path("exports/<int:pk>/send/", exports.send, name="export_send"),
    path("exports/<int:pk>/workbook/", exports.workbook, name="export_file"),
    path("exports/period/<str:first_on>/<str:end_on>/", exports.period, name="period"),
    path("exports/period/<str:first_on>/<str:end_on>/write/", exports.create, name="export_create"),
    path("submissions/<int:pk>/", submissions.submission_detail, name="submission"),
    path("submissions/<int:pk>/progress/", submissions.submission_progress, name="submission_progress"),
    path("documents/", documents.document_list, name="documents"),
    path("documents/<str:reference>/", documents.document_detail, name="document"),
    path("documents/<str:reference>/<slug:kind>/", documents.document_file, name="document_file"),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/bank-account/", settings.bank_account, name="bank_account"),
]
