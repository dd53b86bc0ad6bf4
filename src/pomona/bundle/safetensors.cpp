// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/bundle/shallow_json.h"

namespace pomona {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they lie");

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMostHeaderBytes = 1 << 20;
constexpr std::string_view kTypeNames[] = {"F64", "F32", "I32"};  // by index in the variant

template <class Element>
bool all_finite(const std::vector<Element>& elements) {
  if constexpr (std::is_floating_point_v<Element>) {
    return std::ranges::all_of(elements, [](Element e) { return std::isfinite(e); });
  }
  return true;
}

bool all_finite(const Tensor& tensor) {
  return std::visit([](const auto& elements) { return all_finite(elements); }, tensor.elements);
}

std::string_view bytes_of(const Tensor& tensor) {
  return std::visit(
      [](const auto& elements) {
        return std::string_view(reinterpret_cast<const char*>(elements.data()),
                                elements.size() * sizeof(elements[0]));
      },
      tensor.elements);
}

// The number of elements of a shape, or false when it is beyond any memory.
bool count_elements(const std::vector<std::size_t>& shape, std::size_t& count) {
  count = 1;
  // A side of 0 makes the whole empty, however large the product of the others.
  if (std::ranges::find(shape, 0U) != shape.end()) count = 0;
  for (const std::size_t side : shape) {
    if (count != 0 && side > std::numeric_limits<std::uint32_t>::max() / count) return false;
    count *= side;
  }
  return true;
}

// Larger elements first, so that all are aligned; then by name.
std::vector<Tensors::const_iterator> layout(const Tensors& tensors) {
  std::vector<Tensors::const_iterator> order;
  for (const bool large : {true, false}) {
    for (auto at = tensors.begin(); at != tensors.end(); ++at) {
      if ((at->second.elements.index() == 0) == large) order.push_back(at);
    }
  }
  return order;
}

void check(const std::string& name, const Tensor& tensor) {
  std::size_t count = 0;
  const std::size_t found =
      std::visit([](const auto& elements) { return elements.size(); }, tensor.elements);
  if (!count_elements(tensor.shape, count) || count != found) {
    throw Error(ErrorKind::kInvalidInput, "writing the tensor " + name + ": its shape is of " +
                                              std::to_string(count) + " elements, it has " +
                                              std::to_string(found));
  }
  if (!all_finite(tensor)) {
    throw Error(ErrorKind::kInvalidInput,
                "writing the tensor " + name + ": a number that is not finite");
  }
}

// One file being read.
class SafetensorsReader {
 public:
  SafetensorsReader(std::string_view bytes, std::string_view what) : what_(what) {
    if (bytes.size() < kLengthBytes) fail("it ends before the length of its header");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), kLengthBytes);
    if (length > kMostHeaderBytes || length > bytes.size() - kLengthBytes) {
      fail("a header of " + std::to_string(length) + " bytes");
    }
    header_ = bytes.substr(kLengthBytes, length);
    data_ = bytes.substr(kLengthBytes + length);
  }

  Tensors read() {
    const Json header = parse_shallow_json(header_, what_);
    if (!header.is_object()) fail("a header that is no JSON object");
    Tensors tensors;
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") continue;  // of the format; nothing we need
      if (!tensors.emplace(name, read_tensor(name, entry)).second) fail("two tensors " + name);
    }
    check_places();
    return tensors;
  }

 private:
  struct Place {
    std::size_t begin;
    std::size_t end;
    auto operator<=>(const Place&) const = default;
  };

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kCorrupt, "reading " + what_ + " as safetensors: " + problem);
  }

  std::size_t number(const std::string& name, const Json& value) const {
    if (!value.is_number_unsigned()) fail("tensor " + name + ": expected a whole number");
    return value.get<std::size_t>();
  }

  Tensor read_tensor(const std::string& name, const Json& entry) {
    if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") ||
        !entry.contains("shape") || !entry.contains("data_offsets")) {
      fail("tensor " + name + ": expected dtype, shape and data_offsets, found others");
    }
    const Json& offsets = entry["data_offsets"];
    if (!entry["dtype"].is_string() || !entry["shape"].is_array() || !offsets.is_array() ||
        offsets.size() != 2) {
      fail("tensor " + name + ": expected a text, a list and two offsets");
    }
    Tensor tensor;
    for (const Json& side : entry["shape"]) tensor.shape.push_back(number(name, side));
    const Place place{number(name, offsets[0]), number(name, offsets[1])};
    if (place.begin > place.end || place.end > data_.size()) {
      fail("tensor " + name + ": offsets outside of the file");
    }
    places_.push_back(place);
    read_elements(name, entry["dtype"].get<std::string>(),
                  data_.substr(place.begin, place.end - place.begin), tensor);
    return tensor;
  }

  void read_elements(const std::string& name, const std::string& type, std::string_view bytes,
                     Tensor& tensor) const {
    if (type == kTypeNames[0]) {
      tensor.elements = std::vector<double>();
    } else if (type == kTypeNames[1]) {
      tensor.elements = std::vector<float>();
    } else if (type == kTypeNames[2]) {
      tensor.elements = std::vector<std::int32_t>();
    } else {
      fail("tensor " + name + ": expected F64, F32 or I32, found " + type);
    }
    std::size_t count = 0;
    const bool countable = count_elements(tensor.shape, count);
    std::visit(
        [&](auto& elements) {
          if (!countable || count * sizeof(elements[0]) != bytes.size()) {
            fail("tensor " + name + ": its shape does not fit its offsets");
          }
          elements.resize(count);
          if (count > 0) std::memcpy(elements.data(), bytes.data(), bytes.size());
        },
        tensor.elements);
    if (!all_finite(tensor)) fail("tensor " + name + ": a number that is not finite");
  }

  void check_places() {
    std::ranges::sort(places_);
    std::size_t end = 0;
    for (const Place& place : places_) {
      if (place.begin != end) fail("tensors with gaps or overlaps");
      end = place.end;
    }
    if (end != data_.size()) fail("bytes that belong to no tensor");
  }

  std::string what_;
  std::string_view header_;
  std::string_view data_;
  std::vector<Place> places_;
};

}  // namespace

std::string print_safetensors(const Tensors& tensors) {
  std::map<std::string_view, Json> entries;
  std::string data;
  for (const auto& at : layout(tensors)) {
    const auto& [name, tensor] = *at;
    check(name, tensor);
    const std::size_t begin = data.size();
    data += bytes_of(tensor);
    entries[name] = Json{{"dtype", kTypeNames[tensor.elements.index()]},
                         {"shape", tensor.shape},
                         {"data_offsets", {begin, data.size()}}};
  }
  Json header = Json::object();
  for (auto& [name, entry] : entries) header[std::string(name)] = std::move(entry);
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that elements are aligned
  const std::uint64_t length = text.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  return bytes + text + data;
}

Tensors parse_safetensors(std::string_view bytes, std::string_view what) {
  return SafetensorsReader(bytes, what).read();
}

}  // namespace pomona
