"""Lists of the back office that show the sums of what they are narrowed to."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Aggregate, Count, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import money
from marketplace.kernel.desk import DeskAdmin
from marketplace.kernel.desk_parts import Table, figure


class SummedDesk(DeskAdmin):
    """A desk whose list stands above a line of sums for each currency; the rows have a ``currency``."""

    sums: Mapping[str, tuple[Any, Aggregate]] = {}
    """What is summed up, in minor units: a name, its heading, and the aggregate."""
    change_list_template = "admin/desk/summed.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, with the sums of all its pages."""
        answer = super().changelist_view(request, extra_context)
        context = answer.context_data if isinstance(answer, TemplateResponse) else None
        if context and "cl" in context:
            context["sums"] = self._sums(context["cl"].queryset)
        return answer

    def _sums(self, rows: "QuerySet[Any]") -> Table:
        wanted = {f"sum_{name}": aggregate for name, (_label, aggregate) in self.sums.items()}
        found = rows.prefetch_related(None).order_by().values("currency").annotate(rows=Count("pk"), **wanted)
        return Table(
            title=_("Sums of this list"),
            words=(_("currency"),),
            figures=(_("rows"), *(label for label, _aggregate in self.sums.values())),
            rows=[
                (
                    each["currency"],
                    figure(each["rows"]),
                    *(money(each[name] or 0, each["currency"]) for name in wanted),
                )
                for each in sorted(found, key=lambda each: str(each["currency"]))
            ],
            empty=_("Nothing to sum up."),
        )
