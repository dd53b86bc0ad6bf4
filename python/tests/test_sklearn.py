# SPDX-License-Identifier: Apache-2.0
"""pomona.sklearn: scikit-learn's own checks, and agreement with its estimators."""

import inspect
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from conftest import FRUITS
from pictures import encoded, pixels
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning, NotFittedError, SkipTestWarning
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from pomona.errors import DamagedError, InvalidInputError
from pomona.featurizer import Featurizer
from pomona.sklearn import PomonaClassifier, PomonaFeaturizer, PomonaPCA

SOME = sorted(str(path) for path in FRUITS.glob("B*/*.jpg"))[:12]
TOLERANCE = (
    "logistic regression ends within 2e-5 of the least objective, so probabilities agree to 1e-4; the "
    "check asks for 1e-7"
)
NO_WEIGHTS = "ridge regression takes no weights"
# As the docstring of PomonaClassifier lists them.
EXPECTED_TO_FAIL = {
    "logistic": {"check_sample_weight_equivalence_on_dense_data": TOLERANCE},
    "ridge": {
        "check_sample_weights_not_an_array": NO_WEIGHTS,
        "check_sample_weights_list": NO_WEIGHTS,
        "check_sample_weights_pandas_series": NO_WEIGHTS,
        "check_all_zero_sample_weights_error": NO_WEIGHTS,
        "check_sample_weights_shape": NO_WEIGHTS,
        "check_sample_weights_not_overwritten": NO_WEIGHTS,
        "check_sample_weight_equivalence_on_dense_data": NO_WEIGHTS,
        "check_classifiers_one_label_sample_weights": NO_WEIGHTS,
    },
}


def expected_to_fail(estimator):
    return EXPECTED_TO_FAIL.get(getattr(estimator, "classifier", None), {})


@parametrize_with_checks(
    [PomonaPCA(), PomonaPCA(0.9, scale=False), PomonaClassifier(), PomonaClassifier("ridge")],
    expected_failed_checks=expected_to_fail,
)
def test_checks_of_sklearn(estimator, check):
    check(estimator)


def test_every_exception_fails_and_is_documented():
    for classifier, reasons in EXPECTED_TO_FAIL.items():
        for estimator, check in estimator_checks_generator(PomonaClassifier(classifier)):
            name = check.func.__name__
            assert name not in reasons or name in PomonaClassifier.__doc__
            if name in reasons:
                with pytest.raises((AssertionError, ValueError)):
                    check(clone(estimator))


@pytest.fixture(scope="module")
def digits():
    rows, labels = load_digits(return_X_y=True)
    return rows.astype(np.float32), labels


@pytest.mark.parametrize("scale", [True, False])
def test_pca_agrees_with_sklearn(scale):
    random = np.random.default_rng(0)
    rows = random.normal(size=(500, 64)) @ np.diag(np.linspace(4, 0.5, 64)) + 3
    rows = rows.astype(np.float32)
    ours = PomonaPCA(20, scale=scale).fit(rows)
    scaler = StandardScaler(with_std=scale).fit(rows.astype(np.float64))
    theirs = PCA(20, svd_solver="full").fit(scaler.transform(rows.astype(np.float64)))
    signs = np.sign((ours.components_ * theirs.components_).sum(axis=1))
    assert np.abs(ours.components_ - signs[:, None] * theirs.components_).max() < 2e-5
    difference = ours.explained_variance_ratio_ - theirs.explained_variance_ratio_
    assert np.abs(difference).max() < 1e-9
    expected = theirs.transform(scaler.transform(rows.astype(np.float64))) * signs
    assert np.abs(ours.transform(rows) - expected).max() < 1e-3
    assert ours.transform(rows).dtype == np.float32
    for row in ours.components_:
        assert row[np.abs(row).argmax()] > 0


def test_pca_keeps_a_share_of_the_variance(digits):
    rows, _ = digits
    kept = PomonaPCA(0.9).fit(rows)
    ratios = kept.explained_variance_ratio_
    assert ratios.sum() >= 0.9 > ratios[:-1].sum()
    assert kept.n_components_ == len(ratios) < 64
    assert PomonaPCA(np.int64(3)).fit_transform(rows).shape == (len(rows), 3)
    assert PomonaPCA().fit(rows[:10]).n_components_ == 9


@pytest.mark.parametrize("wrong", [0, -1, 65, 1.5, float("nan")])
def test_pca_refuses_components_that_there_cannot_be(digits, wrong):
    with pytest.raises(InvalidInputError, match="components"):
        PomonaPCA(wrong).fit(digits[0])


def test_logistic_regression_agrees_with_sklearn(digits):
    rows, labels = digits[0][:400], digits[1][:400]
    ours = PomonaClassifier(c=0.7).fit(rows, labels)
    rms = np.sqrt(np.mean(rows.astype(np.float64) ** 2))
    theirs = LogisticRegression(C=0.7, tol=1e-6, max_iter=5000).fit(rows / rms, labels)
    probabilities = theirs.predict_proba(rows / rms)
    assert np.abs(ours.predict_proba(rows) - probabilities).max() < 0.01
    assert (ours.predict(rows) == theirs.predict(rows / rms)).mean() > 0.999
    assert np.allclose(ours.predict_proba(rows).sum(axis=1), 1)
    assert ours.n_iter_ > 1


def test_ridge_regression_agrees_with_sklearn(digits):
    rows, labels = digits
    rows = rows[:, rows.std(axis=0) > 0]
    ours = PomonaClassifier("ridge").fit(rows, labels)
    scaled = StandardScaler().fit_transform(rows.astype(np.float64))
    theirs = RidgeClassifier(alpha=1.0, solver="cholesky").fit(scaled, labels)
    assert (ours.predict(rows) == theirs.predict(scaled)).all()


def test_weights_repeat_rows(digits):
    rows, labels = digits[0][:200], digits[1][:200]
    weights = np.random.default_rng(0).integers(0, 4, 200)
    weighted = PomonaClassifier().fit(rows, labels, sample_weight=weights)
    repeated = PomonaClassifier().fit(rows.repeat(weights, axis=0), labels.repeat(weights))
    assert np.allclose(weighted.predict_proba(rows), repeated.predict_proba(rows), atol=2e-3)
    plain = PomonaClassifier().fit(rows, labels)
    assert not np.allclose(weighted.predict_proba(rows), plain.predict_proba(rows), atol=2e-3)


def test_two_classes_and_texts():
    rows = np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32)
    labels = np.where(rows[:, 0] > 0, "fig", "apple")
    fitted = PomonaClassifier().fit(rows, labels)
    assert fitted.classes_.tolist() == ["apple", "fig"]
    assert fitted.decision_function(rows).shape == (80,)
    assert ((fitted.decision_function(rows) > 0) == (fitted.predict(rows) == "fig")).all()
    assert fitted.score(rows, labels) > 0.95


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classifier": "svm"}, "expected logistic or ridge"),
        ({"c": -1}, "expected c above 0"),
        ({"c": 0}, "expected c above 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(digits, options, message):
    with pytest.raises(ValueError, match=message):
        PomonaClassifier(**options).fit(*digits)


def test_a_search_that_ends_early_warns():
    rows = np.random.default_rng(0).normal(size=(3000, 60)).astype(np.float32)
    labels = np.random.default_rng(1).integers(0, 9, 3000)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = PomonaClassifier(c=1e9).fit(rows, labels)
    early = [one for one in caught if one.category is ConvergenceWarning]
    assert bool(early) == (fitted.n_iter_ >= 500)
    assert all(one.filename == __file__ for one in early)


def test_pipelines_and_searches(digits):
    rows, labels = digits
    model = make_pipeline(PomonaPCA(30), PomonaClassifier())
    assert cross_val_score(model, rows, labels, cv=3).min() > 0.85
    grid = {"pomonapca__n_components": [5, 30], "pomonaclassifier__c": [0.1, 1.0]}
    search = GridSearchCV(model, grid, cv=3).fit(rows, labels)
    assert search.best_params_["pomonapca__n_components"] == 30
    fitted = search.best_estimator_
    copy = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(copy.predict_proba(rows), fitted.predict_proba(rows))
    with pytest.raises(NotFittedError):
        clone(fitted).predict(rows)


def test_names_of_features(digits):
    fitted = PomonaPCA(3).fit(digits[0])
    assert fitted.get_feature_names_out().tolist() == ["pomonapca0", "pomonapca1", "pomonapca2"]


def test_tables_of_pandas_come_out(digits):
    pytest.importorskip("pandas")
    fitted = PomonaPCA(3).set_output(transform="pandas").fit(digits[0])
    frame = fitted.transform(digits[0])
    assert list(frame.columns) == ["pomonapca0", "pomonapca1", "pomonapca2"]


@pytest.fixture(scope="module")
def featurizer(models):
    return PomonaFeaturizer("tiny", precision="f32", models=str(models))


def test_a_featurizer_is_the_first_step_of_a_pipeline(featurizer):
    labels = np.array([path.split("/")[-2] for path in SOME])
    model = make_pipeline(featurizer, PomonaPCA(5), PomonaClassifier()).fit(SOME, labels)
    assert model.predict(SOME).shape == (12,)
    fitted = clone(featurizer).fit(SOME)
    features = fitted.transform(SOME)
    assert features.dtype == np.float32
    assert features.shape == (12, 48)
    assert fitted.n_features_out_ == 48
    assert len(fitted.get_feature_names_out()) == 48
    contents = [Path(path).read_bytes() for path in SOME]
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).transform(contents), features)
    crops = clone(featurizer).set_params(crops=("whole", "flip")).fit(SOME)
    assert crops.transform(SOME).shape == (12, 48)


def test_a_featurizer_needs_photographs(featurizer):
    fitted = clone(featurizer).fit(SOME)
    with pytest.raises(DamagedError, match="featurizing the photograph '1'"):
        fitted.transform([SOME[0], b"no image"])
    with pytest.raises(InvalidInputError, match="fit"):
        clone(featurizer).set_params(fit_mode="stretch").fit(SOME)


def test_a_featurizer_needs_no_fit(featurizer):
    features = clone(featurizer).fit(SOME).transform(SOME)
    assert np.array_equal(clone(featurizer).transform(SOME), features)
    assert len(clone(featurizer).get_feature_names_out()) == 48
    changed = clone(featurizer).fit(SOME).set_params(fit_mode="crop", size=48)
    assert not np.array_equal(changed.transform(SOME), features)


def test_a_featurizer_takes_the_options_of_the_other(featurizer):
    both = clone(featurizer).set_params(crops=("whole", "flip")).transform(SOME)
    assert np.array_equal(clone(featurizer).set_params(crops="whole,flip").transform(SOME), both)
    one = clone(featurizer).set_params(crops="whole", batch=2).transform(SOME)
    assert np.array_equal(one, featurizer.transform(SOME))
    with pytest.raises(DamagedError, match="featurizing the photograph"):
        clone(featurizer).set_params(max_pixels=10_000).transform(
            [SOME[0], encoded(pixels(1, 120, 120))]
        )
    names = {"fit" if name == "fit_mode" else name for name in featurizer.get_params()}
    assert names == set(inspect.signature(Featurizer).parameters)


def test_checks_of_sklearn_for_a_featurizer():
    """Those of the interface: of the others scikit-learn says itself that they need a matrix."""
    with pytest.warns(SkipTestWarning, match="Can't test estimator PomonaFeaturizer"):
        checks = list(estimator_checks_generator(PomonaFeaturizer()))
    names = set()
    for estimator, check in checks:
        check(estimator)
        names.add(check.func.__name__)
    assert "check_estimator_cloneable" in names
