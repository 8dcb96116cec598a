"""A Peruvian market that requires receipts, and handing files in there."""

from datetime import UTC, datetime
from typing import Any

from marketplace.kernel.files import store
from marketplace.kernel.models import StoredFile
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Market, Seller
from sellers.receipts.models import Bundle, Origin, ReceivedFile
from sellers.receipts.operations.taking import Handed, open_bundle
from tests.cast import make_market, make_seller, take, work_off_but_rendering
from tests.edocuments.builders import RUC, sunat
from tests.edocuments.papers import pdf
from tests.orders.telling import goods, tell_order, tender

NOON = datetime(2026, 10, 6, 17, tzinfo=UTC)
DNI = ("1", "45288569")
PDF = pdf()

File = tuple[str, bytes]


def make_peru(**fields: Any) -> Market:
    """Soles, 18 % IGV, receipts of SUNAT required."""
    told = {"currency": "PEN", "zone": "America/Lima", "standard_vat_bp": 1800, "receipt_required": True}
    return make_market(
        "PE",
        **(
            told
            | {"receipt_reader": "sunat", "entity_tax_id": RUC, "entity_iban": "00219100112345678901"}
            | fields
        ),
    )


def make_peruvian(market: Market, partner_number: str = "5001", tax_id: str = RUC) -> Seller:
    """A seller in agency with a RUC."""
    seller = make_seller(market, partner_number, "Andes S.A.C.", model=BusinessModel.AGENCY)
    seller.tax_id = tax_id
    seller.save()
    return seller


def peruvian(market: Market, number: str, *, total: str = "118.00", **more: Any) -> Order:
    """An order by card that waits to be sent, unless told otherwise."""
    told: dict[str, Any] = {
        "number": number,
        "seller": "5001",
        "currency": "PEN",
        "status": "open",
        "lines": [goods(total, vat="18")],
        "tenders": [tender("card", total, paid_at="2026-10-04T10:00:00+02:00")],
    }
    (taken,) = take(market, tell_order(**(told | more)))
    assert taken.outcome == "taken", taken.reason
    return Order.objects.select_related("market", "seller").get(market=market, number=number)


def factura(serial: int = 1, **told: Any) -> list[File]:
    """The XML of a receipt and its PDF, named as SUNAT has them named."""
    number = f"F001-{serial}"
    name = f"{told.get('ruc', RUC)}-01-{number}"
    return [(f"{name}.xml", sunat(number=number, **told)), (f"{name}.pdf", PDF)]


def boleta(serial: int = 1, **told: Any) -> list[File]:
    """A receipt to a private person, which names no order."""
    number = f"B001-{serial}"
    name = f"{RUC}-03-{number}"
    content = sunat(**({"number": number, "code": "03", "order": "", "buyer": DNI} | told))
    return [(f"{name}.xml", content), (f"{name}.pdf", PDF)]


def stored(name: str, content: bytes) -> StoredFile:
    return store(name=name, content_type="application/octet-stream", chunks=[content], at=NOON)


def hand_in(
    seller: Seller,
    *files: File,
    order: Order | None = None,
    origin: Origin = Origin.PORTAL,
    subject: str = "",
    at: datetime = NOON,
) -> Bundle:
    """Hand files in and have them read."""
    handed = [Handed(name, stored(name, content)) for name, content in files]
    bundle = open_bundle(
        market=seller.market,
        sellers=[seller],
        files=handed,
        origin=origin,
        order=order,
        subject=subject,
        by=None,
        at=at,
    )
    work_off_but_rendering()
    return bundle


def outcomes(bundle: Bundle) -> list[str]:
    """What became of each file, in their order."""
    return [row.outcome for row in files_of(bundle)]


def files_of(bundle: Bundle) -> list[ReceivedFile]:
    return list(bundle.files.select_related("receipt__order").order_by("position"))
