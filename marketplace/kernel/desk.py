"""The back office's desks: what can be done to a row is told once, and offered both as an action of the
list and as a button on the row's own page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from marketplace.kernel.audit import record
from marketplace.kernel.backoffice import LookOnlyAdmin, ReasonForm, actor, each
from marketplace.kernel.desk_parts import Notice, Table
from marketplace.kernel.files import path_of
from marketplace.kernel.models import StoredFile

MOST_SIGNS = 2000


def always(request: HttpRequest, row: Any) -> bool:
    """Whether a deed is offered on a page; some are always."""
    return True


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person may do to a row: one operation, with its refusals.

    ``asks`` names the text it takes, ``needed`` says whether it cannot do without, ``given`` is what stands
    there at first; ``note`` is said before it is done. ``right`` is a permission it needs besides the
    desk's own. ``when`` only decides whether its page offers it: the operation decides whether it happens.
    """

    name: str
    label: Any
    act: Callable[[HttpRequest, Any, str], Any]
    refusals: tuple[type[Exception], ...] = ()
    asks: Any = ""
    needed: bool = True
    given: Callable[[Any], str] = lambda row: ""
    note: Any = ""
    when: Callable[[HttpRequest, Any], bool] = always
    right: str = ""
    grave: bool = False
    long: bool = False
    listed: bool = True

    @property
    def described(self) -> Any:
        """What the list's choice of actions calls it."""
        return format_lazy("{} ({})", self.label, self.asks) if self.asks else self.label

    def is_for(self, request: HttpRequest) -> bool:
        """Whether the login has the permission it needs besides the desk's own."""
        return not self.right or request.user.has_perm(self.right)


@dataclass(frozen=True, slots=True)
class Offer:
    """A deed as a row's page offers it."""

    deed: Deed
    address: str
    given: str


class DeskAdmin(LookOnlyAdmin):
    """A list and pages of rows that nobody edits, with what can be done to them and the files they have."""

    deeds: Sequence[Deed] = ()
    papers: Mapping[str, Any] = {}
    """The fields that hold files, and what to call each."""
    action_form = ReasonForm
    change_form_template = "admin/desk/page.html"
    change_list_template = "admin/desk/list.html"
    show_full_result_count = False

    def __init__(self, model: Any, admin_site: Any) -> None:
        self.actions = [_action_of(deed) for deed in self.deeds if deed.listed]
        super().__init__(model, admin_site)

    def tables(self, row: Any) -> Iterable[Table]:
        """What a row's page shows below its facts."""
        return ()

    def tables_for(self, request: HttpRequest, row: Any) -> Iterable[Table]:
        """What a row's page shows below its facts to this login."""
        return self.tables(row)

    def notices(self, request: HttpRequest, row: Any) -> Iterable[Notice]:
        """What a row's page says above all."""
        return ()

    def steps(self, request: HttpRequest, row: Any) -> Iterable[tuple[Any, str]]:
        """Where a row's page leads for what needs a page of its own: words and addresses."""
        return ()

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        """Where the list leads besides its rows: words and addresses."""
        return ()

    @admin.display(description=_("files"))
    def files(self, row: Any) -> SafeString:
        """Links to the files a row has."""
        there = [
            (self.file_address(row, kind), name) for kind, name in self.papers.items() if _has(row, kind)
        ]
        return format_html_join(" ", '<a href="{}">{}</a>', there) or SafeString("–")

    def file_address(self, row: Any, kind: str) -> str:
        """Where a file of a row is handed out."""
        return reverse(f"admin:{self._base}_file", args=[row.pk, kind])

    @property
    def _base(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = []
        if self.deeds:
            own.append(path("<int:pk>/do/<slug:name>/", view(require_POST(self.do)), name=f"{self._base}_do"))
        if self.papers:
            own.append(path("<int:pk>/file/<slug:kind>/", view(self.file), name=f"{self._base}_file"))
        return [*own, *super().get_urls()]

    def do(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Do one of the deeds to one row, asked for on its page."""
        if not (self.has_view_permission(request) and self.has_act_permission(request)):
            raise PermissionDenied
        deed = next((deed for deed in self.deeds if deed.name == name), None)
        if deed is None:
            raise Http404
        if not deed.is_for(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        text = request.POST.get("text", "")[:MOST_SIGNS]
        each(request, [row], lambda row: deed.act(request, row, text), refusals=deed.refusals)
        return redirect(f"admin:{self._base}_change", pk)

    def file(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """One of a row's files, noted in the audit trail."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if kind not in self.papers or not _has(row, kind):
            raise Http404
        return hand_out(request, getattr(row, kind), seller_id=self.seller_of(row))

    def seller_of(self, row: Any) -> int | None:
        """The key of the seller a row belongs to, if any: for the audit trail."""
        return getattr(row, "seller_id", None)

    def get_actions(self, request: HttpRequest) -> Any:
        """The deeds a login may do, on several rows at once."""
        lacking = {deed.name for deed in self.deeds if not deed.is_for(request)}
        actions = super().get_actions(request)
        return {name: action for name, action in actions.items() if name not in lacking}

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **rest: Any) -> Any:
        row = rest.get("obj")
        if row is not None:
            context["notices"] = list(self.notices(request, row))
            context["tables"] = list(self.tables_for(request, row))
            context["steps"] = list(self.steps(request, row))
            context["offers"] = list(self._offers(request, row))
        return super().render_change_form(request, context, *args, **rest)

    def _offers(self, request: HttpRequest, row: Any) -> Iterable[Offer]:
        if not self.has_act_permission(request):
            return
        for deed in self.deeds:
            if deed.is_for(request) and deed.when(request, row):
                address = reverse(f"admin:{self._base}_do", args=[row.pk, deed.name])
                yield Offer(deed, address, deed.given(row))

    def own_page(
        self, request: HttpRequest, *, title: Any, template: str = "admin/desk/own.html", **context: Any
    ) -> TemplateResponse:
        """A page beside the list and the rows' pages, in the frame of the back office."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, template, {**frame, **context})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        tools = {"tools": list(self.tools(request))}
        return super().changelist_view(request, {**tools, **(extra_context or {})})


def acting(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when: what every operation is told."""
    return {"by": actor(request), "at": timezone.now()}


def hand_out(request: HttpRequest, file: StoredFile, *, seller_id: int | None = None) -> HttpResponseBase:
    """A stored file as a download, noted in the audit trail."""
    record(verb="file.downloaded", subject=file.name, seller_id=seller_id, **acting(request))
    answer = FileResponse(
        path_of(file).open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    answer["Cache-Control"] = "no-store"
    return answer


def file_link(address: str, file: StoredFile) -> SafeString:
    """A file's name as the link that hands it out."""
    return format_html('<a href="{}">{}</a>', address, file.name)


def _has(row: Model, kind: str) -> bool:
    return getattr(row, f"{kind}_id") is not None


def _action_of(deed: Deed) -> Any:
    def run(desk: Any, request: HttpRequest, chosen: Iterable[Model]) -> None:
        text = request.POST.get("reason", "")
        each(request, chosen, lambda row: deed.act(request, row, text), refusals=deed.refusals)

    run.__name__ = deed.name
    return admin.action(permissions=["act"], description=deed.described)(run)
