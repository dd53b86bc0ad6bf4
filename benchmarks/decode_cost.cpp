// SPDX-License-Identifier: Apache-2.0
// What each file of a folder costs to decode, at the default limits:
//
//   decode_cost FOLDER [TARGET_SIDE]
//
// One line a file, parts divided by tabs: name; "ok", the kind of failure, "skipped" or "crashed";
// CPU milliseconds, the least of three; KiB of memory beyond the file's own bytes, at the peak;
// the failure's message. tests/end_to_end/faults/test_hostile_photographs.py holds the figures to
// limits. Each file is decoded in a process of its own, which begins with little memory and may
// crash.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "pomona/image/decode.h"
#include "pomona/image/jpeg_encode.h"

namespace pomona {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The most memory this process has had so far. A process starts with what its parent had then.
long peak_kib() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

// Code of the libraries is read in by the first call; that is no cost of the file.
void warm_up() {
  Image image;
  image.set_size(64, 64);
  std::string bytes;
  JpegEncoder().encode(image, 80, bytes);
  static_cast<void>(Decoder().decode(bytes, {}, image));
}

void measure(const std::string& name, const std::string& bytes, const DecodeOptions& options) {
  warm_up();
  const long before = peak_kib();
  double best = 1e9;
  std::string outcome;
  std::string message;
  for (int turn = 0; turn < 3; ++turn) {
    const double start = cpu_milliseconds();
    Decoder decoder;
    Image image;
    const auto done = decoder.decode(bytes, options, image);
    best = std::min(best, cpu_milliseconds() - start);
    outcome = done ? "ok" : std::string(decode_failure_name(done.error().kind));
    message = done ? "" : done.error().message;
  }
  std::printf("%s\t%s\t%.3f\t%ld\t%s\n", name.c_str(), outcome.c_str(), best, peak_kib() - before,
              message.c_str());
}

void measure_apart(const std::filesystem::path& path, const DecodeOptions& options) {
  const std::string name = path.filename().string();
  const std::string bytes = read_file(path);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    measure(name, bytes, options);
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (child < 0 || status != 0) std::printf("%s\tcrashed\t0\t0\tstatus %d\n", name.c_str(), status);
}

int measure_folder(const char* folder, int target_side) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  DecodeOptions options;
  options.target_side = target_side;
  for (const auto& path : paths) measure_apart(path, options);
  return 0;
}

}  // namespace
}  // namespace pomona

int main(int count, char** words) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: decode_cost FOLDER [TARGET_SIDE]\n");
    return 2;
  }
  try {
    return pomona::measure_folder(
        words[1], count == 3 ? static_cast<int>(std::strtol(words[2], nullptr, 10)) : 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "decode_cost: %s\n", error.what());
    return 1;
  }
}
