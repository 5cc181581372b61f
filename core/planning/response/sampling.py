"""Exact random draws that the sampler is made of, for many chains at once, and the measure of whether chains agree."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from scipy.special import log_ndtr, ndtri_exp

from core.planning.response.transforms import Array


def choose(log_weight: Array, rng: Generator) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Draw a row index for each column with probability in proportion to exp(log_weight)."""
    weight = np.cumsum(np.exp(log_weight - log_weight.max(axis=0)), axis=0)
    threshold = rng.random(weight.shape[1]) * weight[-1]
    return np.asarray((weight < threshold).sum(axis=0), dtype=np.intp)


def truncated(center: Array, scale: Array, rng: Generator) -> Array:
    """Draw from normals cut at zero; exact far in the tail as well."""
    log_u = np.log1p(-rng.random(len(center))) + log_ndtr(center / scale)
    return np.asarray(np.maximum(center - scale * ndtri_exp(log_u), 0.0), dtype=np.float64)


def between(center: Array, scale: Array, low: Array, high: Array, rng: Generator) -> Array:
    """Draw from normals cut to [low, high]; worked out in the lower tail, where logarithms stay exact."""
    a, b = (low - center) / scale, (high - center) / scale
    flip = a + b > 0
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    u = rng.random(len(center))
    drawn = ndtri_exp(np.logaddexp(log_ndtr(a) + np.log1p(-u), log_ndtr(b) + np.log(np.maximum(u, 1e-300))))
    return np.asarray(np.clip(center + scale * np.where(flip, -drawn, drawn), low, high), dtype=np.float64)


def split_rhat(levels: Array) -> Array:
    """Give the split R-hat of (sweeps, chains, channels); NaN where there are too few sweeps to tell."""
    half = len(levels) // 2
    if half < 2:
        return np.full(levels.shape[2], np.nan)
    parts = np.concatenate([levels[:half], levels[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=0).var(axis=0, ddof=1)
    total = (half - 1) / half * within + between / half
    return np.asarray(np.sqrt(np.where(within > 0, total / np.where(within > 0, within, 1.0), 1.0)), dtype=np.float64)
