// SPDX-License-Identifier: Apache-2.0
#include "photographs.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "background.h"
#include "pomona/base/error.h"
#include "pomona/dataset/files/file_content.h"
#include "pomona/dataset/scan.h"
#include "pomona/storage/key.h"
#include "pomona/storage/store_opener.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

using Pixels = nb::ndarray<const std::uint8_t, nb::c_contig, nb::device::cpu>;

constexpr std::size_t kLongestSide = 1U << 24U;

[[noreturn]] void refuse_shape() {
  throw Error(ErrorKind::kInvalidInput,
              "reading pixels: expected a uint8 array of height × width × 3, or height × width, "
              "with sides from 1 to 16,777,216");
}

Image copy_pixels(const Pixels& pixels) {
  const bool is_grey = pixels.ndim() == 2;
  if (!is_grey && (pixels.ndim() != 3 || pixels.shape(2) != 3)) refuse_shape();
  const std::size_t height = pixels.shape(0);
  const std::size_t width = pixels.shape(1);
  if (std::min(height, width) == 0 || std::max(height, width) > kLongestSide) refuse_shape();
  Image image;
  image.set_size(static_cast<int>(width), static_cast<int>(height));
  if (!is_grey) {
    std::copy_n(pixels.data(), pixels.size(), image.pixels.data());
    return image;
  }
  std::uint8_t* out = image.pixels.data();
  for (std::size_t i = 0; i < pixels.size(); ++i) out = std::fill_n(out, 3, pixels.data()[i]);
  return image;
}

Photograph photograph_of(nb::handle item) {
  if (nb::isinstance<nb::bytes>(item)) {
    const auto bytes = nb::borrow<nb::bytes>(item);
    return std::string(bytes.c_str(), bytes.size());
  }
  if (nb::isinstance<nb::str>(item)) return PhotographFile{path_from_python(item)};
  Pixels pixels;
  if (!nb::try_cast(item, pixels, /*convert=*/false)) refuse_shape();
  return copy_pixels(pixels);
}

struct ListedFile {
  std::string key;
  std::string path;
};

// Rows of what is no image, and is not called one either.
std::vector<std::size_t> no_images(const ImageRoots& roots, const Manifest& manifest,
                                   const std::stop_token& stop) {
  std::vector<std::size_t> numbers;
  Manifest doubtful;
  doubtful.texts = manifest.texts;
  doubtful.labels = manifest.labels;
  for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
    if (manifest.rows[i].status != FileStatus::kOk || is_image_name(manifest.rows[i].path))
      continue;
    numbers.push_back(i);
    doubtful.rows.push_back(manifest.rows[i]);
  }
  Progress ignored;
  if (!numbers.empty()) check_content(roots, doubtful, ignored, stop);
  std::size_t at = 0;
  std::erase_if(numbers,
                [&](std::size_t) { return doubtful.rows[at++].status != FileStatus::kSkipped; });
  return numbers;
}

std::vector<ListedFile> list_folder(const std::string& folder, const std::stop_token& stop) {
  ImageRoots roots;
  roots.images = local_store_opener()->open(folder);
  SplitOptions split;
  split.holdout = 0;
  Progress ignored;
  const Manifest manifest = scan(roots, split, ignored, stop).manifest;
  const std::vector<std::size_t> left_out = no_images(roots, manifest, stop);
  std::vector<ListedFile> files;
  for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
    const ManifestRow& row = manifest.rows[i];
    if (row.status == FileStatus::kSkipped || std::ranges::binary_search(left_out, i)) continue;
    const std::string key(row.path);
    files.push_back({key, folder + (folder.ends_with('/') ? "" : "/") + name_from_key(key)});
  }
  return files;
}

nb::list list_photographs(nb::handle folder) {
  const std::string place = path_from_python(folder);
  const auto files = interruptible<std::vector<ListedFile>>(
      [place](const std::stop_token& stop) { return list_folder(place, stop); });
  nb::list pairs;
  for (const ListedFile& file : files) {
    pairs.append(nb::make_tuple(file.key, path_to_python(file.path)));
  }
  return pairs;
}

}  // namespace

std::string path_from_python(nb::handle path) {
  const nb::object bytes = nb::steal(PyUnicode_EncodeFSDefault(path.ptr()));
  if (!bytes.is_valid()) throw nb::python_error();
  const auto text = nb::borrow<nb::bytes>(bytes);
  return {text.c_str(), text.size()};
}

nb::object path_to_python(const std::string& path) {
  nb::object text = nb::steal(
      PyUnicode_DecodeFSDefaultAndSize(path.data(), static_cast<Py_ssize_t>(path.size())));
  if (!text.is_valid()) throw nb::python_error();
  return text;
}

std::vector<Photograph> photographs_of(const nb::list& items) {
  std::vector<Photograph> photographs;
  photographs.reserve(items.size());
  for (const nb::handle item : items) photographs.push_back(photograph_of(item));
  return photographs;
}

void bind_photographs(nb::module_& module) {
  module.def("list_photographs", &list_photographs, "folder"_a,
             nb::sig("def list_photographs(folder: object) -> list[tuple[str, str]]"));
}

}  // namespace pomona::python
