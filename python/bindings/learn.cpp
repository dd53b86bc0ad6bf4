// SPDX-License-Identifier: Apache-2.0
#include "learn.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/variant.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "interruptible.h"
#include "numpy.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/learn/scaler_fit.h"

namespace nb = nanobind;
using namespace nanobind::literals;

namespace pomona::python {
namespace {

using Weights = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

using DoubleRows = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Doubles = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

struct Reduction {
  Scaler scaler;
  Pca pca;
};

std::vector<double> copy_values(const Doubles& values) {
  return {values.data(), values.data() + values.size()};
}
Matrix<double> copy_matrix(const DoubleRows& rows) {
  Matrix<double> matrix(rows.shape(0), rows.shape(1));
  std::copy_n(rows.data(), rows.size(), matrix.data());
  return matrix;
}

void check_labels(const Labels& labels, std::size_t rows) {
  if (labels.shape(0) == rows) return;
  throw Error(ErrorKind::kInvalidInput, "labels: expected one for each of the " +
                                            std::to_string(rows) + " rows, found " +
                                            std::to_string(labels.shape(0)));
}

// In blocks whose sums extraction adds as well, so that both give the same bits.
void add_rows(Moments& moments, const FloatRows& rows, const std::optional<Labels>& labels) {
  if (labels) check_labels(*labels, rows.shape(0));
  run_interruptibly([&](const std::stop_token& stop) {
    const MatrixView<const float> view = view_of(rows);
    for (std::size_t first = 0; first < view.rows(); first += kMomentsBlockRows) {
      if (stop.stop_requested()) return;
      const std::size_t count = std::min(kMomentsBlockRows, view.rows() - first);
      moments.add(view.rows_from(first, count),
                  labels ? view_of(*labels).subspan(first, count)
                         : std::span<const std::int32_t>());
    }
  });
}

Reduction fit_reduction(const Moments& moments, std::variant<std::size_t, double> components,
                        bool scale) {
  ComponentChoice choice = ComponentCount{};
  if (const auto* count = std::get_if<std::size_t>(&components)) choice = ComponentCount{*count};
  if (const auto* share = std::get_if<double>(&components)) choice = VarianceShare{*share};
  Reduction reduction;
  run_interruptibly([&](const std::stop_token&) {
    reduction.scaler = fit_scaler(moments, scale);
    reduction.pca = fit_pca(moments, reduction.scaler, choice);
  });
  return reduction;
}

auto project_rows(const Doubles& mean, const Doubles& scale, const DoubleRows& components,
                  const FloatRows& rows) {
  const Scaler scaler{copy_values(mean), copy_values(scale)};
  Pca pca;
  pca.components = copy_matrix(components);
  std::vector<float> projected(rows.shape(0) * pca.n_components());
  run_interruptibly([&](const std::stop_token&) {
    project(fold(scaler, pca), view_of(rows), {projected.data(), rows.shape(0), pca.n_components()});
  });
  return take_array(std::move(projected), {rows.shape(0), pca.n_components()});
}

struct LinearFit {
  Classifier classifier;
  int iterations = 0;  // 0: in closed form
  bool converged = true;
};

LinearFit fit_logistic_rows(const FloatRows& rows, const Labels& labels,
                                 std::size_t class_count, double c,
                                 const std::optional<Weights>& weights) {
  check_labels(labels, rows.shape(0));
  const MatrixView<const float> view = view_of(rows);
  const std::span<const std::int32_t> classes = view_of(labels);
  TrainingRows training;
  training.dims = view.cols();
  training.class_count = class_count;
  training.rows = view.rows();
  training.read = [&](std::size_t block, MatrixView<float> into, std::span<std::int32_t> of) {
    const std::size_t first = block * training.block_rows;
    std::copy_n(view.data() + first * view.cols(), into.size(), into.data());
    std::ranges::copy(classes.subspan(first, of.size()), of.begin());
  };
  if (weights) training.weights = {weights->data(), weights->shape(0)};
  LogisticFit fit;
  run_interruptibly([&](const std::stop_token& stop) {
    LogisticOptions options;
    options.c = c;
    options.workers = usable_cores();
    options.stop = stop;
    fit = fit_logistic(training, options);
  });
  return {std::move(fit.classifier), fit.iterations, fit.converged};
}

auto logits(const DoubleRows& weights, const Doubles& bias, const FloatRows& rows) {
  const Classifier classifier{copy_matrix(weights), copy_values(bias)};
  const std::size_t classes = classifier.class_count();
  std::vector<double> values(rows.shape(0) * classes);
  run_interruptibly([&](const std::stop_token&) {
    classifier_logits(classifier, view_of(rows), {values.data(), rows.shape(0), classes});
  });
  return take_array(std::move(values), {rows.shape(0), classes});
}

LinearFit fit_ridge_rows(const Moments& moments, double alpha) {
  LinearFit fit;
  run_interruptibly([&](const std::stop_token&) { fit.classifier = fit_ridge(moments, alpha); });
  return fit;
}

nb::bytes moments_bytes(const Moments& moments) {
  const std::string bytes = moments.to_bytes();
  return nb::bytes(bytes.data(), bytes.size());
}

void bind_moments(nb::module_& module) {
  nb::class_<Moments>(module, "Moments")
      .def(nb::init<std::size_t, std::size_t>(), "dims"_a, "class_count"_a = 0)
      .def("add", &add_rows, "rows"_a, "labels"_a = nb::none())
      .def("merge", &Moments::merge, "other"_a)
      .def_prop_ro("dims", &Moments::dims)
      .def_prop_ro("rows", &Moments::rows)
      .def("mean", [](const Moments& self) { return copy_array(self.mean()); })
      .def("variance", [](const Moments& self) { return copy_array(self.variance()); })
      .def("to_bytes", &moments_bytes)
      .def_static("from_bytes",
                  [](const nb::bytes& bytes) {
                    return Moments::from_bytes(std::string_view(bytes.c_str(), bytes.size()));
                  },
                  "bytes"_a)
      .def("fit_reduction", &fit_reduction, "components"_a, "scale"_a = true)
      .def("fit_ridge", &fit_ridge_rows, "alpha"_a);
  module.def("max_components", &max_components, "rows"_a, "dims"_a);
}

void bind_reduction(nb::module_& module) {
  nb::class_<Reduction>(module, "Reduction")
      .def_prop_ro("mean", [](const Reduction& self) { return copy_array(self.scaler.mean); })
      .def_prop_ro("scale", [](const Reduction& self) { return copy_array(self.scaler.scale); })
      .def_prop_ro("components",
                   [](const Reduction& self) { return copy_array(self.pca.components.view()); })
      .def_prop_ro("explained_variance",
                   [](const Reduction& self) { return copy_array(self.pca.explained_variance); })
      .def_prop_ro("explained_variance_ratio", [](const Reduction& self) {
        return copy_array(self.pca.explained_variance_ratio);
      });
}

void bind_classifier(nb::module_& module) {
  nb::class_<LinearFit>(module, "LinearFit")
      .def_prop_ro("weights",
                   [](const LinearFit& self) { return copy_array(self.classifier.weights.view()); })
      .def_prop_ro("bias", [](const LinearFit& self) { return copy_array(self.classifier.bias); })
      .def_ro("iterations", &LinearFit::iterations)
      .def_ro("converged", &LinearFit::converged);
  module.def("fit_logistic", &fit_logistic_rows, "rows"_a, "labels"_a, "class_count"_a, "c"_a,
             "weights"_a = nb::none());
  module.def("project", &project_rows, "mean"_a, "scale"_a, "components"_a, "rows"_a);
  module.def("logits", &logits, "weights"_a, "bias"_a, "rows"_a);
}

}  // namespace

void bind_learn(nb::module_& module) {
  bind_moments(module);
  bind_reduction(module);
  bind_classifier(module);
}

}  // namespace pomona::python
