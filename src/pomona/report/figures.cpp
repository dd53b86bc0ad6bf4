// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/figures.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/csv/csv_reader.h"
#include "pomona/output/earlier_results.h"
#include "pomona/output/output_names.h"

namespace pomona {
namespace {

struct Cell {
  std::size_t truth = 0;
  std::size_t prediction = 0;
  std::uint64_t count = 0;

  bool hit() const { return truth == prediction; }
};

std::string place(const ObjectStore& out, std::string_view key) {
  return out.describe() + "/" + std::string(key);
}

[[noreturn]] void fail(const ObjectStore& out, std::string_view key, const std::string& problem) {
  throw Error(ErrorKind::kCorrupt, "reading " + place(out, key) + " for the report: " + problem);
}

Json read_json(const ObjectStore& out, std::string_view key) {
  if (!out.exists(key)) return nullptr;
  Json value = parse_json(out.read(key), place(out, key));
  if (!value.is_object()) fail(out, key, "expected a JSON object");
  return value;
}

Json cells_json(std::vector<Cell> cells, Json& left_out) {
  if (cells.size() > kReportCells) {
    // Right answers stay, then the commonest mistakes.
    std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
      return a.hit() != b.hit() ? a.hit() : a.count > b.count;
    });
    cells.resize(kReportCells);
    left_out.push_back("The confusion matrix shows its " + std::to_string(kReportCells) +
                       " largest fields; confusion.csv holds all.");
  }
  Json json = Json::array();
  for (const Cell& cell : cells) {
    json.push_back(Json::array({cell.truth, cell.prediction, cell.count}));
  }
  return json;
}

// The matrix as its fields above zero. Its rows and columns are those of metrics.json.
Json read_cells(const ObjectStore& out, const Json& metrics, Json& left_out) {
  constexpr std::string_view kKey = "confusion.csv";
  if (!out.exists(kKey) || !metrics.is_object()) return Json::array();
  const std::size_t labels = metrics.value("labels", Json::array()).size();
  CsvReader csv(out, kKey);
  if (csv.header().size() != labels + 1) {
    fail(out, kKey,
         "expected a column for each of the " + std::to_string(labels) +
             " labels of metrics.json, found " + std::to_string(csv.header().size()) + " columns");
  }
  std::vector<Cell> cells;
  std::vector<std::string> fields;
  for (std::size_t truth = 0; csv.next(fields); ++truth) {
    if (truth >= labels) fail(out, kKey, "more rows than labels");
    for (std::size_t prediction = 0; prediction < labels; ++prediction) {
      const std::string& field = fields[prediction + 1];
      const std::optional<std::uint64_t> count = parse_count(field);
      if (!count) fail(out, kKey, "expected counts, found '" + field + "'");
      if (*count > 0) cells.push_back({truth, prediction, *count});
    }
  }
  return cells_json(std::move(cells), left_out);
}

Json read_failures(const ObjectStore& out) {
  constexpr std::string_view kKey = "failures.csv";
  Json rows = Json::array();
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
  std::uint64_t total = 0;
  if (out.exists(kKey)) {
    CsvReader csv(out, kKey);
    if (csv.header() != std::vector<std::string>{"path", "stage", "kind", "message"}) {
      fail(out, kKey, "expected the columns path,stage,kind,message");
    }
    for (std::vector<std::string> fields; csv.next(fields); ++total) {
      ++counts[{fields[1], fields[2]}];
      if (rows.size() < kReportFailures) {
        rows.push_back({{"path", fields[0]},
                        {"stage", fields[1]},
                        {"kind", fields[2]},
                        {"message", fields[3]}});
      }
    }
  }
  std::vector<std::pair<std::pair<std::string, std::string>, std::uint64_t>> sorted(counts.begin(),
                                                                                    counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  Json kinds = Json::array();
  for (const auto& [what, count] : sorted) {
    kinds.push_back({{"stage", what.first}, {"kind", what.second}, {"count", count}});
  }
  return {{"total", total}, {"kinds", std::move(kinds)}, {"rows", std::move(rows)}};
}

// Some of the examples at even distance: those next to each other are often frames of one film.
Json some_examples(const Json& examples) {
  if (!examples.is_array() || examples.size() <= kReportExamples) return examples;
  Json some = Json::array();
  for (std::size_t i = 0; i < kReportExamples; ++i) {
    some.push_back(examples[i * (examples.size() - 1) / (kReportExamples - 1)]);
  }
  return some;
}

// Moves the worst confusions out of `metrics`; photographs are added to them later.
Json take_pairs(Json& metrics) {
  Json pairs = Json::array();
  if (!metrics.is_object() || !metrics.contains("confusions")) return pairs;
  for (Json& pair : metrics["confusions"]) {
    if (pairs.size() == kReportPairs) break;
    pair["examples"] = some_examples(pair.value("examples", Json::array()));
    pair["lookalikes"] = Json::array();
    pairs.push_back(std::move(pair));
  }
  metrics.erase("confusions");
  return pairs;
}

Json take_surest_mistakes(Json& metrics) {
  if (!metrics.is_object() || !metrics.contains("surest_mistakes")) return Json::array();
  Json mistakes = std::move(metrics["surest_mistakes"]);
  metrics.erase("surest_mistakes");
  return mistakes;
}

}  // namespace

Json read_figures(const ObjectStore& out) {
  Json run = out.exists(kRunRecord) ? parse_run_record(out.read(kRunRecord), place(out, kRunRecord))
                                    : Json(nullptr);
  Json metrics = read_json(out, "metrics.json");
  if (run.is_null() && metrics.is_null()) {
    throw Error(ErrorKind::kNotFound,
                "making a report of " + out.describe() +
                    ": found neither run.json nor metrics.json there; give the folder that "
                    "`pomona run` wrote");
  }
  Json left_out = Json::array();
  Json cells = read_cells(out, metrics, left_out);
  Json pairs = take_pairs(metrics);
  Json mistakes = take_surest_mistakes(metrics);
  return {{"format", 1},
          {"run", std::move(run)},
          {"metrics", std::move(metrics)},
          {"cells", std::move(cells)},
          {"pairs", std::move(pairs)},
          {"surest_mistakes", std::move(mistakes)},
          {"tsne", read_json(out, "tsne.json")},
          {"sheet", Json::array()},
          {"failures", read_failures(out)},
          {"photo_start", ""},
          {"photos", Json::array()},
          {"left_out", std::move(left_out)}};
}

}  // namespace pomona
