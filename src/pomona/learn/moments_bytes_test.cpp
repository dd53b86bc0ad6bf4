// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <bit>
#include <cstdint>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/learn/made_up_rows.h"
#include "pomona/learn/moments.h"

namespace pomona {
namespace {

using testing::HasSubstr;

// Little-endian, byte by byte.
std::string bytes_of(std::uint64_t number) {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    bytes += static_cast<char>((number >> shift) & 255U);
  }
  return bytes;
}

std::string bytes_of_numbers(const std::vector<double>& numbers) {
  std::string bytes;
  for (const double number : numbers) bytes += bytes_of(std::bit_cast<std::uint64_t>(number));
  return bytes;
}

std::string with_digest(const std::string& bytes) { return bytes + sha256(bytes); }

// Rows (1, 5), (3, 5) and (5, 8), of which the second and the third are of class 1.
std::string written_by_hand() {
  return with_digest("PMNAMOM1" + bytes_of(2) + bytes_of(2) + bytes_of(3) +
                     bytes_of_numbers({3, 6}) +          // shift: the mean
                     bytes_of_numbers({0, 0}) +          // sums about it
                     bytes_of_numbers({8, 6, 6}) +       // upper triangle of the Gram matrix
                     bytes_of(1) + bytes_of(2) +         // rows of the classes
                     bytes_of_numbers({-2, -1, 2, 1}));  // their sums about the shift
}

TEST(MomentsBytesTest, AreLaidOutAsTheyAreDescribed) {
  Matrix<float> rows(3, 2);
  std::ranges::copy(std::vector<float>{1, 5, 3, 5, 5, 8}, rows.data());
  Moments moments(2, 2);
  moments.add(rows.view(), std::vector<std::int32_t>{0, 1, 1});
  EXPECT_EQ(moments.to_bytes(), written_by_hand());
}

TEST(MomentsBytesTest, GiveWhatWasWrittenByHand) {
  const Moments moments = Moments::from_bytes(written_by_hand());
  EXPECT_EQ(moments.rows(), 3U);
  EXPECT_THAT(moments.mean(), testing::ElementsAre(3, 6));
  EXPECT_THAT(moments.variance(),
              testing::ElementsAre(testing::DoubleEq(8 / 3.0), testing::DoubleEq(2)));
  EXPECT_THAT(moments.class_rows(), testing::ElementsAre(1, 2));
  EXPECT_EQ(moments.class_means()(1, 0), 4);
}

TEST(MomentsBytesTest, ComesBackFromBytesBitForBit) {
  const Moments moments = moments_of(made_up_rows(15, 700, 6, 3, 1.0), 3);
  const Moments back = Moments::from_bytes(moments.to_bytes());
  EXPECT_EQ(back.to_bytes(), moments.to_bytes());
  EXPECT_EQ(back.covariance(), moments.covariance());
  EXPECT_EQ(back.class_means(), moments.class_means());
  EXPECT_EQ(back.rows(), 700U);
}

TEST(MomentsBytesTest, NoticesEveryChangedByteAndEveryTruncation) {
  const std::string bytes = moments_of(made_up_rows(16, 20, 3, 2, 1.0), 2).to_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_THROW(Moments::from_bytes(changed), Error) << "byte " << i;
    EXPECT_THROW(Moments::from_bytes(bytes.substr(0, i)), Error) << "cut at " << i;
  }
  EXPECT_THROW(Moments::from_bytes(bytes + "x"), Error);
  try {
    Moments::from_bytes("");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
  }
}

// The digest is right, what it covers is not.
TEST(MomentsBytesTest, RefuseSizesThatCannotBe) {
  const auto refusal_of = [](std::uint64_t dims, std::uint64_t classes, std::size_t numbers) {
    try {
      Moments::from_bytes(with_digest("PMNAMOM1" + bytes_of(dims) + bytes_of(classes) +
                                      bytes_of(0) + std::string(8 * numbers, '\0')));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal_of(1, 1, 5), "accepted");
  EXPECT_THAT(refusal_of(1, 1, 6), HasSubstr("size does not fit"));
  EXPECT_THAT(refusal_of(1, 1, 4), HasSubstr("size does not fit"));
  EXPECT_THAT(refusal_of(0, 1, 1), HasSubstr("out of range"));
  const std::uint64_t most = std::uint64_t{1} << 20U;
  EXPECT_THAT(refusal_of(most, 0, 1), HasSubstr("size does not fit"));
  EXPECT_THAT(refusal_of(most + 1, 0, 1), HasSubstr("out of range"));
  EXPECT_THAT(refusal_of(1, most + 1, 1), HasSubstr("out of range"));
  // 8 × (…) would be 0 again.
  EXPECT_THAT(refusal_of(std::uint64_t{1} << 63U, 0, 0), HasSubstr("out of range"));
}

}  // namespace
}  // namespace pomona
