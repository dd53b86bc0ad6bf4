// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/scan.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<MemoryStore> store_of(const std::vector<std::string>& keys) {
  auto store = std::make_shared<MemoryStore>();
  for (const std::string& key : keys) store->write(key, "bytes of " + key);
  return store;
}

Scan scan_all(const ImageRoots& roots, const SplitOptions& options) {
  Progress progress;
  return scan(roots, options, progress, {});
}

std::vector<std::string> described(const Manifest& manifest) {
  std::vector<std::string> rows;
  for (const ManifestRow& row : manifest.rows) {
    rows.push_back(std::string(split_name(row.split)) + " " + std::string(row.path) + " " +
                   manifest.label(row) + (row.status == FileStatus::kSkipped ? " skipped" : ""));
  }
  return rows;
}

TEST(Scan, LabelsByFolderInByteOrder) {
  const ImageRoots roots{
      store_of({"Banana Red/1.jpg", "Banana/1.jpg", "x/Banana/2.jpg", "loose.jpg"}), nullptr};
  SplitOptions options;
  options.holdout = 0;
  const Scan found = scan_all(roots, options);
  EXPECT_THAT(described(found.manifest),
              ElementsAre("train Banana Red/1.jpg Banana Red", "train Banana/1.jpg Banana",
                          "train loose.jpg ", "train x/Banana/2.jpg Banana"));
  EXPECT_THAT(found.manifest.labels, ElementsAre("", "Banana", "Banana Red"));
  EXPECT_EQ(found.manifest.rows[1].bytes, std::string("bytes of Banana/1.jpg").size());
  EXPECT_EQ(found.split_kind, SplitKind::kNone);
}

TEST(Scan, LabelsByClassMapAndSource) {
  ImageRoots roots{store_of({"shop/Banana/1.jpg", "shop/loose.jpg", "studio/Banana/1.jpg",
                             "studio/Nut/1.jpg", "studio/more/Fig/1.jpg"}),
                   nullptr};
  roots.labels.train_sources = {"shop", "studio"};
  roots.labels.classes = ClassMap::parse(
      "source,class,label\n,Banana,banana\nstudio,Nut,\nstudio,Fig,fig\n", "'kinds.csv'");
  SplitOptions options;
  options.holdout = 0;
  const Manifest manifest = scan_all(roots, options).manifest;
  EXPECT_THAT(described(manifest),
              ElementsAre("train shop/Banana/1.jpg banana", "train shop/loose.jpg ",
                          "train studio/Banana/1.jpg banana", "train studio/Nut/1.jpg  skipped",
                          "train studio/more/Fig/1.jpg fig"));
  EXPECT_THAT(manifest.labels, ElementsAre("", "banana", "fig"));
  EXPECT_EQ(manifest.rows[3].skip_reason, SkipReason::kClass);
}

TEST(Scan, ListsTheClassesThatAMapDoesNotKnow) {
  ImageRoots roots{store_of({"Fig/1.jpg", "Fig/2.jpg", "Nut/1.jpg", "Pear/1.jpg"}), nullptr};
  roots.labels.classes = ClassMap::parse("source,class,label\n,Pear,pear\n", "'kinds.csv'");
  EXPECT_THAT([&] { scan_all(roots, {}); },
              testing::ThrowsMessage<Error>(testing::AllOf(
                  HasSubstr("'kinds.csv'"), HasSubstr("the classes 'Fig', 'Nut';"))));
}

TEST(Scan, ATestSetStandsApart) {
  const ImageRoots roots{store_of({"a/1.jpg"}), store_of({"a/1.jpg", "b/2.jpg"})};
  const Scan found = scan_all(roots, {});
  EXPECT_THAT(described(found.manifest),
              ElementsAre("test a/1.jpg a", "test b/2.jpg b", "train a/1.jpg a"));
  EXPECT_EQ(found.split_kind, SplitKind::kTestSet);
}

TEST(Scan, FileNamesSayWhichSideOfATestSet) {
  const ImageRoots roots{store_of({"a/1.jpg", "a/r_1.jpg"}), store_of({"a/2.jpg", "a/r_2.jpg"})};
  SplitOptions options;
  options.train_files = "^[0-9]";
  options.test_files = "^r_";
  const Scan found = scan_all(roots, options);
  EXPECT_THAT(described(found.manifest),
              ElementsAre("test a/2.jpg a skipped", "test a/r_2.jpg a", "train a/1.jpg a",
                          "train a/r_1.jpg a skipped"));
  EXPECT_EQ(found.manifest.rows[0].skip_reason, SkipReason::kFileName);
}

TEST(Scan, FileNamesDivideOneFolder) {
  const ImageRoots roots{store_of({"a/1.jpg", "a/r_1.jpg", "a/s_1.jpg"}), nullptr};
  SplitOptions options;
  options.train_files = "^[0-9]";
  options.test_files = "^r_";
  EXPECT_THAT(described(scan_all(roots, options).manifest),
              ElementsAre("test a/r_1.jpg a", "train a/1.jpg a", "train a/s_1.jpg a skipped"));
  options.train_files = "";
  EXPECT_THAT(described(scan_all(roots, options).manifest),
              ElementsAre("test a/r_1.jpg a", "train a/1.jpg a", "train a/s_1.jpg a"));
}

TEST(Scan, RefusesNamesThatFitBothSides) {
  const ImageRoots roots{store_of({"a/1.jpg"}), nullptr};
  SplitOptions options;
  options.train_files = "1";
  options.test_files = "1";
  try {
    scan_all(roots, options);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("both fit 'a/1.jpg'"));
  }
}

TEST(Scan, RefusesAPatternThatFitsNothing) {
  SplitOptions options;
  options.test_files = "^r_";
  try {
    scan_all({store_of({"a/1.jpg", "r_/2.jpg"}), nullptr}, options);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr("test_files '^r_': the pattern fits no file name"));
  }
}

TEST(Scan, RefusesAnEmptyTestSet) {
  try {
    scan_all({store_of({"a/1.jpg"}), store_of({})}, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no file found"));
  }
}

TEST(Scan, HoldsOutOnlyWhereThereAreTwoLabels) {
  SplitOptions options;
  options.holdout = 0.5;
  const Scan one = scan_all({store_of({"a/1.jpg", "a/2.jpg", "a/3.jpg"}), nullptr}, options);
  EXPECT_EQ(one.split_kind, SplitKind::kNone);
  const Scan two =
      scan_all({store_of({"a/1.jpg", "a/2.jpg", "b/3.jpg", "b/4.jpg"}), nullptr}, options);
  EXPECT_EQ(two.split_kind, SplitKind::kHoldout);
  EXPECT_EQ(std::ranges::count(two.manifest.rows, Split::kTest, &ManifestRow::split), 2);
}

class Warnings final : public Progress {
 public:
  void warn(std::string_view sentence) override { sentences.emplace_back(sentence); }
  std::vector<std::string> sentences;
};

TEST(Scan, LabelsAreComparedComposedAndFilesKeepTheirNames) {
  const std::string composed =
      "P\xC3\xAA"
      "che";
  const std::string decomposed =
      "Pe\xCC\x82"
      "che";
  Warnings warnings;
  const Scan found = scan({store_of({composed + "/1.jpg", composed + "/2.jpg", "Fig/1.jpg"}),
                           store_of({decomposed + "/3.jpg"})},
                          {}, warnings, {});
  EXPECT_THAT(found.manifest.labels, ElementsAre("Fig", composed));
  EXPECT_EQ(found.manifest.rows[0].path, decomposed + "/3.jpg");
  EXPECT_THAT(warnings.sentences, testing::IsEmpty());
}

TEST(Scan, NamesLabelsThatAreNearlyTheSame) {
  Warnings warnings;
  scan({store_of({"Fig/1.jpg", "Apple Red/1.jpg"}), store_of({"apple red/3.jpg"})}, {}, warnings,
       {});
  EXPECT_THAT(warnings.sentences, ElementsAre(HasSubstr("'apple red' from 'Apple Red'")));
}

TEST(Scan, NamesTheReasonWhyNothingIsKeptForATest) {
  Warnings warnings;
  SplitOptions options;
  options.holdout = 0.1;
  scan({store_of({"a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"}), nullptr}, options, warnings, {});
  EXPECT_THAT(warnings.sentences, ElementsAre(HasSubstr("0.1 of 4 photographs rounds to none")));
}

TEST(Scan, AnEmptyFolderIsRefused) {
  try {
    scan_all({store_of({}), nullptr}, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr("no file found"));
  }
}

TEST(Scan, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  Progress progress;
  try {
    scan({store_of({"a/1.jpg"}), nullptr}, {}, progress, source.get_token());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
}

TEST(Scan, HiddenNamesAreLeftOutAndGiveNoLabels) {
  ImageRoots roots{store_of({".x/1.jpg", "a/.ipynb_checkpoints/1.jpg", "a/1.jpg", "a/Thumbs.db",
                             "b/@eaDir/2.jpg/SYNO.jpg", "b/2.jpg"}),
                   nullptr};
  SplitOptions options;
  options.holdout = 0;
  const Scan found = scan_all(roots, options);
  EXPECT_THAT(described(found.manifest),
              ElementsAre("train .x/1.jpg  skipped", "train a/.ipynb_checkpoints/1.jpg  skipped",
                          "train a/1.jpg a", "train a/Thumbs.db  skipped", "train b/2.jpg b",
                          "train b/@eaDir/2.jpg/SYNO.jpg  skipped"));
  EXPECT_EQ(found.manifest.rows[0].skip_reason, SkipReason::kHidden);
  roots.include_hidden = true;
  EXPECT_THAT(scan_all(roots, options).manifest.labels,
              ElementsAre(".ipynb_checkpoints", ".x", "2.jpg", "a", "b"));
}

TEST(Scan, TheNameOfASourceHidesNothing) {
  ImageRoots roots{store_of({"_new/a/1.jpg", "_new/a/.b/2.jpg"}), nullptr};
  roots.labels.train_sources = {"_new"};
  SplitOptions options;
  options.holdout = 0;
  EXPECT_THAT(described(scan_all(roots, options).manifest),
              ElementsAre("train _new/a/.b/2.jpg  skipped", "train _new/a/1.jpg a"));
}

TEST(Scan, HiddenNamesAreNoClassesThatAMapMustKnow) {
  ImageRoots roots{store_of({"Fig/1.jpg", "Fig/@eaDir/1.jpg"}), nullptr};
  roots.labels.classes = ClassMap::parse("source,class,label\n,Fig,fig\n", "'kinds.csv'");
  EXPECT_NO_THROW(scan_all(roots, {}));
}

TEST(Scan, WarnsOfHiddenImages) {
  Warnings warnings;
  SplitOptions options;
  options.holdout = 0;
  scan({store_of({"a/1.jpg", "a/.DS_Store"}), nullptr}, options, warnings, {});
  EXPECT_THAT(warnings.sentences, testing::IsEmpty());
  scan({store_of({"a/1.jpg", "a/@eaDir/1.jpg", "a/@eaDir/2.jpg"}), nullptr}, options, warnings, {});
  EXPECT_THAT(warnings.sentences, ElementsAre(testing::AllOf(HasSubstr("include_hidden: 2 files"),
                                                             HasSubstr("'a/@eaDir/1.jpg'"))));
}

TEST(Scan, RefusesWhereAllNamesAreHidden) {
  EXPECT_THAT(
      [] {
        scan_all({store_of({".a/1.jpg", ".a/2.jpg"}), nullptr}, {});
      },
      testing::ThrowsMessage<Error>(
          testing::AllOf(HasSubstr("all 2 files have hidden names, such as '.a/"),
                         HasSubstr("set include_hidden"))));
}

TEST(CheckContent, WhatIsNoPhotographIsFailedOrSkipped) {
  auto store = std::make_shared<MemoryStore>();
  store->write("a/1.jpg", "\xFF\xD8\xFF\xE0 more");
  store->write("a/notes.txt", "hello");
  store->write("a/empty.jpg", "");
  SplitOptions options;
  options.holdout = 0;
  const ImageRoots roots{store, nullptr};
  Scan found = scan_all(roots, options);
  Progress progress;
  check_content(roots, found.manifest, progress, {});
  EXPECT_THAT(described(found.manifest),
              ElementsAre("train a/1.jpg a", "train a/empty.jpg a", "train a/notes.txt a skipped"));
  ASSERT_EQ(found.manifest.failures.size(), 1U);
  EXPECT_EQ(found.manifest.rows[1].status, FileStatus::kFailed);
  EXPECT_EQ(found.manifest.failures[0].path, "a/empty.jpg");
  EXPECT_EQ(found.manifest.failures[0].kind, "not_an_image");
  EXPECT_THAT(found.manifest.failures[0].message, HasSubstr("it is empty"));
}

TEST(SplitOptionsTest, BoundsNameTheField) {
  SplitOptions options;
  EXPECT_NO_THROW(options.check());
  for (const double holdout : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    options.holdout = holdout;
    EXPECT_THAT([&] { options.check(); },
                testing::ThrowsMessage<Error>(testing::StartsWith("holdout: expected ")));
  }
  for (const auto& [field, pattern] : {std::pair("train_files", &SplitOptions::train_files),
                                       std::pair("test_files", &SplitOptions::test_files),
                                       std::pair("group", &SplitOptions::group)}) {
    SplitOptions other;
    other.*pattern = "(";
    EXPECT_THAT([&] { other.check(); },
                testing::ThrowsMessage<Error>(testing::StartsWith(std::string(field) + " '('")));
    // The parser calls itself for each bracket.
    other.*pattern = std::string(1'000'000, '(');
    EXPECT_THAT(
        [&] { other.check(); },
        testing::ThrowsMessage<Error>(
            std::string(field) + ": expected a pattern of at most 1000 characters, found 1000000"));
  }
}

}  // namespace
}  // namespace pomona
