"""What waits for a person, over all desks: the first page of the back office."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from marketplace.kernel.backoffice import LookOnlyAdmin
from marketplace.kernel.desk_parts import list_address


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many rows that wait, and the list that shows them."""

    text: Any
    count: int
    address: str


def waiting_work(site: AdminSite, request: HttpRequest) -> Iterator[Waiting]:
    """What waits for this login: of the rows it may act on, those that wait for somebody."""
    for model, desk in site._registry.items():
        if not isinstance(desk, LookOnlyAdmin) or not desk.work:
            continue
        if not (desk.has_view_permission(request) and desk.has_act_permission(request)):
            continue
        for work in desk.work:
            count = model._default_manager.filter(work.rows).count()
            if count:
                yield Waiting(work.text, count, list_address(model, **work.query))
