// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/foreign_network.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <openvino/frontend/exception.hpp>
#include <openvino/frontend/manager.hpp>
#include <openvino/openvino.hpp>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "pomona/backbone/openvino_network.h"
#include "pomona/base/content/stand_in.h"
#include "pomona/base/unicode.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

struct Format {
  std::string_view front_end;  // as OpenVINO calls it
  std::string_view name;
};

constexpr Format kOnnx = {"onnx", "ONNX"};
constexpr Format kSavedModel = {"tf", "TensorFlow SavedModel"};
constexpr Format kTfLite = {"tflite", "TensorFlow Lite"};
constexpr Format kIr = {"ir", "OpenVINO IR"};

constexpr const char* kFormats =
    "ONNX (.onnx), TensorFlow SavedModel (a folder), TensorFlow Lite (.tflite) and OpenVINO IR "
    "(.xml beside .bin) can be imported";

Format format_of(const fs::path& path, const std::string& doing) {
  const std::string extension = ascii_lower(path.extension().string());
  if (fs::is_directory(path)) {
    if (fs::exists(path / "saved_model.pb")) return kSavedModel;
  } else if (extension == ".onnx") {
    return kOnnx;
  } else if (extension == ".tflite") {
    return kTfLite;
  } else if (extension == ".xml") {
    return kIr;
  }
  throw Error(ErrorKind::kInvalidInput, doing + ": not a format known here; " + kFormats);
}

std::string first_bytes(const fs::path& file) {
  std::string bytes(kStandInBytes, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

// What a file holds that is no network, and what to do; "" where nothing shows it. These are what
// downloads leave under a network's name.
std::string other_content(const fs::path& file) {
  const std::string bytes = first_bytes(file);
  if (bytes.empty()) return "it is empty or cannot be read; copy or download it again";
  if (bytes.starts_with("PK\x03\x04")) {
    return "it is a zip archive, as weights of PyTorch and Keras are; unpack it, or export the "
           "network from there";
  }
  if (bytes.starts_with("\x89HDF\r\n")) {
    return "it is an HDF5 file, as weights of Keras are; export the network from Keras";
  }
  const std::string_view content = stand_in(bytes);
  return content.empty() ? "" : "it is " + std::string(content);
}

void check_content(const fs::path& file, const std::string& doing) {
  if (const std::string other = other_content(file); !other.empty()) {
    throw Error(ErrorKind::kCorrupt,
                doing + ": expected a network in " + file.filename().string() + ", but " + other);
  }
}

// Files that hold the weights of this one: those of its folder that begin with its name, as
// `network.bin`, `network.onnx.data` and `network.onnx_data` do; for SavedModel the variables.
std::vector<fs::path> files_beside(const fs::path& path, const Format& format) {
  const bool folder = format.front_end == kSavedModel.front_end;
  const fs::path around = folder ? path / "variables" : fs::absolute(path).parent_path();
  const std::string stem = folder ? "" : path.stem().string() + ".";
  const std::string extension = format.front_end == kIr.front_end ? ".bin" : "data";
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(around, error)) {
    const std::string name = entry.path().filename().string();
    const bool weights = folder || (name.starts_with(stem) && name.ends_with(extension));
    if (weights && entry.is_regular_file(error)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

void check_files(const fs::path& path, const Format& format, const std::string& doing) {
  const bool folder = format.front_end == kSavedModel.front_end;
  check_content(folder ? path / "saved_model.pb" : path, doing);
  const std::vector<fs::path> beside = files_beside(path, format);
  std::error_code error;
  for (const fs::path& file : beside) {
    if (fs::file_size(file, error) > 0) check_content(file, doing);  // no weights may be right
  }
  const fs::path weights = fs::path(path).replace_extension(".bin");
  if (format.front_end == kIr.front_end && !fs::exists(weights, error)) {
    throw Error(ErrorKind::kNotFound, doing + ": expected its weights beside it as " +
                                          weights.filename().string() + "; copy that file too");
  }
}

}  // namespace

std::shared_ptr<ov::Model> read_foreign_network(const std::string& path) {
  const std::string doing = "importing " + path;
  if (std::error_code error; !fs::exists(path, error)) {
    throw Error(ErrorKind::kNotFound, doing + ": there is no such file or folder");
  }
  const Format format = format_of(path, doing);
  check_files(path, format, doing);
  const std::string reading = doing + ": it cannot be read as " + std::string(format.name);
  try {
    ov::frontend::FrontEndManager manager;
    const auto front_end = manager.load_by_framework(std::string(format.front_end));
    const std::shared_ptr<ov::Model> network = front_end->convert(front_end->load(path));
    if (network->get_results().empty()) throw std::runtime_error("it has no outputs");
    return network;
  } catch (const ov::frontend::OpConversionFailure&) {
    rethrow_openvino(ErrorKind::kInvalidInput, reading,
                     "export it with operations that OpenVINO knows, or in another format");
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kCorrupt, reading,
                     "if its size is not that of the original, copy or download it again with the "
                     "files beside it; else export it again");
  }
}

}  // namespace pomona
