// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/etag.h"

#include <gtest/gtest.h>

#include "pomona/base/digest.h"

namespace pomona {
namespace {

std::string etag_of(std::string_view bytes, std::size_t piece) {
  EtagBuilder builder;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    builder.add(bytes.substr(0, piece));
  }
  return builder.finish();
}

TEST(EtagTest, OfASmallObjectIsItsMd5) {
  EXPECT_EQ(etag_of("", 1), "\"d41d8cd98f00b204e9800998ecf8427e\"");
  EXPECT_EQ(etag_of("abc", 2), "\"900150983cd24fb0d6963f7d28e17f72\"");
}

TEST(EtagTest, OfALargeObjectIsTheMd5OfThoseOfItsParts) {
  std::string bytes;
  bytes.resize(20'000'000, 'x');
  const std::size_t part = upload_part_bytes(0);
  std::string digests;
  for (std::size_t at = 0; at < bytes.size(); at += part) {
    digests += md5_bytes(std::string_view(bytes).substr(at, part));
  }
  EXPECT_EQ(etag_of(bytes, 3'000'000), "\"" + md5(digests) + "-3\"");
}

TEST(EtagTest, OfPartsIsTheOneOfTheWhole) {
  const std::string bytes = std::string(upload_part_bytes(0), 'x') + "and more";
  const std::string first = md5(std::string(upload_part_bytes(0), 'x'));
  const std::string second = md5("and more");
  EXPECT_EQ(etag_of_parts({"\"" + first + "\"", second}), etag_of(bytes, bytes.size()));
  EXPECT_NE(etag_of_parts({second, first}), etag_of(bytes, bytes.size()));
  EXPECT_EQ(etag_of_parts({first, second.substr(1) + "g"}), "");
  EXPECT_EQ(etag_of_parts({first, "\"" + second.substr(1) + "\""}), "");
}

TEST(EtagTest, AWholePartMoreOrLessIsNoEmptyPart) {
  EXPECT_TRUE(etag_of(std::string(upload_part_bytes(0), 'x'), 1 << 20).ends_with("-1\""));
}

TEST(EtagTest, PartsReachTheLargestObject) {
  unsigned long long total = 0;
  for (std::size_t part = 0; part < 10'000; ++part) total += upload_part_bytes(part);
  EXPECT_GE(total, 5ULL << 40U);
}

}  // namespace
}  // namespace pomona
