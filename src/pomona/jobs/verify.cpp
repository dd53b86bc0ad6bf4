// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/verify.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/parallel.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/dataset/files/verify_listing.h"
#include "pomona/dataset/input_options.h"
#include "pomona/output/earlier_results.h"
#include "pomona/output/output_digests.h"
#include "pomona/output_tables/verify_tables.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/predict/self_check.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMaxReportBytes = 8ULL << 20U;

// What a verb leaves behind, as far as it is always the same.
std::vector<std::string> expected_files(const Json& record) {
  static const std::map<std::string, std::vector<std::string>> by_verb = {
      {"run",
       {"manifest/_SUCCESS", "snapshot/_SUCCESS", "features/_SUCCESS", "shards.csv",
        "reduced/_SUCCESS", "reduced.csv", "failures.csv", "bundle/bundle.json", "metrics.json",
        "tsne.json", "report.html"}},
      {"extract",
       {"manifest/_SUCCESS", "snapshot/_SUCCESS", "features/_SUCCESS", "shards.csv",
        "failures.csv"}},
      {"reduce", {"reduced/_SUCCESS", "reduced.csv"}},
      {"train", {"bundle/bundle.json", "metrics.json", "tsne.json"}},
      {"compose", {"contact_sheet.jpg", "failures.csv"}}};
  const auto verb = by_verb.find(record.at("verb").get<std::string>());
  if (verb == by_verb.end()) {
    throw Error(ErrorKind::kCorrupt, "run.json names no verb that writes a folder");
  }
  std::vector<std::string> files = verb->second;
  if (record.at("options").value("previews", false)) files.emplace_back("previews/_SUCCESS");
  return files;
}

// Each check says in a sentence what it found to be so. What one throws is a problem, and the
// others still run.
struct Check {
  std::string what;
  std::function<std::string()> body;
};

class Verifier {
 public:
  Verifier(const VerifyOptions& options, Progress& progress, const std::stop_token& stop)
      : options_(options),
        progress_(progress),
        stop_(stop),
        store_owner_(options.stores->open(options.out)),
        store_(*store_owner_) {}

  VerifyReport run() {
    if (!store_.exists("run.json") && !store_.exists("_SUCCESS")) {
      throw Error(ErrorKind::kNotFound, "verifying '" + options_.out +
                                            "': it has neither run.json nor _SUCCESS; expected a "
                                            "folder that a verb of pomona wrote");
    }
    run_checks("verify run.json", {{"run.json", [this] { return read_record(); }}}, /*workers=*/1);
    run_checks("verify digests",
               {{"completeness", [this] { return check_complete(); }},
                {"digests", [this] { return check_digests(store_, usable_cores()); }}},
               /*workers=*/1);
    if (has_manifest()) {
      run_checks("verify manifest", {{"the manifest", [this] { return read_manifest(); }}},
                 /*workers=*/1);
    }
    run_checks("verify contents", checks_of_contents(), usable_cores());
    return std::move(report_);
  }

 private:
  // Several at once; the report has them in their order.
  void run_checks(std::string_view stage, const std::vector<Check>& checks, std::size_t workers) {
    struct Outcome {
      std::string passed;
      std::string problem;
    };
    std::vector<Outcome> outcomes(checks.size());
    progress_.begin(stage, checks.size());
    parallel_for(checks.size(), workers, [&](std::size_t i, std::size_t /*worker*/) {
      throw_if_stopped(stop_);
      try {
        outcomes[i].passed = checks[i].body();
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::kInterrupted) throw;
        outcomes[i].problem = checks[i].what + ": " + error.what();
      } catch (const Json::exception& error) {
        outcomes[i].problem =
            checks[i].what + ": not as docs/formats.md describes it: " + error.what();
      }
      progress_.advance(1);
    });
    for (Outcome& outcome : outcomes) {
      if (!outcome.passed.empty()) report_.passed.push_back(std::move(outcome.passed));
      if (!outcome.problem.empty()) report_.problems.push_back(std::move(outcome.problem));
    }
  }

  std::vector<Check> checks_of_contents() {
    std::vector<Check> checks;
    const auto of_manifest = [&](const char* what, auto body) {
      checks.push_back({what, [this, body] { return body(store_, *manifest_); }});
    };
    if (manifest_) {
      of_manifest("failures.csv", check_failures);
      of_manifest("the snapshot", check_snapshot);
      of_manifest("shards.csv", check_shards);
      of_manifest("the features", check_feature_table);
      if (has_table("reduced")) of_manifest("the reduced table", check_reduced_table);
      if (has_table("previews")) of_manifest("the previews", check_preview_table);
      if (!options_.skip_listing) {
        checks.push_back({"the listing", [this] { return check_listing(*manifest_); }});
      }
    }
    if (verb_ == "reduce") {
      checks.push_back({"the reduced table", [this] { return check_reduced_alone(); }});
    }
    if (store_.exists("metrics.json")) {
      checks.push_back({"the metrics", [this] { return check_metrics(store_); }});
    }
    if (store_.exists("bundle/bundle.json")) {
      checks.push_back({"the bundle", [this] { return check_bundle_folder(); }});
    }
    if (store_.exists("report.html")) {
      checks.push_back({"the report", [this] { return check_report(); }});
    }
    return checks;
  }

  [[noreturn]] static void fail(const std::string& sentence) {
    throw Error(ErrorKind::kCorrupt, sentence);
  }
  bool has_table(const std::string& name) const { return store_.exists(name + "/_SUCCESS"); }

  std::string check_complete() const {
    if (!store_.exists("_SUCCESS")) {
      fail("'" + store_.describe() +
           "' has no _SUCCESS: the run that wrote it did not come to its end");
    }
    for (const std::string& name : expected_files(record_)) {
      if (!store_.exists(name)) fail("'" + name + "' is missing");
    }
    return "complete: _SUCCESS is there, and all that `pomona " + verb_ + "` writes";
  }

  // Says nothing: what it reads, others look at.
  std::string read_record() {
    Json record = parse_run_record(store_.read("run.json"), "run.json");
    verb_ = record.at("verb").get<std::string>();
    record_ = std::move(record);
    return "";
  }
  // Features that another folder holds have their manifest there; pictures that were made need
  // none.
  bool has_manifest() const { return verb_ != "reduce" && verb_ != "train" && verb_ != "compose"; }

  std::string read_manifest() {
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
    return "manifest: " + std::to_string(manifest_->rows.size()) + " files, " +
           std::to_string(counts[FileStatus::kOk]) + " ok, " +
           std::to_string(counts[FileStatus::kFailed]) + " failed, " +
           std::to_string(counts[FileStatus::kSkipped]) + " skipped, as in run.json";
  }

  std::string check_reduced_alone() const {
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
    return check_reduced_table(store_, rows);
  }

  std::string check_listing(const Manifest& manifest) const {
    InputOptions input;
    input.stores = options_.stores;
    read_inputs_json(record_.at("inputs"), input);
    if (!options_.images.empty()) input.images = options_.images;
    if (!options_.test.empty()) input.test = options_.test;
    try {
      return compare_listing(open_roots(input), manifest);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kNotFound) throw;
      throw Error(error.kind(), "images, test, skip_listing: " + std::string(error.what()) +
                                    "; say in images (and test) where the photographs are now, or "
                                    "set skip_listing");
    }
  }

  std::string check_bundle_folder() const {
    Bundle bundle = read_bundle(store_, "bundle");
    find_network(bundle, options_.models);
    (void)read_catalogue(bundle);
    const CropNetworks networks = make_networks(extract_setup_of(bundle, /*slots=*/1));
    run_self_check(bundle, networks, bundle.self_check.cases.size());
    return "bundle: every digest fits, and it answers " +
           std::to_string(bundle.self_check.cases.size()) +
           " synthetic pictures as it did when it was made";
  }

  std::string check_report() const {
    const std::size_t bytes = store_.open("report.html")->size();
    if (bytes == 0 || bytes > kMaxReportBytes) {
      fail("report.html has " + std::to_string(bytes) + " bytes, expected at most " +
           std::to_string(kMaxReportBytes));
    }
    return "report: " + std::to_string(bytes) + " bytes";
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

void VerifyOptions::check() const {
  check_given("out", !out.empty(), "the folder of a run");
  check_given("stores", stores != nullptr, "what opens places");
}

VerifyReport verify(const VerifyOptions& options, Progress& progress, const std::stop_token& stop) {
  options.check();
  return Verifier(options, progress, stop).run();
}

}  // namespace pomona
