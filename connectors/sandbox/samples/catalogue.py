"""All samples, the hardest last."""

from __future__ import annotations

from connectors.sandbox.samples import further, western

SAMPLES = (western.us_annual, western.de_spring, western.uk_segments, *further.SAMPLES, western.de_launch)
