// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;

Tensors small_tensors() {
  return {{"a", {{2, 3}, std::vector<double>{1, 2, 3, -4, 0.1, 1e300}}},
          {"b", {{3}, std::vector<std::int32_t>{1, -2, 3}}},
          {"c", {{}, std::vector<float>{0.5F}}},
          {"d", {{0, 7}, std::vector<double>{}}}};
}

bool same(const Tensors& a, const Tensors& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.shape == y.second.shape &&
           x.second.elements == y.second.elements;
  });
}

// A file with this header, and `data` zeros after it.
std::string with_header(const std::string& header, std::size_t data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

void expect_corrupt(const std::string& bytes, const std::string& part) {
  try {
    parse_safetensors(bytes, "model");
    ADD_FAILURE() << "no error with \"" << part << "\"";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr("model"));
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(Safetensors, GiveBackWhatWasWritten) {
  EXPECT_TRUE(
      same(parse_safetensors(print_safetensors(small_tensors()), "model"), small_tensors()));
  EXPECT_TRUE(parse_safetensors(print_safetensors({}), "model").empty());
}

// Written by the safetensors package itself, see tools/golden_bundle.py.
TEST(Safetensors, AreThoseOfTheReferenceImplementation) {
  std::ifstream file(POMONA_GOLDEN "/bundle/reference.safetensors", std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  EXPECT_TRUE(same(parse_safetensors(bytes.str(), "reference"), small_tensors()));
  EXPECT_EQ(print_safetensors(small_tensors()).size(), bytes.str().size());
}

TEST(Safetensors, IgnoreMetadata) {
  const std::string header =
      R"({"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  EXPECT_EQ(parse_safetensors(with_header(header, 8), "model").size(), 1U);
}

TEST(Safetensors, RefuseBrokenHeaders) {
  expect_corrupt("", "before the length");
  expect_corrupt(std::string(7, '\0'), "before the length");
  expect_corrupt(std::string(8, '\0'), "not valid JSON");
  expect_corrupt(std::string(8, '\xFF'), "a header of 18446744073709551615 bytes");
  expect_corrupt(with_header(std::string((1 << 20) + 1, ' '), 0), "a header of 1048577 bytes");
  expect_corrupt(with_header("{}", 0).substr(0, 9), "a header of 2 bytes");
  expect_corrupt(with_header("[]", 0), "no JSON object");
  expect_corrupt(with_header(std::string(100'000, '['), 0), "nested deeper");
  expect_corrupt(with_header("{}", 1), "belong to no tensor");
}

TEST(Safetensors, RefuseBrokenEntries) {
  const auto expect = [](const std::string& entry, const std::string& part) {
    expect_corrupt(with_header("{\"x\":" + entry + "}", 8), part);
  };
  expect(R"(7)", "expected dtype");
  expect(R"({"dtype":"F64","shape":[1]})", "expected dtype");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[0,8],"more":1})", "expected dtype");
  expect(R"({"dtype":"F16","shape":[4],"data_offsets":[0,8]})", "found F16");
  expect(R"({"dtype":1,"shape":[1],"data_offsets":[0,8]})", "expected a text");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[0]})", "two offsets");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[0,8,8]})", "two offsets");
  expect(R"({"dtype":"F64","shape":[-1],"data_offsets":[0,8]})", "whole number");
  expect(R"({"dtype":"F64","shape":[1.0],"data_offsets":[0,8]})", "whole number");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[8,0]})", "outside");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[0,16]})", "outside");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[0,18446744073709551615]})", "outside");
  expect(R"({"dtype":"F64","shape":[2],"data_offsets":[0,8]})", "does not fit");
  expect(R"({"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8]})", "does not fit");
  expect(R"({"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]})", "does not fit");
  expect(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", "belong to no tensor");
  expect(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", "gaps or overlaps");
}

TEST(Safetensors, RefuseOverlaps) {
  const std::string x = R"("x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  const std::string y = R"("y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})";
  expect_corrupt(with_header("{" + x + "," + y + "}", 8), "gaps or overlaps");
}

TEST(Safetensors, RefuseNumbersThatAreNotFinite) {
  const Tensors tensors = {{"x", {{1}, std::vector<double>{1.5}}}};
  std::string bytes = print_safetensors(tensors);
  const double infinite = std::numeric_limits<double>::infinity();
  std::memcpy(bytes.data() + bytes.size() - 8, &infinite, 8);
  expect_corrupt(bytes, "not finite");
  const Tensors wrong = {{"x", {{1}, std::vector<double>{infinite}}}};
  EXPECT_THROW(print_safetensors(wrong), Error);
  const Tensors odd = {{"x", {{2}, std::vector<double>{1}}}};
  EXPECT_THROW(print_safetensors(odd), Error);
}

TEST(Safetensors, SurviveChangedBytes) {
  const std::string bytes = print_safetensors(small_tensors());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      try {
        parse_safetensors(changed, "model");
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
      }
    }
    EXPECT_THROW(parse_safetensors(bytes.substr(0, at), "model"), Error);
  }
}

}  // namespace
}  // namespace pomona
