"""The posterior of the response model by collapsed Gibbs sampling; docs/adr says why, docs/response.md what was measured.

For given adstock and saturation the model is linear: the baseline is integrated out exactly, and so is each channel's effect (not
negative) while its three non-linear parameters are redrawn from a pool of candidates (iterated sampling importance resampling:
exact for any pool, since the current value stays in it). Chains run side by side in one array; everything follows from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from scipy.special import gammaln, log_ndtr, ndtri_exp

from core.planning.response.transforms import Array, geometric_adstock, hill, logistic

Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class ChannelPrior:
    """What is believed of a channel before its data, on scales where a normal fits.

    Attributes:
        alpha: mean and sd of logit(alpha); half: of ln(half saturation in media units); shape: of ln(Hill exponent).
        level: mean and sd of the average contribution a period in KPI means, cut at zero; sd None leaves it to the fit.
    """

    alpha: tuple[float, float]
    half: tuple[float, float]
    shape: tuple[float, float] = (0.15, 0.3)
    level: tuple[float, float | None] = (0.0, None)

    @property
    def mean(self) -> Array:
        return np.array([self.alpha[0], self.half[0], self.shape[0]])

    @property
    def sd(self) -> Array:
        return np.array([self.alpha[1], self.half[1], self.shape[1]])


@dataclass(frozen=True, slots=True)
class LiftTerm:
    """A lift test on the model's grid: KPI with `media` in place of the series' minus without, summed, is `gain` +- `sd` (KPI means)."""

    channel: int
    media: Array
    gain: float
    sd: float


@dataclass(frozen=True, slots=True)
class Model:
    """All that the sampler needs, in KPI means.

    Attributes:
        kpi: (n,) at the fitted rows, the baseline's offset already taken off.
        rows: (M * T,) mask of the fitted rows. media: (M, T, C).
        basis: (n, p) at the fitted rows; prior_sd: (H, p).
    """

    kpi: Array
    rows: Mask
    media: Array
    basis: Array
    prior_sd: Array
    priors: tuple[ChannelPrior, ...]
    lifts: tuple[LiftTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to sample: chains side by side, candidates a pool, sweeps thrown away and kept, sweeps between new pools."""

    chains: int = 8
    pool: int = 384
    burn_in: int = 160
    keep: int = 400
    refresh: int = 10


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws, D of them (chains one after another): z = (logit alpha, ln half saturation, ln shape), family, effect.

    Attributes:
        z: (D, C, 3). is_logistic: (D, C). beta: (D, C) in KPI means. sigma: (D,). gamma: (D, p).
        rhat: (C,) split potential scale reduction of each channel's average contribution.
    """

    z: Array
    is_logistic: Mask
    beta: Array
    sigma: Array
    gamma: Array
    rhat: Array

    @property
    def alpha(self) -> Array:
        return np.asarray(1.0 / (1.0 + np.exp(-self.z[..., 0])), dtype=np.float64)

    @property
    def half(self) -> Array:
        return np.asarray(np.exp(self.z[..., 1]), dtype=np.float64)

    @property
    def shape(self) -> Array:
        return np.asarray(np.exp(self.z[..., 2]), dtype=np.float64)


_LEVEL_SD = np.array([0.05, 0.1, 0.2, 0.4])  # settings of the common scale of contributions, in KPI means
_SIGMA_SHAPE, _SIGMA_SCALE = 1.0, 0.05**2
_FAMILY_PRIOR = 0.5
_PRIOR_WEIGHT = 0.25  # of the pool comes from the prior, always
_STUDENT_DF = 5.0


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
class _Proposal:
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


class Sampler:
    """K chains of the collapsed Gibbs sampler over one model."""

    def __init__(self, model: Model, effort: Effort, rng: Generator) -> None:
        self.model, self.effort, self.rng = model, effort, rng
        self._set_baseline()
        k, c = effort.chains, len(model.priors)
        self.proposals = [_Proposal(prior) for prior in model.priors]
        self.z = np.empty((k, c, 3))
        self.family = np.zeros((k, c), dtype=bool)
        self.beta = np.zeros((k, c))
        self.curve = np.zeros((c, k, len(model.kpi)))  # saturated media of the current values
        self.lift = np.zeros((len(model.lifts), k))
        self.mean_curve = np.zeros((c, k))
        for i in range(c):
            self.z[:, i], self.family[:, i] = self.proposals[i].draw(rng, k)
        self.sigma2 = np.full(k, self.sigma0**2)
        self.setting = rng.integers(0, len(model.prior_sd), k)
        self.level_sd = np.full(k, 0.2)
        self.pools: list[_Pool] = []

    def _set_baseline(self) -> None:
        model = self.model
        raw = np.column_stack([model.basis, np.sqrt(model.media.reshape(-1, model.media.shape[2])[model.rows])])
        scale = np.maximum(np.abs(raw).max(axis=0), 1e-12)
        ridge = raw / scale
        solved = np.linalg.solve(ridge.T @ ridge + 0.1 * np.eye(ridge.shape[1]), ridge.T @ model.kpi)
        residual = model.kpi - ridge @ solved
        self.sigma0 = float(max(np.sqrt((residual**2).sum() / max(len(residual) - ridge.shape[1] / 2, 2)), 0.005))
        gram = model.basis.T @ model.basis
        ratio = np.maximum(model.prior_sd, 1e-6) / self.sigma0
        precision = gram + np.eye(gram.shape[0]) / ratio[:, :, None] ** 2
        self.inner = np.linalg.inv(precision)  # (H, p, p)
        self.root = np.linalg.cholesky(self.inner)
        self.log_det = np.linalg.slogdet(precision)[1] + 2.0 * np.log(ratio).sum(axis=1)

    def run(self) -> Draws:
        """Burn in (learning the proposals), then keep draws."""
        effort = self.effort
        history: list[tuple[Array, Mask]] = []
        for sweep in range(effort.burn_in):
            if sweep % effort.refresh == 0:
                if sweep in (3 * effort.refresh, effort.burn_in // 2 // effort.refresh * effort.refresh):
                    self._learn(history)
                    history = []
                self._refresh()
            self._sweep()
            history.append((self.z.copy(), self.family.copy()))
        self._learn(history)
        kept: list[tuple[Array, ...]] = []
        for sweep in range(effort.keep):
            if sweep % effort.refresh == 0:
                self._refresh()
            self._sweep()
            kept.append((self.z.copy(), self.family.copy(), self.beta.copy(), self.sigma2.copy(), self._gamma(), self._levels()))
        return _collect(kept)

    def _learn(self, history: list[tuple[Array, Mask]]) -> None:
        z = np.concatenate([item[0] for item in history])
        family = np.concatenate([item[1] for item in history])
        for i, proposal in enumerate(self.proposals):
            proposal.learn(z[:, i], family[:, i])

    def _levels(self) -> Array:
        return np.asarray((self.beta * self.mean_curve.T).copy(), dtype=np.float64)

    def _refresh(self) -> None:
        """Draw a new pool for every channel; each chain's current value joins it as a private candidate."""
        self.pools = []
        for i, proposal in enumerate(self.proposals):
            fresh_z, fresh_family = proposal.draw(self.rng, self.effort.pool)
            z = np.concatenate([fresh_z, self.z[:, i]])
            family = np.concatenate([fresh_family, self.family[:, i]])
            full = saturate(self.model.media[..., i], z, family)
            curves = full[:, self.model.rows]
            lifts = [(saturate(term.media, z, family) - full).sum(axis=1) if term.channel == i else None for term in self.model.lifts]
            self.pools.append(self._pool(i, z, family, curves, full.mean(axis=1), lifts))

    def _pool(self, i: int, z: Array, family: Mask, curves: Array, mean: Array, lifts: list[Array | None]) -> _Pool:
        n_fresh = self.effort.pool
        on_basis = curves @ self.model.basis
        rotated = np.matmul(on_basis, self.root)  # (H, N, p)
        square = (curves**2).sum(axis=1) - np.einsum("hnp,hnp->hn", rotated, rotated)
        log_weight = np.repeat(self.proposals[i].log_ratio(z, family)[:, None], self.effort.chains, axis=1)
        private = np.full((self.effort.chains, self.effort.chains), -np.inf)
        np.fill_diagonal(private, 0.0)
        log_weight[n_fresh:] += private
        self.curve[i] = curves[n_fresh:]
        self.mean_curve[i] = mean[n_fresh:]
        for j, gains in enumerate(lifts):
            if gains is not None:
                self.lift[j] = gains[n_fresh:]
        return _Pool(z, family, curves, np.maximum(square, 1e-12), np.maximum(mean, 1e-9), log_weight, lifts)

    def _sweep(self) -> None:
        for i in range(len(self.proposals)):
            self._update_channel(i)
        residual = self._residual()
        self._update_noise(residual)
        self._update_setting(residual)
        self._update_level_sd()

    def _residual(self, *, without: int | None = None) -> Array:
        beta = self.beta.copy()
        if without is not None:
            beta[:, without] = 0.0
        return np.asarray(self.model.kpi[:, None] - np.einsum("kc,ckn->nk", beta, self.curve), dtype=np.float64)

    def _project(self, residual: Array) -> Array:
        """Take the baseline's part out of residuals (n, K), each chain under its own setting."""
        on_basis = self.model.basis.T @ residual
        coefficient = np.einsum("kpq,qk->pk", self.inner[self.setting], on_basis)
        return np.asarray(residual - self.model.basis @ coefficient, dtype=np.float64)

    def _update_channel(self, i: int) -> None:
        pool, prior = self.pools[i], self.model.priors[i]
        projected = self._project(self._residual(without=i))
        mean, sd = prior.level[0], self.level_sd if prior.level[1] is None else prior.level[1]
        prior_precision = (pool.mean[:, None] / sd) ** 2
        precision = pool.square.T[:, self.setting] / self.sigma2 + prior_precision
        linear = pool.curves @ projected / self.sigma2 + pool.mean[:, None] * (mean / np.square(sd))
        for j, gains in enumerate(pool.lifts):
            if gains is not None:
                term = self.model.lifts[j]
                precision += (gains[:, None] / term.sd) ** 2
                linear += gains[:, None] * (term.gain / term.sd**2)
        center, scale = linear / precision, 1.0 / np.sqrt(precision)
        log_weight = pool.log_weight + np.log(scale * pool.mean[:, None]) + 0.5 * (center / scale) ** 2 + log_ndtr(center / scale)
        pick = _choose(log_weight, self.rng)
        chain = np.arange(len(pick))
        self.z[:, i], self.family[:, i] = pool.z[pick], pool.family[pick]
        self.curve[i], self.mean_curve[i] = pool.curves[pick], pool.mean[pick]
        for j, gains in enumerate(pool.lifts):
            if gains is not None:
                self.lift[j] = gains[pick]
        self.beta[:, i] = _truncated(center[pick, chain], scale[pick, chain], self.rng)

    def _update_noise(self, residual: Array) -> None:
        squares = np.einsum("nk,nk->k", residual, self._project(residual))
        shape = _SIGMA_SHAPE + 0.5 * len(residual)
        self.sigma2 = (_SIGMA_SCALE + 0.5 * np.maximum(squares, 0.0)) / self.rng.gamma(shape, size=len(squares))

    def _update_setting(self, residual: Array) -> None:
        on_basis = self.model.basis.T @ residual
        explained = np.einsum("pk,hpq,qk->hk", on_basis, self.inner, on_basis, optimize=True)
        self.setting = _choose(0.5 * explained / self.sigma2 - 0.5 * self.log_det[:, None], self.rng)

    def _update_level_sd(self) -> None:
        free = np.array([prior.level[1] is None for prior in self.model.priors])
        squares = (self._levels()[:, free] ** 2).sum(axis=1)
        log_weight = -free.sum() * np.log(_LEVEL_SD)[:, None] - 0.5 * squares / _LEVEL_SD[:, None] ** 2
        self.level_sd = _LEVEL_SD[_choose(log_weight, self.rng)]

    def _gamma(self) -> Array:
        on_basis = self.model.basis.T @ self._residual()
        mean = np.einsum("kpq,qk->kp", self.inner[self.setting], on_basis)
        noise = np.einsum("kpq,kq->kp", self.root[self.setting], self.rng.standard_normal(mean.shape))
        return np.asarray(mean + np.sqrt(self.sigma2)[:, None] * noise, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Pool:
    """A channel's candidates with all that depends on them alone: `square` is (H, N), `log_weight` (N, K)."""

    z: Array
    family: Mask
    curves: Array
    square: Array
    mean: Array
    log_weight: Array
    lifts: list[Array | None]


def _choose(log_weight: Array, rng: Generator) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Draw a row index for each column with probability in proportion to exp(log_weight)."""
    weight = np.cumsum(np.exp(log_weight - log_weight.max(axis=0)), axis=0)
    threshold = rng.random(weight.shape[1]) * weight[-1]
    return np.asarray((weight < threshold).sum(axis=0), dtype=np.intp)


def _truncated(center: Array, scale: Array, rng: Generator) -> Array:
    """Draw from normals cut at zero; exact far in the tail as well."""
    log_u = np.log1p(-rng.random(len(center))) + log_ndtr(center / scale)
    return np.asarray(np.maximum(center - scale * ndtri_exp(log_u), 0.0), dtype=np.float64)


def _collect(kept: list[tuple[Array, ...]]) -> Draws:
    z, family, beta, sigma2, gamma, levels = (np.stack([item[j] for item in kept]) for j in range(6))  # (S, K, ...)

    def by_chain(values: Array) -> Array:
        return np.asarray(values.swapaxes(0, 1).reshape(-1, *values.shape[2:]))

    return Draws(
        z=by_chain(z),
        is_logistic=by_chain(family).astype(bool),
        beta=by_chain(beta),
        sigma=np.sqrt(by_chain(sigma2)),
        gamma=by_chain(gamma),
        rhat=_split_rhat(levels),
    )


def _split_rhat(levels: Array) -> Array:
    """Give the split R-hat of (sweeps, chains, channels)."""
    half = len(levels) // 2
    parts = np.concatenate([levels[:half], levels[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=0).var(axis=0, ddof=1)
    total = (half - 1) / half * within + between / half
    return np.asarray(np.sqrt(np.where(within > 0, total / np.where(within > 0, within, 1.0), 1.0)), dtype=np.float64)
