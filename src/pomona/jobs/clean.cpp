// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/clean.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/output/output_folder.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publication.h"
#include "pomona/storage/object_store.h"

namespace pomona {
namespace {

bool is_being_published(const ObjectStore& store) {
  const std::optional<WorkNote> note = read_work_note(store);
  return note && find_publication(store, note->claim.fingerprint);
}

// The work stays, as one that was not published.
void give_up_publication(ObjectStore& store) {
  if (const std::optional<WorkNote> note = read_work_note(store)) {
    store.remove(publication_key(note->claim.fingerprint));
  }
}

CleanReport look(ObjectStore& store) {
  CleanReport report;
  report.publishes = is_being_published(store);
  store.list(kWorkFolder, [&](const ObjectInfo& object) {
    if (report.publishes) return;
    ++report.objects;
    report.bytes += object.bytes;
  });
  report.uploads = store.remove_unfinished(written_names(), /*dry_run=*/true);
  report.complete = store.exists(kSuccess) || report.publishes;
  return report;
}

}  // namespace

void CleanOptions::check() const {
  check_given("out", !out.empty(), "an output folder");
  check_given("stores", stores != nullptr, "what opens places");
}

CleanReport clean(const CleanOptions& options) {
  options.check();
  const std::shared_ptr<ObjectStore> store = options.stores->open(options.out);
  CleanReport report = look(*store);
  if (options.dry_run) return report;
  std::optional<OutputFolder> alone;
  const auto keep_others_away = [&] {
    alone.emplace(options.out, *options.stores, std::vector<std::string>());
  };
  try {
    keep_others_away();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    give_up_publication(*store);
    report = look(*store);
    report.broken = true;
    keep_others_away();
  }
  store->remove(kWorkNote);
  store->remove(kWorkFolder);
  store->remove_unfinished(written_names(), /*dry_run=*/false);
  return report;
}

}  // namespace pomona
