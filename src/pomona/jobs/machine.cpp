// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/machine.h"

#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <ctime>
#include <fstream>
#include <set>
#include <sstream>

#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/parallel.h"
#include "pomona/table/schema.h"

namespace pomona {
namespace {

// The value of the first line of /proc/cpuinfo that begins with `field`.
std::string cpu_field(const std::string& field) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(field)) continue;
    const std::size_t colon = line.find(": ");
    return colon == std::string::npos ? "" : line.substr(colon + 2);
  }
  return "";
}

std::vector<std::string> known_instruction_sets() {
  std::istringstream words(cpu_field("flags"));
  std::set<std::string> flags;
  for (std::string flag; words >> flag;) flags.insert(flag);
  std::vector<std::string> result;
  for (const char* known : {"sse4_2", "avx", "avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni",
                            "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_int8"}) {
    if (flags.contains(known)) result.emplace_back(known);
  }
  return result;
}

}  // namespace

Machine describe_machine() {
  Machine machine;
  machine.cpu = cpu_field("model name");
  machine.cores = usable_cores();
  machine.instruction_sets = known_instruction_sets();
  struct sysinfo memory {};
  if (sysinfo(&memory) == 0)
    machine.memory_bytes = std::uint64_t{memory.totalram} * memory.mem_unit;
  struct utsname name {};
  if (uname(&name) == 0) {
    machine.system = std::string(name.sysname) + " " + name.release + " " + name.machine;
  }
  return machine;
}

Json machine_json(const Machine& machine) {
  return {{"cpu", machine.cpu},
          {"cores", machine.cores},
          {"instruction_sets", machine.instruction_sets},
          {"memory_bytes", machine.memory_bytes},
          {"system", machine.system}};
}

std::uint64_t peak_memory_bytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::vector<ProgramVersion> program_versions() {
  return {{"pomona", POMONA_VERSION},
          {"openvino", openvino_version()},
          {"arrow", std::string(arrow_version())}};
}

Json versions_json() {
  Json versions = Json::object();
  for (const auto& [name, version] : program_versions()) versions[name] = version;
  return versions;
}

}  // namespace pomona
