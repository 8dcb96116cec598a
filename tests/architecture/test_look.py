"""What keeps the look within the content security policy, small, and complete."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
PRINTED = ("documents", "papers")
TEMPLATES = sorted(
    set((ROOT / "templates").rglob("*.html"))
    - {path for name in PRINTED for path in (ROOT / "templates" / name).rglob("*")}
)
"""All pages; what is printed to paper by itself never meets a browser."""
LETTERS = "áčďéěíňóřšťúůýžäľĺŕôąćęłńśźżőűöüđăâîșțñ¿¡ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽÄĽĹŔÔĄĆĘŁŃŚŹŻŐŰÖÜĐĂÂÎȘȚÑ"
SIGNS = "−–…•→€\N{NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_carries_no_style_and_no_script_of_its_own(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=|hx-on|javascript:|\"js:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_the_stylesheet_stays_under_thirty_kilobytes() -> None:
    assert (ROOT / "static" / "saldo" / "saldo.css").stat().st_size <= 30 * 1024


@pytest.mark.parametrize("font", ["inter.woff2", "Inter-Regular.ttf", "Inter-Bold.ttf"])
def test_the_fonts_hold_every_letter_of_our_languages(font: str) -> None:
    from fontTools.ttLib import TTFont

    charmap = TTFont(ROOT / "var" / "assets" / "fonts" / font).getBestCmap()

    assert [letter for letter in LETTERS + SIGNS if ord(letter) not in charmap] == []


def test_figures_in_pdfs_are_all_as_wide_as_the_figure_space() -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(ROOT / "var" / "assets" / "fonts" / "Inter-Regular.ttf")
    charmap, widths = font.getBestCmap(), font["hmtx"]

    assert len({widths[charmap[ord(sign)]][0] for sign in "0123456789\N{FIGURE SPACE}"}) == 1
