// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/local_store.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/made_up_rows.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const LocalStore& golden() {
  static const LocalStore store(POMONA_GOLDEN "/table");
  return store;
}

template <class Batch>
std::size_t count_rows(TableReader<Batch>& reader) {
  Batch batch;
  std::size_t rows = 0;
  while (reader.next(batch)) rows += batch.rows();
  return rows;
}

template <class Batch>
void expect_error(const ObjectStore& store, const std::string& place, ErrorKind kind,
                  const ::testing::Matcher<std::string>& message) {
  try {
    TableReader<Batch> reader(store, place);
    ADD_FAILURE() << place << ": no error after " << count_rows(reader) << " rows";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(std::string(error.what()), message);
  }
}

class ForeignTable : public ::testing::TestWithParam<std::string> {};

TEST_P(ForeignTable, IsRead) {
  FeatureTableReader reader(golden(), GetParam() + ".parquet");
  EXPECT_EQ(reader.rows(), 50U);
  FeatureBatch batch;
  std::size_t row = 0;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i, ++row) {
      const std::string number = std::to_string(row);
      EXPECT_EQ(batch.path[i], "a/" + number + ".jpg");
      EXPECT_EQ(batch.label[i], row % 2 == 0 ? "K0" : "K1");
      const bool test = row % 3 == 0 && GetParam() != "no_split";
      EXPECT_EQ(batch.split[i], test ? "test" : "train");
      const auto value = static_cast<float>(row);
      EXPECT_THAT(batch.features.row(i), ElementsAre(value, value + 0.5F, -value));
    }
  }
  EXPECT_EQ(row, 50U);
}

INSTANTIATE_TEST_SUITE_P(Golden, ForeignTable,
                         ::testing::Values("plain", "small_groups", "large_types", "dictionary",
                                           "fixed_size", "old_lists", "pages_v2", "split_bytes",
                                           "more_columns", "no_split"),
                         [](const auto& name) { return name.param; });

TEST(ParquetReader, SaysWhichColumnHasTheWrongType) {
  const auto expect_refused = [](const std::string& name, const std::string& expected,
                                 const std::string& found) {
    const std::string place = name + ".parquet";
    expect_error<FeatureBatch>(golden(), place, ErrorKind::kCorrupt,
                               AllOf(HasSubstr(place), HasSubstr(expected), HasSubstr(found)));
  };
  expect_refused("no_label", "expected a column label of string", "found none");
  expect_refused("double_features", "expected a column features of list<float32>",
                 "found a group of DOUBLE");
  expect_refused("number_label", "expected a column label of string", "found INT64");
  expect_refused("nested_features", "list<float32>", "found a group of FLOAT");
  expect_refused("struct_features", "list<float32>", "found a group of several columns");
  expect_refused("flat_features", "list<float32>", "found FLOAT");
}

TEST(ParquetReader, RefusesRowsThatAreNoMatrix) {
  for (const std::string name : {"ragged", "uneven", "empty_row", "null_row"}) {
    expect_error<FeatureBatch>(golden(), name + ".parquet", ErrorKind::kCorrupt,
                               HasSubstr("column features: "));
  }
  expect_error<FeatureBatch>(golden(), "null_number.parquet", ErrorKind::kCorrupt,
                             HasSubstr("column features: a null, expected none"));
  expect_error<FeatureBatch>(golden(), "null_path.parquet", ErrorKind::kCorrupt,
                             HasSubstr("column path: a null, expected none"));
}

TEST(ParquetReader, RefusesPartsOfDifferentWidth) {
  MemoryStore store;
  const auto write = [&](const std::string& folder, const std::string& part, std::size_t dims) {
    FeatureTableWriter writer(store, folder);
    writer.add(made_up_rows<FeatureBatch>(0, 5, dims));
    writer.finish();
    store.move(folder + "/" + part_name(0), "both/" + part);
  };
  write("a", "a.parquet", 3);
  write("b", "b.parquet", 4);
  expect_error<FeatureBatch>(
      store, "both", ErrorKind::kCorrupt,
      AllOf(HasSubstr("b.parquet"), HasSubstr("expected rows of 3 numbers")));
}

// Reads a feature table of these bytes, and expects an error with this text.
void expect_refused_bytes(const std::string& bytes, const std::string& text) {
  MemoryStore store;
  store.write("a.parquet", bytes);
  expect_error<FeatureBatch>(
      store, "a.parquet", ErrorKind::kCorrupt,
      AllOf(HasSubstr("reading the table memory/a.parquet: "), HasSubstr(text)));
}

TEST(ParquetReader, NamesWhyAFileIsNoTable) {
  const std::string whole = golden().read("plain.parquet");
  expect_refused_bytes("", "is empty (0 bytes); copy it again");
  expect_refused_bytes("version https://git-lfs.github.com/spec/v1\n",
                       "expected a Parquet file, found a Git-LFS pointer, not the file it stands "
                       "for; fetch the files with `git lfs pull`");
  expect_refused_bytes("<!doctype html><title>Sign in</title>", "found an HTML page");
  expect_refused_bytes("path,label\na/1.jpg,a\n", "does not begin like a Parquet file; name");
  for (const std::size_t length : {std::size_t{4}, whole.size() / 2, whole.size() - 1}) {
    expect_refused_bytes(whole.substr(0, length), "ends early");
  }
  expect_refused_bytes("PARE" + whole.substr(4, whole.size() - 8) + "PARE", "is encrypted");
  std::string damaged = whole;
  constexpr std::size_t kIndex = 8 + 0x3cf;  // from the end; its length stands there
  damaged.replace(damaged.size() - kIndex, 8, 8, '\xff');
  expect_refused_bytes(damaged, "is damaged; copy it again");
}

TEST(ParquetReader, NamesACompressionThatIsNotBuilt) {
  std::string bytes = golden().read("plain.parquet");
  constexpr std::string_view kSnappy = "path\x15\x02";  // the name, then the codec in Thrift
  const std::size_t at = bytes.rfind(kSnappy);
  ASSERT_NE(at, std::string::npos);
  bytes[at + kSnappy.size() - 1] = '\x06';  // LZO
  expect_refused_bytes(bytes, "compression or encoding is not known here; write it with Snappy");
}

TEST(ParquetReader, FindsFoldersAndFiles) {
  MemoryStore store;
  store.write("features/a.parquet", golden().read("plain.parquet"));
  store.write("features/b.parquet", golden().read("small_groups.parquet"));
  store.write("features/_metadata.parquet", "not a part");
  store.write("features/below/c.parquet", "not read");
  store.write("features/notes.txt", "not read");
  FeatureTableReader folder(store, "features");
  EXPECT_EQ(folder.rows(), 100U);
  EXPECT_EQ(count_rows(folder), 100U);
  EXPECT_EQ(FeatureTableReader(store, "features/b.parquet").rows(), 50U);
  expect_error<FeatureBatch>(store, "gone", ErrorKind::kNotFound, HasSubstr("gone"));
  expect_error<FeatureBatch>(store, "", ErrorKind::kNotFound, HasSubstr("memory"));
  expect_error<FeatureBatch>(store, "features/notes.txt", ErrorKind::kCorrupt, HasSubstr("notes"));
}

TEST(ParquetReader, WantsTheSuccessOfOurOwnTables) {
  MemoryStore store;
  FeatureTableWriter writer(store, "features");
  writer.finish();
  store.remove("features/_SUCCESS");
  expect_error<FeatureBatch>(store, "features", ErrorKind::kUnavailable, HasSubstr("_SUCCESS"));
}

TEST(ParquetReader, ReadsKeysAlone) {
  MemoryStore store;
  ReducedTableWriter writer(store, "reduced");
  writer.add(made_up_rows<ReducedBatch>(0, 100, 5));
  writer.finish();
  ReducedTableReader reader(store, "reduced", TableColumns::kKeys);
  ReducedBatch batch = made_up_rows<ReducedBatch>(0, 3, 2);
  ASSERT_TRUE(reader.next(batch));
  EXPECT_EQ(batch.rows(), 100U);
  EXPECT_EQ(batch.path[99], made_up_path(99));
  EXPECT_EQ(batch.label[99], "Kind 99");
  EXPECT_TRUE(batch.label_index.empty());
  EXPECT_TRUE(batch.pca_features.empty());
  EXPECT_FALSE(reader.next(batch));
}

TEST(ParquetReader, WantsPreviewsToHavePictures) {
  MemoryStore store;
  // A table of other makers may have any bytes there.
  store.write("previews/a.parquet", golden().read("plain.parquet"));
  expect_error<PreviewBatch>(store, "previews", ErrorKind::kCorrupt,
                             HasSubstr("expected a column jpeg of binary"));
}

// Whatever the bytes are, there is an answer or an Error.
template <class Batch>
bool reads(const std::string& bytes) {
  MemoryStore store;
  store.write("a.parquet", bytes);
  try {
    TableReader<Batch> reader(store, "a.parquet");
    count_rows(reader);
    return true;
  } catch (const Error&) {
    return false;
  }
}

template <class Batch>
std::string small_table() {
  MemoryStore store;
  TableWriter<Batch> writer(store, "");
  writer.add(made_up_rows<Batch>(0, 4, 3));
  writer.finish();
  return store.read(part_name(0));
}

template <class Batch>
void survive_changes(const std::string& bytes) {
  ASSERT_TRUE(reads<Batch>(bytes));
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {0x01, 0xFF}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      refused += reads<Batch>(changed) ? 0U : 1U;
    }
  }
  EXPECT_GT(refused, bytes.size() / 2);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(reads<Batch>(bytes.substr(0, size))) << size;
  }
}

TEST(ParquetReader, SurvivesChangedFeatureTables) {
  survive_changes<FeatureBatch>(small_table<FeatureBatch>());
}
TEST(ParquetReader, SurvivesChangedReducedTables) {
  survive_changes<ReducedBatch>(small_table<ReducedBatch>());
}
TEST(ParquetReader, SurvivesChangedManifests) {
  survive_changes<ManifestBatch>(small_table<ManifestBatch>());
}
TEST(ParquetReader, SurvivesChangedForeignTables) {
  survive_changes<FeatureBatch>(golden().read("plain.parquet"));
  survive_changes<FeatureBatch>(golden().read("pages_v2.parquet"));
}

TEST(ParquetReader, NoticesChangedPages) {
  MemoryStore store;
  TableWriter<FeatureBatch> writer(store, "");
  writer.add(made_up_rows<FeatureBatch>(0, 100, 300));
  writer.finish();
  const std::string bytes = store.read(part_name(0));
  // The pages of `features` are most of the file, and lie in its middle.
  for (std::size_t at = bytes.size() / 3; at < bytes.size() / 2; at += 97) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    EXPECT_FALSE(reads<FeatureBatch>(changed)) << at;
  }
}

}  // namespace
}  // namespace pomona
