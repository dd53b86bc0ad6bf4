// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/openvino_network.h"

#include <cerrno>
#include <cstring>
#include <openvino/openvino.hpp>
#include <sstream>
#include <system_error>

#include "pomona/base/parallel_start.h"

namespace pomona {
namespace {

// More than OpenVINO was seen to start: its streams, those who compile, those who call back.
constexpr std::size_t kThreadsAStream = 2;
constexpr std::size_t kThreadsBeside = 4;

// OpenVINO puts file names and checked expressions of its own sources before what went wrong.
std::string gist(const std::string& words) {
  std::istringstream lines(words);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const bool noise = line.empty() || line.starts_with("Exception from ") ||
                       line.starts_with("Check '") || line.starts_with("While validating node") ||
                       line.starts_with("FrontEnd API failed") ||
                       line.starts_with("Loading input model");
    if (!noise) result += (result.empty() ? "" : " ") + line;
  }
  constexpr std::size_t kLongest = 400;
  if (result.size() > kLongest) result = result.substr(0, kLongest) + " …";
  return result.empty() ? words : result;
}

[[noreturn]] void throw_few_threads(std::string_view doing) {
  throw Error(ErrorKind::kUnavailable,
              std::string(doing) +
                  ": the system starts no more threads for OpenVINO; allow this "
                  "process more (ulimit -u, the pids limit of its container), or "
                  "compute with fewer workers");
}

}  // namespace

ov::Core& openvino_core() {
  static ov::Core core;
  return core;
}

void check_threads(std::size_t streams, std::string_view doing) {
  if (!can_start_threads(kThreadsAStream * streams + kThreadsBeside)) throw_few_threads(doing);
}

void rethrow_openvino(ErrorKind kind, std::string_view doing, std::string_view advice) {
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    const std::string words = error.what();
    if (words.find(std::generic_category().message(EAGAIN)) != std::string::npos) {
      throw_few_threads(doing);
    }
    throw Error(kind, std::string(doing) + ": " + gist(error.what()) + "; " + std::string(advice));
  }
}

std::shared_ptr<ov::Model> read_network(const std::string& xml, std::string_view bin) {
  // The compiled network may go on using these bytes, so they are its own.
  ov::Tensor weights(ov::element::u8, {bin.size()});
  if (!bin.empty()) std::memcpy(weights.data(), bin.data(), bin.size());
  return openvino_core().read_model(xml, weights);
}

}  // namespace pomona
