// SPDX-License-Identifier: Apache-2.0
// How the core reports to a front how far it is. The core never prints. Who implements it is called
// from any thread, possibly from several at once.
#pragma once

#include <cstdint>
#include <string_view>

namespace pomona {

// The base class ignores everything.
class Progress {
 public:
  virtual ~Progress() = default;
  // A stage begins; `total` items are expected, 0 when unknown. The stage before it has ended.
  virtual void begin(std::string_view /*stage*/, std::uint64_t /*total*/) {}
  virtual void advance(std::uint64_t /*items*/) {}
  // A sentence for the user: a choice made, a thing worth knowing.
  virtual void note(std::string_view /*sentence*/) {}
  virtual void warn(std::string_view /*sentence*/) {}
};

}  // namespace pomona
