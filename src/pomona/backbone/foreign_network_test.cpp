// SPDX-License-Identifier: Apache-2.0
// What downloads, copies and exports leave under a network's name. Whole networks of each format
// are read by import_backbone_test.cpp and tests/backbones.
#include "pomona/backbone/foreign_network.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <sstream>

#include "pomona/backbone/golden_network.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const char* const kPointer =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

class NetworkFiles : public testing::Test {
 protected:
  NetworkFiles()
      : folder_(fs::temp_directory_path() / ("pomona_foreign_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "saved" / "variables");
  }
  ~NetworkFiles() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }

  // What reading `name` ends with. Nothing may be written to stderr, which is the user's.
  std::string reading(const std::string& name) const {
    testing::internal::CaptureStderr();
    std::string result = "nothing";
    try {
      read_foreign_network((folder_ / name).string());
    } catch (const Error& error) {
      result = std::string(error_kind_name(error.kind())) + ": " + error.what();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << name;
    return result;
  }

  // An IR of a few weights: `name`.xml and `name`.bin.
  void write_ir(const std::string& name) const {
    const auto input =
        std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::PartialShape{-1, 3, -1, -1});
    const auto scale =
        ov::op::v0::Constant::create(ov::element::f32, {1, 3, 1, 1}, std::vector<float>{1, 2, 3});
    const auto scaled = std::make_shared<ov::op::v1::Multiply>(input, scale);
    ov::save_model(
        std::make_shared<ov::Model>(ov::OutputVector{scaled}, ov::ParameterVector{input}),
        (folder_ / (name + ".xml")).string(), /*compress_to_fp16=*/false);
  }

  fs::path folder_;
};

TEST_F(NetworkFiles, NamesWhatIsNoNetworkInAnyFormat) {
  const std::vector<std::pair<std::string, const char*>> contents = {
      {kPointer,
       "is a Git-LFS pointer, not the file it stands for; fetch the files with `git lfs pull`"},
      {"", "is empty"},
      {"\n<!DOCTYPE html>\n<html>", "is an HTML page"},
      {"<html lang=\"en\">", "is an HTML page"},
      {"PK\x03\x04 and more", "is a zip archive, as weights of PyTorch and Keras are"},
      {"\x1f\x8b and more", "is gzip data"},
      {"\x89HDF\r\n and more", "is an HDF5 file"}};
  write_ir("b");
  for (const auto& [content, tells] : contents) {
    for (const char* name : {"a.onnx", "A.ONNX", "a.tflite", "b.xml", "saved/saved_model.pb"}) {
      write(name, content);
      const std::string asked = std::string(name).starts_with("saved") ? "saved" : name;
      const std::string found = reading(asked);
      EXPECT_THAT(found, AllOf(HasSubstr("corrupt: importing "), HasSubstr(tells)));
      EXPECT_LT(found.size(), 300U) << found;
    }
  }
}

TEST_F(NetworkFiles, NoticesTextBytesAndFilesThatEndEarly) {
  write_ir("a");
  for (const char* content : {"no network at all", "{\"a\": 1}", "<net/>", "\x08\x07\x12\x7f"}) {
    for (const char* name : {"a.onnx", "a.tflite", "a.xml", "saved/saved_model.pb"}) {
      write(name, content);
      const std::string asked = std::string(name).starts_with("saved") ? "saved" : name;
      EXPECT_THAT(reading(asked), AllOf(HasSubstr("corrupt: importing "),
                                        HasSubstr("cannot be read as "), HasSubstr("again")))
          << content;
    }
  }
  std::ostringstream whole;
  whole << std::ifstream(golden_network_path("tiny.onnx"), std::ios::binary).rdbuf();
  for (const std::size_t length :
       {std::size_t{10}, whole.str().size() / 2, whole.str().size() - 1}) {
    write("short.onnx", whole.str().substr(0, length));
    EXPECT_THAT(reading("short.onnx"), HasSubstr("corrupt: importing ")) << length;
  }
}

TEST_F(NetworkFiles, NoticesWeightsBesideTheNetwork) {
  write_ir("c");
  EXPECT_EQ(reading("c.xml"), "nothing");
  write("c.bin", kPointer);
  EXPECT_THAT(reading("c.xml"),
              AllOf(HasSubstr("corrupt"), HasSubstr("c.bin"), HasSubstr("Git-LFS pointer")));
  write("c.bin", "abc");
  EXPECT_THAT(reading("c.xml"),
              AllOf(HasSubstr("corrupt"), HasSubstr("copy or download it again")));
  fs::remove(folder_ / "c.bin");
  EXPECT_THAT(reading("c.xml"), AllOf(HasSubstr("not_found"), HasSubstr("c.bin")));
  fs::copy_file(golden_network_path("tiny.onnx"), folder_ / "d.onnx");
  EXPECT_EQ(reading("d.onnx"), "nothing");
  write("d.onnx_data", kPointer);
  EXPECT_THAT(reading("d.onnx"), AllOf(HasSubstr("d.onnx_data"), HasSubstr("Git-LFS pointer")));
  write("saved/saved_model.pb", "some graph");
  write("saved/variables/variables.index", kPointer);
  EXPECT_THAT(reading("saved"), AllOf(HasSubstr("variables.index"), HasSubstr("Git-LFS pointer")));
}

TEST_F(NetworkFiles, RefusesOtherFormats) {
  write("network.pth", "bytes");
  EXPECT_THAT(reading("network.pth"), AllOf(HasSubstr("invalid_input"), HasSubstr("ONNX (.onnx)")));
  EXPECT_THAT(reading("saved"), HasSubstr("invalid_input"));
  EXPECT_THAT(reading("nothing.onnx"), HasSubstr("not_found"));
}

}  // namespace
}  // namespace pomona
