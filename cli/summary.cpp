// SPDX-License-Identifier: Apache-2.0
#include "summary.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "field_flags.h"
#include "pomona/base/number_text.h"
#include "pomona/base/printable.h"

namespace pomona::cli {
namespace {

std::string interval_text(const Interval& interval) {
  char text[32];
  std::snprintf(text, sizeof text, "(%.1f–%.1f)", 100 * interval.low, 100 * interval.high);
  return text;
}

// What a crop costs stands beside the rate, since a photograph pays for all its crops.
std::string pace(const ExtractionSummary& summary) {
  if (!summary.images_per_second) {
    return with_commas(summary.decoded) + " decoded, the others known from earlier work";
  }
  const double rate = *summary.images_per_second;
  char text[96];
  std::snprintf(text, sizeof text, "%.0f photographs a second on %zu workers", rate,
                summary.workers);
  std::string pace = text;
  const std::vector<std::string>& crops = summary.crops;
  if (crops.size() > 1) {
    const bool sized = std::ranges::any_of(
        crops, [](const std::string& crop) { return crop.find('@') != std::string::npos; });
    std::snprintf(
        text, sizeof text, ", %zu crops of each, %.1f ms of a core for a crop%s", crops.size(),
        1000 * static_cast<double>(summary.workers) / (rate * static_cast<double>(crops.size())),
        sized ? " on average" : "");
    pace += text;
  }
  return pace;
}

}  // namespace

void print_not_used(std::span<const FileGroup> groups) {
  for (const FileGroup& group : groups) {
    std::printf("  %s: %s\n", group.status == FileStatus::kFailed ? "failed" : "skipped",
                printable(describe(group)).c_str());
  }
}

void print_extraction(const ExtractionSummary& summary) {
  std::printf(
      "%s photographs of %s label%s: %s for training, %s for the test; %s failed, %s skipped\n",
      with_commas(summary.ok).c_str(), with_commas(summary.classes).c_str(),
      summary.classes == 1 ? "" : "s", with_commas(summary.train).c_str(),
      with_commas(summary.test).c_str(), with_commas(summary.failed).c_str(),
      with_commas(summary.skipped).c_str());
  print_not_used(summary.not_used);
  if (summary.damaged > 0) {
    std::printf("  damaged: %s of the photographs, used without what is lost (--max-damage)\n",
                with_commas(summary.damaged).c_str());
  }
  std::printf("%s at %d px, %s: %s, %.1f s in all\n", summary.backbone.c_str(), summary.size,
              summary.precision.c_str(), pace(summary).c_str(), summary.seconds);
}

void print_metrics(std::span<const ProtocolMetrics> metrics) {
  std::size_t width = 0;
  for (const ProtocolMetrics& one : metrics) width = std::max(width, one.protocol.title.size());
  for (const ProtocolMetrics& one : metrics) {
    const auto& figures = one.figures;
    std::printf("  %-*s %8s %s", static_cast<int>(width), one.protocol.title.c_str(),
                percent(one.accuracy).c_str(),
                figures ? interval_text(figures->accuracy_interval).c_str() : "");
    if (figures) std::printf(", among three %s", percent(figures->top3_accuracy).c_str());
    std::printf("\n");
    if (figures && figures->unknown_label_rows > 0) {
      std::printf(
          "  %s photographs have a label that training does not know; they count as wrong\n",
          with_commas(figures->unknown_label_rows).c_str());
    }
  }
}

void print_headline(const std::string& headline) {
  std::printf("%s\n", with_flags(headline).c_str());
}

void print_share(std::size_t left, const std::string& end) {
  std::printf("%zu parts are left to other shards; %s.\n", left, end.c_str());
}

void print_summary(const RunResult& result, const std::string& out) {
  print_extraction(result.extraction);
  print_metrics(result.metrics.metrics);
  print_headline(result.metrics.headline);
  std::printf("Report: %s/report.html\n", out.c_str());
}

}  // namespace pomona::cli
