// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>

#include "pomona/report/figures.h"
#include "pomona/report/page_json.h"

namespace pomona {
namespace {

constexpr std::size_t kFewLabels = 1000;

void cut(Json& list, std::size_t size) {
  if (list.is_array() && list.size() > size)
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end());
}

void cut(Json& object, const char* key, std::size_t size) {
  if (object.is_object() && object.contains(key)) cut(object[key], size);
}

void cut_labels(Json& figures) {
  cut(figures["metrics"], "labels", kFewLabels);
  cut(figures["metrics"], "classes", kFewLabels);
  cut(figures["run"], "labels", kFewLabels);
  Json cells = Json::array();
  for (const Json& cell : figures["cells"]) {
    if (std::max(cell[0], cell[1]) < kFewLabels) cells.push_back(cell);
  }
  figures["cells"] = std::move(cells);
}

struct Step {
  const char* sentence;
  void (*leave_out)(Json& figures);
};

constexpr std::array kSteps = {
    Step{"Most failures found no room here; failures.csv holds them.",
         [](Json& figures) { cut(figures["failures"], "rows", 20); }},
    Step{"The t-SNE plot found no room here; tsne.json holds it.",
         [](Json& figures) { figures["tsne"] = nullptr; }},
    Step{"The metrics of each class by source found no room here; metrics.json holds them.",
         [](Json& figures) {
           if (figures["metrics"].is_object()) figures["metrics"].erase("by_class");
         }},
    Step{"Only the first thousand classes found room here; metrics.json holds all.", cut_labels},
    Step{"The confusion matrix found no room here; confusion.csv holds it.",
         [](Json& figures) { figures["cells"] = Json::array(); }},
    Step{"The judgements found no room here; the file they came from holds them.",
         [](Json& figures) { figures["judgements"] = Json::array(); }},
    Step{"The surest mistakes found no room here; metrics.json holds them.",
         [](Json& figures) { figures["surest_mistakes"] = Json::array(); }},
    Step{"The worst pairs found no room here; metrics.json holds them.",
         [](Json& figures) { figures["pairs"] = Json::array(); }},
    Step{"The figures of this run found no room here; metrics.json and run.json hold them.",
         [](Json& figures) {
           figures = {{"format", 1}, {"left_out", Json::array()}};
         }},
};

}  // namespace

void shrink_figures(Json& figures, std::size_t max_bytes) {
  for (const Step& step : kSteps) {
    if (page_json(figures).size() <= max_bytes) return;
    step.leave_out(figures);
    figures["left_out"].push_back(step.sentence);
  }
}

}  // namespace pomona
