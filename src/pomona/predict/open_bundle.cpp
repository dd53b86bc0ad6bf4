// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/open_bundle.h"

#include <memory>

#include "pomona/base/error.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/predict/bundle_network.h"

namespace pomona {

Catalogue read_catalogue(const Bundle& bundle) {
  if (bundle.catalogue.empty()) return {};
  try {
    return Catalogue::parse(bundle.catalogue, "of the bundle");
  } catch (const Error& error) {
    throw Error(ErrorKind::kCorrupt, std::string(error.what()) + "; get the bundle anew");
  }
}

Bundle open_bundle(const std::string& place, const std::string& models, const StoreOpener& stores) {
  const std::shared_ptr<const ObjectStore> store = stores.open(place);
  Bundle bundle = read_bundle(*store, store->exists("bundle.json") ? "" : "bundle");
  find_network(bundle, models);
  return bundle;
}

}  // namespace pomona
