// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "pomona/base/base64.h"
#include "pomona/base/error.h"
#include "pomona/output/earlier_results.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kTemplate =
    R"(<html><script type="application/json" id="report-data">null</script><p>after</p></html>)";
constexpr std::size_t kRoom = 7'000'000;

struct Photograph {
  std::string path;
  std::string label;
  std::string split;
};

// What a run on two classes leaves behind: small enough to read, with everything the page shows.
Json small_metrics() {
  return {{"format", 1},
          {"headline", "Headline metric: the first."},
          {"labels", {"Apple", "Pear"}},
          {"train_rows", 4},
          {"test_rows", 5},
          {"metrics", {{{"key", "main"}, {"accuracy", 0.8}}}},
          {"classes", Json::array()},
          {"calibration", Json::array()},
          {"confusions",
           {{{"truth", "Apple"},
             {"prediction", "Pear"},
             {"count", 1},
             {"rate", 0.5},
             {"examples", {{{"path", "Apple/x.jpg"}, {"split", "test"}, {"probability", 0.75}}}}}}},
          {"surest_mistakes",
           {{{"path", "Apple/x.jpg"},
             {"split", "test"},
             {"truth", "Apple"},
             {"prediction", "Pear"},
             {"probability", 0.75},
             {"truth_probability", 0.2}}}},
          {"by_class",
           {{{"metrics", "main"},
             {"classes",
              {{{"label", "Apple"},
                {"support", 2},
                {"right", 1},
                {"recall", 0.5},
                {"recall_interval", {0.1, 0.9}},
                {"groups", 2},
                {"precision", 1}}}}}}}};
}

Json small_judgements() {
  return {{{"title", "What it rejects"},
           {"columns", {"rejected"}},
           {"rows",
            {{{"name", "drawings"},
              {"count", 118},
              {"shares", {{{"share", 0.9}, {"low", 0.8}, {"high", 0.95}, {"at_least", 0.9}}}}}}}}};
}

Json small_run() {
  return {{"format", kRunFormat},
          {"verb", "run"},
          {"counts", {{"found", 11}, {"ok", 9}, {"failed", 2}}},
          {"labels",
           {{{"label", "Apple"}, {"train", 2}, {"test", 2}, {"failed", 0}},
            {{"label", "Pear"}, {"train", 2}, {"test", 3}, {"failed", 2}}}}};
}

std::vector<Photograph> small_photographs() {
  return {{"Apple/x.jpg", "Apple", "test"},  {"Apple/y.jpg", "Apple", "test"},
          {"Pear/a.jpg", "Pear", "test"},    {"Pear/b.jpg", "Pear", "test"},
          {"Pear/c.jpg", "Pear", "test"},    {"Apple/1.jpg", "Apple", "train"},
          {"Apple/2.jpg", "Apple", "train"}, {"Pear/1.jpg", "Pear", "train"},
          {"Pear/2.jpg", "Pear", "train"}};
}

// No picture: the page takes the bytes as they are.
std::string picture_of(const Photograph& photograph) {
  return "picture of " + photograph.split + " " + photograph.path;
}

void write_previews(ObjectStore& out, const std::vector<Photograph>& photographs) {
  PreviewBatch batch;
  for (const Photograph& photograph : photographs) {
    batch.path.push_back(photograph.path);
    batch.label.push_back(photograph.label);
    batch.split.push_back(photograph.split);
    batch.jpeg.push_back(picture_of(photograph));
  }
  PreviewTableWriter table(out, "previews");
  table.add(batch);
  table.finish();
}

Json small_tsne() {
  Json points = Json::array();
  for (const Photograph& one : small_photographs()) {
    points.push_back(
        {{"path", one.path}, {"label", one.label}, {"split", one.split}, {"x", 0.5}, {"y", -1}});
  }
  return {{"method", "t-SNE"}, {"perplexity", 2}, {"points", std::move(points)}};
}

class Report : public testing::Test {
 protected:
  void SetUp() override {
    out_.write("run.json", print_json(small_run()));
    out_.write("metrics.json", print_json(small_metrics()));
    out_.write("confusion.csv", "truth,Apple,Pear\nApple,1,1\nPear,0,3\n");
    out_.write("failures.csv",
               "path,stage,kind,message\n"
               "Pear/d.jpg,decode,truncated,ends early\n"
               "\"Pear/e, f.jpg\",decode,truncated,ends early\n");
    out_.write("tsne.json", print_json(small_tsne()));
    write_previews(out_, small_photographs());
  }

  MemoryStore out_;
};

TEST_F(Report, GathersEverythingAPageShows) {
  const Json data = collect_report_data(out_, previews_in(out_), kRoom);
  EXPECT_EQ(data["run"], small_run());
  EXPECT_EQ(data["metrics"]["headline"], "Headline metric: the first.");
  EXPECT_FALSE(data["metrics"].contains("confusions"));
  EXPECT_FALSE(data["metrics"].contains("surest_mistakes"));
  EXPECT_EQ(data["surest_mistakes"][0]["truth_probability"], 0.2);
  EXPECT_EQ(data["judgements"], Json::array());
  EXPECT_EQ(data["cells"], Json::parse("[[0,0,1],[0,1,1],[1,1,3]]"));
  EXPECT_EQ(data["failures"]["total"], 2);
  EXPECT_EQ(data["failures"]["kinds"],
            Json::parse(R"([{"stage":"decode","kind":"truncated","count":2}])"));
  EXPECT_EQ(data["failures"]["rows"][1]["path"], "Pear/e, f.jpg");
  EXPECT_EQ(data["left_out"], Json::array());
}

TEST_F(Report, ShowsEachPhotographWithItsOwnPicture) {
  const Json data = collect_report_data(out_, previews_in(out_), kRoom);
  const auto start = data["photo_start"].get<std::string>();
  EXPECT_EQ(start, base64("picture of t"));
  std::size_t shown = 0;
  const auto check = [&](const Json& one) {
    const Photograph photograph{one["path"], "", one["split"]};
    ASSERT_TRUE(one.contains("photo")) << photograph.path;
    EXPECT_EQ(start + data["photos"][one["photo"].get<std::size_t>()].get<std::string>(),
              base64(picture_of(photograph)));
    ++shown;
  };
  const Json& pair = data["pairs"][0];
  for (const Json& one : pair["examples"]) check(one);
  for (const Json& one : pair["lookalikes"]) {
    check(one);
    EXPECT_EQ(one["split"], "train");
    EXPECT_THAT(one["path"].get<std::string>(), HasSubstr("Pear/"));
  }
  EXPECT_EQ(pair["lookalikes"].size(), 2);
  for (const Json& one : data["surest_mistakes"]) check(one);
  for (const Json& one : data["tsne"]["points"]) check(one);
  ASSERT_EQ(data["sheet"].size(), 2);
  EXPECT_EQ(data["sheet"][0]["label"], "Apple");
  EXPECT_EQ(data["sheet"][0]["photos"][0]["split"], "train");
  EXPECT_EQ(data["sheet"][0]["photos"][3]["split"], "test");
  for (const Json& entry : data["sheet"]) {
    for (const Json& one : entry["photos"]) check(one);
  }
  EXPECT_EQ(shown, 1 + 2 + 1 + 9 + 9);
  // Each picture is held once, however often it is shown.
  EXPECT_EQ(data["photos"].size(), 9);
}

// tests/web/collected.json is what the page's own tests read: both sides keep to it.
TEST_F(Report, WritesWhatThePageReads) {
  const std::string place = POMONA_SOURCE "/tests/web/collected.json";
  const std::string found =
      print_json(collect_report_data(out_, previews_in(out_), kRoom, small_judgements()));
  if (std::getenv("POMONA_RENEW_GOLDEN") != nullptr) std::ofstream(place) << found;
  std::ostringstream expected;
  expected << std::ifstream(place).rdbuf();
  EXPECT_EQ(found, expected.str()) << "if this is as it should be, run again with "
                                      "POMONA_RENEW_GOLDEN=1 and look at the page's tests";
}

TEST_F(Report, SpreadsTheExamplesOfAPair) {
  Json metrics = small_metrics();
  Json& examples = metrics["confusions"][0]["examples"];
  examples = Json::array();
  for (int i = 0; i < 10; ++i) examples.push_back({{"path", std::to_string(i)}, {"split", "test"}});
  out_.write("metrics.json", metrics.dump());
  std::string paths;
  const Json data = collect_report_data(out_, previews_in(out_), kRoom);
  for (const Json& example : data["pairs"][0]["examples"]) {
    paths += example["path"].get<std::string>() + ' ';
  }
  EXPECT_EQ(paths, "0 3 6 9 ");
}

TEST_F(Report, IsMadeOfWhatIsThere) {
  for (const char* key : {"metrics.json", "confusion.csv", "tsne.json", "previews"})
    out_.remove(key);
  const Json data = collect_report_data(out_, previews_in(out_), kRoom);
  EXPECT_TRUE(data["metrics"].is_null());
  EXPECT_TRUE(data["tsne"].is_null());
  EXPECT_EQ(data["cells"], Json::array());
  EXPECT_EQ(data["sheet"], Json::array());
  EXPECT_EQ(data["photos"], Json::array());
  EXPECT_EQ(data["failures"]["total"], 2);
}

TEST_F(Report, NeedsTheFolderOfARun) {
  const MemoryStore empty;
  try {
    collect_report_data(empty, previews_in(empty), kRoom);
    FAIL() << "nothing was taken for a run";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("neither run.json nor metrics.json"));
  }
}

TEST_F(Report, RefusesFilesThatAreNotOurs) {
  const auto kind_with = [this](const char* key, const char* text) {
    const std::string before = out_.read(key);
    out_.write(key, text);
    ErrorKind kind = ErrorKind::kInternal;
    try {
      collect_report_data(out_, previews_in(out_), kRoom);
    } catch (const Error& error) {
      kind = error.kind();
      EXPECT_THAT(error.what(), HasSubstr(key));
    }
    out_.write(key, before);
    return kind;
  };
  EXPECT_EQ(kind_with("run.json", "{"), ErrorKind::kCorrupt);
  EXPECT_EQ(kind_with("metrics.json", "[]"), ErrorKind::kCorrupt);
  EXPECT_EQ(kind_with("confusion.csv", "truth,Apple\nApple,1\n"), ErrorKind::kCorrupt);
  EXPECT_EQ(kind_with("confusion.csv", "truth,Apple,Pear\nApple,1,x\nPear,0,3\n"),
            ErrorKind::kCorrupt);
  EXPECT_EQ(kind_with("confusion.csv", "truth,Apple,Pear\nApple,1,\nPear,0,3\n"),
            ErrorKind::kCorrupt);
  EXPECT_EQ(kind_with("confusion.csv", "truth,Apple,Pear\nA,1,0\nB,0,1\nC,0,0\n"),
            ErrorKind::kCorrupt);
  EXPECT_EQ(kind_with("failures.csv", "path,kind\na,b\n"), ErrorKind::kCorrupt);
}

TEST_F(Report, DropsPicturesBeforeFigures) {
  const Json all = collect_report_data(out_, previews_in(out_), kRoom);
  Json bare = all;
  bare["photos"] = Json::array();
  const std::size_t figures = bare.dump().size();
  const Json some = collect_report_data(out_, previews_in(out_), figures + 200);
  EXPECT_LT(some["photos"].size(), all["photos"].size());
  EXPECT_EQ(some["tsne"]["points"].size(), all["tsne"]["points"].size());
  EXPECT_EQ(some["cells"], all["cells"]);
  EXPECT_EQ(some["left_out"], Json::array());
}

TEST_F(Report, StaysWithinAnyRoom) {
  const std::size_t whole =
      collect_report_data(out_, previews_in(out_), kRoom, small_judgements()).dump().size();
  for (std::size_t room = 200; room < whole + 100; room += 37) {
    const std::string page = render_report(
        kTemplate, collect_report_data(out_, previews_in(out_), room, small_judgements()));
    EXPECT_LE(page.size(), kTemplate.size() + room) << "with room for " << room;
  }
}

TEST_F(Report, StaysUnderEightMegabytesWithManyLongLabels) {
  Json metrics = small_metrics();
  Json run = small_run();
  std::string confusion = "truth";
  metrics["labels"] = Json::array();
  run["labels"] = Json::array();
  const std::size_t labels = 3000;
  for (std::size_t i = 0; i < labels; ++i) {
    const std::string label = std::string(250, '<') + std::to_string(i);
    metrics["labels"].push_back(label);
    metrics["classes"].push_back({{"label", label}, {"recall", 0.5}});
    metrics["by_class"][0]["classes"].push_back({{"label", label}, {"recall", 0.5}});
    run["labels"].push_back({{"label", label}, {"train", 3}, {"test", 1}});
    confusion += ',' + label;
  }
  for (std::size_t row = 0; row < labels; ++row) {
    confusion += "\nx";
    for (std::size_t col = 0; col < labels; ++col) confusion += (row + col) % 50 == 0 ? ",7" : ",0";
  }
  out_.write("metrics.json", metrics.dump());
  out_.write("run.json", run.dump());
  out_.write("confusion.csv", confusion + "\n");
  const std::string page = render_report(out_, previews_in(out_));
  EXPECT_LT(page.size(), kMaxPageBytes);
  EXPECT_THAT(page, HasSubstr("Only the first thousand classes"));
}

TEST_F(Report, KeepsTheContactSheetSmallForManyClasses) {
  Json run = small_run();
  std::vector<Photograph> photographs;
  for (int i = 1000; i < 1900; ++i) {
    const std::string label = "kind " + std::to_string(i);
    run["labels"].push_back({{"label", label}, {"train", 2}, {"test", 0}});
    photographs.push_back({label + "/1.jpg", label, "train"});
    photographs.push_back({label + "/2.jpg", label, "train"});
  }
  out_.write("run.json", run.dump());
  out_.remove("previews");
  write_previews(out_, photographs);
  const Json data = collect_report_data(out_, previews_in(out_), kRoom);
  EXPECT_LE(data["sheet"].size(), 400);
  EXPECT_GE(data["sheet"].size(), 250);
  for (const Json& entry : data["sheet"]) EXPECT_EQ(entry["photos"].size(), 1);
}

TEST(RenderReport, PutsTheDataIntoItsPlace) {
  const std::string page = render_report(kTemplate, {{"a", 1}});
  EXPECT_EQ(
      page,
      R"(<html><script type="application/json" id="report-data">{"a":1}</script><p>after</p></html>)");
}

TEST(RenderReport, LetsNoTextEndTheScript) {
  const Json data = {{"label", "</script><script>alert(1)</script><!-- <SCRIPT>"},
                     {"bytes", "\xFF"}};
  const std::string page = render_report(kTemplate, data);
  const std::size_t begin = page.find("{\"label");
  const std::string inside = page.substr(begin, page.find("</script><p>after") - begin);
  EXPECT_THAT(inside, Not(HasSubstr("<")));
  EXPECT_EQ(Json::parse(inside)["label"], data["label"]);
}

TEST(RenderReport, NeedsExactlyOnePlace) {
  EXPECT_THROW(render_report("<html></html>", {}), Error);
  EXPECT_THROW(render_report(std::string(kTemplate) + std::string(kTemplate), {}), Error);
  EXPECT_THROW(render_report(R"(<script type="application/json" id="report-data">null)", {}),
               Error);
}

TEST(ReportTemplate, IsThePageThatWebBuilt) {
  const std::string_view page = report_template();
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_THAT(std::string(page), HasSubstr("default-src 'none'"));
  EXPECT_LT(page.size(), 900'000);
  EXPECT_THAT(render_report(page, {{"format", 1}}),
              HasSubstr(R"(id="report-data">{"format":1}</script>)"));
}

}  // namespace
}  // namespace pomona
