// SPDX-License-Identifier: Apache-2.0
// --shard of `run` and `extract`: several machines share one extraction.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "pomona/extract/extract.h"

namespace CLI {
class App;
}  // namespace CLI

namespace pomona::cli {

// The text as given; none without the flag. `end`: what happens when all shards are finished.
std::shared_ptr<std::optional<std::string>> add_shard_flag(CLI::App& command,
                                                           const std::string& end);

// "3/8" is the third of eight, "0/8" none of them: the photographs are only listed.
std::optional<ShardShare> parse_share(const std::string& text);

// Of a shard that has published nothing; `end` as in add_shard_flag().
void print_share(std::size_t left, const std::string& end);

}  // namespace pomona::cli
