// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/clean.h"

#include <memory>

#include "pomona/pipeline/output_folder.h"
#include "pomona/pipeline/output_names.h"
#include "pomona/storage/object_store.h"

namespace pomona {
namespace {

CleanReport look(const ObjectStore& store) {
  CleanReport report;
  store.list(kWorkFolder, [&](const ObjectInfo& object) {
    ++report.objects;
    report.bytes += object.bytes;
  });
  report.complete = store.exists(kSuccess);
  return report;
}

}  // namespace

CleanReport clean(const CleanOptions& options) {
  const std::shared_ptr<ObjectStore> store = open_store(options.out, options.stores);
  CleanReport report = look(*store);
  if (options.dry_run) return report;
  const OutputFolder alone(options.out, options.stores, {});
  store->remove(kWorkNote);
  store->remove(kWorkFolder);
  report.uploads = store->remove_unfinished();
  report.complete = store->exists(kSuccess);
  return report;
}

}  // namespace pomona
