// SPDX-License-Identifier: Apache-2.0
// What a verb prints when it is done.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "pomona/evaluation/evaluation_results.h"
#include "pomona/jobs/run.h"

namespace pomona::cli {

// A line for each reason why files failed or were skipped.
void print_not_used(std::span<const FileGroup> groups);
// Photographs, settings and rate.
void print_extraction(const ExtractionSummary& summary);
// One line for the metrics of each protocol.
void print_metrics(std::span<const ProtocolMetrics> metrics);
// The headline metric with the flags of options that it names.
void print_headline(const std::string& headline);
// Of a shard that has published nothing; `end`: what happens when all shards are finished.
void print_share(std::size_t left, const std::string& end);
void print_summary(const RunResult& result, const std::string& out);

}  // namespace pomona::cli
