// SPDX-License-Identifier: Apache-2.0
// JSON that may stand inside a script element of a page. Any thread.
#pragma once

#include <string>

#include "pomona/base/json.h"

namespace pomona {

// No '<' is left, so that neither "</script" nor "<!--" can occur; bytes that are not UTF-8 are
// replaced.
std::string page_json(const Json& data);

}  // namespace pomona
