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
#include "pomona/output/earlier_results.h"
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
  throw Error(ErrorKind::kInvalidInput, "from '" + place + "': no rows can be taken: " + why);
}

std::string where(const std::string& place) { return "run.json of '" + place + "'"; }

Json read_record(const ObjectStore& store, const std::string& place) {
  if (!store.exists(kSuccess) || !store.exists("run.json")) {
    refuse(place,
           "it has no _SUCCESS and run.json; expected the output of a run that came to its "
           "end");
  }
  Json record = parse_run_record(store.read("run.json"), where(place));
  const auto verb = read_member<std::string>(record, "verb", where(place));
  if (!record.contains("features_by")) {
    refuse(place, "it is the output of `pomona " + verb +
                      "`; expected that of `pomona run` or `pomona extract`");
  }
  return record;
}

void check_same_features(const Json& record, const ExtractSetup& setup, const std::string& place) {
  const FeatureRecipe expected = feature_recipe(setup);
  const Json& recorded = member_of(record, "features_by", where(place));
  if (!recorded.is_object()) {
    throw Error(ErrorKind::kCorrupt, "reading " + where(place) +
                                         ": expected an object as 'features_by', found " +
                                         recorded.type_name());
  }
  if (parse_recipe(recorded) == expected) return;
  const Json wanted = recipe_json(expected);
  for (const auto& [name, value] : wanted.items()) {
    const Json found = recorded.value(name, Json());
    if (found == value) continue;
    refuse(place, "its features were made with " + name + " " + found.dump() +
                      ", this run would make them with " + value.dump() +
                      "; give the options it was made with, or leave out from");
  }
}

[[noreturn]] void fail(const std::string& place, const std::string& path) {
  throw Error(ErrorKind::kCorrupt, "taking rows from '" + place +
                                       "': its tables do not agree on '" + path +
                                       "'; run `pomona verify`");
}

}  // namespace

std::size_t add_rows_of_output(const std::string& place, const StoreOpener& stores,
                               const Listing& listing, const ExtractSetup& setup, bool previews,
                               KnownRows& known) {
  const Manifest& manifest = listing.manifest;
  const std::shared_ptr<const ObjectStore> store = stores.open(place);
  const Json record = read_record(*store, place);
  check_same_features(record, setup, place);
  const bool had_two_roots =
      !member_of(member_of(record, "inputs", where(place)), "test", where(place)).is_null();
  const bool has_previews = store->exists("previews/_SUCCESS");
  std::vector<std::string> tables = {"manifest", "snapshot", "features"};
  if (has_previews) tables.emplace_back("previews");
  check_table_digests(*store, tables, std::max(usable_cores(), store->concurrent_reads()));

  const RowIndex index(manifest, listing.two_roots);
  const PreviewChoice choice = preview_choice(manifest);
  Cursor<ManifestBatch> files(*store, "manifest");
  Cursor<SnapshotBatch> listed(*store, "snapshot");
  Cursor<FeatureBatch> features(*store, "features");
  std::optional<Cursor<PreviewBatch>> jpegs;
  if (has_previews) jpegs.emplace(*store, "previews");
  std::size_t without_preview = 0;
  for (; !files.at_end(); files.next(), listed.next()) {
    const std::size_t at = files.at();
    const std::string& path = files.batch().path[at];
    const std::string& split = files.batch().split[at];
    if (!listed.is_at(path, split)) fail(place, path);
    if (files.batch().status[at] != "ok") continue;
    if (!features.is_at(path, split)) fail(place, path);
    const bool previewed = jpegs && jpegs->is_at(path, split);
    const auto row = index.find(had_two_roots && split == split_name(Split::kTest), path);
    if (row) {
      const ManifestRow& now = manifest.rows[*row];
      const std::string& version = listed.batch().version[listed.at()];
      const bool same = static_cast<std::int64_t>(now.bytes) == files.batch().bytes[at] &&
                        (known.by_hash() || (!version.empty() && version == now.version));
      // How much may be lost is another run's choice, so what is damaged is decoded again.
      const bool whole = files.batch().damage[at] == 0;
      const bool is_known = same && whole && now.status == FileStatus::kOk;
      if (is_known && previews && !previewed && choice.includes(path)) {
        ++without_preview;
      } else if (is_known) {
        known.add(*row, features.batch().features.row(features.at()), files.batch().sha256[at],
                  previewed ? jpegs->batch().jpeg[jpegs->at()] : std::string_view());
      }
    }
    features.next();
    if (previewed) jpegs->next();
  }
  return without_preview;
}

void reopen_shard(FinishedShards& shards, std::size_t shard, KnownRows& known) {
  const ExtractedBlock block = shards.read(shard);
  const std::size_t ok =
      static_cast<std::size_t>(std::ranges::count(block.status, FileStatus::kOk));
  const std::size_t width = ok == 0 ? 0 : block.features.size() / ok;
  std::size_t at = 0;
  std::size_t previewed = 0;
  for (std::size_t row = block.first; row < block.last(); ++row) {
    if (block.status[row - block.first] != FileStatus::kOk) continue;
    std::string_view preview;
    if (previewed < block.preview_rows.size() && block.preview_rows[previewed] == row) {
      preview = block.previews[previewed++];
    }
    const auto features = std::span(block.features).subspan(at++ * width, width);
    if (block.damage[row - block.first] > 0) continue;
    known.add(row, features, block.sha256[row - block.first], preview);
  }
  shards.forget(shard);
}

}  // namespace pomona
