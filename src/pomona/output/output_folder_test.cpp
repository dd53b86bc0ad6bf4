// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/output_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "pomona/base/error.h"
#include "pomona/output/checked_json.h"
#include "pomona/output/output_digests.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publication.h"
#include "pomona/storage/local_store.h"

namespace pomona {
namespace {

const StoreOpener& stores() { return *local_store_opener(); }

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

// run.json of a run of ours.
std::string record(const std::string& started) {
  return print_json({{"format", 1}, {"pomona", "0"}, {"verb", "run"}, {"started", started}});
}

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
      OutputFolder(path, stores(), inputs).begin_anew(force);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(OutputFolderTest, PublishesAllAndThenSuccess) {
  {
    OutputFolder out(path("out"), stores(), {});
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
    OutputFolder out(path("out"), stores(), {});
    out.begin_anew(false);
    out.staged().write("run.json", "{}");
  }
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(OutputFolderTest, LeavesNoFolderThatItMade) {
  fs::create_directories(path("one"));
  { OutputFolder(path("one/two/three"), stores(), {}).begin_anew(false); }
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
  std::ofstream(path("out/run.json")) << record("old");
  EXPECT_EQ(refusal(path("out"), true, {}), "");
  EXPECT_THAT(names("out"), UnorderedElementsAre("letter.txt", "run.json"));
}

TEST_F(OutputFolderTest, SaysWhenARunWasCutOff) {
  fs::create_directories(path("out/_pomona"));
  std::ofstream(path("out/_pomona/work.json"))
      << print_checked_json({{"fingerprint", "of another run"}, {"attempt", "another"}});
  EXPECT_THAT(refusal(path("out"), false, {}), HasSubstr("unfinished work"));
}

TEST_F(OutputFolderTest, ForceReplacesOursAndKeepsOthers) {
  {
    OutputFolder out(path("out"), stores(), {});
    out.begin_anew(false);
    out.staged().write("run.json", record("old"));
    out.staged().write("reduced.csv", "old");
    write_digests(out.staged(), {}, /*workers=*/1);
    out.publish({});
  }
  std::ofstream(path("out/letter.txt")) << "dear";
  {
    OutputFolder out(path("out"), stores(), {});
    out.begin_anew(true);
    EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "reduced.csv", "SHA256SUMS",
                                                   "letter.txt", "_SUCCESS", "_pomona"));
    out.staged().write("run.json", record("new"));
    out.publish({});
  }
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "letter.txt", "_SUCCESS"));
}

TEST_F(OutputFolderTest, ResultsOfAnotherProgramAreNotReplaced) {
  fs::create_directories(path("out/features"));
  std::ofstream(path("out/features/mine.parquet")) << "dear";
  std::ofstream(path("out/run.json")) << R"({"steps": 3})";
  std::ofstream(path("out/_SUCCESS")) << "";
  EXPECT_FALSE(OutputFolder(path("out"), stores(), {}).is_complete());
  EXPECT_THAT(refusal(path("out"), true, {}), HasSubstr("nothing in it was written by pomona"));
  // Nor beside unfinished work of ours, which says nothing of them.
  fs::create_directories(path("out/_pomona"));
  std::ofstream(path("out/_pomona/work.json"))
      << print_checked_json({{"fingerprint", "f1"}, {"attempt", "another"}});
  EXPECT_THAT(refusal(path("out"), true, {}), HasSubstr("nothing in it was written by pomona"));
  EXPECT_TRUE(fs::exists(path("out/features/mine.parquet")));
}

TEST_F(OutputFolderTest, ForceKeepsWhatTheEarlierRunDidNotWrite) {
  {
    OutputFolder out(path("out"), stores(), {});
    out.begin_anew(false);
    out.staged().write("run.json", record("old"));
    out.staged().write("reduced.csv", "old");
    write_digests(out.staged(), {}, /*workers=*/1);
    out.publish({});
  }
  fs::create_directories(path("out/features"));
  std::ofstream(path("out/features/mine.parquet")) << "dear";
  OutputFolder out(path("out"), stores(), {});
  out.begin_anew(true);
  out.staged().write("run.json", record("new"));
  out.publish({});
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "features", "_SUCCESS"));
  EXPECT_TRUE(fs::exists(path("out/features/mine.parquet")));
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

// A run that was killed after it had finished a part of its work.
void leave_unfinished(const std::string& place, const std::string& fingerprint) {
  OutputFolder out(place, stores(), {});
  out.begin(fingerprint);
  ASSERT_TRUE(out.announce_work({{"settings", {{"size", 96}}}}));
  out.work().write("features/part-00000.snappy.parquet", "finished");
  out.staged().write("run.json", "half");
  out.keep_work();
}

TEST_F(OutputFolderTest, GoesOnWithWhatIsFinished) {
  leave_unfinished(path("out"), "f1");
  OutputFolder out(path("out"), stores(), {});
  ASSERT_NE(out.unfinished(), nullptr);
  EXPECT_EQ(out.unfinished()->at("settings").at("size"), 96);
  EXPECT_FALSE(out.is_complete());
  out.resume();
  EXPECT_EQ(out.work().read("features/part-00000.snappy.parquet"), "finished");
  EXPECT_FALSE(out.staged().exists("run.json")) << "of another attempt";
  out.staged().write("run.json", "whole");
  const std::string part = "features/part-00000.snappy.parquet";
  out.publish({{part, part}});
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "features", "_SUCCESS"));
}

TEST_F(OutputFolderTest, OnlyOneAnnouncesItsWork) {
  leave_unfinished(path("out"), "f1");
  OutputFolder out(path("out"), stores(), {});
  out.begin("f2");
  EXPECT_TRUE(out.announce_work({})) << "what was there was thrown away";
  EXPECT_FALSE(out.announce_work({{"settings", "others"}}));
  ASSERT_NE(out.unfinished(), nullptr);
  EXPECT_EQ(out.unfinished()->at("fingerprint"), "f2");
}

TEST_F(OutputFolderTest, ADamagedNoteIsReportedAndGivesWay) {
  leave_unfinished(path("out"), "f1");
  std::ofstream(path("out/_pomona/work.json"), std::ios::app) << " ";
  OutputFolder out(path("out"), stores(), {});
  EXPECT_TRUE(out.is_damaged());
  EXPECT_NO_THROW(out.refuse_content(false));
}

TEST_F(OutputFolderTest, DiscardableWorkGivesWay) {
  leave_unfinished(path("out"), "f1");
  {
    OutputFolder out(path("out"), stores(), {});
    out.resume();
    out.mark_discardable();
  }
  OutputFolder out(path("out"), stores(), {});
  EXPECT_TRUE(out.is_discardable());
  EXPECT_NO_THROW(out.begin_anew(false));
}

TEST_F(OutputFolderTest, ResumedWorkIsDiscardableNoMore) {
  leave_unfinished(path("out"), "f1");
  for (const bool refused : {true, false}) {
    OutputFolder out(path("out"), stores(), {});
    EXPECT_EQ(out.is_discardable(), !refused);
    out.resume();
    if (refused) out.mark_discardable();
  }
  EXPECT_FALSE(OutputFolder(path("out"), stores(), {}).is_discardable());
}

TEST_F(OutputFolderTest, OneRunAtATimeUnlessTheyShare) {
  const OutputFolder out(path("out"), stores(), {}, OutputFolder::Access::kShared);
  EXPECT_NO_THROW(OutputFolder(path("out"), stores(), {}, OutputFolder::Access::kShared));
  EXPECT_THAT(refusal(path("out"), true, {}), HasSubstr("another run is at work"));
}

TEST_F(OutputFolderTest, B4WhoIsOvertakenPublishesNothing) {
  OutputFolder slow(path("out"), stores(), {}, OutputFolder::Access::kShared);
  slow.begin("f1");
  ASSERT_TRUE(slow.announce_work({}));
  slow.staged().write("run.json", "slow");
  OutputFolder quick(path("out"), stores(), {}, OutputFolder::Access::kShared);
  quick.resume();
  quick.staged().write("run.json", "quick");
  quick.publish({});
  EXPECT_THROW(slow.publish({}), Error);
  std::string content;
  std::getline(std::ifstream(path("out/run.json")), content);
  EXPECT_EQ(content, "quick");
}

// Lets another run go on with the work and publish it while this one makes its folder.
class OvertakenOpener final : public StoreOpener {
 public:
  explicit OvertakenOpener(std::string out) : out_(std::move(out)) {}

  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode) const override {
    if (place.find("/staged/") != std::string::npos) {
      OutputFolder quick(out_, stores(), {}, OutputFolder::Access::kShared);
      quick.resume();
      quick.staged().write("run.json", "quick");
      quick.publish({});
      throw Error(ErrorKind::kNotFound, "making the folder " + place);
    }
    return stores().open(place, mode);
  }

 private:
  std::string out_;
};

TEST_F(OutputFolderTest, B4WhoIsOvertakenWhileItResumesLeavesAllAsItIs) {
  leave_unfinished(path("out"), "f1");
  const OvertakenOpener overtaken(path("out"));
  OutputFolder slow(path("out"), overtaken, {}, OutputFolder::Access::kShared);
  try {
    slow.resume();
    ADD_FAILURE() << "it goes on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << error.what();
  }
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "_SUCCESS"));
}

TEST_F(OutputFolderTest, B4WhoseWorkWasBegunAnewPublishesNothing) {
  OutputFolder slow(path("out"), stores(), {}, OutputFolder::Access::kShared);
  slow.begin("f1");
  ASSERT_TRUE(slow.announce_work({}));
  slow.staged().write("run.json", "slow");
  OutputFolder forced(path("out"), stores(), {}, OutputFolder::Access::kShared);
  forced.begin("f1");
  ASSERT_TRUE(forced.announce_work({}));
  EXPECT_THROW(slow.publish({}), Error);
  forced.staged().write("run.json", "forced");
  EXPECT_NO_THROW(forced.publish({}));
}

TEST_F(OutputFolderTest, B4WhoCameLaterIsNotThrownAwayByWhatWasSeenBefore) {
  leave_unfinished(path("out"), "old");
  OutputFolder late(path("out"), stores(), {}, OutputFolder::Access::kShared);
  OutputFolder quick(path("out"), stores(), {}, OutputFolder::Access::kShared);
  quick.begin("f1");
  ASSERT_TRUE(quick.announce_work({}));
  quick.work().write("features/part", "quick");
  EXPECT_THROW(late.begin("f2"), Error) << "it saw the work before";
  EXPECT_EQ(quick.work().read("features/part"), "quick");
  EXPECT_NO_THROW(quick.publish({{"features/part", "features/part"}}));
}

TEST_F(OutputFolderTest, B4WhoEndsAnothersPublicationLeavesTheNextRunAlone) {
  leave_unfinished(path("out"), "f1");
  LocalStore root(path("out"));
  const std::optional<Json> note = read_checked_json(root, kWorkNote);
  ASSERT_TRUE(note);
  const std::string beginner = note->at("attempt");
  {
    OutputFolder quick(path("out"), stores(), {}, OutputFolder::Access::kShared);
    quick.resume();
    quick.staged().write("run.json", "quick");
    quick.publish({});
  }
  OutputFolder next(path("out"), stores(), {}, OutputFolder::Access::kShared);
  next.begin("f1");
  ASSERT_TRUE(next.announce_work({}));
  next.work().write("features/part", "next");
  end_work({"f1", beginner}, root);  // of a process that was asleep
  EXPECT_EQ(next.work().read("features/part"), "next");
  EXPECT_NO_THROW(next.publish({{"features/part", "features/part"}}));
}

TEST_F(OutputFolderTest, SuccessAloneIsNoResultOfOurs) {
  fs::create_directories(path("out/previews"));
  std::ofstream(path("out/_SUCCESS")) << "";
  std::ofstream(path("out/previews/holiday.jpg")) << "dear";
  EXPECT_FALSE(OutputFolder(path("out"), stores(), {}).is_complete());
  EXPECT_THAT(refusal(path("out"), true, {}), HasSubstr("nothing in it was written by pomona"));
  EXPECT_TRUE(fs::exists(path("out/previews/holiday.jpg")));
}

TEST_F(OutputFolderTest, EndsAPublicationThatWasCutOff) {
  leave_unfinished(path("out"), "f1");
  fs::create_directories(path("out/_pomona/f1/staged/dead"));
  std::ofstream(path("out/_pomona/f1/staged/dead/run.json")) << record("whole");
  std::ofstream(path("out/_pomona/f1/staged/dead/_SUCCESS")) << "";
  const std::string part = "features/part-00000.snappy.parquet";
  Json moves = Json::array();
  moves.push_back(Json::array({"_pomona/f1/" + part, part}));
  for (const std::string name : {"run.json", "tsne.json", "_SUCCESS"}) {
    moves.push_back(Json::array({"_pomona/f1/staged/dead/" + name, name}));
  }
  const Json note = {{"attempt", "dead"}, {"moves", std::move(moves)}};
  std::ofstream(path("out/tsne.json")) << "moved already";
  std::ofstream(path("out/_pomona/f1/publication.json")) << print_checked_json(note);
  const OutputFolder out(path("out"), stores(), {});
  EXPECT_TRUE(out.is_complete());
  EXPECT_THAT(names("out"), UnorderedElementsAre("run.json", "features", "tsne.json", "_SUCCESS"));
}

}  // namespace
}  // namespace pomona
