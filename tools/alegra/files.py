"""The PDF behind an invoice's link: a page that says which invoice it is."""

import re

PREFIX = "/files/"
PAGE = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length {length}>>stream
{text}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def draw_file(path: str) -> bytes:
    """Return a one-page PDF that names what the path names."""
    name = re.sub(r"[^a-zA-Z0-9 -]", " ", path.removeprefix(PREFIX).removesuffix(".pdf"))
    text = f"BT /F 14 Tf 20 50 Td (Alegra emulator: {name}) Tj ET"
    return PAGE.format(length=len(text), text=text).encode()
