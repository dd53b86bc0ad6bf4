// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/extraction_work.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/extract/feature_recipe.h"
#include "pomona/jobs/machine.h"
#include "pomona/jobs/run_record.h"
#include "pomona/output/earlier_results.h"
#include "pomona/output/output_names.h"
#include "pomona/output_tables/snapshot.h"

namespace pomona {
namespace {

constexpr std::size_t kFingerprintLetters = 32;
constexpr const char* kEarlierRecord = "run.json of the earlier run";

std::uint64_t failures_in(const Json& record) {
  return read_member<std::uint64_t>(member_of(record, "counts", kEarlierRecord), "failed",
                                    kEarlierRecord);
}

// What must be the same for work to be gone on with.
Json settings_json(const InputOptions& input, const ImageRoots& roots,
                   const ExtractOptions& options, const ExtractSetup& setup) {
  Json settings = recipe_json(feature_recipe(setup));
  settings["images"] = resolved_places(input.images);
  settings["test"] = resolved_places(input.test);
  settings["classes"] = roots.labels.classes ? Json(roots.labels.classes->digest()) : Json(nullptr);
  settings.update(options_json(input));
  settings["previews"] = options.previews;
  settings["part_files"] = options.part_files;
  settings.update(options_json(options.limits));
  return settings;
}

// Where the photographs lie does not matter: the listing holds which they are and their names.
std::string fingerprint_of(Json settings, const Manifest& listing) {
  settings.erase("images");
  settings.erase("test");
  settings.erase("classes");
  settings.erase("include_hidden");
  return sha256(settings.dump() + digest_of_listing(listing)).substr(0, kFingerprintLetters);
}

// "size: 128 there, 224 now".
std::string differences(const Json& there, const Json& now) {
  std::string text;
  for (const auto& [name, value] : now.items()) {
    const Json other = there.is_object() && there.contains(name) ? there.at(name) : Json(nullptr);
    if (other == value) continue;
    text += (text.empty() ? "" : "; ") + name + ": " + other.dump() + " there, " + value.dump() +
            " now";
  }
  return text;
}

// What work.json records of an extraction that has begun.
struct ExtractionNote {
  Json settings;        // compared name by name with those of now
  std::string listing;  // digest_of_listing(); "": none was made
  std::string split;    // name of its kind
  bool replaces_itself = false;
};

Json note_json(const ExtractionNote& note) {
  return {{"settings", note.settings},
          {"listing", note.listing},
          {"replaces_itself", note.replaces_itself},
          {"split", note.split}};
}

// Work of other verbs, and of other versions, says less.
ExtractionNote parse_note(const Json& json) {
  const auto text = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  ExtractionNote note;
  note.settings = json.value("settings", Json(nullptr));
  note.listing = text("listing");
  note.split = text("split");
  note.replaces_itself = json.value("replaces_itself", Json(false)) == true;
  return note;
}

// Opens the work of an extraction in one output folder: resumes it, or lists and begins it.
class WorkOpener {
 public:
  WorkOpener(const ExtractRequest& request, const JobContext& context)
      : input_(request.input),
        options_(request.options),
        earlier_(request.earlier),
        force_(request.force),
        place_(context.out.place()),
        out_(context.out),
        progress_(context.execution.progress),
        stop_(context.execution.stop) {
    work_.from = request.earlier.from;
  }

  void prepare() {
    progress_.begin("prepare", 0);
    work_.roots = open_roots(input_);
    ExtractOptions options = options_;
    if (!options.precision) options.precision = precision_before();
    work_.setup = prepare_extract(options, stop_);
    settings_ = settings_json(input_, work_.roots, options_, work_.setup);
  }

  // False when there is nothing to go on with.
  bool resume() {
    if (force_ || out_.unfinished() == nullptr) return false;
    const ExtractionNote note = parse_note(*out_.unfinished());
    const std::string differs = differences(note.settings, settings_);
    if (out_.is_discardable() && (!differs.empty() || !is_listed_as(note))) {
      restarts_ = true;
      return false;
    }
    if (!differs.empty()) refuse(differs);
    out_.resume();
    try {
      adopt(note);
      return true;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kCorrupt && error.kind() != ErrorKind::kNotFound) throw;
      out_.refuse_if_overtaken();  // publishing moves the listing
      progress_.warn("the listing of the unfinished run is damaged (" + std::string(error.what()) +
                     "), so it is made anew and all photographs are read again");
      restarts_ = true;
      return false;
    }
  }

  // Lists. False when the result is there already.
  bool list(const std::string& following) {
    read_listing();
    work_.fingerprint = fingerprint_of(settings_, work_.manifest);
    if (!out_.is_complete() || force_) return true;
    const Json record = parse_run_record(out_.root().read("run.json"), kEarlierRecord);
    if (record.value("fingerprint", Json()) != result_fingerprint(work_.fingerprint, following)) {
      throw Error(ErrorKind::kInvalidInput,
                  "out, from, force: '" + place_ +
                      "' is not empty: it holds the results of another run, of other "
                      "photographs or with other options. Name a new folder, with '" +
                      place_ +
                      "' in from to take what has not changed, or set force to replace it");
    }
    if (!earlier_.retry_failures || failures_in(record) == 0) return false;
    work_.from = place_;
    return true;
  }

  void begin() {
    const bool replaces_itself = !work_.from.empty() && work_.from == place_;
    if (out_.is_damaged()) {
      progress_.warn("the note on unfinished work in '" + place_ +
                     "' is damaged, so all photographs are read again");
    }
    if (!restarts_) out_.refuse_content(force_ || replaces_itself);
    out_.begin(work_.fingerprint);
    write_snapshot(work_.manifest, out_.work());
    const ExtractionNote mine{settings_, digest_of_listing(work_.manifest),
                              std::string(split_kind_name(work_.split_kind)), replaces_itself};
    if (out_.announce_work(note_json(mine))) return;
    const ExtractionNote note = parse_note(*out_.unfinished());
    const std::string differs = differences(note.settings, settings_);
    if (!differs.empty()) refuse(differs);
    out_.resume();
    adopt(note);
  }

  ExtractionWork take() { return std::move(work_); }

 private:
  // Of the work to go on with, or whose rows are taken: measuring might choose another one. None
  // when there is none, or this processor does not have it.
  std::optional<Precision> precision_before() const {
    const Json before = features_before();
    if (!before.is_object() || !before.contains("precision")) return std::nullopt;
    const Precision precision = parse_member<std::string>(
        before, "precision", "the settings of earlier work", precision_from_name);
    const std::vector<Precision> native = native_precisions();
    if (std::ranges::find(native, precision) == native.end()) return std::nullopt;
    return precision;
  }

  Json features_before() const {
    const auto of_output = [](const ObjectStore& store) {
      return parse_run_record(store.read("run.json"), kEarlierRecord)
          .value("features_by", Json(nullptr));
    };
    if (!work_.from.empty()) {
      const auto from = input_.stores->open(work_.from);
      return from->exists("run.json") ? of_output(*from) : Json(nullptr);
    }
    if (force_) return nullptr;
    if (out_.unfinished() != nullptr) return parse_note(*out_.unfinished()).settings;
    return out_.is_complete() ? of_output(out_.root()) : Json(nullptr);
  }

  void read_listing() {
    Scan found = scan(work_.roots, input_.split, progress_, stop_);
    work_.manifest = std::move(found.manifest);
    work_.split_kind = found.split_kind;
  }

  // Are the photographs still those of the unfinished work?
  bool is_listed_as(const ExtractionNote& note) {
    read_listing();
    return note.listing == digest_of_listing(work_.manifest);
  }

  void adopt(const ExtractionNote& note) {
    work_.manifest = read_snapshot(out_.work());
    if (digest_of_listing(work_.manifest) != note.listing) {
      throw Error(ErrorKind::kCorrupt,
                  "reading the table 'snapshot' of the unfinished run: it is "
                  "not the listing that work.json records");
    }
    work_.split_kind = split_kind_from_name(note.split);
    if (note.replaces_itself) work_.from = place_;
    work_.fingerprint = out_.fingerprint();
    work_.resumed = true;
  }

  [[noreturn]] void refuse(const std::string& differs) const {
    throw Error(ErrorKind::kInvalidInput,
                "out, force: '" + place_ +
                    "' holds the unfinished work of another run, interrupted or still at work (" +
                    differs +
                    "); give the same options to resume it, name a new folder, or set force to "
                    "discard it");
  }

  const InputOptions& input_;
  const ExtractOptions& options_;
  const EarlierOptions& earlier_;
  bool force_;
  std::string place_;
  OutputFolder& out_;
  Progress& progress_;
  std::stop_token stop_;
  Json settings_;
  bool restarts_ = false;  // unfinished work of our own is thrown away
  ExtractionWork work_;
};

}  // namespace

void EarlierOptions::check() const {
  if (!by_hash || !from.empty()) return;
  throw Error(ErrorKind::kInvalidInput,
              "by_hash, from: by_hash says how to compare with an earlier run; name that run in "
              "from");
}

std::string result_fingerprint(const std::string& extraction, const std::string& following) {
  return sha256(extraction + following).substr(0, kFingerprintLetters);
}

std::optional<ExtractionWork> begin_extraction(const ExtractRequest& request,
                                               const std::string& following,
                                               const JobContext& context) {
  WorkOpener opener(request, context);
  context.timeline.begin("prepare");
  opener.prepare();
  context.timeline.begin("scan");
  if (!opener.resume()) {
    if (!opener.list(following)) return std::nullopt;
    opener.begin();
  }
  return opener.take();
}

}  // namespace pomona
