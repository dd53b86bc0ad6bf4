// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/write_bundle.h"

#include <string>

#include "pomona/bundle/bundle_files.h"

namespace pomona {

void write_bundle(const Bundle& bundle, ObjectStore& store, std::string_view folder) {
  check_bundle(bundle);
  const std::string above = folder.empty() ? "" : std::string(folder) + "/";
  const BundleFiles files = print_bundle(bundle);
  for (const auto& [name, content] : files) store.write(above + name, content);
  store.write(above + std::string(kBundleSums), print_sums(files));
}

}  // namespace pomona
