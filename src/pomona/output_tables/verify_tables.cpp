// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/verify_tables.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"
#include "pomona/csv/csv_reader.h"
#include "pomona/dataset/label_numbers.h"
#include "pomona/features/preview.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {
namespace {

[[noreturn]] void fail(const std::string& sentence) { throw Error(ErrorKind::kCorrupt, sentence); }

// Gathers the rows of a table.
class ManifestRows {
 public:
  ManifestRow& add(std::string_view path, const std::string& label, const std::string& split) {
    ManifestRow row;
    row.path = manifest_.texts->keep(path);
    row.label = labels_.number(label);
    row.split = split_from_name(split);
    return manifest_.rows.emplace_back(row);
  }

  Manifest finish() && {
    labels_.settle(manifest_);
    const auto not_after = [](const ManifestRow& a, const ManifestRow& b) {
      return std::tie(a.split, a.path) >= std::tie(b.split, b.path);
    };
    const auto at = std::ranges::adjacent_find(manifest_.rows, not_after);
    if (at != manifest_.rows.end())
      fail("'" + std::string(at->path) + "' stands twice or out of order");
    return std::move(manifest_);
  }

 private:
  Manifest manifest_;
  LabelNumbers labels_;
};

// Walks over the manifest's ok rows beside the rows of a table.
class OkRows {
 public:
  explicit OkRows(const Manifest& manifest) : manifest_(manifest) {}

  // The next ok row must have this key.
  const ManifestRow& expect(const std::string& path, const std::string& label,
                            const std::string& split) {
    const ManifestRow* row = next();
    if (row == nullptr) fail("row '" + path + "' is more than the manifest has");
    if (row->path != path || manifest_.label(*row) != label || split_name(row->split) != split) {
      fail("expected the row of '" + std::string(row->path) + "' (" +
           std::string(split_name(row->split)) + "), found that of '" + path + "' (" + split +
           ", label '" + label + "')");
    }
    return *row;
  }
  // Goes forward to this key; rows between are passed over.
  void find(const std::string& path, const std::string& split) {
    while (const ManifestRow* row = next()) {
      if (row->path == path && split_name(row->split) == split) return;
    }
    fail("row '" + path + "' is not among the photographs that were read, or not in order");
  }
  void expect_end() {
    if (const ManifestRow* row = next())
      fail("the row of '" + std::string(row->path) + "' is missing");
  }
  std::size_t count() const { return count_; }

 private:
  const ManifestRow* next() {
    while (at_ < manifest_.rows.size() && manifest_.rows[at_].status != FileStatus::kOk) ++at_;
    if (at_ == manifest_.rows.size()) return nullptr;
    ++count_;
    return &manifest_.rows[at_++];
  }

  const Manifest& manifest_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
};

void expect_finite(std::span<const float> values, const std::string& path) {
  if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) return;
  fail("the row of '" + path + "' holds a number that is not finite");
}

std::map<std::string, std::int32_t> training_label_numbers(const Manifest& manifest) {
  std::set<std::string> labels;
  for (const ManifestRow& row : manifest.rows) {
    const std::string& label = manifest.label(row);
    if (row.status == FileStatus::kOk && row.split == Split::kTrain && !label.empty())
      labels.insert(label);
  }
  std::map<std::string, std::int32_t> numbers;
  for (const std::string& label : labels) {
    numbers.emplace(label, static_cast<std::int32_t>(numbers.size()));
  }
  return numbers;
}

float parse_float(const std::string& text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("'" + text + "' is no number");
  return value;
}

std::size_t count_of(const std::string& text) {
  const std::optional<std::uint64_t> count = parse_count(text);
  if (!count) fail("'" + text + "' is no count");
  return *count;
}

// One row of reduced.csv beside the same row of the table.
void compare_csv_row(const std::vector<std::string>& fields, const ReducedBatch& batch,
                     std::size_t i) {
  const std::span<const float> components = batch.pca_features.row(i);
  const std::optional<std::int32_t>& label_index = batch.label_index[i];
  const std::string index = label_index ? std::to_string(*label_index) : "";
  bool same = fields.size() == 4 + components.size() && fields[0] == batch.path[i] &&
              fields[1] == batch.label[i] && fields[2] == batch.split[i] && fields[3] == index;
  for (std::size_t k = 0; same && k < components.size(); ++k)
    same = parse_float(fields[4 + k]) == components[k];
  if (!same)
    fail("reduced.csv differs from the reduced table in the row of '" + batch.path[i] + "'");
}

}  // namespace

Manifest read_manifest_table(const ObjectStore& store) {
  ManifestRows rows;
  ManifestReader reader(store, "manifest");
  ManifestBatch batch;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      ManifestRow& row = rows.add(batch.path[i], batch.label[i], batch.split[i]);
      row.bytes = static_cast<std::uint64_t>(batch.bytes[i]);
      row.status = file_status_from_name(batch.status[i]);
    }
  }
  return std::move(rows).finish();
}

Manifest manifest_of_reduced_table(const ObjectStore& store) {
  ManifestRows rows;
  ReducedTableReader reader(store, "reduced", TableColumns::kKeys);
  ReducedBatch batch;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      rows.add(batch.path[i], batch.label[i], batch.split[i]);
    }
  }
  return std::move(rows).finish();
}

std::string check_failures(const ObjectStore& store, const Manifest& manifest) {
  CsvReader reader(store, "failures.csv");
  if (reader.header() != std::vector<std::string>{"path", "stage", "kind", "message"}) {
    fail("the header is not path,stage,kind,message");
  }
  std::vector<std::string> listed;
  std::vector<std::string> fields;
  while (reader.next(fields)) listed.push_back(fields[0]);
  std::vector<std::string> expected;
  for (const ManifestRow& row : manifest.rows) {
    if (row.status == FileStatus::kFailed) expected.emplace_back(row.path);
  }
  if (listed != expected) {
    fail("the manifest has " + std::to_string(expected.size()) +
         " failed files, failures.csv lists " + std::to_string(listed.size()) + ", or of others");
  }
  return "failures.csv: " + std::to_string(listed.size()) +
         " failures, each failed in the manifest";
}

std::string check_snapshot(const ObjectStore& store, const Manifest& manifest) {
  SnapshotReader reader(store, "snapshot");
  SnapshotBatch batch;
  std::size_t at = 0;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i, ++at) {
      if (at == manifest.rows.size()) fail("'" + batch.path[i] + "' is not in the manifest");
      const ManifestRow& row = manifest.rows[at];
      if (batch.path[i] != row.path || batch.split[i] != split_name(row.split) ||
          batch.bytes[i] != static_cast<std::int64_t>(row.bytes)) {
        fail("expected '" + std::string(row.path) + "' as in the manifest, found '" +
             batch.path[i] + "', or another size");
      }
    }
  }
  if (at != manifest.rows.size()) fail("'" + std::string(manifest.rows[at].path) + "' is missing");
  return "snapshot: " + std::to_string(at) + " files, those of the manifest";
}

namespace {

std::string counts_text(const std::map<FileStatus, std::size_t>& counts) {
  std::string text;
  for (const auto& [status, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " ";
    text += file_status_name(status);
  }
  return text;
}

}  // namespace

std::string check_shards(const ObjectStore& store, const Manifest& manifest) {
  CsvReader csv(store, "shards.csv");
  std::vector<std::string> fields;
  std::size_t at = 0;
  std::size_t shard = 0;
  for (; csv.next(fields); ++shard) {
    const auto number = [&](std::size_t field) { return count_of(fields.at(field)); };
    const std::size_t files = number(2);
    if (number(0) != shard || files > manifest.rows.size() - at) {
      fail("row " + std::to_string(shard) + " is not that of the next part of the manifest");
    }
    std::map<FileStatus, std::size_t> found = {
        {FileStatus::kOk, 0}, {FileStatus::kFailed, 0}, {FileStatus::kSkipped, 0}};
    for (std::size_t i = 0; i < files; ++i) ++found[manifest.rows[at + i].status];
    const std::map<FileStatus, std::size_t> recorded = {{FileStatus::kOk, number(3)},
                                                        {FileStatus::kFailed, number(4)},
                                                        {FileStatus::kSkipped, number(5)}};
    if (found != recorded) {
      fail("part " + std::to_string(shard) + ": " + counts_text(recorded) + " are recorded, " +
           counts_text(found) + " are in the manifest");
    }
    const FeatureTableReader features(store, "features/" + part_name(shard), TableColumns::kKeys);
    if (features.rows() != found[FileStatus::kOk]) {
      fail("part " + std::to_string(shard) + " of the features has " +
           std::to_string(features.rows()) + " rows, expected " +
           std::to_string(found[FileStatus::kOk]));
    }
    at += files;
  }
  if (at != manifest.rows.size())
    fail("'" + std::string(manifest.rows[at].path) + "' is in no part");
  return "shards: " + std::to_string(shard) +
         " parts, in each the files are those read, failed and skipped";
}

std::string check_feature_table(const ObjectStore& store, const Manifest& manifest) {
  FeatureTableReader reader(store, "features");
  FeatureBatch batch;
  OkRows expected(manifest);
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      expected.expect(batch.path[i], batch.label[i], batch.split[i]);
      expect_finite(batch.features.row(i), batch.path[i]);
    }
  }
  expected.expect_end();
  return "features: " + std::to_string(expected.count()) +
         " rows, one for each photograph that was read, all finite";
}

std::string check_reduced_table(const ObjectStore& store, const Manifest& manifest) {
  const std::map<std::string, std::int32_t> numbers = training_label_numbers(manifest);
  CsvReader csv(store, "reduced.csv");
  std::vector<std::string> fields;
  ReducedTableReader reader(store, "reduced");
  ReducedBatch batch;
  OkRows expected(manifest);
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      expected.expect(batch.path[i], batch.label[i], batch.split[i]);
      expect_finite(batch.pca_features.row(i), batch.path[i]);
      const auto number = numbers.find(batch.label[i]);
      const auto index = number == numbers.end() ? std::nullopt : std::optional(number->second);
      if (batch.label_index[i] != index)
        fail("label_index of '" + batch.path[i] + "' does not fit its label");
      if (!csv.next(fields)) fail("reduced.csv ends before the row of '" + batch.path[i] + "'");
      compare_csv_row(fields, batch, i);
    }
  }
  expected.expect_end();
  if (csv.next(fields)) fail("reduced.csv has more rows than the reduced table");
  return "reduced: " + std::to_string(expected.count()) +
         " rows, all finite, the same in reduced.csv";
}

std::string check_preview_table(const ObjectStore& store, const Manifest& manifest) {
  PreviewTableReader reader(store, "previews");
  PreviewBatch batch;
  PreviewDecoder decoder;
  Image picture;
  OkRows expected(manifest);
  std::size_t count = 0;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i, ++count) {
      expected.find(batch.path[i], batch.split[i]);
      if (!decoder.decode(batch.jpeg[i], picture)) {
        fail("that of '" + batch.path[i] + "' is no JPEG of " + std::to_string(kPreviewSide) +
             " x " + std::to_string(kPreviewSide) + " pixels");
      }
    }
  }
  return "previews: " + std::to_string(count) + " rows, each with a picture";
}

std::string check_metrics(const ObjectStore& store) {
  const Json metrics = parse_json(store.read("metrics.json"), "metrics.json");
  const Json& entries = metrics.at("metrics");
  const std::string judged = entries.empty() ? "" : entries[0].at("key").get<std::string>();
  if (judged != "main" && judged != "cross_validated") {
    return "metrics: none, since nothing could be judged";
  }
  CsvReader csv(store, "confusion.csv");
  const auto labels = metrics.at("labels").get<std::vector<std::string>>();
  std::vector<std::string> header = {"truth"};
  header.insert(header.end(), labels.begin(), labels.end());
  if (csv.header() != header) fail("the labels of confusion.csv are not those of metrics.json");
  std::vector<std::string> fields;
  double all = 0;
  double right = 0;
  for (std::size_t truth = 0; csv.next(fields); ++truth) {
    for (std::size_t i = 1; i < fields.size(); ++i) {
      const double count = static_cast<double>(parse_float(fields[i]));
      all += count;
      if (i == truth + 1) right += count;
    }
  }
  const auto rows = entries[0].at("rows").get<double>();
  const auto unknown = entries[0].at("unknown_label_rows").get<double>();
  const auto accuracy = entries[0].at("accuracy").get<double>();
  if (all + unknown != rows || std::abs(right / rows - accuracy) > 1e-9) {
    fail("confusion.csv gives another number of rows, or another accuracy, than metrics.json");
  }
  return "metrics: confusion.csv and metrics.json agree on " +
         std::to_string(static_cast<std::size_t>(rows)) +
         (judged == "main" ? " test photographs" : " photographs, cross-validated");
}

}  // namespace pomona
