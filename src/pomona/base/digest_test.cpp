// SPDX-License-Identifier: Apache-2.0
// Vectors of FIPS 180-4 with its examples, of RFC 1321 and of RFC 4231.
#include "pomona/base/digest.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(DigestTest, AgreesWithTheStandard) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(DigestTest, PiecesAreTheSameAsTheWhole) {
  Sha256 digest;
  const std::string thousand(1000, 'a');
  for (int i = 0; i < 1000; ++i) digest.add(thousand);
  EXPECT_EQ(digest.finish(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DigestTest, Md5) {
  EXPECT_EQ(md5(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5("abc"), "900150983cd24fb0d6963f7d28e17f72");
}

// Of zlib.
TEST(DigestTest, Crc32) {
  EXPECT_EQ(hex(crc32_bytes("")), "00000000");
  EXPECT_EQ(hex(crc32_bytes("a")), "e8b7be43");
  EXPECT_EQ(hex(crc32_bytes("123456789")), "cbf43926");
  EXPECT_EQ(hex(crc32_bytes("0123456789abcdef")), "68c4f033");
  EXPECT_EQ(hex(crc32_bytes(std::string(1000, 'x') + "yz")), "e5685d5d");
}

TEST(DigestTest, WithAKey) {
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace pomona
