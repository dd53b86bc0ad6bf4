// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_damage.h"

#include <gtest/gtest.h>

#include "pomona/base/digest.h"

namespace pomona {
namespace {

HttpAnswer answer_of(int status, const std::string& name, const std::string& value) {
  return {status, {{name, value}}};
}

HttpAnswer range_answer(const std::string& range) { return answer_of(206, "content-range", range); }

constexpr const char* kNoRanges[] = {"",
                                     "bytes",
                                     "bytes ",
                                     "bytes 90-99",
                                     "bytes 90-99/",
                                     "bytes 90-99/*",
                                     "bytes 90-99/many",
                                     "bytes 90-99/-100",
                                     "bytes 90-99/100 ",
                                     "bytes 90-99/18446744073709551616",
                                     "bytes 90-18446744073709551615/18446744073709551615",
                                     "bytes 99-90/100",
                                     "bytes 90-99/99",
                                     "bytes /100",
                                     "bytes -/100",
                                     "bytes 90/99-100",
                                     "bytes */100",
                                     "lines 90-99/100"};

TEST(S3DamageTest, OfARange) {
  const std::string body(10, 'x');
  S3GetOptions options;
  options.range = {90, 10};
  EXPECT_EQ(damage_of_content(range_answer("bytes 90-99/100"), options, body), "");
  EXPECT_NE(damage_of_content(range_answer("bytes 80-89/100"), options, body), "");
  EXPECT_NE(damage_of_content(range_answer("bytes 90-99/100"), options, body + "x"), "");
  EXPECT_NE(damage_of_content(range_answer("bytes 90-98/100"), options, body), "");
  EXPECT_NE(damage_of_content({200, {}}, options, body), "");
  for (const char* range : kNoRanges) {
    EXPECT_NE(damage_of_content(range_answer(range), options, body), "") << range;
  }
}

TEST(S3DamageTest, OfATail) {
  const std::string body(10, 'x');
  EXPECT_EQ(damage_of_tail(range_answer("bytes 90-99/100"), 10, body), "");
  EXPECT_EQ(object_size(range_answer("bytes 90-99/100"), 10), 100U);
  EXPECT_EQ(damage_of_tail(range_answer("bytes 0-9/10"), 64, body), "");
  EXPECT_EQ(damage_of_tail({200, {}}, 64, body), "");
  EXPECT_EQ(object_size({200, {}}, 10), 10U);
  EXPECT_NE(damage_of_tail(range_answer("bytes 0-9/100"), 10, body), "") << "not the last ones";
  EXPECT_NE(damage_of_tail(range_answer("bytes 90-99/100"), 20, body), "") << "too few";
  EXPECT_NE(damage_of_tail(range_answer("bytes 0-9/10"), 64, ""), "");
  for (const char* range : kNoRanges) {
    EXPECT_NE(damage_of_tail(range_answer(range), 10, body), "") << range;
  }
}

TEST(S3DamageTest, OfAWholeObject) {
  EXPECT_EQ(damage_of_content({200, {}}, {}, "body"), "");
  EXPECT_NE(damage_of_content({204, {}}, {}, ""), "");
  EXPECT_NE(damage_of_content(range_answer("bytes 0-3/9"), {}, "body"), "");
}

TEST(S3DamageTest, DigestsThatMayBeOfTheContent) {
  const std::string digest = md5("body");
  for (const std::string& etag : {"\"" + digest + "\"", digest}) {
    const ContentDigest found = digest_of_content(answer_of(200, "etag", etag), "body");
    EXPECT_EQ(found.stored, digest);
    EXPECT_EQ(found.found, digest);
    EXPECT_TRUE(found.is_etag);
  }
  EXPECT_NE(digest_of_content(answer_of(200, "etag", digest), "other").found, digest);
  for (const std::string& etag :
       {std::string("\"no MD5\""), "\"" + digest + "-2\"", digest + "0"}) {
    EXPECT_EQ(digest_of_content(answer_of(200, "etag", etag), "body").stored, "") << etag;
  }
  const auto encrypted = [&](const std::string& header, const std::string& by) {
    const HttpAnswer answer{200, {{"etag", digest}, {header, by}}};
    return digest_of_content(answer, "body").stored;
  };
  EXPECT_EQ(encrypted("x-amz-server-side-encryption", "AES256"), digest);
  for (const char* by : {"aws:kms", "aws:kms:dsse", "aws:fsx", "of tomorrow"}) {
    EXPECT_EQ(encrypted("x-amz-server-side-encryption", by), "") << by;
  }
  EXPECT_EQ(encrypted("x-amz-server-side-encryption-customer-algorithm", "AES256"), "");
  const HttpAnswer summed{200, {{"etag", digest}, {"x-amz-checksum-sha256", "a sum"}}};
  EXPECT_EQ(digest_of_content(summed, "body").stored, "a sum");
  EXPECT_FALSE(digest_of_content(summed, "body").is_etag);
}

TEST(S3DamageTest, AChecksumIsBelievedBeforeAnEtag) {
  HttpAnswer answer{200, {{"etag", md5("body")}, {"x-amz-checksum-crc32", "26gLsg=="}}};
  const ContentDigest found = digest_of_content(answer, "body");
  EXPECT_STREQ(found.name, "CRC-32");
  EXPECT_EQ(found.stored, found.found);
  EXPECT_FALSE(found.is_etag);
  EXPECT_NE(digest_of_content(answer, "other").found, found.stored);
  answer.headers["x-amz-checksum-type"] = "COMPOSITE";
  EXPECT_STREQ(digest_of_content(answer, "body").name, "MD5");
  answer.headers["x-amz-checksum-type"] = "FULL_OBJECT";
  answer.headers["x-amz-checksum-crc32"] = "26gLsg==-2";
  EXPECT_STREQ(digest_of_content(answer, "body").name, "MD5");
}

TEST(S3DamageTest, SizesInHeaders) {
  const auto length = [](const std::string& text) {
    return announced_size(answer_of(200, "content-length", text));
  };
  EXPECT_EQ(length("12"), 12U);
  EXPECT_EQ(announced_size({200, {}}), 0U);
  for (const char* text : {"many", "12abc", "-1", "18446744073709551616", "1 2"}) {
    EXPECT_EQ(length(text), std::nullopt) << text;
  }
  const auto beyond = [](const std::string& text) {
    return size_out_of_range(answer_of(416, "content-range", text));
  };
  EXPECT_EQ(beyond("bytes */0"), 0U);
  EXPECT_EQ(beyond("bytes */100"), 100U);
  EXPECT_EQ(size_out_of_range({416, {}}), 0U);
  for (const char* text : {"bytes *", "bytes */", "bytes */*", "bytes */many", "*/0"}) {
    EXPECT_EQ(beyond(text), std::nullopt) << text;
  }
}

TEST(S3DamageTest, OfAListing) {
  const auto page = [](const std::string& key, const std::string& folder) {
    return S3ListPage{{{key, 1, ""}}, {folder}, {}};
  };
  EXPECT_TRUE(lies_below(page("photos/a", "photos/b/"), "photos/"));
  EXPECT_TRUE(lies_below(page("photos/", "photos/b/"), "photos/"));
  EXPECT_TRUE(lies_below(page("a", "b/"), ""));
  EXPECT_FALSE(lies_below(page("a", "photos/b/"), "photos/"));
  EXPECT_FALSE(lies_below(page("photos/a", "b/"), "photos/"));
  EXPECT_FALSE(lies_below(page("photos/a", "photos/"), "photos/")) << "it would be listed for ever";
}

TEST(S3DamageTest, QuotesOfAnEtag) {
  EXPECT_TRUE(is_same_etag("\"a-2\"", "a-2"));
  EXPECT_TRUE(is_same_etag("\"a-2\"", "\"a-2\""));
  EXPECT_FALSE(is_same_etag("\"a-2\"", "\"b-2\""));
  EXPECT_FALSE(is_same_etag("\"", ""));
}

}  // namespace
}  // namespace pomona
