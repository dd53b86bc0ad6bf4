// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/json.h"

#include "pomona/base/error.h"

namespace pomona {

Json parse_json(std::string_view text, std::string_view what) {
  Json value = Json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(what) + ": not valid JSON");
  }
  return value;
}

std::string print_json(const Json& value) {
  return value.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pomona
