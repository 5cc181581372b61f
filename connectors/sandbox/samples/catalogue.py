"""All samples, the hardest last."""

from __future__ import annotations

from connectors.sandbox.samples.english_german import de_launch, de_spring, uk_segments, us_annual
from connectors.sandbox.samples.french_polish_japanese import ch_long_form, fr_autumn, ja_transposed, pl_units

SAMPLES = (us_annual, de_spring, uk_segments, fr_autumn, ch_long_form, pl_units, ja_transposed, de_launch)
