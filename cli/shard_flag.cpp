// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "flags.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"

namespace pomona::cli {

std::shared_ptr<std::optional<std::string>> add_shard_flag(CLI::App& command,
                                                           const std::string& end) {
  auto text = std::make_shared<std::optional<std::string>>();
  command
      .add_option("--shard", *text,
                  "Do shard I of N of the extraction (I from 1; 0 only lists the photographs). N "
                  "machines with the same --out write one result; " +
                      end)
      ->type_name("I/N")
      ->group("Earlier work");
  return text;
}

std::optional<ShardShare> parse_share(const std::string& text) {
  const std::string_view whole = text;
  const std::size_t slash = std::min(whole.find('/'), whole.size());
  const std::optional<std::size_t> index = parse_count(whole.substr(0, slash));
  const std::size_t count =
      parse_count(whole.substr(std::min(slash + 1, whole.size()))).value_or(0);
  if (!index || count == 0 || *index > count) {
    throw Error(ErrorKind::kInvalidInput,
                "reading --shard: expected I/N with I from 1 to N, such as 3/8, or 0/N; found '" +
                    text + "'");
  }
  if (*index == 0) return std::nullopt;
  return ShardShare{*index - 1, count};
}

}  // namespace pomona::cli
