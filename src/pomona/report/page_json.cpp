// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/page_json.h"

namespace pomona {

std::string page_json(const Json& data) {
  const std::string text =
      data.dump(/*indent=*/-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  // Outside of strings JSON has no '<'.
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace pomona
