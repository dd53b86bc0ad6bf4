// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/earlier_rows.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/base/scratch_memory.h"
#include "pomona/extract/feature_recipe.h"
#include "pomona/features/read_ahead.h"
#include "pomona/output/output_digests.h"
#include "pomona/output/output_names.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {
namespace {

// The rows of a table, one after the other.
template <class Batch>
class Cursor {
 public:
  Cursor(const ObjectStore& store, std::string_view table)
      : reader_(store, table), ahead_(reader_) {
    next();
  }

  bool at_end() const { return batch_.rows() == 0; }
  const Batch& batch() const { return batch_; }
  std::size_t at() const { return at_; }
  bool is_at(const std::string& path, const std::string& split) const {
    return !at_end() && batch_.path[at_] == path && batch_.split[at_] == split;
  }
  void next() {
    if (++at_ < batch_.rows()) return;
    at_ = 0;
    if (!ahead_.next(batch_)) batch_ = Batch();
  }

 private:
  TableReader<Batch> reader_;
  ReadAhead<TableReader<Batch>, Batch> ahead_;
  Batch batch_;
  std::size_t at_ = 0;
};

// Finds rows of a manifest by the root they lie in and their path; which side they are on may have
// changed.
class RowIndex {
 public:
  RowIndex(const Manifest& manifest, bool two_roots)
      : manifest_(manifest), two_roots_(two_roots), rows_(manifest.rows.size()) {
    std::iota(rows_.begin(), rows_.end(), 0);
    std::ranges::sort(rows_, {}, [this](std::uint32_t row) { return key_of(row); });
  }

  std::optional<std::size_t> find(bool in_test_root, std::string_view path) const {
    const std::pair key(in_test_root, path);
    const auto found =
        std::ranges::lower_bound(rows_, key, {}, [this](std::uint32_t row) { return key_of(row); });
    if (found == rows_.end() || key_of(*found) != key) return std::nullopt;
    return *found;
  }

 private:
  std::pair<bool, std::string_view> key_of(std::uint32_t row) const {
    const ManifestRow& one = manifest_.rows[row];
    return {two_roots_ && one.split == Split::kTest, one.path};
  }

  const Manifest& manifest_;
  bool two_roots_;
  ScratchVector<std::uint32_t> rows_;
};

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw Error(ErrorKind::kInvalidInput, "taking rows from '" + place + "': " + why);
}

std::string where(const std::string& place) { return "run.json of '" + place + "'"; }

Json read_record(const ObjectStore& store, const std::string& place) {
  if (!store.exists(kSuccess) || !store.exists("run.json")) {
    refuse(place,
           "it has no _SUCCESS and run.json; expected the output of a run that came to its "
           "end");
  }
  Json record = parse_json(store.read("run.json"), where(place));
  const auto verb = read_member<std::string>(record, "verb", where(place));
  if (!record.contains("features_by")) {
    refuse(place, "it is the output of `pomona " + verb +
                      "`; expected that of `pomona run` or `pomona extract`");
  }
  return record;
}

void check_same_features(const Json& record, const ExtractSetup& setup, const std::string& place) {
  const Json expected = feature_recipe(setup);
  const Json& recorded = member_of(record, "features_by", where(place));
  if (!recorded.is_object()) {
    throw Error(ErrorKind::kCorrupt, "reading " + where(place) +
                                         ": expected an object as 'features_by', found " +
                                         recorded.type_name());
  }
  for (const auto& [name, value] : expected.items()) {
    const Json found = recorded.value(name, Json());  // an older version lacks some
    if (found == value) continue;
    refuse(place, "its features were made with " + name + " " + found.dump() +
                      ", this run would make them with " + value.dump() +
                      "; give the options it was made with, or leave --from out");
  }
}

[[noreturn]] void fail(const std::string& place, const std::string& path) {
  throw Error(ErrorKind::kCorrupt, "taking rows from '" + place +
                                       "': its tables do not agree on '" + path +
                                       "'; run `pomona verify`");
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

void add_rows_of_output(const std::string& place, const StoreOpener& stores, const Listing& listing,
                        const ExtractSetup& setup, bool thumbnails, KnownRows& known) {
  const Manifest& manifest = listing.manifest;
  const std::shared_ptr<const ObjectStore> store = stores.open(place);
  const Json record = read_record(*store, place);
  check_same_features(record, setup, place);
  const bool had_two_roots =
      !member_of(member_of(record, "inputs", where(place)), "test", where(place)).is_null();
  const bool has_pictures = store->exists("pictures/_SUCCESS");
  std::vector<std::string> tables = {"manifest", "snapshot", "features"};
  if (has_pictures) tables.emplace_back("pictures");
  check_table_digests(*store, tables, std::max(usable_cores(), store->concurrent_reads()));

  const RowIndex index(manifest, listing.two_roots);
  const SmallPictureChoice choice = picture_choice(manifest);
  Cursor<ManifestBatch> files(*store, "manifest");
  Cursor<SnapshotBatch> listed(*store, "snapshot");
  Cursor<FeatureBatch> features(*store, "features");
  std::optional<Cursor<PictureBatch>> pictures;
  if (has_pictures) pictures.emplace(*store, "pictures");
  for (; !files.at_end(); files.next(), listed.next()) {
    const std::size_t at = files.at();
    const std::string& path = files.batch().path[at];
    const std::string& split = files.batch().split[at];
    if (!listed.is_at(path, split)) fail(place, path);
    if (files.batch().status[at] != "ok") continue;
    if (!features.is_at(path, split)) fail(place, path);
    const bool pictured = pictures && pictures->is_at(path, split);
    const auto row = index.find(had_two_roots && split == split_name(Split::kTest), path);
    if (row) {
      const ManifestRow& now = manifest.rows[*row];
      const std::string& version = listed.batch().version[listed.at()];
      const bool same = static_cast<std::int64_t>(now.bytes) == files.batch().bytes[at] &&
                        (known.by_hash() || (!version.empty() && version == now.version));
      const bool needs_picture = thumbnails && choice.includes(path);
      // How much may be lost is another run's choice, so what is damaged is decoded again.
      const bool whole = files.batch().damage[at] == 0;
      if (same && whole && now.status == FileStatus::kOk && (pictured || !needs_picture)) {
        known.add(*row, features.batch().features.row(features.at()), files.batch().sha256[at],
                  pictured ? bytes_of(pictures->batch().pixels[pictures->at()])
                           : std::span<const std::uint8_t>());
      }
    }
    features.next();
    if (pictured) pictures->next();
  }
}

void reopen_shard(FinishedShards& shards, std::size_t shard, KnownRows& known) {
  const ExtractedBlock block = shards.read(shard);
  const std::size_t ok =
      static_cast<std::size_t>(std::ranges::count(block.status, FileStatus::kOk));
  const std::size_t width = ok == 0 ? 0 : block.features.size() / ok;
  std::size_t at = 0;
  std::size_t picture = 0;
  for (std::size_t row = block.first; row < block.last(); ++row) {
    if (block.status[row - block.first] != FileStatus::kOk) continue;
    std::span<const std::uint8_t> pixels;
    if (picture < block.picture_rows.size() && block.picture_rows[picture] == row) {
      pixels = std::span(block.pictures).subspan(picture++ * kPreviewBytes, kPreviewBytes);
    }
    const auto features = std::span(block.features).subspan(at++ * width, width);
    if (block.damage[row - block.first] > 0) continue;
    known.add(row, features, block.sha256[row - block.first], pixels);
  }
  shards.forget(shard);
}

}  // namespace pomona
