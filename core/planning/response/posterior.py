"""The posterior of the response model by collapsed Gibbs sampling; docs/adr says why, docs/response.md what was measured.

For given adstock and saturation the model is linear: the baseline is integrated out exactly, and so is each channel's effect (not
negative) while its three non-linear parameters are redrawn from a pool of candidates (iterated sampling importance resampling:
exact for any pool, since the current value stays in it). Chains run side by side in one array; everything follows from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import log_ndtr

from core.planning.response.candidates import ChannelPrior, Forms, Proposal, is_logistic, saturate, usual_alpha
from core.planning.response.noise import Noise
from core.planning.response.sampling import between, choose, split_rhat, truncated
from core.planning.response.transforms import Array, Mask


@dataclass(frozen=True, slots=True)
class LiftTerm:
    """A lift test on the model's grid: KPI with `media` in place of the series' minus without is `gain` +- `sd` (KPI means).

    `weight` (M * T,) sums it up: a market counts by its size.
    """

    channel: int
    media: Array
    weight: Array
    gain: float
    sd: float


@dataclass(frozen=True, slots=True)
class Model:
    """All that the sampler needs, in KPI means.

    Attributes:
        kpi: (n,) at the fitted rows, the baseline's offset already taken off, whitened.
        rows: (M * T,) mask of the fitted rows. noise: how they were whitened. media: (M, T, C).
        basis: (n, p) at the fitted rows, whitened; prior_sd: (H, p).
    """

    kpi: Array
    rows: Mask
    noise: Noise
    media: Array
    basis: Array
    prior_sd: Array
    priors: tuple[ChannelPrior, ...]
    lifts: tuple[LiftTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to sample: chains side by side, candidates a pool, sweeps thrown away and kept, sweeps between new pools.

    Small pools drawn often bring about as many independent draws as large ones drawn seldom, in less time.
    """

    chains: int = 8
    pool: int = 96
    burn_in: int = 120
    keep: int = 200
    refresh: int = 5


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws, D of them (chains one after another): z = (logit alpha, ln half saturation, ln shape), form, effect.

    Attributes:
        z: (D, C, 3). form: (D, C). beta: (D, C, M) in KPI means, or (D, C, 1) the same in every market.
        sigma: (D,). gamma: (D, p). setting, level_sd: (D,) which of the prior settings, and the common scale of contributions.
        rhat: (C,) split potential scale reduction of each channel's average contribution.
    """

    z: Array
    form: Forms
    beta: Array
    sigma: Array
    gamma: Array
    setting: NDArray[np.intp]
    level_sd: Array
    rhat: Array

    @property
    def alpha(self) -> Array:
        """(D, C): the geometric carry-over with the same mean delay, whatever the form."""
        return usual_alpha(1.0 / (1.0 + np.exp(-self.z[..., 0])), self.form)

    @property
    def is_logistic(self) -> Mask:
        return is_logistic(self.form)

    @property
    def half(self) -> Array:
        return np.asarray(np.exp(self.z[..., 1]), dtype=np.float64)

    @property
    def shape(self) -> Array:
        return np.asarray(np.exp(self.z[..., 2]), dtype=np.float64)


_LEVEL_SD = np.geomspace(0.02, 0.6, 8)  # settings of the common scale of contributions, in KPI means
_MEDIA_SHARE, _MEDIA_SPREAD = 0.35, 0.7  # of the KPI, all channels together, before any data: centre, and sd of its logarithm
_LEARN_FIRST = 30  # sweeps before proposals are learnt for the first time
_SIGMA_SHAPE, _SIGMA_SCALE = 1.0, 0.05**2
_ALIKE = 0.4  # correlation from which two channels get moves of their own


class Sampler:
    """K chains of the collapsed Gibbs sampler over one model."""

    def __init__(self, model: Model, effort: Effort, rng: Generator) -> None:
        self.model, self.effort, self.rng = model, effort, rng
        self._set_baseline()
        k, c = effort.chains, len(model.priors)
        self.proposals = [Proposal(prior) for prior in model.priors]
        self.z = np.empty((k, c, 3))
        self.form = np.zeros((k, c), dtype=np.intp)
        self.beta = np.zeros((k, c))
        self.curve = np.zeros((c, k, len(model.kpi)))  # saturated media of the current values, whitened
        self.lift = np.zeros((len(model.lifts), k))
        self.mean_curve = np.zeros((c, k))
        for i in range(c):
            self.z[:, i], self.form[:, i] = self.proposals[i].draw(rng, k)
        self.sigma2 = np.full(k, self.sigma0**2)
        self.setting = rng.integers(0, len(model.prior_sd), k)
        self.level_sd = np.full(k, 0.1)
        self.ratio: Array | None = None  # (C, K, M) of a market's effect to the channel's; None while markets share one
        self.market = np.flatnonzero(model.rows) // model.media.shape[1]  # of each fitted row
        self.pools: list[_Pool] = []
        self.kept: list[tuple[Array, ...]] = []
        self.pairs = _alike(model.media.reshape(model.rows.size, -1)[model.rows])

    def _set_baseline(self) -> None:
        model = self.model
        rooted = np.sqrt(model.media.reshape(model.rows.size, -1)[model.rows])
        raw = np.column_stack([model.basis, model.noise.whiten(rooted.T).T])
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

    def settle(self) -> None:
        """Burn in, learning the proposals."""
        effort = self.effort
        history: list[tuple[Array, Forms]] = []
        for sweep in range(effort.burn_in):
            if sweep % effort.refresh == 0:
                if sweep in (_LEARN_FIRST, effort.burn_in // 2 // effort.refresh * effort.refresh):
                    self.learn(history)
                    history = []
                self.refresh()
            self.sweep()
            history.append((self.z.copy(), self.form.copy()))
        self.learn(history)

    def run(self) -> Draws:
        """Burn in, then keep draws."""
        self.settle()
        return self.go_on(self.effort.keep)

    def go_on(self, sweeps: int) -> Draws:
        """Keep the draws of more sweeps from where the chains stand; give all that were kept."""
        for sweep in range(sweeps):
            if sweep % self.effort.refresh == 0:
                self.refresh()
            self.sweep()
            self.kept.append(self.state())
        return collect(self.kept)

    def differ(self, ratio: Array) -> None:
        """Take (C, K, M) as the markets' effects over the channel's; pools have to be drawn anew."""
        self.curve *= (ratio if self.ratio is None else ratio / self.ratio)[..., self.market]
        self.ratio = ratio

    def state(self) -> tuple[Array, ...]:
        """Give what `collect` makes draws of."""
        now = (self.z, self.form, self.beta[..., None], self.sigma2, self._gamma(), self.setting, self.level_sd, self._levels())
        return tuple(np.array(values) for values in now)

    def learn(self, history: list[tuple[Array, Forms]]) -> None:
        z = np.concatenate([item[0] for item in history])
        form = np.concatenate([item[1] for item in history])
        for i, proposal in enumerate(self.proposals):
            proposal.learn(z[:, i], form[:, i])

    def _levels(self) -> Array:
        return np.asarray((self.beta * self.mean_curve.T).copy(), dtype=np.float64)

    def refresh(self) -> None:
        """Draw a new pool for every channel; each chain's current value joins it as a private candidate.

        Where markets differ, what a pool leaves of the baseline is worked out for the chains' own settings, redrawn here and not in sweeps.
        """
        if self.ratio is not None:
            self._update_setting(self._residual())
        self.pools = []
        for i, proposal in enumerate(self.proposals):
            fresh_z, fresh_form = proposal.draw(self.rng, self.effort.pool)
            z = np.concatenate([fresh_z, self.z[:, i]])
            form = np.concatenate([fresh_form, self.form[:, i]])
            self.pools.append(self._pool(i, z, form))

    def _pool(self, i: int, z: Array, form: Forms) -> _Pool:
        n_fresh, full = self.effort.pool, saturate(self.model.media[..., i], z, form)
        curves, ratio = self.model.noise.whiten(full[:, self.model.rows]), None if self.ratio is None else self.ratio[i]
        of_row = np.ones((full.shape[1], 1)) if ratio is None else np.repeat(ratio.T, self.model.media.shape[1], axis=0)
        mean = np.broadcast_to(full @ of_row / len(of_row), (len(z), self.effort.chains))
        lifts = [(saturate(t.media, z, form) - full) @ (of_row * t.weight[:, None]) if t.channel == i else None for t in self.model.lifts]
        lifts = [None if gains is None else np.broadcast_to(gains, mean.shape) for gains in lifts]
        chain = np.arange(self.effort.chains)
        log_weight = np.repeat(self.proposals[i].log_ratio(z, form)[:, None], self.effort.chains, axis=1)
        private = np.full((self.effort.chains, self.effort.chains), -np.inf)
        np.fill_diagonal(private, 0.0)
        log_weight[n_fresh:] += private
        weight = None if ratio is None else ratio[:, self.market]
        self.curve[i] = curves[n_fresh:] if weight is None else curves[n_fresh:] * weight
        self.mean_curve[i] = mean[n_fresh + chain, chain]
        for j, gains in enumerate(lifts):
            if gains is not None:
                self.lift[j] = gains[n_fresh + chain, chain]
        square = self._squares(curves) if ratio is None else self._weighed_squares(curves, ratio)
        return _Pool(z, form, curves, np.maximum(square, 1e-12), np.maximum(mean, 1e-9), log_weight, lifts, weight)

    def _squares(self, curves: Array) -> Array:
        """Give what the baseline leaves of curves (N, n) under each setting, squared and summed, (N, H)."""
        rotated = np.matmul(curves @ self.model.basis, self.root)  # (H, N, p)
        return np.asarray((curves**2).sum(axis=1)[:, None] - np.einsum("hnp,hnp->nh", rotated, rotated))

    def _weighed_squares(self, curves: Array, ratio: Array) -> Array:
        """Give the same of curves times their markets' ratio (K, M), each chain under its own setting, (N, K)."""
        own = [(curves[:, self.market == m], self.model.basis[self.market == m]) for m in range(ratio.shape[1])]
        on_basis = np.tensordot(ratio, np.stack([rows @ basis for rows, basis in own]), 1)  # (K, N, p)
        rotated = np.matmul(on_basis, self.root[self.setting])
        squares = np.stack([(rows**2).sum(axis=1) for rows, _ in own], axis=1)
        return np.asarray(squares @ ratio.T**2 - np.einsum("knp,knp->nk", rotated, rotated))

    def sweep(self) -> None:
        for i in range(len(self.proposals)):
            self._update_channel(i)
        for i, j in self.pairs:
            self._slide(i, j)
        residual = self._residual()
        self._update_noise(residual)
        if self.ratio is None:
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
        coefficient = np.matmul(self.inner[self.setting], on_basis.T[:, :, None])[..., 0].T
        return np.asarray(residual - self.model.basis @ coefficient, dtype=np.float64)

    def _update_channel(self, i: int) -> None:
        pool, prior = self.pools[i], self.model.priors[i]
        projected = self._project(self._residual(without=i))
        mean, sd = prior.level[0], self._level_scale(i)
        square = pool.square[:, self.setting] if pool.weight is None else pool.square
        precision = square / self.sigma2 + (pool.mean / sd) ** 2
        along = pool.curves @ (projected if pool.weight is None else projected * pool.weight.T)
        linear = along / self.sigma2 + pool.mean * (mean / np.square(sd))
        for j, gains in enumerate(pool.lifts):
            if gains is not None:
                term = self.model.lifts[j]
                precision += (gains / term.sd) ** 2
                linear += gains * (term.gain / term.sd**2)
        center, scale = linear / precision, 1.0 / np.sqrt(precision)
        log_weight = pool.log_weight + np.log(scale * pool.mean) + 0.5 * (center / scale) ** 2 + log_ndtr(center / scale)
        pick = choose(log_weight, self.rng)
        chain = np.arange(len(pick))
        self.z[:, i], self.form[:, i] = pool.z[pick], pool.form[pick]
        self.curve[i] = pool.curves[pick] if pool.weight is None else pool.curves[pick] * pool.weight
        self.mean_curve[i] = pool.mean[pick, chain]
        for j, gains in enumerate(pool.lifts):
            if gains is not None:
                self.lift[j] = gains[pick, chain]
        self.beta[:, i] = truncated(center[pick, chain], scale[pick, chain], self.rng)

    def _slide(self, i: int, j: int) -> None:
        """Move contribution from one channel to another that looks like it: an exact draw along that line of the posterior."""
        per_i, per_j = 1.0 / np.maximum(self.mean_curve[i], 1e-9), -1.0 / np.maximum(self.mean_curve[j], 1e-9)
        line = (self.curve[i] * per_i[:, None] + self.curve[j] * per_j[:, None]).T
        projected = self._project(line)
        precision = np.einsum("nk,nk->k", line, projected) / self.sigma2
        linear = np.einsum("nk,nk->k", self._residual(), projected) / self.sigma2
        levels = self._levels()
        for c, sign in ((i, 1.0), (j, -1.0)):
            mean, sd = self.model.priors[c].level[0], self._level_scale(c)
            precision += 1.0 / np.square(sd)
            linear += sign * (mean - levels[:, c]) / np.square(sd)
        for gains, term in zip(self.lift, self.model.lifts, strict=True):
            along = gains * (per_i if term.channel == i else per_j if term.channel == j else 0.0)
            precision += (along / term.sd) ** 2
            linear += along * (term.gain - self.beta[:, term.channel] * gains) / term.sd**2
        step = between(linear / precision, 1.0 / np.sqrt(precision), -levels[:, i], levels[:, j], self.rng)
        self.beta[:, i] = np.maximum(self.beta[:, i] + step * per_i, 0.0)
        self.beta[:, j] = np.maximum(self.beta[:, j] + step * per_j, 0.0)

    def _level_scale(self, i: int) -> Array | float:
        known = self.model.priors[i].level[1]
        return self.level_sd if known is None else known

    def _update_noise(self, residual: Array) -> None:
        squares = np.einsum("nk,nk->k", residual, self._project(residual))
        shape = _SIGMA_SHAPE + 0.5 * len(residual)
        self.sigma2 = (_SIGMA_SCALE + 0.5 * np.maximum(squares, 0.0)) / self.rng.gamma(shape, size=len(squares))

    def _update_setting(self, residual: Array) -> None:
        on_basis = self.model.basis.T @ residual
        explained = (np.matmul(self.root.swapaxes(1, 2), on_basis) ** 2).sum(axis=1)
        self.setting = choose(0.5 * explained / self.sigma2 - 0.5 * self.log_det[:, None], self.rng)

    def _update_level_sd(self) -> None:
        free = np.array([prior.level[1] is None for prior in self.model.priors], dtype=bool)
        squares = (self._levels()[:, free] ** 2).sum(axis=1)
        usual = np.log(_LEVEL_SD * np.sqrt(2.0 / np.pi) * max(len(free), 1) / _MEDIA_SHARE) / _MEDIA_SPREAD  # half-normal means, summed
        log_weight = -(0.5 * usual**2 + free.sum() * np.log(_LEVEL_SD))[:, None] - 0.5 * squares / _LEVEL_SD[:, None] ** 2
        self.level_sd = _LEVEL_SD[choose(log_weight, self.rng)]

    def _gamma(self) -> Array:
        on_basis = self.model.basis.T @ self._residual()
        mean = np.einsum("kpq,qk->kp", self.inner[self.setting], on_basis)
        noise = np.einsum("kpq,kq->kp", self.root[self.setting], self.rng.standard_normal(mean.shape))
        return np.asarray(mean + np.sqrt(self.sigma2)[:, None] * noise, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Pool:
    """A channel's N candidates with all that depends on them alone.

    Attributes:
        curves: (N, n) whitened. square: (N, H) what the baseline leaves of them; where markets differ (N, K), for each chain as it stands.
        mean, log_weight, lifts: (N, K). weight: (K, n), a row's market's effect over the channel's; None where they are the same.
    """

    z: Array
    form: Forms
    curves: Array
    square: Array
    mean: Array
    log_weight: Array
    lifts: list[Array | None]
    weight: Array | None


def _alike(media: Array) -> list[tuple[int, int]]:
    """Give the pairs of channels whose media move together, the most alike first, at most as many as channels."""
    spread = media - media.mean(axis=0)
    norm = np.sqrt((spread**2).sum(axis=0))
    r = spread.T @ spread / np.maximum(np.outer(norm, norm), 1e-300)
    pairs = [(i, j) for i in range(len(r)) for j in range(i + 1, len(r)) if abs(r[i, j]) >= _ALIKE]
    return sorted(pairs, key=lambda pair: -abs(r[pair]))[: len(r)]


def thin(draws: Draws, most: int) -> Draws:
    """Keep at most `most` draws, evenly spread over the chains."""
    keep = np.unique(np.linspace(0, len(draws.beta) - 1, most).round().astype(int))
    by_draw = ("z", "form", "beta", "sigma", "gamma", "setting", "level_sd")
    return replace(draws, **{name: getattr(draws, name)[keep] for name in by_draw})


def collect(kept: list[tuple[Array, ...]]) -> Draws:
    """Put states (S of them, of K chains) together as draws, chain after chain."""
    z, form, beta, sigma2, gamma, setting, level_sd, levels = (np.stack([item[j] for item in kept]) for j in range(8))  # (S, K, ...)

    def by_chain(values: Array) -> Array:
        return np.asarray(values.swapaxes(0, 1).reshape(len(values) * values.shape[1], *values.shape[2:]))

    return Draws(
        z=by_chain(z),
        form=by_chain(form).astype(np.intp),
        beta=by_chain(beta),
        sigma=np.sqrt(by_chain(sigma2)),
        gamma=by_chain(gamma),
        setting=by_chain(setting).astype(np.intp),
        level_sd=by_chain(level_sd),
        rhat=split_rhat(levels),
    )
