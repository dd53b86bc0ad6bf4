// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/output_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "pomona/base/error.h"
#include "pomona/pipeline/checked_json.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class OutputFolderTest : public testing::Test {
 protected:
  OutputFolderTest() {
    folder_ = fs::temp_directory_path() /
              ("pomona-output-" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~OutputFolderTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> names(const std::string& name) const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(path(name)))
      result.push_back(entry.path().filename());
    return result;
  }
  static std::string refusal(const std::string& path, bool force,
                             const std::vector<std::string>& inputs) {
    try {
      OutputFolder(path, {}, inputs).begin_anew(force);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(OutputFolderTest, PublishesAllAndThenSuccess) {
  {
    OutputFolder out(path("out"), {}, {});
    out.begin_anew(false);
    out.staged().write("run.json", "{}");
    out.staged().write("features/part-00000.snappy.parquet", "x");
    EXPECT_THAT(names("out"), UnorderedElementsAre("_pomona"));
    out.publish({});
  }
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "features", "_SUCCESS"));
}

TEST_F(OutputFolderTest, LeavesNothingWhenNotPublished) {
  {
    OutputFolder out(path("out"), {}, {});
    out.begin_anew(false);
    out.staged().write("run.json", "{}");
    std::ofstream(out.scratch_path("scores")) << "x";
  }
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(OutputFolderTest, LeavesNoFolderThatItMade) {
  fs::create_directories(path("one"));
  { OutputFolder(path("one/two/three"), {}, {}).begin_anew(false); }
  EXPECT_TRUE(fs::exists(path("one")));
  EXPECT_FALSE(fs::exists(path("one/two")));
}

TEST_F(OutputFolderTest, RefusesAFile) {
  std::ofstream(path("out")) << "dear";
  EXPECT_THAT(refusal(path("out"), false, {}), HasSubstr("it is a file"));
  EXPECT_THAT(refusal(path("out"), true, {}), HasSubstr("it is a file"));
}

TEST_F(OutputFolderTest, RefusesAFolderThatHoldsSomething) {
  fs::create_directories(path("out"));
  std::ofstream(path("out/letter.txt")) << "dear";
  EXPECT_THAT(refusal(path("out"), false, {}), HasSubstr("not empty"));
  EXPECT_THAT(refusal(path("out"), true, {}), HasSubstr("nothing in it was written by pomona"));
  EXPECT_THAT(names("out"), UnorderedElementsAre("letter.txt"));
  std::ofstream(path("out/run.json")) << "{}";
  EXPECT_EQ(refusal(path("out"), true, {}), "");
  EXPECT_THAT(names("out"), UnorderedElementsAre("letter.txt", "run.json"));
}

TEST_F(OutputFolderTest, SaysWhenARunWasCutOff) {
  fs::create_directories(path("out/_pomona"));
  std::ofstream(path("out/_pomona/work.json"))
      << print_checked_json({{"fingerprint", "of another run"}});
  EXPECT_THAT(refusal(path("out"), false, {}), HasSubstr("cut off"));
}

TEST_F(OutputFolderTest, ForceReplacesOursAndKeepsOthers) {
  {
    OutputFolder out(path("out"), {}, {});
    out.begin_anew(false);
    out.staged().write("run.json", "old");
    out.staged().write("reduced.csv", "old");
    out.publish({});
  }
  std::ofstream(path("out/letter.txt")) << "dear";
  {
    OutputFolder out(path("out"), {}, {});
    out.begin_anew(true);
    EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "reduced.csv", "letter.txt",
                                                   "_SUCCESS", "_pomona"));
    out.staged().write("run.json", "new");
    out.publish({});
  }
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "letter.txt", "_SUCCESS"));
}

TEST_F(OutputFolderTest, RefusesToOverlapItsInput) {
  fs::create_directories(path("images/a"));
  EXPECT_THAT(refusal(path("images/out"), false, {path("images")}),
              HasSubstr("overlaps the input"));
  EXPECT_THAT(refusal(path("images"), true, {path("images")}), HasSubstr("overlaps the input"));
  EXPECT_THAT(refusal(path("."), true, {path("images")}), HasSubstr("overlaps the input"));
  EXPECT_EQ(refusal(path("images-out"), false, {path("images")}), "");
  fs::create_directory_symlink(path("images"), path("link"));
  EXPECT_THAT(refusal(path("link/out"), false, {path("images")}), HasSubstr("overlaps the input"));
}

}  // namespace
}  // namespace pomona
