"""What scripts rely on: the commands' answers, their refusals and their exit codes."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from marketplace.orders.models import Order
from marketplace.parties.models import Contract, Market, Seller
from settlement.documents.models import Document
from tests.orders.telling import tell_order

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> tuple[Any, int]:
    """Run a command with --json; its answer and its exit code."""
    out = StringIO()
    try:
        call_command(*command, "--json", stdout=out)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    return json.loads(out.getvalue()), code


def write(path: Path, *told: dict[str, Any] | str) -> str:
    file = path / "orders.jsonl"
    file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in told))
    return str(file)


def test_good_orders_are_kept_and_refused_ones_named_by_line(
    market: Market, seller: Seller, tmp_path: Path
) -> None:
    file = write(tmp_path, tell_order(number="A"), "", "{", tell_order(number="B", colour="red"))

    answer, code = run("import_orders", file, "--market", "CZ")

    assert (answer["taken"], code) == (1, 1)
    assert [(each["line"], each["number"]) for each in answer["refused"]] == [(3, ""), (4, "B")]
    assert answer["refused"][1]["reason"] == "colour: unknown key"
    assert list(Order.objects.values_list("number", flat=True)) == ["A"]


def test_the_same_file_again_changes_nothing(market: Market, seller: Seller, tmp_path: Path) -> None:
    file = write(tmp_path, *(tell_order() for _ in range(450)))

    first, again = (run("import_orders", file, "--market", "CZ") for _ in range(2))

    assert (first[0]["taken"], first[1]) == (450, 0)
    assert (again[0]["unchanged"], again[1]) == (450, 0)


def test_malls_orders_name_no_seller_so_the_caller_does(
    market: Market, seller: Seller, tmp_path: Path
) -> None:
    from tests.orders.test_mall import tell

    file = tmp_path / "orders.json"
    file.write_text(json.dumps({"paging": {"total": 2}, "data": [tell(), tell(id=2, cod=5)]}, indent=1))

    with pytest.raises(CommandError, match="--seller"):
        call_command("import_orders", str(file), "--market", "CZ", "--format", "mall")
    answer, code = run("import_orders", str(file), "--market", "CZ", "--format", "mall", "--seller", "3003")

    assert (answer["taken"], len(answer["refused"]), code) == (1, 1, 1)
    assert Order.objects.get().purchase_net > 0


@pytest.mark.parametrize(
    "command",
    [("import_orders", "-", "--market", "XX"), ("settle", "--market", "XX", "--through", "2026-10-31")],
)
def test_an_unknown_market_is_refused(db: None, command: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="XX"):
        call_command(*command)


def test_a_period_that_is_not_over_is_refused(market: Market, seller: Seller) -> None:
    with pytest.raises(CommandError, match="not over yet"):
        call_command("settle", "--market", "CZ", "--through", "2100-01-31")


def test_where_a_person_must_act_first_the_answer_says_so(
    market: Market, seller: Seller, tmp_path: Path
) -> None:
    Contract.objects.update(approves_clean=False)
    run("import_orders", write(tmp_path, tell_order()), "--market", "CZ")

    (answer,), code = run("settle", "--market", "CZ", "--through", "2026-10-31")

    assert (answer["document"], answer["state"], code) == (None, "under_review", 0)


def test_a_seller_without_orders_has_its_period_closed_and_no_document(
    market: Market, seller: Seller
) -> None:
    (answer,), code = run("settle", "--market", "CZ", "--through", "2026-10-31")

    assert (answer["document"], answer["orders"], answer["excluded"], code) == (None, 0, [], 0)
    assert not Document.objects.exists()


def test_the_books_are_proven_by_exit_code_and_answer(market: Market, seller: Seller, tmp_path: Path) -> None:
    from tests.ledger.test_ledger import plant

    run("import_orders", write(tmp_path, tell_order()), "--market", "CZ")
    answer, code = run("check_books")
    assert (answer["broken"], code) == ([], 0)
    assert answer["checks"] >= 25

    plant("UPDATE ledger_posting SET amount = amount + 1 WHERE amount > 0")
    answer, code = run("check_books")
    assert code == 1
    assert any(broken["rows"] for broken in answer["broken"])


@pytest.mark.faults
def test_a_command_prints_nothing_but_its_answer(tmp_path: Path) -> None:
    """With no server and nothing configured, as on somebody's own machine: logs must not mix with the
    answer.
    """
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    environment = kept | {"SALDO_LOCAL": "1", "VAR_DIR": str(tmp_path)}

    def manage(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    manage("migrate", "-v0")
    assert "ana@demo.example" in manage("demo", "--orders", "0")
    assert len(manage("demo_code", "carla").strip()) == 6
    file = write(tmp_path, tell_order())
    assert json.loads(manage("import_orders", file, "--market", "CZ", "--json"))["taken"] == 1
    (answer,) = (
        each
        for each in json.loads(manage("settle", "--market", "CZ", "--through", "2026-10-31", "--json"))
        if each["seller"] == "3003"
    )
    assert answer["document"] == "CZ-2026-000001"
    assert json.loads(manage("check_books", "--json"))["broken"] == []
