"""How well and how fast notes are found among 20,000, beside TF-IDF with a truncated SVD fitted to the very notes."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from connectors.chroma.index import ChromaIndex
from connectors.chroma.offline_embedder import OfflineEmbedder
from core.ports import Passage
from tests.bench.figure import Figure

NOTES, QUESTIONS = 20_000, 300
CHANNELS = ["Google Search", "Meta", "YouTube", "TikTok", "LinkedIn", "Programmatic display", "Connected TV", "Out of home", "Radio"]
CHANNELS += ["Podcasts", "Pinterest", "Snapchat"]
MARKETS = ["Germany", "France", "Spain", "Poland", "United Kingdom", "Netherlands", "Italy", "Sweden", "Austria", "Switzerland"]
CLIENTS = ["Northwind", "Acme", "Globex", "Initech", "Umbrella", "Contoso", "Soylent", "Hooli", "Vandelay", "Stark"]
TOPICS = (
    (
        "raised the cost per acquisition after the creative was worn out",
        ("creative fatigue made conversions expensive", "worn creatives raised cpa"),
    ),
    ("was cut because the frequency cap was exceeded twice a week", ("frequency too high so budget reduced", "frequency capping exceeded")),
    ("delivered more reach than planned during the holiday season", ("overdelivered reach at christmas", "holiday reach above plan")),
    ("was locked by the client at its current budget", ("client wants this budget fixed", "locked budget by client")),
    ("lift test showed an incremental return of 3.1", ("incrementality test result", "result of the lift test")),
    ("landing page was broken for four days", ("site outage during flight", "landing page down")),
    ("agency fee changed from 8% to 10%", ("commission increase", "new agency fee")),
    ("supplier granted a volume discount of 12%", ("rebate from publisher", "volume discount")),
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Made notes, questions in other words (every third with a typing error), and the notes that answer each."""

    notes: list[str]
    questions: list[str]
    answers: list[set[int]]


def make_corpus() -> Corpus:
    rng = random.Random(1)
    keys = [
        (rng.choice(CLIENTS), rng.choice(MARKETS), rng.choice(CHANNELS), rng.randrange(len(TOPICS)), rng.choice("1234"), rng.choice("456"))
        for _ in range(NOTES)
    ]
    notes = [f"{who} {where} Q{q} 202{y}: {what} {TOPICS[t][0]}. Noted in the weekly call." for who, where, what, t, q, y in keys]
    asked = rng.sample(range(NOTES), QUESTIONS)
    questions = []
    for position, index in enumerate(asked):
        who, where, what, topic, quarter, year = keys[index]
        question = f"{rng.choice(TOPICS[topic][1])} for {who} on {what.lower()} in {where} Q{quarter} 202{year}"
        gap = rng.randrange(4, len(question) - 3)
        questions.append(question[:gap] + question[gap + 1 :] if position % 3 == 0 else question)
    return Corpus(notes, questions, [{i for i, key in enumerate(keys) if key == keys[index]} for index in asked])


def peer_recall(corpus: Corpus) -> float:
    """Recall at 10 of TF-IDF on the same n-grams with a 256-dimensional truncated SVD, fitted to these notes."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    words = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    space = TruncatedSVD(256, random_state=0)
    vectors = normalize(space.fit_transform(words.fit_transform(corpus.notes)))
    scores = normalize(space.transform(words.transform(corpus.questions))) @ vectors.T
    best = np.argsort(-scores, axis=1)[:, :10]
    return statistics.fmean(bool(set(row) & answers) for row, answers in zip(best.tolist(), corpus.answers, strict=True))


def figures() -> list[Figure]:
    corpus, workspace, note = make_corpus(), uuid4(), uuid4()
    with tempfile.TemporaryDirectory() as folder:
        index = ChromaIndex(OfflineEmbedder(), folder=Path(folder))
        started = time.perf_counter()
        index.rebuild(workspace, [Passage(str(i), note, "note", text) for i, text in enumerate(corpus.notes)])
        built, hits, latencies = time.perf_counter() - started, [], []
        for question in corpus.questions:
            started = time.perf_counter()
            hits.append([int(hit.passage_id) for hit in index.search(workspace, question, limit=10)])
            latencies.append(1000 * (time.perf_counter() - started))
        index.close()
    first = statistics.fmean(row[0] in answers for row, answers in zip(hits, corpus.answers, strict=True))
    tenth = statistics.fmean(bool(set(row) & answers) for row, answers in zip(hits, corpus.answers, strict=True))
    fitted = peer_recall(corpus)
    return [
        Figure("knowledge: right note first", first, "share of 300 questions", note="20,000 made notes, questions in other words"),
        Figure(
            "knowledge: right note in ten",
            tenth,
            "share of 300 questions",
            "0.95",
            f"TF-IDF + SVD fitted to the notes: {fitted:.3f}",
            tenth / fitted,
        ),
        Figure("knowledge: question answered, median", statistics.median(latencies), "ms"),
        Figure("knowledge: question answered, p95", statistics.quantiles(latencies, n=20)[-1], "ms"),
        Figure("knowledge: 20,000 notes indexed", built, "s"),
    ]
