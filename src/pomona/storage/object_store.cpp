// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/object_store.h"

#include <limits>

namespace pomona {

std::string ObjectStore::read(std::string_view key) const {
  std::string bytes;
  read(key, std::numeric_limits<std::uint64_t>::max(), bytes, /*version=*/"");
  return bytes;
}

void ObjectStore::write(std::string_view key, std::string_view bytes) {
  const std::unique_ptr<ObjectWriter> writer = create(key);
  writer->write(bytes);
  writer->commit();
}

}  // namespace pomona
