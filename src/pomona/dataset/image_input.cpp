// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/image_input.h"

#include <algorithm>

#include "pomona/base/error.h"
#include "pomona/storage/place.h"
#include "pomona/storage/store_opener.h"

namespace pomona {
namespace {

constexpr std::string_view kNameLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

bool is_source_name(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_not_of(kNameLetters) == std::string_view::npos;
}

ImageInput parse_image_input(const std::string& text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos || !is_source_name(std::string_view(text).substr(0, sign))) {
    return {"", text};
  }
  return {text.substr(0, sign), text.substr(sign + 1)};
}

std::string name_of_place(const std::string& place) {
  std::string name = split_place(place).key;
  if (is_source_name(name)) return name;
  throw Error(ErrorKind::kInvalidInput,
              "reading photographs from several places: '" + place +
                  "' has no name of letters, digits, '.', '_' and '-'; give it a name in images");
}

}  // namespace

std::vector<std::string> source_names(const std::vector<ImageInput>& inputs) {
  std::vector<std::string> names;
  for (const ImageInput& input : inputs) {
    if (!input.source.empty()) names.push_back(input.source);
  }
  return names;
}

std::vector<ImageInput> parse_image_inputs(const std::vector<std::string>& inputs) {
  std::vector<ImageInput> parsed;
  for (const std::string& text : inputs) {
    ImageInput input = parse_image_input(text);
    if (input.source.empty() && inputs.size() > 1) input.source = name_of_place(input.place);
    const auto same = std::ranges::find(parsed, input.source, &ImageInput::source);
    if (same != parsed.end()) {
      throw Error(ErrorKind::kInvalidInput, "reading photographs from several places: '" +
                                                same->place + "' and '" + input.place +
                                                "' are both called '" + input.source +
                                                "'; give one of them another name in images");
    }
    parsed.push_back(std::move(input));
  }
  return parsed;
}

}  // namespace pomona
