// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/file_content.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace pomona {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

DecodeFailure failure_of(std::string_view path, std::string_view bytes) {
  const FileContent content = file_content(path, bytes);
  EXPECT_EQ(content.status, FileStatus::kFailed) << path;
  EXPECT_TRUE(content.failure) << path;
  return content.failure.value_or(DecodeFailure());
}

TEST(FileContentTest, WhatIsDecodedIsOkWhateverItIsCalled) {
  for (const char* path : {"a/1.jpg", "a/1", "a/1.txt", "a/1.tga", "a/1.nef"}) {
    EXPECT_EQ(file_content(path, "\xff\xd8\xff\xe0").status, FileStatus::kOk) << path;
    EXPECT_EQ(file_content(path, "\x89PNG\r\n\x1a\n").status, FileStatus::kOk) << path;
    EXPECT_EQ(file_content(path, "RIFF\0\0\0\0WEBP"s).status, FileStatus::kOk) << path;
  }
}

TEST(FileContentTest, WhatIsCalledAnImageAndIsNoneFailsWithTheReason) {
  const std::string lfs = "version https://git-lfs.github.com/spec/v1\n";
  for (const char* path : {"a/1.jpg", "a/1.JPEG", "a/1.png", "a/1.WebP", "a/1.heic", "a/1.CR2",
                           "a/1.tga", "a/1.tiff", "1.gif", "a/1.dng", "a/1.pdf"}) {
    const DecodeFailure failure = failure_of(path, lfs);
    EXPECT_EQ(failure.kind, DecodeFailureKind::kNotAnImage) << path;
    EXPECT_THAT(failure.message, HasSubstr("Git-LFS pointer")) << path;
    EXPECT_THAT(failure_of(path, "").message, HasSubstr("empty")) << path;
  }
}

TEST(FileContentTest, WhatNobodyCalledAnImageIsSkipped) {
  for (const char* path :
       {"a/notes.txt", "a/README", "jpg", "a/.jpg", "a.jpg/notes", "a/1.jpg.xmp", "a/1."}) {
    EXPECT_EQ(file_content(path, "hello").status, FileStatus::kSkipped) << path;
    EXPECT_EQ(file_content(path, "").status, FileStatus::kSkipped) << path;
  }
}

TEST(FileContentTest, OtherImagesFailByName) {
  for (const auto& [bytes, name] :
       {std::pair("\0\0\0\x18"
                  "ftypcrx \0\0\0\x01"
                  "crx isom"s,
                  "CR3"),
        std::pair("FUJIFILMCCD-RAW 0201"s, "RAF"), std::pair("IIRO\x08\0\0\0"s, "ORF"),
        std::pair("IIU\0\x18\0\0\0"s, "RW2"), std::pair("FOVb\0\0\x02\0"s, "X3F"),
        std::pair("8BPS\0\1"s, "PSD"), std::pair("P6\n2 2\n255\n"s, "PPM"),
        std::pair("P5 # made by\n2 2\n255\n"s, "PPM"), std::pair("%PDF-1.7\n"s, "PDF"),
        std::pair("\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0"s, "ICO"),
        std::pair("<svg xmlns='http://www.w3.org/2000/svg'/>"s, "SVG"),
        std::pair("<?xml version='1.0'?>\n<!-- drawn -->\n<svg width='1'/>"s, "SVG"),
        std::pair("GIF89a"s, "GIF"), std::pair("II\x2a\0\x08\0\0\0"s, "TIFF")}) {
    const DecodeFailure failure = failure_of("a/1", bytes);
    EXPECT_EQ(failure.kind, DecodeFailureKind::kUnsupportedFormat) << name;
    EXPECT_THAT(failure.message, HasSubstr(name));
  }
  const DecodeFailure raw = failure_of("a/1.NEF", "MM\0\x2a\0\0\0\x08"s);
  EXPECT_THAT(raw.message, testing::StartsWith("NEF (camera raw) is not decoded"));
  const DecodeFailure tga = failure_of("a/1.tga", "\0\0\2\0\0\0\0\0\0\0\0\0\4\0\4\0\x18\0"s);
  EXPECT_EQ(tga.kind, DecodeFailureKind::kUnsupportedFormat);
  EXPECT_THAT(tga.message, testing::StartsWith("TGA is not decoded"));
}

TEST(FileContentTest, TextsAreNoPictures) {
  for (const char* text : {"P is for pear", "P3 of the plan", "P6", "<html><svg/></html>",
                           "<!DOCTYPE html><svg/>", "DDS files"}) {
    EXPECT_EQ(file_content("a/notes", text).status, FileStatus::kSkipped) << text;
  }
}

TEST(ExtensionOf, IsThatOfTheFileName) {
  EXPECT_EQ(extension_of("a.b/1.JPG"), ".jpg");
  EXPECT_EQ(extension_of("a.b/1"), "");
  EXPECT_EQ(extension_of("a/.jpg"), "");
  EXPECT_EQ(extension_of("a/1.tar.gz"), ".gz");
}

}  // namespace
}  // namespace pomona
