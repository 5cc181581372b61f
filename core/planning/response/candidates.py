"""Adstock and saturation parameters of a channel: what is believed of them, and where the sampler's candidates come from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from scipy.special import gammaln

from core.planning.response.transforms import Array, Mask, geometric_adstock, hill, logistic

_FAMILY_PRIOR = 0.5
_PRIOR_WEIGHT = 0.25  # of the pool comes from the prior, always
_STUDENT_DF = 5.0


@dataclass(frozen=True, slots=True)
class ChannelPrior:
    """What is believed of a channel before its data, on scales where a normal fits.

    Attributes:
        alpha: mean and sd of logit(alpha); half: of ln(half saturation in media units); shape: of ln(Hill exponent).
        level: mean and sd of the average contribution a period in KPI means, cut at zero; sd None leaves it to the fit.
    """

    alpha: tuple[float, float]
    half: tuple[float, float]
    shape: tuple[float, float] = (0.2, 0.42)
    level: tuple[float, float | None] = (0.0, None)

    @property
    def mean(self) -> Array:
        return np.array([self.alpha[0], self.half[0], self.shape[0]])

    @property
    def sd(self) -> Array:
        return np.array([self.alpha[1], self.half[1], self.shape[1]])


def saturate(media: Array, z: Array, is_logistic: Mask) -> Array:
    """Give adstocked and saturated media for parameter sets.

    Args:
        media: (M, T). z: (N, 3). is_logistic: (N,).
    Returns:
        (N, M * T).
    """
    alpha = 1.0 / (1.0 + np.exp(-z[:, 0]))
    adstocked = geometric_adstock(media.T[:, :, None], alpha)  # (T, M, N)
    flat = np.ascontiguousarray(adstocked.transpose(2, 1, 0)).reshape(len(z), -1)
    half, shape = np.exp(z[:, 1])[:, None], np.exp(z[:, 2])[:, None]
    result = np.empty_like(flat)
    result[is_logistic] = logistic(flat[is_logistic], half[is_logistic])
    result[~is_logistic] = hill(flat[~is_logistic], half[~is_logistic], shape[~is_logistic])
    return result


@dataclass(slots=True)
class Proposal:
    """Where a channel's candidates come from: the prior, and once learnt a Student-t around the chains so far."""

    prior: ChannelPrior
    center: Array | None = None
    factor: Array = field(default_factory=lambda: np.eye(3))
    logistic_share: float = _FAMILY_PRIOR

    def learn(self, z: Array, is_logistic: Mask) -> None:
        spread = np.cov(z.T) * 1.3 + np.diag((0.05 * self.prior.sd) ** 2)
        self.center, self.factor = np.asarray(z.mean(axis=0)), np.asarray(np.linalg.cholesky(spread), dtype=np.float64)
        self.logistic_share = float(np.clip(is_logistic.mean(), 0.1, 0.9))

    def draw(self, rng: Generator, size: int) -> tuple[Array, Mask]:
        normal = rng.standard_normal((size, 3))
        z = self.prior.mean + normal * self.prior.sd
        family = rng.random(size)
        if self.center is None:
            return z, family < _FAMILY_PRIOR
        tail = np.sqrt(_STUDENT_DF / rng.chisquare(_STUDENT_DF, size))[:, None]
        from_prior = rng.random(size) < _PRIOR_WEIGHT
        near = self.center + (normal * tail) @ self.factor.T
        return np.where(from_prior[:, None], z, near), family < np.where(from_prior, _FAMILY_PRIOR, self.logistic_share)

    def log_ratio(self, z: Array, is_logistic: Mask) -> Array:
        """Give ln prior - ln proposal, up to a constant."""
        scaled = (z - self.prior.mean) / self.prior.sd
        log_prior = -0.5 * (scaled**2).sum(axis=1) - np.log(self.prior.sd).sum() - 1.5 * np.log(2.0 * np.pi)
        if self.center is None:
            return np.zeros(len(z))
        white = np.asarray(np.linalg.solve(self.factor, (z - self.center).T), dtype=np.float64)
        log_near = _log_student(white) - np.log(np.diag(self.factor)).sum()
        log_family = np.log(np.where(is_logistic, self.logistic_share, 1.0 - self.logistic_share))
        prior_family = float(np.log(_FAMILY_PRIOR))
        return np.asarray(
            log_prior
            + prior_family
            - np.logaddexp(np.log(_PRIOR_WEIGHT) + log_prior + prior_family, np.log1p(-_PRIOR_WEIGHT) + log_near + log_family),
            dtype=np.float64,
        )


def _log_student(white: Array) -> Array:
    constant = gammaln((_STUDENT_DF + 3) / 2) - gammaln(_STUDENT_DF / 2) - 1.5 * np.log(_STUDENT_DF * np.pi)
    return np.asarray(constant - 0.5 * (_STUDENT_DF + 3) * np.log1p((white**2).sum(axis=0) / _STUDENT_DF), dtype=np.float64)
