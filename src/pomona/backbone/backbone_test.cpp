// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/backbone.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "pomona/base/error.h"
#include "pomona/base/json.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BackboneFolder : public testing::Test {
 protected:
  BackboneFolder()
      : folder_(fs::temp_directory_path() / ("pomona_backbone_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    backbone_.spec.name = "plain-1.0_x";
    backbone_.spec.size = 160;
    backbone_.spec.layout = TensorLayout::kNhwc;
    backbone_.spec.channels = ChannelOrder::kBgr;
    backbone_.spec.batch = 3;
    backbone_.spec.mean = {123.675F, 116.28F, 103.53F};
    backbone_.spec.std_dev = {58.395F, 57.12F, 57.375F};
    backbone_.spec.feature_count = 1280;
    backbone_.spec.logit_count = 1000;
    backbone_.spec.source = "somewhere, \"quoted\"";
    backbone_.spec.license = "Apache-2.0";
    backbone_.network_xml = "<net/>";
    backbone_.network_bin = std::string("\0\1\2\377", 4);
    backbone_.license_text = "do as you like\n";
    backbone_.digest = backbone_digest(backbone_.network_xml, backbone_.network_bin);
  }
  ~BackboneFolder() override { fs::remove_all(folder_); }

  // What went wrong reading `name`, after its kind.
  std::string reading(const std::string& name) {
    try {
      read_backbone(folder_.string(), name);
      return "nothing";
    } catch (const Error& error) {
      return std::string(error_kind_name(error.kind())) + ": " + error.what();
    }
  }

  void overwrite(const std::string& file, const std::string& content) {
    std::ofstream(folder_ / backbone_.spec.name / file, std::ios::binary) << content;
  }

  fs::path folder_;
  Backbone backbone_;
};

TEST_F(BackboneFolder, ComesBackAsItWasWritten) {
  write_backbone(folder_.string(), backbone_);
  const Backbone read = read_backbone(folder_.string(), backbone_.spec.name);
  EXPECT_EQ(print_backbone_spec(read.spec), print_backbone_spec(backbone_.spec));
  EXPECT_EQ(read.spec.mean, backbone_.spec.mean);
  EXPECT_EQ(read.spec.layout, TensorLayout::kNhwc);
  EXPECT_EQ(read.spec.channels, ChannelOrder::kBgr);
  EXPECT_EQ(read.spec.batch, 3);
  EXPECT_EQ(read.network_xml, backbone_.network_xml);
  EXPECT_EQ(read.network_bin, backbone_.network_bin);
  EXPECT_EQ(read.license_text, backbone_.license_text);
  EXPECT_EQ(read.digest, backbone_.digest);
}

TEST_F(BackboneFolder, ReplacesAnEarlierOneAndLeavesNothingElse) {
  write_backbone(folder_.string(), backbone_);
  overwrite("stale", "of the first");
  backbone_.network_xml = "<net version=\"2\"/>";
  write_backbone(folder_.string(), backbone_);
  EXPECT_EQ(read_backbone(folder_.string(), backbone_.spec.name).network_xml,
            backbone_.network_xml);
  EXPECT_FALSE(fs::exists(folder_ / backbone_.spec.name / "stale"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(BackboneFolder, ListsByNameAndPassesOverOtherThings) {
  for (const char* name : {"zebra", "ant"}) {
    backbone_.spec.name = name;
    write_backbone(folder_.string(), backbone_);
  }
  fs::create_directories(folder_ / "no backbone");
  fs::create_directories(folder_ / "empty");
  std::ofstream(folder_ / "ant.installed") << "a stamp";
  std::vector<std::string> names;
  for (const BackboneSpec& spec : list_backbones(folder_.string())) names.push_back(spec.name);
  EXPECT_THAT(names, testing::ElementsAre("ant", "zebra"));
  EXPECT_THAT(list_backbones((folder_ / "nowhere").string()), testing::IsEmpty());
}

TEST_F(BackboneFolder, NamesWhatIsThereWhenOneIsNot) {
  write_backbone(folder_.string(), backbone_);
  EXPECT_THAT(reading("other"),
              testing::AllOf(HasSubstr("not_found: no backbone \"other\""),
                             HasSubstr("installed are plain-1.0_x"), HasSubstr("models install")));
  EXPECT_THAT(reading("../plain-1.0_x"), HasSubstr("not_found"));
  fs::remove_all(folder_);
  EXPECT_THAT(reading("other"), HasSubstr("none is installed"));
}

TEST_F(BackboneFolder, NoticesChangedFiles) {
  write_backbone(folder_.string(), backbone_);
  overwrite("backbone.bin", std::string("\0\1\2\376", 4));
  EXPECT_THAT(reading(backbone_.spec.name), HasSubstr("corrupt"));
  write_backbone(folder_.string(), backbone_);
  overwrite("backbone.xml", "<net />");
  EXPECT_THAT(reading(backbone_.spec.name), HasSubstr("corrupt"));
  write_backbone(folder_.string(), backbone_);
  fs::remove(folder_ / backbone_.spec.name / "LICENSE");
  EXPECT_THAT(reading(backbone_.spec.name),
              testing::AllOf(HasSubstr("corrupt"), HasSubstr("LICENSE")));
}

TEST_F(BackboneFolder, NoticesADescriptionThatIsNone) {
  write_backbone(folder_.string(), backbone_);
  for (const char* text : {"", "{", "{}", "[1]", "{\"format\": 2}"}) {
    overwrite("backbone.json", text);
    EXPECT_THAT(reading(backbone_.spec.name), HasSubstr("corrupt")) << text;
  }
}

TEST_F(BackboneFolder, RefusesNamesThatAreNoFolderNames) {
  for (const char* name : {"", ".", "..", "a/b", ".hidden", "two words", "é"}) {
    backbone_.spec.name = name;
    EXPECT_THROW(write_backbone(folder_.string(), backbone_), Error) << name;
  }
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(BackboneFolder, SaysWhereItCannotWrite) {
  std::ofstream(folder_.string()) << "a file in the way";
  try {
    write_backbone(folder_.string(), backbone_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr(folder_.string()));
  }
}

TEST(BackboneSpecText, RefusesValuesOutOfRange) {
  BackboneSpec spec;
  spec.name = "a";
  spec.feature_count = 1;
  EXPECT_NO_THROW(parse_backbone_spec(print_backbone_spec(spec), "text"));
  BackboneSpec flat = spec;
  flat.std_dev[1] = 0;
  EXPECT_THROW(parse_backbone_spec(print_backbone_spec(flat), "text"), Error);
  BackboneSpec empty = spec;
  empty.feature_count = 0;
  EXPECT_THROW(parse_backbone_spec(print_backbone_spec(empty), "text"), Error);
}

TEST(BackboneSpecText, OlderOnesAreRgbOfAnyBatch) {
  BackboneSpec spec;
  spec.name = "a";
  spec.feature_count = 1;
  spec.channels = ChannelOrder::kBgr;
  spec.batch = 1;
  Json json = parse_json(print_backbone_spec(spec), "text");
  json.erase("channels");
  json.erase("batch");
  const BackboneSpec read = parse_backbone_spec(print_json(json), "text");
  EXPECT_EQ(read.channels, ChannelOrder::kRgb);
  EXPECT_EQ(read.batch, 0);
  json["channels"] = "gbr";
  EXPECT_THROW(parse_backbone_spec(print_json(json), "text"), Error);
}

TEST(InputText, HoldsWhatTheDigestDoesNot) {
  BackboneSpec spec;
  spec.layout = TensorLayout::kNhwc;
  spec.channels = ChannelOrder::kBgr;
  spec.mean = {103.939F, 116.779F, 123.68F};
  spec.std_dev = {1, 1, 1};
  EXPECT_EQ(input_text(spec), "NHWC bgr, mean 103.939,116.779,123.68, std 1,1,1");
}

TEST(BackboneDigest, CountsTheBoundaryBetweenTheFiles) {
  EXPECT_NE(backbone_digest("ab", "c"), backbone_digest("a", "bc"));
}

TEST(TensorLayoutName, GoesBothWays) {
  EXPECT_EQ(tensor_layout_from_name(tensor_layout_name(TensorLayout::kNhwc)), TensorLayout::kNhwc);
  EXPECT_EQ(tensor_layout_from_name("NCHW"), TensorLayout::kNchw);
  EXPECT_THROW(tensor_layout_from_name("nchw"), Error);
}

// An empty one would be the folder in which the program happens to run.
TEST(ReadBackbone, NeedsAFolder) {
  EXPECT_THAT([] { read_backbone("", "efficientnet-lite0"); },
              testing::ThrowsMessage<Error>(testing::StartsWith("models: expected the folder")));
}

}  // namespace
}  // namespace pomona
