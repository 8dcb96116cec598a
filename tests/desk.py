"""The back office as its accountants use it: lists, actions, buttons on pages, and what they are told."""

import re
from html import unescape
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.forms import MultiWidget
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.users.models import User
from tests.cast import PASSWORD, client_of


def make_looker() -> Client:
    """A member of staff who may look at everything and do nothing."""
    user = User.objects.create_user("lena@meridian.example", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return client_of(user)


def name_of(model: type[Model] | Model, view: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"


def act(client: Client, row: Model, action: str, text: str = "") -> list[str]:
    """Choose one row of the list and run an action on it; what the accountant is told."""
    chosen = {"action": action, "_selected_action": [row.pk], "reason": text}
    has_queue = "state" not in admin.site.get_model_admin(type(row)).list_filter
    query = "?state=all" if has_queue else ""
    return told(client.post(reverse(name_of(row, "changelist")) + query, chosen, follow=True))


def press(client: Client, row: Model, deed: str, text: str = "") -> list[str]:
    """Press a button of a row's page; what the accountant is told."""
    return told(client.post(reverse(name_of(row, "do"), args=[row.pk, deed]), {"text": text}, follow=True))


def told(answer: Any) -> list[str]:
    """The messages of an answer."""
    assert answer.status_code == 200, answer.status_code
    return [str(message) for message in answer.context["messages"]]


def page(client: Client, row: Model) -> str:
    """The text of a row's page, blanks as single spaces."""
    return seen(client.get(reverse(name_of(row, "change"), args=[row.pk])))


def listed(client: Client, model: type[Model], **query: Any) -> str:
    """The text of a list's rows, blanks as single spaces."""
    answer = client.get(reverse(name_of(model, "changelist")), query)
    assert answer.status_code == 200
    rows = re.search(r'<table id="result_list">(.*?)</table>', answer.content.decode(), re.DOTALL)
    return words(rows[1]) if rows else ""


def offered(client: Client, row: Model) -> set[str]:
    """The buttons a row's page offers, by name."""
    html = client.get(reverse(name_of(row, "change"), args=[row.pk])).content.decode()
    return set(re.findall(rf'action="[^"]*/{row.pk}/do/(\w+)/"', html))


def seen(answer: Any) -> str:
    """The text of an answer's page."""
    assert answer.status_code == 200, answer.status_code
    return words(answer.content.decode())


def words(html: str) -> str:
    bare = unescape(re.sub(r"<[^>]+>", " ", html))
    return re.sub(r"\s+", " ", bare)


def queries_of(client: Client, address: str) -> int:
    """How many questions a page asks the database."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def filled(client: Client, address: str) -> dict[str, Any]:
    """What a form would send as it stands; a field of several boxes sends one value for each."""
    form = client.get(address).context["adminform"].form
    values: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if isinstance(field.widget, MultiWidget):
            boxes = enumerate(field.widget.decompress(value) or [])
            values |= {f"{name}_{place}": each for place, each in boxes}
        else:
            values[name] = "" if value is None else value
    return values
