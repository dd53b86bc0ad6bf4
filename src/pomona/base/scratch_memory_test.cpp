// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/scratch_memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace pomona {
namespace {

// Memory of this process, in bytes: "RssAnon" or "RssFile".
std::size_t resident(const std::string& kind) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kilobytes = 0;
    if (word == kind + ":" && status >> kilobytes) return kilobytes << 10U;
  }
  return 0;
}

TEST(ScratchVector, HoldsWhatIsPutIn) {
  ScratchVector<std::size_t> numbers;
  for (std::size_t i = 0; i < 3'000'000; ++i) numbers.push_back(i * i);
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i * i);
  ScratchVector<std::size_t> copy = numbers;
  numbers.clear();
  numbers.shrink_to_fit();
  EXPECT_EQ(copy[2'999'999], 2'999'999ULL * 2'999'999ULL);
}

TEST(ScratchVector, B24LargePiecesAreNoMemoryThatAProcessMustHave) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers hold memory of their own for each byte";
#endif
  const std::size_t before = resident("RssAnon");
  const ScratchVector<char> large(std::size_t{64} << 20U, 'x');
  if (resident("RssFile") + resident("RssShmem") < large.size()) {
    GTEST_SKIP() << "no room for scratch files here, so it is ordinary memory";
  }
  EXPECT_LT(resident("RssAnon"), before + (std::size_t{8} << 20U));
}

TEST(TextStock, KeepsTextsWhereTheyAre) {
  TextStock stock;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 300'000; ++i) {
    kept.push_back(stock.keep("photographs/label/" + std::to_string(i) + ".jpg"));
  }
  const std::string large(9U << 20U, 'l');
  EXPECT_EQ(stock.keep(large), large);
  EXPECT_EQ(stock.keep(""), "");
  for (int i = 0; i < 300'000; ++i) {
    ASSERT_EQ(kept[static_cast<std::size_t>(i)], "photographs/label/" + std::to_string(i) + ".jpg");
  }
}

}  // namespace
}  // namespace pomona
