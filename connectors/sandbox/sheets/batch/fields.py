"""The `fields` of update requests: which properties are taken over, and which absent ones are thereby removed."""

from __future__ import annotations

from typing import Any

import numpy as np

from connectors.sandbox.masks import Mask, parse_mask
from connectors.sandbox.wire import Json, invalid


def required_mask(body: Json) -> Mask:
    """Parse the request's `fields`; 400 when there are none."""
    text = body.get("fields")
    if not text:
        raise invalid("At least one field must be listed in 'fields'. (use '*' to indicate all fields)")
    return parse_mask(str(text))


def updated(old: Any, new: Json, mask: Mask) -> Json:
    """Give `old` with the masked fields of `new`; a masked field that `new` lacks (or has as null) is removed."""
    if not mask or "*" in mask:
        return dict(without_nulls(new))
    out: Json = dict(old)
    for name, inner in mask.items():
        value = new.get(name)
        if inner and isinstance(value, dict):
            out[name] = updated(out.get(name) or {}, value, inner)
        elif value is None:
            out.pop(name, None)
        else:
            out[name] = without_nulls(value)
    return out


def without_nulls(value: Any) -> Any:
    """Drop null members, as proto JSON does."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def stored(color: Json) -> Json:
    """Give a Color as Google keeps it: a byte a part, zero parts left out, in single precision both ways."""
    parts = {name: int(np.float32(amount) * np.float32(255)) for name, amount in color.items() if amount}
    return {name: float(str(np.float32(part / 255))) for name, part in parts.items() if part}


def colored(body: Json) -> Json:
    """Mirror colours as Google does: `xColor` gets an `xColorStyle` and the other way round, at every level."""
    out: Json = {}
    for name, value in body.items():
        out[name] = colored(value) if isinstance(value, dict) and "olor" not in name else value
    for name in list(out):
        if name.endswith("Color") and isinstance(out[name], dict):
            color = stored(out[name])
            out[name] = color
            out[name + "Style"] = {"rgbColor": color}
        elif name.endswith("ColorStyle") and isinstance(out[name], dict) and "rgbColor" in out[name]:
            color = stored(out[name]["rgbColor"] or {})
            out[name] = {"rgbColor": color}
            out[name.removesuffix("Style")] = color
    return out
