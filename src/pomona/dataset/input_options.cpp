// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/input_options.h"

#include <memory>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/dataset/image_input.h"
#include "pomona/storage/joined_store.h"
#include "pomona/storage/key.h"
#include "pomona/storage/place.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMaxClassMapBytes = 16ULL << 20U;

std::shared_ptr<const ObjectStore> open_input(const std::vector<ImageInput>& inputs,
                                              const StoreOpener& stores) {
  if (source_names(inputs).empty()) return stores.open(inputs.front().place);
  JoinedStore::Parts parts;
  for (const ImageInput& input : inputs) parts[input.source] = stores.open(input.place);
  return std::make_shared<JoinedStore>(std::move(parts));
}

// Among all places, also those of one side: nothing is looked at twice.
void refuse_overlap(const std::vector<ImageInput>& images, const std::vector<ImageInput>& test) {
  std::vector<ImageInput> all = images;
  all.insert(all.end(), test.begin(), test.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (!places_overlap(all[i].place, all[j].place)) continue;
      const bool on_both_sides = i < images.size() && j >= images.size();
      if (on_both_sides) {
        throw Error(ErrorKind::kInvalidInput,
                    "dividing photographs: the test set '" + all[j].place + "' and '" +
                        all[i].place +
                        "' lie in one another, so training would see what it is tested on; name "
                        "two folders beside each other");
      }
      throw Error(ErrorKind::kInvalidInput,
                  "listing photographs: '" + all[i].place + "' and '" + all[j].place +
                      "' lie in one another, so some would count twice; name folders beside each "
                      "other");
    }
  }
}

}  // namespace

void InputOptions::check() const {
  check_given("images", !images.empty(), "at least one place of photographs");
  check_given("stores", stores != nullptr, "what opens places");
  split.check();
}

ImageRoots open_roots(const InputOptions& input) {
  input.check();
  const std::vector<ImageInput> images = parse_image_inputs(input.images);
  const std::vector<ImageInput> test = parse_image_inputs(input.test);
  refuse_overlap(images, test);
  ImageRoots roots;
  roots.images = open_input(images, *input.stores);
  if (!test.empty()) roots.test = open_input(test, *input.stores);
  roots.include_hidden = input.include_hidden;
  roots.labels = open_label_rule(input.images, input.test, input.classes, *input.stores);
  return roots;
}

LabelRule open_label_rule(const std::vector<std::string>& images,
                          const std::vector<std::string>& test, const std::string& classes,
                          const StoreOpener& stores) {
  LabelRule rule;
  rule.train_sources = source_names(parse_image_inputs(images));
  // Without a test set of its own, the test is a part of the images.
  rule.test_sources = test.empty() ? rule.train_sources : source_names(parse_image_inputs(test));
  if (!classes.empty()) {
    rule.classes =
        ClassMap::parse(read_place(classes, kMaxClassMapBytes, stores), "'" + classes + "'");
  }
  return rule;
}

Json inputs_json(const InputOptions& input) {
  const auto places = [](const std::vector<std::string>& inputs) {
    Json keys = Json::array();
    for (const std::string& place : inputs) keys.push_back(key_from_name(place));
    if (keys.empty()) return Json(nullptr);
    return keys.size() == 1 ? keys.front() : keys;
  };
  Json json = {{"images", places(input.images)}, {"test", places(input.test)}};
  if (!input.classes.empty()) json["classes"] = key_from_name(input.classes);
  return json;
}

void read_inputs_json(const Json& inputs, InputOptions& input) {
  const auto places = [&](const char* name) {
    const Json& value = member_of(inputs, name, "run.json");
    std::vector<std::string> found;
    if (value.is_string()) {
      found.push_back(value.get<std::string>());
    } else if (!value.is_null()) {
      found = read_value<std::vector<std::string>>(value, name, "run.json");
    }
    for (std::string& place : found) place = name_from_key(place);
    return found;
  };
  input.images = places("images");
  input.test = places("test");
}

Json resolved_places(const std::vector<std::string>& inputs) {
  Json places = Json::array();
  for (const ImageInput& input : parse_image_inputs(inputs)) {
    const std::string place = key_from_name(resolve_place(input.place));
    places.push_back(input.source.empty() ? place : input.source + "=" + place);
  }
  if (places.empty()) return nullptr;
  return places.size() == 1 ? places.front() : places;
}

}  // namespace pomona
