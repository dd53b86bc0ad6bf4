// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/training_metrics.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

JudgedPhotograph photograph(std::size_t row) {
  return {row, "apple/" + std::to_string(row) + ".jpg", Split::kTest, 0.75};
}

TrainingMetrics some_metrics() {
  TrainingMetrics metrics;
  metrics.headline = "Headline metric: 50.0 %.";
  metrics.labels = {"apple", "pear"};
  metrics.warnings = {"the classifier did not converge"};
  metrics.pca = {2, {0.5, 0.25}, {0.5, 0.25, 0.25}, true};
  ProtocolMetrics main;
  main.protocol = {"main", "Given test set", "…", 7, ""};
  main.rows = 4;
  main.accuracy = 0.5;
  ClassifierFigures& figures = main.figures.emplace();
  figures.unknown_label_rows = 1;
  figures.top3_accuracy = 0.75;
  figures.accuracy_interval = {0.25, 0.75};
  figures.grouped = true;
  figures.groups = 3;
  ProtocolMetrics pixels;
  pixels.protocol.key = "pixels";
  pixels.accuracy = 0.25;
  EvaluationResults& results = metrics.results;
  results.metrics = {main, pixels};
  results.by_class = {{"main", "", {{"apple", 4, 2, 0.5, {0.25, 0.75}, 1, 1}}}};
  results.confusions = {{"apple", "pear", 2, 0.5, {photograph(5), photograph(3)}}};
  results.surest_mistakes = {{photograph(9), "apple", "pear", 0.125}};
  return metrics;
}

TEST(TrainingMetrics, WhatAFrontPrintsIsReadBack) {
  const TrainingMetrics metrics = some_metrics();
  const std::string text = print_json(metrics_json(metrics));
  const MetricsSummary found = parse_metrics_summary(text, "metrics.json");
  EXPECT_EQ(found.headline, metrics.headline);
  EXPECT_EQ(found.warnings, metrics.warnings);
  EXPECT_EQ(protocol_metrics_json(found.metrics).dump(),
            protocol_metrics_json(metrics.results.metrics).dump());
  ASSERT_EQ(found.metrics.size(), 2U);
  const ClassifierFigures figures = found.metrics[0].figures.value_or(ClassifierFigures());
  EXPECT_EQ(figures.groups, 3U);
  EXPECT_TRUE(figures.grouped);
  EXPECT_EQ(figures.accuracy_interval.high, 0.75);
  EXPECT_FALSE(found.metrics[1].figures);
}

TEST(TrainingMetrics, AnotherShapeIsCorrupt) {
  const Json valid = metrics_json(some_metrics());
  for (const char* name : {"/headline", "/metrics", "/metrics/0/title", "/metrics/0/accuracy",
                           "/metrics/0/accuracy_interval/1", "/metrics/0/interval/unit"}) {
    for (const Json& other : {Json(nullptr), Json(Json::array({"x"}))}) {
      Json json = valid;
      json[Json::json_pointer(name)] = other;
      try {
        parse_metrics_summary(json.dump(), "metrics.json");
        ADD_FAILURE() << name;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << name;
      }
    }
  }
}

TEST(TrainingMetrics, OfAnOlderVersionHasNoWarnings) {
  Json json = metrics_json(some_metrics());
  json.erase("warnings");
  EXPECT_TRUE(parse_metrics_summary(json.dump(), "metrics.json").warnings.empty());
}

TEST(TrainingMetrics, NearDuplicatesAreNullWithoutATest) {
  TrainingMetrics metrics = some_metrics();
  EXPECT_TRUE(metrics_json(metrics).at("near_duplicates").is_null());
  metrics.near_duplicates = {0.1, 3, 10};
  EXPECT_EQ(metrics_json(metrics).at("near_duplicates").at("test_rows"), 3);
}

TEST(TrainingMetrics, ABundleKeepsNoNamesOfPhotographs) {
  const Json kept = bundle_metrics_json(some_metrics());
  EXPECT_EQ(kept.dump().find(".jpg"), std::string::npos);
  EXPECT_EQ(kept.at("metrics").size(), 2U);
  EXPECT_EQ(metrics_json(some_metrics()).at("pca").at("explained_total"), 0.75);
}

TEST(EvaluationResults, MetricsAreFoundByTheKeyOfTheirProtocol) {
  EXPECT_EQ(find_metrics(some_metrics().results.metrics, "main")->accuracy, 0.5);
  EXPECT_EQ(find_metrics(some_metrics().results.metrics, "by_group"), nullptr);
}

}  // namespace
}  // namespace pomona
