"""Cut Inter into the fonts the pages and the PDFs need.

Into ``var/assets/fonts``: a variable WOFF2 subset and ``fonts.css`` for browsers, static TTFs for PDFs.
Where the font's package is missing, ``fonts.css`` declares nothing and system fonts take over.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "var" / "assets" / "fonts"
STAMP = TARGET / ".stamp"

WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case"]
WEB_TEXT = (
    range(0x20, 0x7F),  # ASCII
    range(0xA0, 0x180),  # Latin-1 and Latin Extended-A: cs, sk, pl, hu, hr, sl, es
    range(0x218, 0x21C),  # Ș Ț with commas: ro
    range(0x300, 0x310),  # combining accents, for decomposed text
    range(0x2002, 0x200B),  # spaces, among them U+2007 (figure) and U+2009 (thin)
    range(0x2010, 0x2027),  # hyphens, dashes, quotes, bullet, ellipsis
    (0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x2060, 0x2116, 0x2122, 0x2212, 0x2215),
    range(0x20A0, 0x20C1),  # currency signs
    range(0x2190, 0x219A),  # arrows
    (0x00D7, 0x2248, 0x2260, 0x2264, 0x2265, 0x2713, 0x2717, 0x25CF, 0x25CB, 0xFFFD),
)
PDF_TEXT = (
    *WEB_TEXT,
    range(0x180, 0x250),  # Latin Extended-B
    range(0x370, 0x460),  # Greek and Cyrillic: customers' names come in both
    range(0x1E00, 0x1F00),  # Latin Extended Additional
)
FACE = """@font-face {
  font-family: "Inter";
  src: url("inter.woff2") format("woff2");
  font-weight: 400 700;
  font-style: normal;
  font-display: swap;
}
"""
NO_FACE = "/* Inter is not installed: the system's own fonts are used. */\n"


def main() -> int:
    """Build what is missing or stale, and say in one line what was done."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        print("fonts: up to date")
        return 0
    source = find_source()
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    if source is None:
        (TARGET / "fonts.css").write_text(NO_FACE)
        print("fonts: Inter is not installed; system fonts will be used")
    else:
        cut_web_font(source)
        cut_pdf_fonts(source)
        (TARGET / "fonts.css").write_text(FACE)
        print(f"fonts: cut Inter for web and PDF into {TARGET.relative_to(ROOT)}")
    STAMP.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Name what the output depends on: this recipe, the font and the tools that cut it."""
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    packages = (f"{name}={installed(name)}" for name in ("fontpkg-inter", "fonttools", "brotli"))
    return " ".join([recipe, *packages])


def installed(package: str) -> str:
    """Return a package's version, or ``none``."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def find_source() -> Path | None:
    """Return Inter's upright variable font, where its package and the tools to cut it are installed."""
    specs = [find_spec(name) for name in ("fontpkg_inter", "fontTools", "brotli")]
    package = specs[0]
    if package is None or package.origin is None or None in specs:
        return None
    fonts = Path(package.origin).parent / "files"
    return next(iter(sorted(fonts.glob("Inter[[]*.ttf"))), None)


def cut_web_font(source: Path) -> None:
    """Write the small variable font that browsers load."""
    from fontTools.varLib import instancer

    font = instancer.instantiateVariableFont(trimmed(source, WEB_TEXT), {"wght": (400, 700)})
    font.flavor = "woff2"
    font.save(TARGET / "inter.woff2")


def cut_pdf_fonts(source: Path) -> None:
    """Write one static font per weight, with letters enough that no PDF needs a system font."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    body = BytesIO()
    regular = instancer.instantiateVariableFont(trimmed(source, PDF_TEXT), {"opsz": 14})
    use_tabular_figures(regular)
    regular.save(body)
    for name, weight in WEIGHTS.items():
        font = TTFont(body, recalcTimestamp=False)
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
        font.save(TARGET / f"Inter-{name}.ttf")


def use_tabular_figures(font: "TTFont") -> None:
    """Make figures of equal width the ordinary ones: columns then line up without a font feature."""
    rules = font["GSUB"].table
    feature = next(row.Feature for row in rules.FeatureList.FeatureRecord if row.FeatureTag == "tnum")
    subtable = rules.LookupList.Lookup[feature.LookupListIndex[0]].SubTable[0]
    tabular = getattr(subtable, "ExtSubTable", subtable).mapping
    for charmap in font["cmap"].tables:
        for figure in map(ord, "0123456789"):
            charmap.cmap[figure] = tabular[charmap.cmap[figure]]


def trimmed(source: Path, text: Iterable[Iterable[int]]) -> "TTFont":
    """Return the font with only these characters and the features we use."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=FEATURES, hinting=False, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=chain.from_iterable(text))
    cutter.subset(font)
    return font


if __name__ == "__main__":
    sys.exit(main())
