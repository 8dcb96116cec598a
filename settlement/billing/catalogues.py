"""What tax authorities code: why an invoice is changed, a tax regime, what an invoice is used for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from settlement.billing.models import Wish

_SAT = {
    "01": _("01 – issued with errors, replaced by another"),
    "02": _("02 – issued with errors, not replaced"),
    "03": _("03 – the operation did not take place"),
    "04": _("04 – named operation that is part of a global invoice"),
}
_SUNAT = {
    "01": _("01 – the operation is annulled"),
    "02": _("02 – annulled for an error in the RUC"),
    "03": _("03 – corrected for an error in the description"),
    "06": _("06 – returned as a whole"),
}
_KSEF = {
    "1": _("1 – takes effect on the date of the original invoice"),
    "2": _("2 – takes effect on the date of the correction"),
    "3": _("3 – takes effect on another date"),
}
REASONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "MX": {
        Wish.EDIT: {"01": _SAT["01"]},
        Wish.SPLIT: {"01": _SAT["01"]},
        Wish.CANCEL: {code: _SAT[code] for code in ("02", "03", "04")},
    },
    "PE": {
        Wish.EDIT: {code: _SUNAT[code] for code in ("02", "03")},
        Wish.SPLIT: {code: _SUNAT[code] for code in ("03", "01")},
        Wish.CANCEL: {code: _SUNAT[code] for code in ("01", "06")},
    },
    "PL": dict.fromkeys(Wish, _KSEF),
}
"""The codes of a market's authority, by what is wished; a country that is not here asks for none."""

REGIMES: Mapping[str, str] = MappingProxyType(
    {
        "601": "General de Ley Personas Morales",
        "603": "Personas Morales con Fines no Lucrativos",
        "605": "Sueldos y Salarios e Ingresos Asimilados a Salarios",
        "606": "Arrendamiento",
        "607": "Régimen de Enajenación o Adquisición de Bienes",
        "608": "Demás ingresos",
        "610": "Residentes en el Extranjero sin Establecimiento Permanente en México",
        "611": "Ingresos por Dividendos (socios y accionistas)",
        "612": "Personas Físicas con Actividades Empresariales y Profesionales",
        "614": "Ingresos por intereses",
        "615": "Régimen de los ingresos por obtención de premios",
        "616": "Sin obligaciones fiscales",
        "620": "Sociedades Cooperativas de Producción que optan por diferir sus ingresos",
        "621": "Incorporación Fiscal",
        "622": "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras",
        "623": "Opcional para Grupos de Sociedades",
        "624": "Coordinados",
        "625": "Actividades Empresariales con ingresos a través de Plataformas Tecnológicas",
        "626": "Régimen Simplificado de Confianza",
    }
)
"""SAT's c_RegimenFiscal, by its official names."""

USES: Mapping[str, str] = MappingProxyType(
    {
        "G01": "Adquisición de mercancías",
        "G02": "Devoluciones, descuentos o bonificaciones",
        "G03": "Gastos en general",
        "I01": "Construcciones",
        "I02": "Mobiliario y equipo de oficina por inversiones",
        "I03": "Equipo de transporte",
        "I04": "Equipo de cómputo y accesorios",
        "I05": "Dados, troqueles, moldes, matrices y herramental",
        "I06": "Comunicaciones telefónicas",
        "I07": "Comunicaciones satelitales",
        "I08": "Otra maquinaria y equipo",
        "S01": "Sin efectos fiscales",
    }
)
"""SAT's c_UsoCFDI, those of businesses, by their official names."""


STRICT_VAT = frozenset({"MX"})
"""Where each invoice's VAT must be its own total's to the cent: CFDI is refused otherwise."""


def reasons_for(country: str, wish: str) -> Mapping[str, Any]:
    """The codes to choose from for a wish; none where the authority has none."""
    return REASONS.get(country, {}).get(wish, {})


def reason_text(country: str, code: str) -> str:
    """A reason's code in the authority's words; the code alone where there are none."""
    codes = REASONS.get(country, {}).values()
    return next((str(each[code]) for each in codes if code in each), code)
