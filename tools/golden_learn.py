#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/learn/*.json: what scikit-learn, SciPy and NumPy make of made-up rows.

The rows are not stored: src/pomona/learn/made_up_rows.h draws the same ones, bit for bit, from the
same generator (SplitMix64). Run from the root of the repository with numpy, scipy and scikit-learn.
"""

import json
from pathlib import Path

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.special
import scipy.stats
from sklearn import metrics
from sklearn.covariance import shrunk_covariance
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics.pairwise import cosine_distances
from sklearn.preprocessing import StandardScaler

OUT = Path("tests/golden/learn")


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class Random:
    """pomona::Random, many numbers at a time."""

    def __init__(self, seed):
        self.seed, self.drawn = np.uint64(seed), 0

    def next(self, count):
        index = np.arange(self.drawn + 1, self.drawn + count + 1, dtype=np.uint64)
        self.drawn += count
        return mix(self.seed + index * np.uint64(0x9E3779B97F4A7C15))


def to_uniform(raw):
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


def bell(raw):
    """Sum of twelve uniform numbers less six: nearly Gaussian, and exact in any language."""
    total = np.zeros(raw.shape[:-1])
    for i in range(12):
        total = total + to_uniform(raw[..., i])
    return total - 6


def made_up_rows(seed, rows, dims, classes, spread):
    random = Random(seed)
    centres = spread * bell(random.next(classes * dims * 12).reshape(classes, dims, 12))
    raw = random.next(rows * (1 + dims * 12)).reshape(rows, 1 + dims * 12)
    labels = (raw[:, 0] % np.uint64(classes)).astype(np.int64)
    noise = bell(raw[:, 1:].reshape(rows, dims, 12))
    j = np.arange(dims, dtype=np.float64)
    values = 10 * (j % 3) + (centres[labels] + noise) / (1 + j)
    return values.astype(np.float32), labels


def write(name, value):
    def plain(item):
        return item.tolist()

    (OUT / name).write_text(json.dumps(value, default=plain, separators=(",", ":")) + "\n")


def reduction():
    rows, _ = made_up_rows(seed=1, rows=300, dims=40, classes=5, spread=1.0)
    rows[:, 39] = 3
    scaler = StandardScaler().fit(rows.astype(np.float64))
    scaled = scaler.transform(rows.astype(np.float64))
    pca = PCA(n_components=10, svd_solver="full").fit(scaled)
    full = PCA(svd_solver="full").fit(scaled)
    cumulated = np.cumsum(full.explained_variance_ratio_)
    shares = [0.3, 0.5, 0.8, 0.95, 0.99]
    write(
        "reduction.json",
        {
            "mean": scaler.mean_,
            "scale": scaler.scale_,
            "components": pca.transform(scaled),
            "explained_variance": pca.explained_variance_,
            "explained_variance_ratio": pca.explained_variance_ratio_,
            "spectrum_ratio": full.explained_variance_ratio_,
            "shares": [[s, int(np.argmax(cumulated >= s)) + 1] for s in shares],
        },
    )


def two_class_objective(x, y, c):
    """Least value of the multinomial objective; scikit-learn has one set of weights for two classes."""
    rows, dims = x.shape

    def objective(v):
        w = v.reshape(2, dims + 1)
        logits = x @ w[:, :dims].T + w[:, dims]
        log_sum = scipy.special.logsumexp(logits, axis=1)
        p = np.exp(logits - log_sum[:, None])
        p[np.arange(rows), y] -= 1
        gradient = np.hstack([c * p.T @ x + w[:, :dims], c * p.sum(0)[:, None]])
        loss = (log_sum - logits[np.arange(rows), y]).sum()
        return c * loss + 0.5 * (w[:, :dims] ** 2).sum(), gradient.ravel()

    start = np.zeros(2 * (dims + 1))
    return scipy.optimize.minimize(objective, start, jac=True, options={"gtol": 1e-7}).fun


def fit_from_prior(x, y, weights, prior, c):
    """The least of the objective with the penalty counted from `prior`."""
    shape = (prior.shape[0], prior.shape[1] + 1)

    def objective(parameters):
        table = parameters.reshape(shape)
        logits = x @ table[:, :-1].T + table[:, -1]
        losses = scipy.special.logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]
        residuals = scipy.special.softmax(logits, axis=1) - np.eye(len(prior))[y]
        residuals *= c * weights[:, None]
        gradient = np.c_[residuals.T @ x + table[:, :-1] - prior, residuals.sum(axis=0)]
        penalty = 0.5 * ((table[:, :-1] - prior) ** 2).sum()
        return c * (weights * losses).sum() + penalty, gradient.ravel()

    return scipy.optimize.minimize(
        objective, np.zeros(shape[0] * shape[1]), jac=True, method="BFGS", options={"gtol": 1e-7}
    ).fun


def prior_of(classes, dims):
    """-0.5, 0 and 0.5 in turn, for the rows as they are."""
    return 0.5 * ((np.arange(classes)[:, None] + 2 * np.arange(dims)) % 3 - 1)


def logistic_case(seed, rows, dims, classes, spread, c, weighted=False, prior=False):
    x, y = made_up_rows(seed, rows, dims, classes, spread)
    x = x.astype(np.float64)
    weights = 0.25 * (1 + np.arange(rows) % 5) if weighted else np.ones(rows)
    rms = np.sqrt(np.average((x**2).mean(1), weights=weights))
    x = x / rms
    if prior:
        value = fit_from_prior(x, y, weights, prior_of(classes, dims) * rms, c)
    elif classes == 2:
        value = two_class_objective(x, y, c)
    else:
        fit = LogisticRegression(C=c, tol=1e-10, max_iter=100000).fit(x, y, weights)
        logits = x @ fit.coef_.T + fit.intercept_
        losses = scipy.special.logsumexp(logits, axis=1) - logits[np.arange(rows), y]
        loss = (weights * losses).sum()
        value = c * loss + 0.5 * (fit.coef_**2).sum()
    return {
        "seed": seed,
        "rows": rows,
        "dims": dims,
        "classes": classes,
        "spread": spread,
        "c": c,
        "weighted": weighted,
        "prior": prior,
        "rms": rms,
        "objective": value,
    }


def logistic():
    write(
        "logistic.json",
        [
            logistic_case(2, 300, 40, 5, 1.0, 1.0),
            logistic_case(2, 300, 40, 5, 1.0, 0.1),
            logistic_case(3, 900, 12, 12, 0.5, 1.0),
            logistic_case(4, 6000, 8, 4, 0.7, 1.0),
            logistic_case(5, 400, 6, 2, 0.5, 2.0),
            logistic_case(6, 3000, 10, 5, 0.6, 1.0, weighted=True),
            logistic_case(7, 300, 12, 5, 0.8, 0.2, weighted=True, prior=True),
        ],
    )


def novelty():
    """Cosine distances to the nearest known row, about the weighted mean, along discriminants."""
    known, labels = made_up_rows(seed=9, rows=60, dims=7, classes=4, spread=0.8)
    asked, _ = made_up_rows(seed=10, rows=30, dims=7, classes=4, spread=2.0)
    known = known.astype(np.float64)
    weights = np.array([1 + row % 3 for row in range(len(known))], dtype=np.float64)
    centres = np.stack(
        [np.average(known[labels == k], axis=0, weights=weights[labels == k]) for k in range(4)]
    )
    within = np.cov((known - centres[labels]).T, aweights=weights, ddof=0)
    spread = np.cov(known.T, aweights=weights, ddof=0)
    _, directions = scipy.linalg.eigh(spread, shrunk_covariance(within, shrinkage=0.7))
    mean = np.average(known, axis=0, weights=weights)
    seen = [(rows - mean) @ directions[:, -5:] for rows in (asked, known)]
    write("novelty.json", {"distances": cosine_distances(*seen).min(axis=1)})


def ridge():
    cases = []
    for alpha in (1.0, 100.0):
        x, y = made_up_rows(seed=2, rows=300, dims=40, classes=5, spread=1.0)
        x = x.astype(np.float64)
        scaler = StandardScaler().fit(x)
        fit = Ridge(alpha=alpha, solver="svd").fit(scaler.transform(x), np.eye(5)[y])
        weights = fit.coef_ / scaler.scale_
        cases.append(
            {
                "alpha": alpha,
                "weights": weights,
                "bias": fit.intercept_ - weights @ scaler.mean_,
            }
        )
    write("ridge.json", cases)


def calibration_error(p, y, bins=15):
    confidence, right = p.max(1), p.argmax(1) == y
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0
    for b in range(bins):
        inside = place == b
        if inside.any():
            error += abs(right[inside].mean() - confidence[inside].mean()) * inside.mean()
    return error


def answers():
    """Logits of made-up rows by their distance to the mean of each class, far too sure of themselves."""
    x, y = made_up_rows(seed=6, rows=400, dims=5, classes=7, spread=0.8)
    x = x.astype(np.float64)
    centres = np.stack([x[y == k].mean(0) for k in range(7)])
    logits = (-4 * ((x[:, None] - centres) ** 2).sum(2)).astype(np.float32).astype(np.float64)
    p = scipy.special.softmax(logits, axis=1)
    answer = p.argmax(1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        y, answer, labels=range(7), zero_division=0
    )

    # Platt's targets: not quite all for the label.
    of_label = (len(y) + 1) / (len(y) + 2)
    targets = np.full(logits.shape, (1 - of_label) / (logits.shape[1] - 1))
    targets[np.arange(len(y)), y] = of_label

    def loss(log_t):
        return -(targets * scipy.special.log_softmax(logits / np.exp(log_t), axis=1)).sum(1).mean()

    best = scipy.optimize.minimize_scalar(
        loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-9}
    )
    write(
        "answers.json",
        {
            "logits": logits,
            "labels": y,
            "accuracy": metrics.accuracy_score(y, answer),
            "top3_accuracy": metrics.top_k_accuracy_score(y, p, k=3),
            "macro_f1": metrics.f1_score(y, answer, average="macro"),
            "log_loss": metrics.log_loss(y, p),
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "support": support,
            "confusion": metrics.confusion_matrix(y, answer, labels=range(7)),
            "expected_calibration_error": calibration_error(p, y),
            "temperature": np.exp(best.x),
        },
    )


def wilson():
    """Of shares of whole draws as SciPy has them; of others, where groups are drawn and a group is
    partly right, the two ends at which the share found lies on the edge of what a score test keeps."""
    z = scipy.stats.norm.ppf(0.975)
    found = []
    for units in (1, 2, 3, 5, 20, 51, 1000):
        for right in sorted({0, 1, units // 2, units - 1, units}):
            ends = scipy.stats.binomtest(right, units).proportion_ci(0.95, method="wilson")
            found.append(
                {"share": right / units, "units": units, "low": ends.low, "high": ends.high}
            )
    for share, units in ((0.6, 1), (0.05, 2), (0.97, 3)):

        def beyond(p, share=share, units=units):
            return (share - p) ** 2 - z**2 * p * (1 - p) / units

        low = scipy.optimize.brentq(beyond, 0, share, xtol=1e-14)
        high = scipy.optimize.brentq(beyond, share, 1, xtol=1e-14)
        found.append({"share": share, "units": units, "low": low, "high": high})
    write("wilson.json", found)


def nearest():
    x, _ = made_up_rows(seed=7, rows=1700, dims=20, classes=3, spread=1.0)
    references, queries = x[:1500].astype(np.float64), x[1500:].astype(np.float64)
    distances = ((queries[:, None] - references) ** 2).sum(2)
    write("nearest.json", {"nearest": distances.argmin(1)})


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for part in (reduction, logistic, novelty, ridge, answers, wilson, nearest):
        part()


if __name__ == "__main__":
    main()
