// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pomona {
namespace {

using ::testing::ElementsAre;

constexpr const char* kPage = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>fruits</Name><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>
  <NextContinuationToken>next one</NextContinuationToken>
  <Contents><Key>Apple+Red/caf%C3%A9%0A.jpg</Key><ETag>"abc"</ETag><Size>5368709121</Size></Contents>
  <CommonPrefixes><Prefix>Apple%20Red/</Prefix></CommonPrefixes>
</ListBucketResult>)";

TEST(S3AnswerTest, OfAListing) {
  const auto page = parse_list_page(kPage);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 1U);
  EXPECT_EQ(page->objects[0].key, "Apple Red/café\n.jpg");
  EXPECT_EQ(page->objects[0].bytes, 5368709121U);
  EXPECT_EQ(page->objects[0].etag, "\"abc\"");
  EXPECT_THAT(page->common_prefixes, ElementsAre("Apple Red/"));
  EXPECT_EQ(page->next.text, "next one");
  EXPECT_FALSE(page->next.is_marker);
}

TEST(S3AnswerTest, OfAListingOfTheFirstVersion) {
  const auto next_of = [](const std::string& inside) {
    const auto page = parse_list_page(
        "<ListBucketResult><Marker/><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>"
        "<Contents><Key>a/1</Key><Size>1</Size></Contents>" +
        inside + "</ListBucketResult>");
    EXPECT_TRUE(page && page->next.is_marker) << inside;
    return page ? page->next.text : "";
  };
  EXPECT_EQ(next_of("<NextMarker>b%20c</NextMarker>"), "b c");
  EXPECT_EQ(next_of(""), "a/1");
  EXPECT_EQ(next_of("<Contents><Key>a/2</Key><Size>1</Size></Contents>"), "a/2");
  const std::string behind = next_of("<CommonPrefixes><Prefix>a/b/</Prefix></CommonPrefixes>");
  EXPECT_TRUE(behind > "a/b/~" && behind > "a/b/\xF4\x8F\xBF\xBE" && behind < "a/b0") << behind;
}

TEST(S3AnswerTest, ACutListingIsNone) {
  const std::string whole = kPage;
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    EXPECT_FALSE(parse_list_page(whole.substr(0, length))) << length << " bytes";
  }
}

TEST(S3AnswerTest, AListingWithFieldsOfAnotherShapeIsNone) {
  const auto page_of = [](const std::string& inside) {
    return parse_list_page("<ListBucketResult>" + inside + "</ListBucketResult>");
  };
  const auto object = [&](const std::string& key, const std::string& size) {
    return page_of("<Contents><Key>" + key + "</Key><Size>" + size + "</Size></Contents>");
  };
  EXPECT_TRUE(object("a", "18446744073709551615"));
  EXPECT_FALSE(object("a", "18446744073709551616"));
  for (const char* size : {"", "-1", "many", "12 KiB", "1e3"}) EXPECT_FALSE(object("a", size));
  EXPECT_FALSE(object("", "1"));
  EXPECT_FALSE(page_of("<Contents><Size>1</Size></Contents>"));
  EXPECT_FALSE(page_of("<Contents><Key>a</Key></Contents>"));
  EXPECT_FALSE(page_of("<Contents/>"));
  EXPECT_FALSE(page_of("<CommonPrefixes/>"));
  EXPECT_FALSE(page_of("<IsTruncated>true</IsTruncated>"));
  EXPECT_TRUE(page_of(""));
}

TEST(S3AnswerTest, AnUnfinishedUploadHasKeyAndId) {
  const auto uploads_of = [](const std::string& inside) {
    return parse_pending_uploads("<ListMultipartUploadsResult><Upload>" + inside +
                                 "</Upload></ListMultipartUploadsResult>");
  };
  EXPECT_TRUE(uploads_of("<Key>a</Key><UploadId>u</UploadId>"));
  EXPECT_FALSE(uploads_of("<Key>a</Key>"));
  EXPECT_FALSE(uploads_of("<UploadId>u</UploadId>"));
  EXPECT_FALSE(uploads_of("<Key/><UploadId/>"));
}

TEST(S3AnswerTest, OfAnError) {
  const auto error =
      parse_s3_error("<Error><Code>SlowDown</Code><Message>Please &amp; thanks</Message></Error>");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "SlowDown");
  EXPECT_EQ(error->message, "Please & thanks");
  EXPECT_FALSE(parse_s3_error("<html>502 Bad Gateway</html>"));
  EXPECT_FALSE(parse_s3_error(""));
}

TEST(S3AnswerTest, AnErrorIsNoResult) {
  const std::string error = "<Error><Code>InternalError</Code></Error>";
  EXPECT_FALSE(parse_result_etag(error));
  EXPECT_FALSE(parse_upload_id(error));
  EXPECT_FALSE(parse_delete_result(error));
  EXPECT_EQ(parse_result_etag("<CopyObjectResult><ETag>\"a\"</ETag></CopyObjectResult>"), "\"a\"");
  EXPECT_EQ(parse_upload_id("<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                            "</InitiateMultipartUploadResult>"),
            "u");
}

TEST(S3AnswerTest, Requests) {
  EXPECT_EQ(complete_upload_xml({"\"a\"", "\"b\""}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>\"b\"</ETag></Part></CompleteMultipartUpload>");
  EXPECT_EQ(delete_objects_xml({"a<b"}),
            "<Delete><Quiet>true</Quiet><Object><Key>a&lt;b</Key></Object></Delete>");
}

}  // namespace
}  // namespace pomona
