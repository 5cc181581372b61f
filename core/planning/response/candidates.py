"""Adstock and saturation parameters of a channel: what is believed of them, and where the sampler's candidates come from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import gammaln

from core.planning.response.transforms import Array, Mask, geometric_adstock, hill, logistic

Forms = NDArray[np.intp]
"""Which carry-over (geometric, later, slow tail) and which saturation: 2 x carry-over + 1 where logistic, 0 where Hill."""
_LATER, _SLOW = 1, 2
FORMS = (0.24, 0.36, 0.08, 0.12, 0.08, 0.12)
FORMS_OF_MARKETS = (0.3, 0.2, 0.15, 0.1, 0.15, 0.1)
GEOMETRIC = (0.4, 0.6, 0.0, 0.0, 0.0, 0.0)  # while steps of the level are looked for: a slow tail could pass for one
_FORM_LEAST = 0.05  # share of each form among what is proposed
_SLOW_PART, _SLOW_ROOT = 0.3, 0.25  # of a slow tail: its part of the effect, and alpha**root is kept a period
_PRIOR_WEIGHT = 0.25  # of the pool comes from the prior, always
_STUDENT_DF = 5.0


@dataclass(frozen=True, slots=True)
class ChannelPrior:
    """What is believed of a channel before its data, on scales where a normal fits.

    Attributes:
        alpha: mean and sd of logit(alpha); half: of ln(half saturation in media units); shape: of ln(Hill exponent).
        forms: how likely each form is.
        level: mean and sd of the average contribution a period in KPI means, cut at zero; sd None leaves it to the fit.
    """

    alpha: tuple[float, float]
    half: tuple[float, float]
    shape: tuple[float, float] = (0.3, 0.4)
    forms: tuple[float, ...] = FORMS
    level: tuple[float, float | None] = (0.0, None)

    @property
    def mean(self) -> Array:
        return np.array([self.alpha[0], self.half[0], self.shape[0]])

    @property
    def sd(self) -> Array:
        return np.array([self.alpha[1], self.half[1], self.shape[1]])


def is_logistic(form: Forms) -> Mask:
    return np.asarray(form % 2 == 1)


def carried(media: Array, alpha: Array, form: Forms) -> Array:
    """Give media (T, M) as felt, (T, M, N): geometric; twice over, which peaks later; or with a part that keeps on for longer."""
    kind = form // 2
    later, slow = kind == _LATER, kind == _SLOW
    felt = geometric_adstock(media[..., None], np.concatenate([alpha, alpha[slow] ** _SLOW_ROOT]))
    felt, tail = felt[..., : len(alpha)], felt[..., len(alpha) :]
    felt[..., slow] = (1.0 - _SLOW_PART) * felt[..., slow] + _SLOW_PART * tail
    felt[..., later] = geometric_adstock(felt[..., later], alpha[later])
    return felt


def usual_alpha(alpha: Array, form: Forms) -> Array:
    """Give the geometric carry-over with the same mean delay as each form."""
    delay, kind = alpha / (1.0 - alpha), form // 2
    tail = alpha**_SLOW_ROOT / (1.0 - alpha**_SLOW_ROOT)
    delay = np.where(kind == _LATER, 2.0 * delay, np.where(kind == _SLOW, (1.0 - _SLOW_PART) * delay + _SLOW_PART * tail, delay))
    return np.asarray(delay / (1.0 + delay), dtype=np.float64)


def saturate(media: Array, z: Array, form: Forms) -> Array:
    """Give adstocked and saturated media for parameter sets.

    Args:
        media: (M, T). z: (N, 3). form: (N,).
    Returns:
        (N, M * T).
    """
    adstocked, logistic_too = carried(media.T, 1.0 / (1.0 + np.exp(-z[:, 0])), form), is_logistic(form)  # (T, M, N)
    flat = np.ascontiguousarray(adstocked.transpose(2, 1, 0)).reshape(len(z), -1)
    half, shape = np.exp(z[:, 1])[:, None], np.exp(z[:, 2])[:, None]
    result = np.empty_like(flat)
    result[logistic_too] = logistic(flat[logistic_too], half[logistic_too])
    result[~logistic_too] = hill(flat[~logistic_too], half[~logistic_too], shape[~logistic_too])
    return result


@dataclass(slots=True)
class Proposal:
    """Where a channel's candidates come from: the prior, and once learnt a Student-t around the chains so far."""

    prior: ChannelPrior
    center: Array | None = None
    factor: Array = field(default_factory=lambda: np.eye(3))
    usual: Array = field(init=False)
    form_share: Array = field(init=False)

    def __post_init__(self) -> None:
        self.usual = self.form_share = np.array(self.prior.forms)

    def learn(self, z: Array, form: Forms) -> None:
        spread = np.cov(z.T) * 1.3 + np.diag((0.05 * self.prior.sd) ** 2)
        self.center, self.factor = np.asarray(z.mean(axis=0)), np.asarray(np.linalg.cholesky(spread), dtype=np.float64)
        share = np.maximum(np.bincount(form, minlength=len(self.usual)) / len(form), _FORM_LEAST) * (self.usual > 0)
        self.form_share = share / share.sum()

    def draw(self, rng: Generator, size: int) -> tuple[Array, Forms]:
        normal = rng.standard_normal((size, 3))
        z = self.prior.mean + normal * self.prior.sd
        u = rng.random(size)
        usual = _pick(self.usual, u)
        if self.center is None:
            return z, usual
        tail = np.sqrt(_STUDENT_DF / rng.chisquare(_STUDENT_DF, size))[:, None]
        from_prior = rng.random(size) < _PRIOR_WEIGHT
        near = self.center + (normal * tail) @ self.factor.T
        return np.where(from_prior[:, None], z, near), np.where(from_prior, usual, _pick(self.form_share, u))

    def log_ratio(self, z: Array, form: Forms) -> Array:
        """Give ln prior - ln proposal, up to a constant."""
        scaled = (z - self.prior.mean) / self.prior.sd
        log_prior = -0.5 * (scaled**2).sum(axis=1) - np.log(self.prior.sd).sum() - 1.5 * np.log(2.0 * np.pi)
        if self.center is None:
            return np.zeros(len(z))
        white = np.asarray(np.linalg.solve(self.factor, (z - self.center).T), dtype=np.float64)
        log_near = _log_student(white) - np.log(np.diag(self.factor)).sum()
        log_near += np.log(self.form_share[form])
        log_prior += np.log(self.usual[form])
        proposed = np.logaddexp(np.log(_PRIOR_WEIGHT) + log_prior, np.log1p(-_PRIOR_WEIGHT) + log_near)
        return np.asarray(log_prior - proposed, dtype=np.float64)


def _pick(share: Array, u: Array) -> Forms:
    """Give the form that each of some uniform draws falls to."""
    return np.asarray(np.searchsorted(np.cumsum(share)[:-1], u, side="right"), dtype=np.intp)


def _log_student(white: Array) -> Array:
    constant = gammaln((_STUDENT_DF + 3) / 2) - gammaln(_STUDENT_DF / 2) - 1.5 * np.log(_STUDENT_DF * np.pi)
    return np.asarray(constant - 0.5 * (_STUDENT_DF + 3) * np.log1p((white**2).sum(axis=0) / _STUDENT_DF), dtype=np.float64)
