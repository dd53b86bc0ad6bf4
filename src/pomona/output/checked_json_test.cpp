// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/checked_json.h"

#include <gtest/gtest.h>

#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

TEST(CheckedJson, ComesBackAsItWas) {
  const Json value = {{"shard", 3}, {"first_path", "Äpfel/1.jpg"}, {"failures", Json::array()}};
  MemoryStore store;
  store.write("note.json", print_checked_json(value));
  EXPECT_EQ(read_checked_json(store, "note.json"), value);
  EXPECT_EQ(read_checked_json(store, "other.json"), std::nullopt);
}

TEST(CheckedJson, B20NoticesEveryByteThatChanges) {
  const std::string whole = print_checked_json({{"shard", 3}, {"ok", 17}});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned flip : {1U, 0x20U, 0x80U}) {
      std::string text = whole;
      text[i] = static_cast<char>(static_cast<unsigned char>(text[i]) ^ flip);
      EXPECT_EQ(parse_checked_json(text), std::nullopt) << i;
    }
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(parse_checked_json(whole.substr(0, size)), std::nullopt) << size;
  }
}

}  // namespace
}  // namespace pomona
