// SPDX-License-Identifier: Apache-2.0
// What a run ran on, for run.json and `pomona doctor`. No host name, no user, no path. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pomona/base/json.h"

namespace pomona {

struct Machine {
  std::string cpu;                            // the processor's own name
  std::size_t cores = 1;                      // usable ones
  std::vector<std::string> instruction_sets;  // those that matter here, of x86-64
  std::uint64_t memory_bytes = 0;
  std::string system;  // kernel and architecture
};

Machine describe_machine();
Json machine_json(const Machine& machine);

// The most memory this process has held so far (resident set).
std::uint64_t peak_memory_bytes();

// "2026-11-21T22:00:00Z".
std::string utc_now();

// Of Pomona and of the libraries that results depend on.
struct ProgramVersion {
  std::string name;
  std::string version;
};
std::vector<ProgramVersion> program_versions();
// One member for each.
Json versions_json();

}  // namespace pomona
