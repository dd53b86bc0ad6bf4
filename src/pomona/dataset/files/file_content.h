// SPDX-License-Identifier: Apache-2.0
// Whether a file is a photograph that can be decoded, whether somebody meant it to be one, or
// neither: by its first bytes, then by its extension. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pomona/dataset/manifest.h"
#include "pomona/image/decode_failure.h"

namespace pomona {

// Does the extension call the file an image? Of every format that is decoded here, of camera raw
// formats and of other pictures; letters of either case.
bool is_image_name(std::string_view path);
// ".jpg", in lower case; "" where the name has none.
std::string extension_of(std::string_view path);

struct FileContent {
  FileStatus status = FileStatus::kOk;   // kOk: of a format that is decoded
  std::optional<DecodeFailure> failure;  // of one that failed
};

// `bytes`: kSniffBytes from the beginning are enough. An image of another format fails by its name.
// What is no image fails where its extension says that it is one, and is skipped elsewhere.
FileContent file_content(std::string_view path, std::string_view bytes);

// The row of failures.csv of a file that could not be decoded.
FileFailure decode_failure(const ManifestRow& row, DecodeFailure failure);

}  // namespace pomona
