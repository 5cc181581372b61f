"""Tells what a message asks for: a linear classifier over n-grams, trained by scikit-learn once, read with numpy alone."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from agents.builtin.amounts import find_quantities
from agents.builtin.lexicon import KPIS, MARKETS, find_names, match_channels
from agents.builtin.periods import find_periods
from agents.builtin.phrases import Phrase, training_phrases
from core.planning.channels import plain

_BUCKETS = 1 << 14
_SHARPNESS = 4.0  # turns margins into probabilities; 0.5 then stands for a clear winner
_SOME_DAY = date(2026, 1, 1)
BUILT = Path(sys.prefix) / "share" / "flightplan"
"""Where `make setup` keeps the model, so that no first start has to train it."""


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights of one linear separator a class.

    Attributes:
        classes: intent names.
        weights: float32, shape (classes, buckets).
        bias: float32, shape (classes,).
    """

    classes: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, text: str, channels: Sequence[str] = ()) -> dict[str, float]:
        """Give the probability of each intent; they sum to one."""
        scores = self.bias.astype(np.float64)
        for bucket, value in features(mask(text, channels)).items():
            scores = scores + self.weights[:, bucket] * value
        exponent = np.exp((scores - scores.max()) * _SHARPNESS)
        return dict(zip(self.classes, (exponent / exponent.sum()).tolist(), strict=True))

    def best(self, text: str, channels: Sequence[str] = ()) -> tuple[str, float]:
        """Give the likeliest intent and its probability."""
        odds = self.probabilities(text, channels)
        winner = max(odds, key=lambda name: odds[name])
        return winner, odds[winner]


def mask(text: str, channels: Sequence[str] = ()) -> str:
    """Replace amounts, shares, names and periods by their kind, so that the classifier learns the wording and not the values."""
    spans = [(p.start, p.end, "xperiod") for p in find_periods(text, _SOME_DAY)]
    spans += [(q.start, q.end, "xshare" if q.is_share else "xamount") for q in find_quantities(text) if not (q.is_bare and q.value < 100)]
    spans += [(m.start, m.end, "xchannel") for m in match_channels(text, channels)]
    spans += [(m.start, m.end, "xmarket") for m in find_names(text, MARKETS)]
    spans += [(m.start, m.end, "xkpi") for m in find_names(text, KPIS)]
    pieces, at = [], 0
    for start, end, kind in sorted(spans, key=lambda s: (s[0], -(s[1] - s[0]))):
        if start >= at:
            pieces += [text[at:start], f" {kind} "]
            at = end
    return " ".join(plain("".join([*pieces, text[at:]])).split())


def features(masked: str) -> dict[int, float]:
    """Hash words, word pairs and character n-grams into buckets; the vector has unit length."""
    words = re.findall(r"[a-z']+|[?!]", masked)
    grams: list[str] = [f"w:{w}" for w in words]
    grams += [f"b:{a} {b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)]
    grams += [f"t:{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    for word in words:
        padded = f"<{word}>"
        grams += [f"c:{padded[i : i + n]}" for n in (3, 4) for i in range(len(padded) - n + 1) if not word.startswith("x")]
    counts: dict[int, float] = {}
    for gram in grams:
        bucket = zlib.crc32(gram.encode()) % _BUCKETS
        counts[bucket] = counts.get(bucket, 0.0) + (0.5 if gram[0] == "c" else 1.0)
    norm = sum(v * v for v in counts.values()) ** 0.5
    return {bucket: value / norm for bucket, value in counts.items()} if norm else {}


def load_intents(cache_dir: Path) -> IntentModel:
    """Give the trained model: from the cache, else from when the environment was made, else trained now and kept in the cache."""
    kept = kept_intents(cache_dir)
    if kept is not None:
        return _read(kept)
    model = train_intents(training_phrases())
    cache_dir.mkdir(parents=True, exist_ok=True)
    name = _name()
    fresh = cache_dir / f"{name}.{os.getpid()}.tmp.npz"  # another process may train at the same time
    np.savez_compressed(fresh, classes=np.array(model.classes), weights=model.weights.astype(np.float16), bias=model.bias)
    fresh.replace(cache_dir / name)
    return model


def kept_intents(cache_dir: Path) -> Path | None:
    """Give where a model that fits the code is kept; None where it has to be trained."""
    return next((folder / _name() for folder in (cache_dir, BUILT) if (folder / _name()).exists()), None)


def _name() -> str:
    return f"intents-{_key()}.npz"


@cache
def _key() -> str:
    """Tell what the model depends on: the phrases, what is masked in them, the features, and the library that fits."""
    folder = Path(__file__).parent
    phrases = folder / "phrases"
    files = [*sorted(phrases.glob("templates_*.txt")), *sorted(phrases.glob("further_*.txt")), phrases / "__init__.py"]
    files += [folder / f"{name}.py" for name in ("amounts", "intents", "lexicon", "periods")]
    said = b"".join(file.read_bytes() for file in files) + version("scikit-learn").encode()
    return hashlib.sha256(said).hexdigest()[:16]


def _read(path: Path) -> IntentModel:
    with np.load(path) as stored:
        return IntentModel(tuple(str(c) for c in stored["classes"]), stored["weights"].astype(np.float32), stored["bias"])


def train_intents(phrases: Iterable[Phrase]) -> IntentModel:
    """Fit a linear support vector machine on the phrases, each once as it is and once without its closing mark."""
    from scipy.sparse import csr_matrix  # slow imports: only the first run trains
    from sklearn.svm import LinearSVC

    masked = [(phrase.intent, mask(phrase.text)) for phrase in phrases]
    examples = [(intent, variant) for intent, text in masked for variant in {text, text.rstrip("?.! ")}]
    rows, columns, values, labels = [], [], [], []
    for row, (intent, text) in enumerate(examples):
        labels.append(intent)
        for bucket, value in features(text).items():
            rows.append(row)
            columns.append(bucket)
            values.append(value)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(examples), _BUCKETS))
    fitted = LinearSVC(C=1.0, random_state=0, tol=0.05).fit(matrix, labels)
    return IntentModel(tuple(str(c) for c in fitted.classes_), fitted.coef_.astype(np.float32), fitted.intercept_.astype(np.float32))
