// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/recorded_setup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "pomona/base/error.h"
#include "pomona/dataset/input_options.h"
#include "pomona/jobs/run_record.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

// run.json as `pomona extract` writes it, as far as others read it.
Json valid_record() {
  Timeline timeline;
  InputOptions input;
  input.images = {"cafe=/photos%41/caf\xe9", "one=/a"};
  input.classes = "/caf\xe9.csv";
  input.split.group = "^(caf\xe9)";
  RunRecord record = start_record("extract", {"/out", false, {"pomona", "extract", "caf\xe9"}});
  record.inputs = inputs_json(input);
  record.options = options_json(input.split);
  Json json = record_json(record, timeline);
  json["backbone"] = {{"name", "nowhere"}, {"digest", "d"}, {"size", 32}};
  json["precision"] = "f32";
  json["fit"] = "squash";
  json["crops"] = Json::array({"whole"});
  json["batch"] = 8;
  return json;
}

// All that is read of it, each by itself.
std::vector<std::function<void(const FeaturePlace&)>> readers() {
  return {[](const FeaturePlace& place) { (void)run_of_features(place, "/out"); },
          [](const FeaturePlace& place) {
            (void)recorded_setup(run_of_features(place, "/out"), "/no", "/out");
          },
          [](const FeaturePlace& place) {
            (void)recorded_split_kind(run_of_features(place, "/out"), 1);
          },
          [](const FeaturePlace& place) { (void)recorded_sources(*place.run); },
          [](const FeaturePlace& place) { (void)label_rule_of(place, "", *local_store_opener()); }};
}

class RecordedRunTest : public testing::Test {
 protected:
  RecordedRunTest() {
    folder_ =
        fs::path(testing::TempDir()) /
        ("recorded-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder_ / "features");
    std::ofstream(folder_ / "features" / "part-00000.parquet") << "of a table";
  }
  ~RecordedRunTest() override { fs::remove_all(folder_); }

  // What run.json of this text leads to: kinds of errors, in their order.
  std::vector<ErrorKind> errors_of(const std::string& text) const {
    std::ofstream(folder_ / "run.json") << text;
    std::vector<ErrorKind> kinds;
    try {
      const FeaturePlace place = open_features(folder_.string(), *local_store_opener());
      for (const auto& read : readers()) {
        try {
          read(place);
        } catch (const Error& error) {
          kinds.push_back(error.kind());
        }
      }
    } catch (const Error& error) {
      kinds.push_back(error.kind());
    }
    return kinds;
  }

  fs::path folder_;
};

TEST_F(RecordedRunTest, WhatWeWriteIsRead) {
  EXPECT_EQ(errors_of(print_json(valid_record())), std::vector<ErrorKind>{ErrorKind::kNotFound});
}

TEST_F(RecordedRunTest, BytesThatAreNotUtf8ComeBack) {
  const Json record = valid_record();
  const RecordedRun run = parse_recorded_run(print_json(record));
  EXPECT_EQ(run.images, (std::vector<std::string>{"cafe=/photos%41/caf\xe9", "one=/a"}));
  EXPECT_EQ(run.classes, "/caf\xe9.csv");
  EXPECT_EQ(recorded_extraction(run).split.group, "^(caf\xe9)");
  EXPECT_EQ(record.at("command").at(2), "caf%E9");
}

TEST_F(RecordedRunTest, WhatExtractedNothingIsRecordedAllTheSame) {
  const RecordedRun run = parse_recorded_run(R"({"inputs": {"features": "here"}})");
  EXPECT_FALSE(run.extraction);
  EXPECT_TRUE(run.images.empty());
  EXPECT_EQ(run.crops, std::vector<Crop>{Crop()});
  FeaturePlace place;
  place.run = run;
  EXPECT_THROW((void)run_of_features(place, "/out"), Error);
}

TEST_F(RecordedRunTest, SplitKindsComeFromInputsAndOptions) {
  RecordedRun run = parse_recorded_run(print_json(valid_record()));
  RecordedExtraction files = recorded_extraction(run);
  files.split.test_files = "^r_";
  EXPECT_EQ(recorded_split_kind(run, 0), SplitKind::kNone);
  EXPECT_EQ(recorded_split_kind(run, 1), SplitKind::kHoldout);
  run.extraction = files;
  EXPECT_EQ(recorded_split_kind(run, 1), SplitKind::kFileNames);
  run.test = {"/test"};
  EXPECT_EQ(recorded_split_kind(run, 1), SplitKind::kTestSet);
}

TEST_F(RecordedRunTest, AnyOtherShapeIsDamagedDataAndNoBugOfOurs) {
  const Json valid = valid_record();
  const Json others[] = {nullptr,
                         3,
                         -1,
                         1e300,
                         true,
                         "text",
                         "%2",
                         Json::array(),
                         Json::object(),
                         Json::array({nullptr})};
  const Json flat = valid.flatten();
  for (const auto& pointer : flat.items()) {
    for (std::string path = pointer.key(); !path.empty(); path.resize(path.rfind('/'))) {
      const Json::json_pointer at(path);
      SCOPED_TRACE(path);
      Json record = valid;
      Json& parent = record[at.parent_pointer()];
      if (parent.is_object()) {
        parent.erase(at.back());
        EXPECT_NO_THROW(errors_of(print_json(record)));
      }
      for (const Json& other : others) {
        record = valid;
        record[at] = other;
        EXPECT_NO_THROW(errors_of(print_json(record))) << other;
      }
    }
  }
  for (const Json& other : others) EXPECT_NO_THROW(errors_of(print_json(other))) << other;
}

TEST_F(RecordedRunTest, WhatIsNeededAndNotThereIsDamaged) {
  for (const char* name : {"/options/group", "/inputs/test", "/inputs/images", "/precision", "/fit",
                           "/batch", "/backbone/digest", "/options", "/inputs"}) {
    const Json::json_pointer at(name);
    for (const bool removed : {true, false}) {
      Json record = valid_record();
      if (removed) {
        record[at.parent_pointer()].erase(at.back());
      } else {
        record[at] = Json::array({3});
      }
      const std::vector<ErrorKind> errors = errors_of(print_json(record));
      EXPECT_TRUE(std::ranges::count(errors, ErrorKind::kCorrupt) > 0) << name << " " << removed;
    }
  }
  EXPECT_EQ(errors_of("{"), (std::vector<ErrorKind>{ErrorKind::kCorrupt}));
}

}  // namespace
}  // namespace pomona
