// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/output_digests.h"

#include <gmock/gmock.h>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::HasSubstr;

class OutputDigestsTest : public testing::Test {
 protected:
  OutputDigestsTest() {
    store_.write("run.json", "{}");
    store_.write("features/part-00000.snappy.parquet", std::string(3'000'000, 'x'));
    store_.write("features/_SUCCESS", "");
    write_digests(store_, {}, 2);
  }

  std::string problem() const {
    try {
      check_digests(store_, 2);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
      return error.what();
    }
    return "";
  }

  MemoryStore store_;
};

TEST_F(OutputDigestsTest, AreLinesOfSha256sum) {
  EXPECT_EQ(store_.read("SHA256SUMS"),
            sha256("") + "  features/_SUCCESS\n" + sha256(std::string(3'000'000, 'x')) +
                "  features/part-00000.snappy.parquet\n" + sha256("{}") + "  run.json\n");
  EXPECT_EQ(check_digests(store_, 1), "digests: 3 files are as they were written");
}

TEST_F(OutputDigestsTest, NoticeChanges) {
  store_.write("run.json", "{ }");
  EXPECT_THAT(problem(), HasSubstr("'run.json' has changed"));
  store_.remove("run.json");
  EXPECT_THAT(problem(), HasSubstr("'run.json' is missing"));
  store_.write("run.json", "{}");
  store_.write("features/more", "");
  EXPECT_THAT(problem(), HasSubstr("'features/more' is not listed"));
}

TEST_F(OutputDigestsTest, LeaveOtherFilesAlone) {
  store_.write("letter.txt", "dear");
  store_.write("features.txt", "many");
  EXPECT_EQ(problem(), "");
}

TEST_F(OutputDigestsTest, AreRenewedOneByOne) {
  store_.write("report.html", "<p>");
  renew_digest(store_, "report.html");
  EXPECT_EQ(problem(), "");
  store_.write("report.html", "<p><p>");
  renew_digest(store_, "report.html");
  EXPECT_EQ(problem(), "");
}

TEST_F(OutputDigestsTest, RefuseOtherText) {
  for (const std::string text : {"x", "\n", "0123\n", "x  run.json\n"}) {
    store_.write("SHA256SUMS", text);
    EXPECT_THAT(problem(), HasSubstr("SHA256SUMS")) << text;
  }
  const std::string line = sha256("{}") + "  run.json\n";
  store_.write("SHA256SUMS", line + line);
  EXPECT_THAT(problem(), HasSubstr("listed twice"));
}

TEST_F(OutputDigestsTest, LinesOfAnotherShapeAreDamagedData) {
  const std::string digest(64, 'a');
  for (const std::string& text :
       {std::string("x"), digest, digest + "  run.json", digest + " run.json\n",
        std::string(64, 'z') + "  run.json\n", digest + "  a\n" + digest + "  a\n"}) {
    store_.write(kDigestsKey, text);
    EXPECT_NE(problem(), "") << text;
  }
}

}  // namespace
}  // namespace pomona
