// SPDX-License-Identifier: Apache-2.0
// Judgements that were made outside of a run, such as how often a model rejects what is no fruit:
// tables of shares that the report shows beside the run's own figures. docs/formats.md describes
// their file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pomona/base/json.h"

namespace pomona {

inline constexpr std::uint64_t kMaxJudgementsBytes = 1ULL << 20U;

// The tables of such a file, as they stand there; all of them are as docs/formats.md says. `what`
// names the file in errors. Throws invalid_input that says in which table and row something is
// missing, misspelt or out of range. Any thread.
Json parse_judgements(std::string_view text, const std::string& what);

}  // namespace pomona
