// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/verify.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/parallel.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/pipeline/bundle_network.h"
#include "pomona/pipeline/extract_tables.h"
#include "pomona/pipeline/output_digests.h"
#include "pomona/pipeline/self_check.h"
#include "pomona/pipeline/verify_listing.h"
#include "pomona/pipeline/verify_tables.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMaxReportBytes = 8ULL << 20U;

// What a verb leaves behind, as far as it is always the same.
std::vector<std::string> expected_files(const Json& record) {
  static const std::map<std::string, std::vector<std::string>> by_verb = {
      {"run",
       {"manifest/_SUCCESS", "snapshot/_SUCCESS", "features/_SUCCESS", "shards.csv",
        "reduced/_SUCCESS", "reduced.csv", "failures.csv", "bundle/bundle.json", "metrics.json",
        "map.json", "report.html"}},
      {"extract",
       {"manifest/_SUCCESS", "snapshot/_SUCCESS", "features/_SUCCESS", "shards.csv",
        "failures.csv"}},
      {"reduce", {"reduced/_SUCCESS", "reduced.csv"}},
      {"train", {"bundle/bundle.json", "metrics.json", "map.json"}}};
  const auto verb = by_verb.find(record.at("verb").get<std::string>());
  if (verb == by_verb.end()) {
    throw Error(ErrorKind::kCorrupt, "run.json names no verb that writes a folder");
  }
  std::vector<std::string> files = verb->second;
  if (record.at("options").value("thumbnails", false)) {
    files.emplace_back("thumbnails/_SUCCESS");
    files.emplace_back("pictures/_SUCCESS");
  }
  return files;
}

// Runs checks one after the other; what one throws is a problem, and the others still run.
class Verifier {
 public:
  Verifier(const VerifyOptions& options, Progress& progress, const std::stop_token& stop)
      : options_(options),
        progress_(progress),
        stop_(stop),
        store_owner_(open_store(options.out, options.stores)),
        store_(*store_owner_) {}

  VerifyReport run() {
    if (!store_.exists("run.json") && !store_.exists("_SUCCESS")) {
      throw Error(ErrorKind::kNotFound, "verifying '" + options_.out +
                                            "': it has neither run.json nor _SUCCESS; expected a "
                                            "folder that a verb of pomona wrote");
    }
    check("run.json", [&] { read_record(); });
    check("completeness", [&] { check_complete(); });
    check("digests", [&] { pass(check_digests(store_, usable_cores())); });
    if (made_of_images()) check("the manifest", [&] { read_manifest(); });
    if (manifest_) {
      check("failures.csv", [&] { pass(check_failures(store_, *manifest_)); });
      check("the snapshot", [&] { pass(check_snapshot(store_, *manifest_)); });
      check("shards.csv", [&] { pass(check_shards(store_, *manifest_)); });
      check("the features", [&] { pass(check_feature_table(store_, *manifest_)); });
      if (has_table("reduced")) {
        check("the reduced table", [&] { pass(check_reduced_table(store_, *manifest_)); });
      }
      if (has_table("thumbnails")) {
        check("the thumbnails", [&] { pass(check_thumbnail_table(store_, *manifest_)); });
      }
      if (has_table("pictures")) {
        check("the pictures", [&] { pass(check_picture_table(store_, *manifest_)); });
      }
      if (!options_.skip_listing) check("the listing", [&] { check_listing(*manifest_); });
    }
    if (verb_ == "reduce") check("the reduced table", [&] { check_reduced_alone(); });
    if (store_.exists("metrics.json")) check("the metrics", [&] { pass(check_metrics(store_)); });
    if (store_.exists("bundle/bundle.json")) check("the bundle", [&] { check_bundle_folder(); });
    if (store_.exists("report.html")) check("the report", [&] { check_report(); });
    return std::move(report_);
  }

 private:
  template <class Check>
  void check(const std::string& what, const Check& body) {
    throw_if_stopped(stop_);
    progress_.begin("verify " + what, 0);
    try {
      body();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      report_.problems.push_back(what + ": " + error.what());
    } catch (const Json::exception& error) {
      report_.problems.push_back(what + ": not as docs/formats.md describes it: " + error.what());
    }
  }
  void pass(std::string sentence) { report_.passed.push_back(std::move(sentence)); }
  [[noreturn]] static void fail(const std::string& sentence) {
    throw Error(ErrorKind::kCorrupt, sentence);
  }
  bool has_table(const std::string& name) const { return store_.exists(name + "/_SUCCESS"); }

  void check_complete() {
    if (!store_.exists("_SUCCESS")) {
      fail("'" + store_.describe() +
           "' has no _SUCCESS: the run that wrote it did not come to its end");
    }
    for (const std::string& name : expected_files(record_)) {
      if (!store_.exists(name)) fail("'" + name + "' is missing");
    }
    pass("complete: _SUCCESS is there, and all that `pomona " + verb_ + "` writes");
  }

  void read_record() {
    Json record = parse_json(store_.read("run.json"), "run.json");
    verb_ = record.at("verb").get<std::string>();
    record_ = std::move(record);
  }
  // Features that another folder holds have their manifest there.
  bool made_of_images() const { return verb_ != "reduce" && verb_ != "train"; }

  void read_manifest() {
    manifest_ = read_manifest_table(store_);
    std::map<FileStatus, std::size_t> counts;
    for (const ManifestRow& row : manifest_->rows) ++counts[row.status];
    const Json& expected = record_.at("counts");
    const std::pair<const char*, std::size_t> found[] = {{"found", manifest_->rows.size()},
                                                         {"ok", counts[FileStatus::kOk]},
                                                         {"failed", counts[FileStatus::kFailed]},
                                                         {"skipped", counts[FileStatus::kSkipped]}};
    for (const auto& [name, count] : found) {
      if (expected.at(name).get<std::size_t>() != count) {
        fail("run.json counts " + expected.at(name).dump() + " files as " + name +
             ", the manifest has " + std::to_string(count));
      }
    }
    pass("manifest: " + std::to_string(manifest_->rows.size()) + " files, " +
         std::to_string(counts[FileStatus::kOk]) + " ok, " +
         std::to_string(counts[FileStatus::kFailed]) + " failed, " +
         std::to_string(counts[FileStatus::kSkipped]) + " skipped, as in run.json");
  }

  void check_reduced_alone() {
    const Manifest rows = manifest_of_reduced_table(store_);
    for (const Split split : {Split::kTest, Split::kTrain}) {
      const auto found =
          static_cast<std::size_t>(std::ranges::count(rows.rows, split, &ManifestRow::split));
      const std::string name(split_name(split));
      const auto expected = record_.at("counts").at(name).get<std::size_t>();
      if (found != expected) {
        fail("run.json counts " + std::to_string(expected) + " " + name + " rows, the table has " +
             std::to_string(found));
      }
    }
    pass(check_reduced_table(store_, rows));
  }

  void check_listing(const Manifest& manifest) {
    InputOptions input;
    input.stores = options_.stores;
    const Json& inputs = record_.at("inputs");
    input.images =
        options_.images.empty() ? inputs.at("images").get<std::string>() : options_.images;
    if (!options_.test.empty()) {
      input.test = options_.test;
    } else if (inputs.at("test").is_string()) {
      input.test = inputs.at("test").get<std::string>();
    }
    try {
      pass(compare_listing(open_roots(input), manifest));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kNotFound) throw;
      throw Error(error.kind(), std::string(error.what()) +
                                    "; say with --images (and --test) where the photographs are "
                                    "now, or give --no-listing");
    }
  }

  void check_bundle_folder() {
    const Bundle bundle = read_bundle(store_, "bundle");
    const std::unique_ptr<Featurizer> featurizer = make_featurizer(bundle, /*slots=*/1);
    run_self_check(bundle, *featurizer, bundle.self_check.cases.size());
    pass("bundle: every digest fits, and it answers " +
         std::to_string(bundle.self_check.cases.size()) +
         " synthetic pictures as it did when it was made");
  }

  void check_report() {
    const std::size_t bytes = store_.open("report.html")->size();
    if (bytes == 0 || bytes > kMaxReportBytes) {
      fail("report.html has " + std::to_string(bytes) + " bytes, expected at most " +
           std::to_string(kMaxReportBytes));
    }
    pass("report: " + std::to_string(bytes) + " bytes");
  }

  const VerifyOptions& options_;
  Progress& progress_;
  const std::stop_token& stop_;
  std::shared_ptr<const ObjectStore> store_owner_;
  const ObjectStore& store_;
  Json record_;
  std::string verb_;
  std::optional<Manifest> manifest_;
  VerifyReport report_;
};

}  // namespace

VerifyReport verify(const VerifyOptions& options, Progress& progress, const std::stop_token& stop) {
  return Verifier(options, progress, stop).run();
}

}  // namespace pomona
