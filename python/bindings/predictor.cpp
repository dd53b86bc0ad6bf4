// SPDX-License-Identifier: Apache-2.0
#include "predictor.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "background.h"
#include "engine_process.h"
#include "photographs.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/parallel.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/described_prediction.h"
#include "pomona/predict/predict.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

using PredictorPointer = std::shared_ptr<Predictor>;

PredictorPointer make_predictor(const std::shared_ptr<Bundle>& bundle, bool fast,
                                std::size_t workers, bool one_at_a_time) {
  enter_engine();
  PredictorOptions options;
  options.fast = fast;
  options.workers = workers;
  options.one_at_a_time = one_at_a_time;
  options.check();
  return interruptible<PredictorPointer>([bundle, options](const std::stop_token&) {
    return kept_in_forks(std::make_unique<Predictor>(*bundle, options));
  });
}

struct PredictRequest {
  std::vector<std::string> names;
  std::vector<Photograph> photographs;
  PredictOptions options;
  Language language = Language::kEnglish;
};

std::string answer_text(const Predictor& predictor, const PredictRequest& request,
                        const std::string& name, const Prediction& prediction) {
  const DescribedPrediction described = describe_prediction(name, prediction, predictor.catalogue(),
                                                            request.language, request.options.top);
  return prediction_json(described).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One JSON text a photograph. Where they fill several batches, each worker takes a batch at a time.
std::vector<std::string> answer(const Predictor& predictor, PredictRequest& request,
                                const std::stop_token& stop) {
  request.options.stop = stop;
  const std::span<const Photograph> all(request.photographs);
  const std::size_t at_once = predictor.batch_photographs();
  const std::size_t pieces = (all.size() + at_once - 1) / at_once;
  std::vector<std::string> texts(all.size());
  parallel_for(pieces, std::min(pieces, predictor.workers()), [&](std::size_t piece, std::size_t) {
    const std::size_t first = piece * at_once;
    const auto some = all.subspan(first, std::min(at_once, all.size() - first));
    const auto predictions = predictor.predict_photographs(some, request.options);
    for (std::size_t i = 0; i < some.size(); ++i) {
      texts[first + i] = answer_text(predictor, request, request.names[first + i], predictions[i]);
    }
  });
  return texts;
}

std::vector<std::string> predict(const PredictorPointer& predictor, const nb::list& names,
                                 const nb::list& photographs, const PredictOptions& options,
                                 const std::string& language) {
  enter_engine();
  const auto request = std::make_shared<PredictRequest>();
  request->options = options;
  request->language = language_from_name(language);
  request->photographs = photographs_of(photographs);
  for (const nb::handle name : names) request->names.push_back(path_from_python(name));
  if (request->names.size() != request->photographs.size()) {
    throw Error(ErrorKind::kInternal, "predicting: not every photograph has a name");
  }
  return interruptible<std::vector<std::string>>([predictor, request](const std::stop_token& stop) {
    return answer(*predictor, *request, stop);
  });
}

}  // namespace

void bind_predictor(nb::module_& module) {
  nb::class_<PredictOptions>(module, "PredictOptions")
      .def(nb::init<>())
      .def_rw("top", &PredictOptions::top)
      .def_rw("limits", &PredictOptions::limits)
      .def("check", &PredictOptions::check);
  nb::class_<Predictor>(module, "Predictor")
      .def(nb::new_(&make_predictor), "bundle"_a, "fast"_a, "workers"_a, "one_at_a_time"_a)
      .def_static("predict", &predict, "predictor"_a, "names"_a, "photographs"_a, "options"_a,
                  "language"_a,
                  nb::sig("def predict(predictor: Predictor, names: list[str], "
                          "photographs: list[typing.Any], options: PredictOptions, "
                          "language: str) -> list[str]"))
      .def_prop_ro("workers", &Predictor::workers)
      .def_prop_ro("batch_photographs", &Predictor::batch_photographs)
      .def_prop_ro("precision", [](const Predictor& self) {
        return std::string(precision_name(precision_here(self.bundle())));
      });
}

}  // namespace pomona::python
