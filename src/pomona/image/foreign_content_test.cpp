// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/foreign_content.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "pomona/image/image_format.h"

namespace pomona {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

TEST(ForeignContent, NamesWhatAFileHoldsThatIsNoImage) {
  const std::string tar = std::string(257, 'x') + "ustar";
  for (const auto& [bytes, content] : {
           std::pair(""s, "empty"),
           std::pair("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"s,
                     "git lfs pull"),
           std::pair("/annex/objects/SHA256E-s3--00.jpg\n"s, "git annex get"),
           std::pair("../../.git/annex/objects/ab/cd/SHA256E-s3--00.jpg"s, "git annex get"),
           std::pair("\n <!DOCTYPE HTML><title>404</title>"s, "HTML page"),
           std::pair("<HTML><head>"s, "HTML page"),
           std::pair("<?xml version=\"1.0\"?><html xmlns=\"…\">"s, "HTML page"),
           std::pair("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code>"s, "XML document"),
           std::pair("{\"error\": 404}"s, "JSON"),
           std::pair("not a picture\n"s, "text"),
           std::pair("\x1f\x8b\x08\0"s, "gzip"),
           std::pair("PK\x03\x04..."s, "zip archive"),
           std::pair("\xfd"
                     "7zXZ\0"s,
                     "xz"),
           std::pair(tar, "tar archive"),
           std::pair("\0\x05\x16\x07\0\x02\0\0"s, "AppleDouble"),
           std::pair("\0\0\0\x18"
                     "ftypisom\0\0\0\0"s,
                     "film"),
           std::pair("RIFF\0\0\0\0AVI LIST"s, "film"),
           std::pair(std::string(4096, '\0'), "zeros"),
           std::pair("\x01\x02\x03\x04"s, "no image format"),
           std::pair("data:image/jpeg;base64,/9j/"s, "base64"),
       }) {
    EXPECT_EQ(sniff_format(bytes), ImageFormat::kNone) << content;
    EXPECT_THAT(foreign_content(bytes), HasSubstr(content));
  }
}

TEST(ForeignContent, NeverRepeatsTheFile) {
  EXPECT_EQ(foreign_content("a secret"), foreign_content("another"));
}

}  // namespace
}  // namespace pomona
