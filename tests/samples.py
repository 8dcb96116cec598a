"""Real documents of the outside formats, where they lie beside this checkout."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"

needs_samples = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the samples of real documents are not beside this checkout"
)
