// SPDX-License-Identifier: Apache-2.0
#include "learn.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "background.h"
#include "held_array.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/base/stop.h"
#include "pomona/learn/classifier.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/learn/scaler_fit.h"
#include "pomona/metrics/calibration.h"
#include "pomona/training/reduce.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

void check_labels(const Held<std::int32_t>& labels, std::size_t rows) {
  if (labels.view.rows() == rows) return;
  throw Error(ErrorKind::kInvalidInput, "labels: expected one for each of the " +
                                            std::to_string(rows) + " rows, found " +
                                            std::to_string(labels.view.rows()));
}

// In blocks whose sums extraction adds as well, so that both give the same bits.
Moments with_rows(Moments moments, const Held<float>& rows,
                  const std::optional<Held<std::int32_t>>& labels, const std::stop_token& stop) {
  for (std::size_t first = 0; first < rows.view.rows(); first += kMomentsBlockRows) {
    throw_if_stopped(stop);
    const std::size_t count = std::min(kMomentsBlockRows, rows.view.rows() - first);
    moments.add(rows.view.rows_from(first, count),
                labels ? labels->values().subspan(first, count) : std::span<const std::int32_t>());
  }
  return moments;
}

// All the rows are counted, or none.
void add_rows(Moments& moments, nb::handle rows, nb::handle labels) {
  const auto held = hold<float, 2>(rows, "rows");
  std::optional<Held<std::int32_t>> classes;
  if (!labels.is_none()) {
    classes = hold<std::int32_t, 1>(labels, "labels");
    check_labels(*classes, held.view.rows());
  }
  moments = interruptible<Moments>([moments, held, classes](const std::stop_token& stop) {
    return with_rows(moments, held, classes, stop);
  });
}

Reduction fit_reduction_of(const Moments& moments, std::variant<std::size_t, double> components,
                           bool scale) {
  ComponentChoice choice = ComponentCount{};
  if (const auto* count = std::get_if<std::size_t>(&components)) choice = ComponentCount{*count};
  if (const auto* share = std::get_if<double>(&components)) choice = VarianceShare{*share};
  return interruptible<Reduction>([moments, choice, scale](const std::stop_token&) {
    Reduction reduction;
    reduction.scaler = fit_scaler(moments, scale);
    reduction.pca = fit_pca(moments, reduction.scaler, choice);
    return reduction;
  });
}

nb::object project_rows(nb::handle mean, nb::handle scale, nb::handle components, nb::handle rows) {
  const auto weights = hold<double, 2>(components, "components");
  const auto means = hold<double, 1>(mean, "mean").values();
  const auto scales = hold<double, 1>(scale, "scale").values();
  const Scaler scaler{{means.begin(), means.end()}, {scales.begin(), scales.end()}};
  Pca pca;
  pca.components = Matrix<double>(weights.view.rows(), weights.view.cols());
  std::ranges::copy(weights.values(), pca.components.data());
  const auto held = hold<float, 2>(rows, "rows");
  auto projected = interruptible<std::vector<float>>(
      [projection = fold(scaler, pca), held](const std::stop_token&) {
        const std::size_t count = projection.offset.size();
        std::vector<float> values(held.view.rows() * count);
        project(projection, held.view, {values.data(), held.view.rows(), count});
        return values;
      });
  return numpy_array_of(std::move(projected), held.view.rows(), weights.view.rows());
}

struct LinearFit {
  Classifier classifier;
  int iterations = 0;  // 0: in closed form
  bool converged = true;
};

struct LabelledRows {
  Held<float> rows;
  Held<std::int32_t> labels;
  std::optional<Held<float>> weights;
  std::size_t class_count = 0;
};

LinearFit fit_logistic_to(const LabelledRows& of, double c, const std::stop_token& stop) {
  TrainingRows training;
  training.dims = of.rows.view.cols();
  training.class_count = of.class_count;
  training.rows = of.rows.view.rows();
  training.read = [&](std::size_t block, MatrixView<float> rows, std::span<std::int32_t> labels) {
    const std::size_t first = block * training.block_rows;
    std::ranges::copy(of.rows.values().subspan(first * training.dims, rows.size()), rows.data());
    std::ranges::copy(of.labels.values().subspan(first, labels.size()), labels.begin());
  };
  if (of.weights) training.weights = of.weights->values();
  LogisticOptions options;
  options.c = c;
  options.workers = usable_cores();
  options.stop = stop;
  LogisticFit fit = fit_logistic(training, options);
  return {std::move(fit.classifier), fit.iterations, fit.converged};
}

LinearFit fit_logistic_rows(nb::handle rows, nb::handle labels, std::size_t class_count, double c,
                            nb::handle weights) {
  LabelledRows of{
      hold<float, 2>(rows, "rows"), hold<std::int32_t, 1>(labels, "labels"), {}, class_count};
  check_labels(of.labels, of.rows.view.rows());
  if (!weights.is_none()) of.weights = hold<float, 1>(weights, "weights");
  return interruptible<LinearFit>(
      [of, c](const std::stop_token& stop) { return fit_logistic_to(of, c, stop); });
}

LinearFit fit_ridge_rows(const Moments& moments, double alpha) {
  return interruptible<LinearFit>(
      [moments, alpha](const std::stop_token&) { return LinearFit{fit_ridge(moments, alpha)}; });
}

nb::object logits_of_rows(nb::handle weights, nb::handle bias, nb::handle rows) {
  const auto held_weights = hold<double, 2>(weights, "weights");
  const auto biases = hold<double, 1>(bias, "bias").values();
  Classifier classifier;
  classifier.weights = Matrix<double>(held_weights.view.rows(), held_weights.view.cols());
  std::ranges::copy(held_weights.values(), classifier.weights.data());
  classifier.bias.assign(biases.begin(), biases.end());
  const auto held = hold<float, 2>(rows, "rows");
  auto logits = interruptible<std::vector<double>>([classifier, held](const std::stop_token&) {
    std::vector<double> values(held.view.rows() * classifier.class_count());
    classifier_logits(classifier, held.view,
                      {values.data(), held.view.rows(), classifier.class_count()});
    return values;
  });
  return numpy_array_of(std::move(logits), held.view.rows(), held_weights.view.rows());
}

double fit_temperature_to(nb::handle logits, nb::handle labels) {
  const auto held_logits = hold<double, 2>(logits, "logits");
  const auto held_labels = hold<std::int32_t, 1>(labels, "labels");
  return interruptible<double>([held_logits, held_labels](const std::stop_token&) {
    return fit_temperature(held_logits.view, held_labels.values());
  });
}

nb::bytes moments_bytes(const Moments& moments) {
  const std::string bytes = moments.to_bytes();
  return nb::bytes(bytes.data(), bytes.size());
}

void bind_moments(nb::module_& module) {
  nb::class_<Moments>(module, "Moments")
      .def(nb::init<std::size_t, std::size_t>(), "dims"_a, "class_count"_a = 0)
      .def("add", &add_rows, "rows"_a, "labels"_a = nb::none(),
           nb::sig("def add(self, rows: numpy.typing.NDArray[numpy.float32], "
                   "labels: numpy.typing.NDArray[numpy.int32] | None = None) -> None"))
      .def("merge", &Moments::merge, "other"_a)
      .def(
          "with_classes",
          [](const Moments& self, const std::vector<std::size_t>& kept) {
            return self.with_classes(kept);
          },
          "kept"_a)
      .def_prop_ro("dims", &Moments::dims)
      .def_prop_ro("class_count", &Moments::class_count)
      .def_prop_ro("rows", &Moments::rows)
      .def("to_bytes", &moments_bytes)
      .def_static(
          "from_bytes",
          [](const nb::bytes& bytes) {
            return Moments::from_bytes(std::string_view(bytes.c_str(), bytes.size()));
          },
          "bytes"_a)
      .def("fit_reduction", &fit_reduction_of, "components"_a, "scale"_a = true)
      .def("fit_ridge", &fit_ridge_rows, "alpha"_a);
  module.def("max_components", &max_components, "rows"_a, "dims"_a);
}

void bind_reduction(nb::module_& module) {
  nb::class_<Reduction>(module, "Reduction")
      .def_prop_ro(
          "mean", [](const Reduction& self) { return numpy_array_of(self.scaler.mean); },
          nb::sig("def mean(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_prop_ro(
          "scale", [](const Reduction& self) { return numpy_array_of(self.scaler.scale); },
          nb::sig("def scale(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_prop_ro(
          "components", [](const Reduction& self) { return numpy_array_of(self.pca.components); },
          nb::sig("def components(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_prop_ro(
          "explained_variance",
          [](const Reduction& self) { return numpy_array_of(self.pca.explained_variance); },
          nb::sig("def explained_variance(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_prop_ro(
          "explained_variance_ratio",
          [](const Reduction& self) { return numpy_array_of(self.pca.explained_variance_ratio); },
          nb::sig("def explained_variance_ratio(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_prop_ro(
          "spectrum_ratio",
          [](const Reduction& self) { return numpy_array_of(self.pca.spectrum_ratio); },
          nb::sig("def spectrum_ratio(self) -> numpy.typing.NDArray[numpy.float64]"));
  module.def("project", &project_rows, "mean"_a, "scale"_a, "components"_a, "rows"_a,
             nb::sig("def project(mean: numpy.typing.NDArray[numpy.float64], "
                     "scale: numpy.typing.NDArray[numpy.float64], "
                     "components: numpy.typing.NDArray[numpy.float64], "
                     "rows: numpy.typing.NDArray[numpy.float32]) -> "
                     "numpy.typing.NDArray[numpy.float32]"));
}

void bind_classifier(nb::module_& module) {
  nb::class_<LinearFit>(module, "LinearFit")
      .def_prop_ro(
          "weights", [](const LinearFit& self) { return numpy_array_of(self.classifier.weights); },
          nb::sig("def weights(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_prop_ro(
          "bias", [](const LinearFit& self) { return numpy_array_of(self.classifier.bias); },
          nb::sig("def bias(self) -> numpy.typing.NDArray[numpy.float64]"))
      .def_ro("iterations", &LinearFit::iterations)
      .def_ro("converged", &LinearFit::converged);
  module.def("fit_logistic", &fit_logistic_rows, "rows"_a, "labels"_a, "class_count"_a, "c"_a,
             "weights"_a = nb::none(),
             nb::sig("def fit_logistic(rows: numpy.typing.NDArray[numpy.float32], "
                     "labels: numpy.typing.NDArray[numpy.int32], class_count: int, c: float, "
                     "weights: numpy.typing.NDArray[numpy.float32] | None = None) -> LinearFit"));
  module.def("logits", &logits_of_rows, "weights"_a, "bias"_a, "rows"_a,
             nb::sig("def logits(weights: numpy.typing.NDArray[numpy.float64], "
                     "bias: numpy.typing.NDArray[numpy.float64], "
                     "rows: numpy.typing.NDArray[numpy.float32]) -> "
                     "numpy.typing.NDArray[numpy.float64]"));
  module.def("fit_temperature", &fit_temperature_to, "logits"_a, "labels"_a,
             nb::sig("def fit_temperature(logits: numpy.typing.NDArray[numpy.float64], "
                     "labels: numpy.typing.NDArray[numpy.int32]) -> float"));
}

}  // namespace

void bind_learn(nb::module_& module) {
  bind_moments(module);
  bind_reduction(module);
  bind_classifier(module);
}

}  // namespace pomona::python
