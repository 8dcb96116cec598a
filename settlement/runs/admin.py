"""Settlement runs, and how far they are."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin
from marketplace.kernel.models import Job
from settlement.runs.models import Run


@admin.register(Run)
class RunAdmin(LookOnlyAdmin):
    list_display = ("market", "through", "origin", "started_at", "started_by", "unfinished")
    list_filter = ("market", "origin")
    ordering = ("-started_at",)
    date_hierarchy = "through"
    list_select_related = ("market", "started_by")
    readonly_fields = ("unfinished",)

    @admin.display(description=_("jobs unfinished"))
    def unfinished(self, row: Any) -> int:
        return Job.objects.unfinished().filter(group=row.group).count()
