// SPDX-License-Identifier: Apache-2.0
#include "summary.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "pomona/base/number_text.h"

namespace pomona::cli {
namespace {

std::string count(const Json& counts, const char* name) {
  return with_commas(counts.at(name).get<std::uint64_t>());
}

std::string interval(const Json& entry) {
  if (!entry.contains("accuracy_interval")) return "";
  const Json& ends = entry.at("accuracy_interval");
  char text[32];
  std::snprintf(text, sizeof text, "(%.1f–%.1f)", 100 * ends.at(0).get<double>(),
                100 * ends.at(1).get<double>());
  return text;
}

// Prints the cost of a crop beside the rate: a photograph costs as much as all its crops.
std::string pace(const Json& record) {
  const Json& rate = record.at("images_per_second");
  if (rate.is_null()) {
    return count(record.at("work"), "decoded") + " decoded, the others known from earlier work";
  }
  const int workers = record.at("workers").get<int>();
  char text[96];
  std::snprintf(text, sizeof text, "%.0f photographs a second on %d workers", rate.get<double>(),
                workers);
  std::string pace = text;
  const auto crops = record.value("crops", std::vector<std::string>());
  if (crops.size() > 1) {
    const bool sized = std::ranges::any_of(
        crops, [](const std::string& crop) { return crop.find('@') != std::string::npos; });
    std::snprintf(text, sizeof text, ", %zu crops of each, %.1f ms of a core for a crop%s",
                  crops.size(),
                  1000 * workers / (rate.get<double>() * static_cast<double>(crops.size())),
                  sized ? " on average" : "");
    pace += text;
  }
  return pace;
}

// By the out-of-fold scores, or of the test.
void print_varieties(const Json& varieties) {
  for (const Json& entry : varieties.at("metrics")) {
    if (entry.contains("label") || entry.contains("source")) continue;
    std::printf("  varieties reported for %s of %s photographs %s, %s of them right\n",
                count(entry, "reported").c_str(), count(entry, "rows").c_str(),
                entry.at("key") == "main" ? "of the test" : "by cross-validation",
                count(entry, "right").c_str());
  }
}

}  // namespace

void print_extraction(const Json& record) {
  const Json& counts = record.at("counts");
  std::printf(
      "%s photographs of %s label%s: %s for training, %s for the test; %s failed, %s skipped\n",
      count(counts, "ok").c_str(), count(counts, "classes").c_str(),
      counts.at("classes") == 1 ? "" : "s", count(counts, "train").c_str(),
      count(counts, "test").c_str(), count(counts, "failed").c_str(),
      count(counts, "skipped").c_str());
  std::printf("%s at %d px, %s: %s, %.1f s in all\n",
              record.at("backbone").at("name").get<std::string>().c_str(),
              record.at("backbone").at("size").get<int>(),
              record.at("precision").get<std::string>().c_str(), pace(record).c_str(),
              record.at("seconds").get<double>());
}

void print_metrics(const Json& metrics) {
  std::size_t width = 0;
  for (const Json& entry : metrics.at("metrics")) {
    width = std::max(width, entry.at("title").get<std::string>().size());
  }
  for (const Json& entry : metrics.at("metrics")) {
    const std::string title = entry.at("title").get<std::string>();
    std::printf("  %-*s %8s %s", static_cast<int>(width), title.c_str(),
                percent(entry.at("accuracy").get<double>()).c_str(), interval(entry).c_str());
    if (entry.contains("top3_accuracy")) {
      std::printf(", among three %s", percent(entry.at("top3_accuracy").get<double>()).c_str());
    }
    std::printf("\n");
    const auto unknown = entry.value("unknown_label_rows", std::uint64_t{0});
    if (unknown > 0) {
      std::printf(
          "  %s photographs have a label that training does not know; they count as wrong\n",
          with_commas(unknown).c_str());
    }
  }
  if (metrics.contains("varieties")) print_varieties(metrics.at("varieties"));
}

void print_summary(const Json& record, const Json& metrics, const std::string& out, bool as_json) {
  if (as_json) {
    std::fputs(print_json(record).c_str(), stdout);
    return;
  }
  print_extraction(record);
  print_metrics(metrics);
  std::printf("%s\n", metrics.at("headline").get<std::string>().c_str());
  std::printf("Report: %s/report.html\n", out.c_str());
}

}  // namespace pomona::cli
