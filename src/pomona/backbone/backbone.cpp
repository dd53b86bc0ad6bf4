// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/backbone.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "pomona/base/bounds.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr const char* kSpecFile = "backbone.json";
constexpr const char* kXmlFile = "backbone.xml";
constexpr const char* kBinFile = "backbone.bin";
constexpr const char* kLicenseFile = "LICENSE";

// Names become folder names.
bool is_valid_name(std::string_view name) {
  const auto valid = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), valid);
}

std::string read_file(const fs::path& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (!file || error) {
    const bool is_missing = error == std::errc::no_such_file_or_directory;
    throw Error(is_missing ? ErrorKind::kCorrupt : ErrorKind::kDenied,
                "reading backbone " + name + ": " + path.string() +
                    (is_missing ? " is missing; install the backbone anew"
                                : " cannot be read; check its owner and permissions"));
  }
  std::string content(bytes, '\0');
  file.read(content.data(), static_cast<std::streamsize>(bytes));
  if (static_cast<std::uintmax_t>(file.gcount()) != bytes) {
    throw Error(ErrorKind::kCorrupt,
                "reading backbone " + name + ": " + path.string() + " ends early");
  }
  return content;
}

void write_file(const fs::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) {
    throw Error(ErrorKind::kUnavailable, "writing " + path.string() + ": " + std::strerror(errno));
  }
}

std::array<float, 3> read_channels(const Json& value) {
  if (value.size() != 3) throw std::out_of_range("three channels are expected");
  return {value.at(0).get<float>(), value.at(1).get<float>(), value.at(2).get<float>()};
}

Json spec_json(const BackboneSpec& spec) {
  return Json{{"format", kFormat},
              {"name", spec.name},
              {"size", spec.size},
              {"layout", tensor_layout_name(spec.layout)},
              {"channels", channel_order_name(spec.channels)},
              {"mean", spec.mean},
              {"std", spec.std_dev},
              {"batch", spec.batch},
              {"feature_count", spec.feature_count},
              {"logit_count", spec.logit_count},
              {"source", spec.source},
              {"license", spec.license}};
}

// As short as gives the same floats back.
std::string triple_text(const std::array<float, 3>& values) {
  std::string text;
  for (const float value : values) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text += (text.empty() ? "" : ",") + std::string(digits.data(), end);
  }
  return text;
}

void check_ranges(const BackboneSpec& spec) {
  const bool spread =
      std::ranges::all_of(spec.std_dev,
                          [](float value) { return value > 0 && std::isfinite(value); }) &&
      std::ranges::all_of(spec.mean, [](float value) { return std::isfinite(value); });
  if (!is_valid_name(spec.name) || spec.size <= 0 || spec.feature_count <= 0 ||
      spec.logit_count < 0 || spec.batch < 0 || spec.batch > static_cast<int>(kMostBatch) ||
      !spread) {
    throw std::out_of_range("a value is out of its range");
  }
}

std::string known_names(const std::string& models_folder) {
  std::string names;
  for (const BackboneSpec& spec : list_backbones(models_folder)) {
    names += (names.empty() ? "" : ", ") + spec.name;
  }
  return names.empty() ? "none is installed" : "installed are " + names;
}

}  // namespace

std::string_view precision_name(Precision precision) {
  return precision == Precision::kBf16 ? "bf16" : "f32";
}

Precision precision_from_name(std::string_view name) {
  for (const Precision precision : {Precision::kF32, Precision::kBf16}) {
    if (precision_name(precision) == name) return precision;
  }
  throw Error(ErrorKind::kInvalidInput,
              "reading a precision: expected f32 or bf16, found '" + std::string(name) + "'");
}

std::string_view tensor_layout_name(TensorLayout layout) {
  return layout == TensorLayout::kNhwc ? "NHWC" : "NCHW";
}

TensorLayout tensor_layout_from_name(std::string_view name) {
  if (name == "NCHW") return TensorLayout::kNchw;
  if (name == "NHWC") return TensorLayout::kNhwc;
  throw Error(ErrorKind::kInvalidInput,
              "unknown tensor layout \"" + std::string(name) + "\": use NCHW or NHWC");
}

std::string_view channel_order_name(ChannelOrder order) {
  return order == ChannelOrder::kBgr ? "bgr" : "rgb";
}

ChannelOrder channel_order_from_name(std::string_view name) {
  if (name == "rgb") return ChannelOrder::kRgb;
  if (name == "bgr") return ChannelOrder::kBgr;
  throw Error(ErrorKind::kInvalidInput,
              "unknown order of channels \"" + std::string(name) + "\": use rgb or bgr");
}

std::string input_text(const BackboneSpec& spec) {
  return std::string(tensor_layout_name(spec.layout)) + " " +
         std::string(channel_order_name(spec.channels)) + ", mean " + triple_text(spec.mean) +
         ", std " + triple_text(spec.std_dev);
}

std::string print_backbone_spec(const BackboneSpec& spec) { return print_json(spec_json(spec)); }

BackboneSpec parse_backbone_spec(std::string_view text, std::string_view where) {
  const Json json = parse_json(text, where);
  try {
    if (json.at("format").get<int>() != kFormat) throw std::out_of_range("unknown format version");
    BackboneSpec spec;
    spec.name = json.at("name").get<std::string>();
    spec.size = json.at("size").get<int>();
    spec.layout = tensor_layout_from_name(json.at("layout").get<std::string>());
    spec.channels = channel_order_from_name(json.value("channels", "rgb"));
    spec.mean = read_channels(json.at("mean"));
    spec.std_dev = read_channels(json.at("std"));
    spec.batch = json.value("batch", 0);
    spec.feature_count = json.at("feature_count").get<int>();
    spec.logit_count = json.at("logit_count").get<int>();
    spec.source = json.at("source").get<std::string>();
    spec.license = json.at("license").get<std::string>();
    check_ranges(spec);
    return spec;
  } catch (const std::exception& error) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(where) +
                                         ": not a backbone's description: " + error.what());
  }
}

// Over the digests of the two files, so that the boundary between them counts.
std::string backbone_digest(std::string_view network_xml, std::string_view network_bin) {
  return sha256(sha256(network_xml) + sha256(network_bin));
}

std::vector<BackboneSpec> list_backbones(const std::string& models_folder) {
  std::vector<BackboneSpec> specs;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(models_folder, error)) {
    const fs::path file = entry.path() / kSpecFile;
    const std::string name = entry.path().filename().string();
    if (!is_valid_name(name) || !fs::exists(file, error)) continue;
    specs.push_back(parse_backbone_spec(read_file(file, name), file.string()));
  }
  std::sort(specs.begin(), specs.end(),
            [](const BackboneSpec& a, const BackboneSpec& b) { return a.name < b.name; });
  return specs;
}

Backbone read_backbone(const std::string& models_folder, const std::string& name) {
  check_given("models", !models_folder.empty(), "the folder of installed backbones");
  const fs::path folder = fs::path(models_folder) / name;
  std::error_code error;
  if (!is_valid_name(name) || !fs::exists(folder / kSpecFile, error)) {
    throw Error(ErrorKind::kNotFound, "no backbone \"" + name + "\" in " + models_folder + ": " +
                                          known_names(models_folder) +
                                          "; `pomona models install NAME` or `pomona models "
                                          "import FILE` adds one");
  }
  const std::string text = read_file(folder / kSpecFile, name);
  Backbone backbone;
  backbone.spec = parse_backbone_spec(text, (folder / kSpecFile).string());
  backbone.network_xml = read_file(folder / kXmlFile, name);
  backbone.network_bin = read_file(folder / kBinFile, name);
  backbone.license_text = read_file(folder / kLicenseFile, name);
  backbone.digest = backbone_digest(backbone.network_xml, backbone.network_bin);
  const Json stored = parse_json(text, kSpecFile).value("digest", Json());
  if (backbone.spec.name != name || stored != backbone.digest) {
    throw Error(ErrorKind::kCorrupt,
                "reading backbone " + name + " in " + models_folder +
                    ": its files have changed since it was installed (digest " + backbone.digest +
                    "); install it again");
  }
  return backbone;
}

// Staged beside its place and renamed, so that no half of a backbone is ever found.
void write_backbone(const std::string& models_folder, const Backbone& backbone) {
  check_given("models", !models_folder.empty(), "the folder to install a backbone in");
  if (!is_valid_name(backbone.spec.name)) {
    throw Error(ErrorKind::kInvalidInput,
                "a backbone cannot be called \"" + backbone.spec.name +
                    "\": use letters, digits, '-', '_' and '.', not '.' first");
  }
  try {
    check_ranges(backbone.spec);
  } catch (const std::out_of_range&) {
    throw Error(ErrorKind::kInvalidInput,
                "writing backbone " + backbone.spec.name +
                    ": expected a size above 0, means that are finite, and each std_dev above 0");
  }
  Json description = spec_json(backbone.spec);
  description["digest"] = backbone_digest(backbone.network_xml, backbone.network_bin);
  const fs::path folder = fs::path(models_folder) / backbone.spec.name;
  const fs::path staged =
      fs::path(models_folder) / ("." + backbone.spec.name + "." + std::to_string(getpid()));
  try {
    fs::create_directories(staged);
    write_file(staged / kXmlFile, backbone.network_xml);
    write_file(staged / kBinFile, backbone.network_bin);
    write_file(staged / kLicenseFile, backbone.license_text);
    write_file(staged / kSpecFile, print_json(description));
    fs::remove_all(folder);
    fs::rename(staged, folder);
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove_all(staged, ignored);
    throw Error(ErrorKind::kUnavailable, "writing backbone " + backbone.spec.name + " to " +
                                             models_folder + ": " + error.what());
  }
}

}  // namespace pomona
