"""The addresses of the pages of billing."""

from django.urls import path

from sellers.portal.views.billing import (
    automatic,
    changes,
    deposits,
    drafts,
    fees,
    invoices,
    profile,
    requests,
    statement,
)

billing_urls = [
    path("", statement.statement, name="billing"),
    path("export/", statement.statement_export, name="billing_export"),
    path("deposits/", deposits.deposit_list, name="deposits"),
    path("deposits/export/", deposits.deposit_export, name="deposit_export"),
    path("deposits/tick/", deposits.tick, name="deposit_tick"),
    path("deposits/<str:reference>/", deposits.deposit_detail, name="deposit"),
    path("fees/", fees.fee_list, name="fees"),
    path("fees/export/", fees.fee_export, name="fee_export"),
    path("fees/<str:reference>/", fees.fee_detail, name="fee"),
    path("drafts/<uuid:key>/", drafts.draft_detail, name="draft"),
    path("drafts/<uuid:key>/preview/", drafts.preview, name="draft_preview"),
    path("drafts/<uuid:key>/preview.pdf", drafts.preview_file, name="draft_file"),
    path("drafts/<uuid:key>/correct/", drafts.correct, name="draft_correct"),
    path("drafts/<uuid:key>/untick/", drafts.untick_gone, name="draft_untick"),
    path("drafts/<uuid:key>/issue/", drafts.issue, name="draft_issue"),
    path("invoices/", invoices.invoice_list, name="billing_invoices"),
    path("invoices/export/", invoices.invoice_export, name="billing_invoice_export"),
    path("invoices/<str:reference>/", invoices.invoice_detail, name="billing_invoice"),
    path("invoices/<str:reference>/change/<slug:wish>/", changes.change_form, name="change"),
    path(
        "invoices/<str:reference>/change/<slug:wish>/preview/", changes.change_preview, name="change_preview"
    ),
    path("invoices/<str:reference>/change/<slug:wish>/send/", changes.change_send, name="change_send"),
    path("invoices/<str:reference>/send-again/", invoices.send_invoice_again, name="billing_invoice_again"),
    path("invoices/<str:reference>/<slug:kind>/", invoices.invoice_file, name="billing_invoice_file"),
    path("requests/", requests.request_list, name="change_requests"),
    path("requests/export/", requests.request_export, name="change_request_export"),
    path("requests/<str:reference>/", requests.request_detail, name="change_request"),
    path("requests/<str:reference>/withdraw/", requests.withdraw, name="change_withdraw"),
    path("requests/<str:reference>/send-again/", requests.send_ticket_again, name="ticket_again"),
    path("automatic/", automatic.automatic, name="automatic"),
    path("automatic/choose/", automatic.choose, name="automatic_choose"),
    path("automatic/runs/<int:pk>/try-again/", automatic.run_again, name="automatic_again"),
    path("profile/", profile.profile, name="billing_profile"),
    path("profile/save/", profile.save, name="billing_profile_save"),
]
