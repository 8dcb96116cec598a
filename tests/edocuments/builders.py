"""Small electronic documents of each syntax, made for the tests; nothing here was copied from outside."""

RUC = "20100070970"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def spaces_of_ubl(root: str) -> str:
    """The namespaces a UBL document declares."""
    return (
        f'xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:ext="{UBL}CommonExtensionComponents-2"'
    )


def sunat(
    *,
    root: str = "Invoice",
    code: str = "01",
    number: str = "F001-00000123",
    day: str = "2026-10-05",
    currency: str = "PEN",
    version: str = "2.1",
    ruc: str = RUC,
    buyer: tuple[str, str] = ("6", "20131312955"),
    order: str = "PE-100017",
    payable: str = "118.00",
    totals: str = "",
    more: str = "",
    encoding: str = "UTF-8",
) -> bytes:
    """A receipt of Peru: one line of 100.00 with 18 % of tax."""
    kind, total = {
        "Invoice": ("Invoice", "LegalMonetaryTotal"),
        "CreditNote": ("CreditNote", "LegalMonetaryTotal"),
        "DebitNote": ("DebitNote", "RequestedMonetaryTotal"),
    }[root]
    type_code = f"<cbc:InvoiceTypeCode>{code}</cbc:InvoiceTypeCode>" if root == "Invoice" else ""
    reference = f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>" if order else ""
    quantity = {"Invoice": "Invoiced", "CreditNote": "Credited", "DebitNote": "Debited"}[root]
    sums = totals or (
        f'<cbc:LineExtensionAmount currencyID="{currency}">100.00</cbc:LineExtensionAmount>'
        f'<cbc:TaxInclusiveAmount currencyID="{currency}">118.00</cbc:TaxInclusiveAmount>'
    )
    tax = (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">18.00</cbc:TaxAmount><cac:TaxSubtotal>'
        f'<cbc:TaxableAmount currencyID="{currency}">100.00</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="{currency}">18.00</cbc:TaxAmount>'
        "<cac:TaxCategory><cbc:Percent>18.00</cbc:Percent>"
        "<cac:TaxScheme><cbc:ID>1000</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
    )
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<{root} {spaces_of_ubl(root)}>
<ext:UBLExtensions>
<ext:UBLExtension><ext:ExtensionContent><note xmlns="urn:own">Ñandú</note></ext:ExtensionContent>
</ext:UBLExtension>
<ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension>
</ext:UBLExtensions>
<cbc:UBLVersionID>{version}</cbc:UBLVersionID><cbc:CustomizationID>2.0</cbc:CustomizationID>
<cbc:ID>{number}
</cbc:ID><cbc:IssueDate>{day}</cbc:IssueDate>{type_code}
<cbc:Note languageLocaleID="1000">CIENTO DIECIOCHO</cbc:Note>
<cbc:DocumentCurrencyCode>
  {currency}
</cbc:DocumentCurrencyCode>
{more}{reference}
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyIdentification><cbc:ID schemeID="6">{ruc}
</cbc:ID></cac:PartyIdentification>
<cac:PartyLegalEntity><cbc:RegistrationName>Compañía S.A.</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
<cac:PartyIdentification><cbc:ID schemeID="{buyer[0]}">{buyer[1]}</cbc:ID></cac:PartyIdentification>
<cac:PartyLegalEntity><cbc:RegistrationName>Ana Quispe</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
{tax}
<cac:{total}>{sums}<cbc:PayableAmount currencyID="{currency}">{payable}</cbc:PayableAmount></cac:{total}>
<cac:{kind}Line><cbc:ID>1</cbc:ID>
<cbc:{quantity}Quantity unitCode="NIU">2.0000000000</cbc:{quantity}Quantity>
<cbc:LineExtensionAmount currencyID="{currency}">100.0000000000</cbc:LineExtensionAmount>{tax}
<cac:Item><cbc:Description>Lámpara</cbc:Description>
<cac:SellersItemIdentification><cbc:ID>LAMP-1</cbc:ID></cac:SellersItemIdentification></cac:Item>
</cac:{kind}Line>
</{root}>
"""
    return text.encode(encoding)


def ubl(
    *,
    root: str = "Invoice",
    code: str = "380",
    currency: str = "EUR",
    totals: str = "",
    taxes: str = "",
    more: str = "",
    line: str = "",
) -> bytes:
    """An invoice of EN 16931: 200.00 at 21 %, 50.00 of it paid ahead."""
    quantity = "Invoiced" if root == "Invoice" else "Credited"
    money = f'currencyID="{currency}"'
    sums = totals or (
        f"<cbc:LineExtensionAmount {money}>200</cbc:LineExtensionAmount>"
        f"<cbc:TaxExclusiveAmount {money}>200.0</cbc:TaxExclusiveAmount>"
        f"<cbc:TaxInclusiveAmount {money}>242.00</cbc:TaxInclusiveAmount>"
        f"<cbc:PrepaidAmount {money}>50.00</cbc:PrepaidAmount>"
        f"<cbc:PayableAmount {money}>192.00</cbc:PayableAmount>"
    )
    taxed = taxes or tax_total(currency, "42.00", ("200.00", "42.00", "S", "21"))
    return (
        f"""<u:{root} xmlns:u="{UBL}{root}-2" xmlns:a="{UBL}CommonAggregateComponents-2"
 {spaces_of_ubl(root)}>
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ID>2026/0815</cbc:ID><cbc:IssueDate>2026-10-05+02:00</cbc:IssueDate>
<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{more}
<a:OrderReference><cbc:ID>PO-7</cbc:ID><cbc:SalesOrderID>CZ-1</cbc:SalesOrderID></a:OrderReference>
<a:AccountingSupplierParty><a:Party>
<a:PartyIdentification><cbc:ID>other</cbc:ID></a:PartyIdentification>
<a:PartyTaxScheme><cbc:CompanyID>12/345</cbc:CompanyID><a:TaxScheme><cbc:ID>TAX</cbc:ID></a:TaxScheme>
</a:PartyTaxScheme>
<a:PartyTaxScheme><cbc:CompanyID>CZ25596641</cbc:CompanyID><a:TaxScheme><cbc:ID>VAT</cbc:ID></a:TaxScheme>
</a:PartyTaxScheme>
<a:PartyLegalEntity><cbc:RegistrationName>Bohemia &amp; syn</cbc:RegistrationName></a:PartyLegalEntity>
</a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PartyName><cbc:Name>Carla</cbc:Name></a:PartyName></a:Party>
</a:AccountingCustomerParty>
{taxed}
<a:LegalMonetaryTotal>{sums}</a:LegalMonetaryTotal>
<a:{root}Line><cbc:ID>1</cbc:ID><cbc:{quantity}Quantity>4.50</cbc:{quantity}Quantity>
<cbc:LineExtensionAmount {money}>200.00</cbc:LineExtensionAmount>
<a:OrderLineReference><a:OrderReference><cbc:ID>CZ-2</cbc:ID></a:OrderReference></a:OrderLineReference>
<a:Item><cbc:Name>Lamp</cbc:Name><a:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>21.00</cbc:Percent></a:ClassifiedTaxCategory></a:Item>
</a:{root}Line>{line}
</u:{root}>""".replace("<a:", "<cac:")
        .replace("</a:", "</cac:")
        .encode()
    )


def tax_total(currency: str, amount: str, *parts: tuple[str, str, str, str]) -> str:
    """A total of UBL's taxes with its parts: net, tax, category, percent."""
    inner = "".join(
        f'<cac:TaxSubtotal><cbc:TaxableAmount currencyID="{currency}">{net}</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="{currency}">{vat}</cbc:TaxAmount>'
        f"<cac:TaxCategory><cbc:ID>{category}</cbc:ID>"
        + (f"<cbc:Percent>{percent}</cbc:Percent>" if percent else "")
        + "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>"
        for net, vat, category, percent in parts
    )
    return (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{amount}</cbc:TaxAmount>{inner}</cac:TaxTotal>'
    )


def cii(*, code: str = "380", currency: str = "EUR", sums: str = "", due: str = "242.00") -> bytes:
    """A cross industry invoice: 200.00 at 21 %."""
    names = "urn:un:unece:uncefact:data:standard"
    told = sums or (
        "<r:LineTotalAmount>200.00</r:LineTotalAmount><r:TaxBasisTotalAmount>200.00</r:TaxBasisTotalAmount>"
        f'<r:TaxTotalAmount currencyID="CZK">1050.00</r:TaxTotalAmount>'
        f'<r:TaxTotalAmount currencyID="{currency}">42.00</r:TaxTotalAmount>'
        f"<r:GrandTotalAmount>242.00</r:GrandTotalAmount><r:DuePayableAmount>{due}</r:DuePayableAmount>"
    )
    tax = (
        "<r:TypeCode>VAT</r:TypeCode>{}<r:CategoryCode>S</r:CategoryCode>"
        "<r:RateApplicablePercent>21.00</r:RateApplicablePercent>"
    )
    header = tax.format("<r:BasisAmount>200.00</r:BasisAmount>").replace(
        "<r:TypeCode>", "<r:CalculatedAmount>42.00</r:CalculatedAmount><r:TypeCode>", 1
    )
    return f"""<x:CrossIndustryInvoice xmlns:x="{names}:CrossIndustryInvoice:100"
 xmlns:r="{names}:ReusableAggregateBusinessInformationEntity:100" xmlns:u="{names}:UnqualifiedDataType:100">
<x:ExchangedDocument><r:ID>RE-0815</r:ID><r:TypeCode>{code}</r:TypeCode>
<r:IssueDateTime><u:DateTimeString format="102">20261005</u:DateTimeString></r:IssueDateTime>
<r:IncludedNote><r:Content>Thank you</r:Content></r:IncludedNote></x:ExchangedDocument>
<x:SupplyChainTradeTransaction>
<r:IncludedSupplyChainTradeLineItem><r:SpecifiedTradeProduct><r:SellerAssignedID>L1</r:SellerAssignedID>
<r:Name>Lamp</r:Name></r:SpecifiedTradeProduct>
<r:SpecifiedLineTradeAgreement><r:BuyerOrderReferencedDocument>
<r:IssuerAssignedID>CZ-2</r:IssuerAssignedID></r:BuyerOrderReferencedDocument></r:SpecifiedLineTradeAgreement>
<r:SpecifiedLineTradeDelivery><r:BilledQuantity unitCode="C62">2.0000</r:BilledQuantity>
</r:SpecifiedLineTradeDelivery>
<r:SpecifiedLineTradeSettlement><r:ApplicableTradeTax>{tax.format("")}</r:ApplicableTradeTax>
<r:SpecifiedTradeSettlementLineMonetarySummation><r:LineTotalAmount>200.00</r:LineTotalAmount>
</r:SpecifiedTradeSettlementLineMonetarySummation>
</r:SpecifiedLineTradeSettlement></r:IncludedSupplyChainTradeLineItem>
<r:ApplicableHeaderTradeAgreement>
<r:SellerTradeParty><r:ID>77</r:ID><r:Name>Bohemia</r:Name>
<r:SpecifiedTaxRegistration><r:ID schemeID="FC">201/113</r:ID></r:SpecifiedTaxRegistration>
<r:SpecifiedTaxRegistration><r:ID schemeID="VA">CZ25596641</r:ID></r:SpecifiedTaxRegistration>
</r:SellerTradeParty>
<r:BuyerTradeParty><r:Name>Carla</r:Name></r:BuyerTradeParty>
<r:BuyerOrderReferencedDocument><r:IssuerAssignedID>CZ-1</r:IssuerAssignedID></r:BuyerOrderReferencedDocument>
</r:ApplicableHeaderTradeAgreement><r:ApplicableHeaderTradeDelivery/>
<r:ApplicableHeaderTradeSettlement><r:InvoiceCurrencyCode>{currency}</r:InvoiceCurrencyCode>
<r:ApplicableTradeTax>{header}</r:ApplicableTradeTax>
<r:SpecifiedTradeSettlementHeaderMonetarySummation>{told}</r:SpecifiedTradeSettlementHeaderMonetarySummation>
<r:InvoiceReferencedDocument><r:IssuerAssignedID>RE-0700</r:IssuerAssignedID></r:InvoiceReferencedDocument>
</r:ApplicableHeaderTradeSettlement></x:SupplyChainTradeTransaction></x:CrossIndustryInvoice>""".encode()


def cfdi(
    *,
    kind: str = "I",
    version: str = "4.0",
    space: str = "http://www.sat.gob.mx/cfd/4",
    folio: str = 'Serie="A" Folio="0017"',
    total: str = "1060.00",
    currency: str = "MXN",
    rfc: str = "EKU9003173C9",
) -> bytes:
    """A CFDI of 1,100.00 less 100.00, 16 % added, 100.00 withheld."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<f:Comprobante xmlns:f="{space}" Version="{version}" {folio} Fecha="2026-10-05T09:30:00" Moneda="{currency}"
 SubTotal="1100.000000" Descuento="100.00" Total="{total}" TipoDeComprobante="{kind}" Sello="xx">
<f:Emisor Rfc="{rfc}" Nombre="Escuela"/><f:Receptor Rfc="XAXX010101000" Nombre="Público"/>
<f:CfdiRelacionados TipoRelacion="01"><f:CfdiRelacionado UUID="aa-1"/></f:CfdiRelacionados>
<f:Conceptos>
<f:Concepto NoIdentificacion="S1" Cantidad="2" Descripcion="Silla"
 Importe="1100" Descuento="100">
<f:Impuestos><f:Traslados><f:Traslado Base="1000" Impuesto="002" TasaOCuota="0.160000" Importe="160"/>
</f:Traslados></f:Impuestos></f:Concepto></f:Conceptos>
<f:Impuestos TotalImpuestosRetenidos="100.00" TotalImpuestosTrasladados="160.00"><f:Traslados>
<f:Traslado Base="1000.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="160.00"/>
</f:Traslados></f:Impuestos>
<f:Complemento><t:TimbreFiscalDigital xmlns:t="http://www.sat.gob.mx/TimbreFiscalDigital"
 UUID="6f35d3b5-0000-5370-bc2c-14cdbe384cd7"/></f:Complemento>
</f:Comprobante>""".encode()


FA3 = "http://crd.gov.pl/wzor/2025/06/25/13775/"
FA2 = "http://crd.gov.pl/wzor/2023/06/29/12648/"


def ksef(
    *, kind: str = "VAT", space: str = FA3, gross: str = "139.00", sign: str = "", nip: str = "5260250274"
) -> bytes:
    """An invoice of KSeF: 100.00 at 23 % and 16.00 at nothing."""
    corrected = "<DaneFaKorygowanej><NrFaKorygowanej>FV/1</NrFaKorygowanej></DaneFaKorygowanej>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="{space}"><Naglowek><KodFormularza kodSystemowy="FA (9)">FA</KodFormularza></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>{nip}</NIP><Nazwa>Żółw S.A.</Nazwa></DaneIdentyfikacyjne></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><BrakID>1</BrakID><Nazwa>Jan</Nazwa></DaneIdentyfikacyjne></Podmiot2>
<Fa><KodWaluty>PLN</KodWaluty><P_1>2026-10-05</P_1><P_2>FV/2/10/2026</P_2>
<P_13_1>{sign}100.00</P_13_1><P_14_1>{sign}23.00</P_14_1><P_13_7>{sign}16.00</P_13_7><P_15>{gross}</P_15>
<RodzajFaktury>{kind}</RodzajFaktury>{corrected if kind.startswith("KOR") else ""}
<FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>Lampa</P_7><Indeks>L1</Indeks><P_8B>1.00</P_8B>
<P_11>{sign}100.00</P_11><P_12>23</P_12></FaWiersz>
<FaWiersz><NrWierszaFa>2</NrWierszaFa><P_7>Książka</P_7><P_8B>1</P_8B><P_11>{sign}16</P_11><P_12>zw</P_12>
</FaWiersz>
<WarunkiTransakcji><Zamowienia><NrZamowienia>PL-1</NrZamowienia></Zamowienia></WarunkiTransakcji>
</Fa></Faktura>""".encode()


NAV = "http://schemas.nav.gov.hu/OSA/3.0/"


def nav_part(
    *, original: str = "", net: str = "1000", vat: str = "270", gross: str = "1270", more: str = ""
) -> str:
    """One invoice within what is reported to NAV."""
    reference = f"<originalInvoiceNumber>{original}</originalInvoiceNumber>"
    summary = more or (
        "<summaryNormal><summaryByVatRate><vatRate><vatPercentage>0.27</vatPercentage></vatRate>"
        f"<vatRateNetData><vatRateNetAmount>{net}</vatRateNetAmount></vatRateNetData>"
        f"<vatRateVatData><vatRateVatAmount>{vat}</vatRateVatAmount></vatRateVatData></summaryByVatRate>"
        f"<invoiceNetAmount>{net}</invoiceNetAmount><invoiceVatAmount>{vat}</invoiceVatAmount></summaryNormal>"
    )
    total = f"<summaryGrossData><invoiceGrossAmount>{gross}</invoiceGrossAmount></summaryGrossData>"
    return f"""<invoice>{f"<invoiceReference>{reference}</invoiceReference>" if original else ""}
<invoiceHead><supplierInfo><supplierTaxNumber><b:taxpayerId>10773381</b:taxpayerId><b:vatCode>2</b:vatCode>
<b:countyCode>44</b:countyCode></supplierTaxNumber><supplierName>Teknős Kft</supplierName></supplierInfo>
<customerInfo><customerVatStatus>PRIVATE_PERSON</customerVatStatus></customerInfo>
<invoiceDetail><invoiceCategory>NORMAL</invoiceCategory><currencyCode>HUF</currencyCode></invoiceDetail>
</invoiceHead>
<invoiceLines><line><lineDescription>Lámpa</lineDescription><quantity>1.00</quantity>
<lineAmountsNormal><lineNetAmountData><lineNetAmount>{net}</lineNetAmount></lineNetAmountData>
<lineVatRate><vatPercentage>0.27</vatPercentage></lineVatRate></lineAmountsNormal>
<conventionalInvoiceInfo><orderNumbers><orderNumber>HU-1</orderNumber></orderNumbers>
</conventionalInvoiceInfo>
</line></invoiceLines><invoiceSummary>{summary}{total if gross else ""}</invoiceSummary></invoice>"""


def nav(*parts: str, space: str = NAV) -> bytes:
    """What is reported to NAV: one invoice, or several that one paper modifies."""
    inner = "".join(parts or (nav_part(),))
    if len(parts) > 1:
        inner = "".join(f"<batchInvoice>{part}</batchInvoice>" for part in parts)
    return f"""<InvoiceData xmlns="{space}data" xmlns:b="{space}base"><invoiceNumber>SZ-4</invoiceNumber>
<invoiceIssueDate>2026-10-05</invoiceIssueDate><invoiceMain>{inner}</invoiceMain></InvoiceData>""".encode()
