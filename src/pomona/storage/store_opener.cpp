// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/store_opener.h"

#include "pomona/base/error.h"
#include "pomona/storage/local_store.h"
#include "pomona/storage/place.h"

namespace pomona {
namespace {

class LocalStoreOpener final : public StoreOpener {
 public:
  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode) const override {
    check_place(place);
    if (is_remote(place)) {
      throw Error(ErrorKind::kInvalidInput,
                  "opening '" + place +
                      "': only folders can be opened here; give a folder, or an opener that knows "
                      "buckets");
    }
    return std::make_shared<LocalStore>(
        place, mode.create ? LocalStore::IfMissing::kCreate : LocalStore::IfMissing::kThrow);
  }
};

}  // namespace

std::shared_ptr<const StoreOpener> local_store_opener() {
  static const auto opener = std::make_shared<const LocalStoreOpener>();
  return opener;
}

std::string read_place(const std::string& place, std::uint64_t max_bytes,
                       const StoreOpener& stores) {
  const auto [folder, key] = split_place(place);
  std::string bytes;
  stores.open(folder)->read(key, max_bytes, bytes, /*version=*/"");
  return bytes;
}

}  // namespace pomona
