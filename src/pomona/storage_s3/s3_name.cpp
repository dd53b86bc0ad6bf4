// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_name.h"

#include "pomona/base/error.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

bool stands_for_other_bytes(std::string_view key) {
  const std::string name = name_from_key(key);
  return !is_utf8(name) && key_from_name(name) == key;
}

}  // namespace

std::string s3_name_from_key(std::string_view key) {
  return stands_for_other_bytes(key) ? std::string(key) : name_from_key(key);
}

std::string key_from_s3_name(std::string_view name) {
  std::string key = stands_for_other_bytes(name) ? std::string(name) : key_from_name(name);
  try {
    check_key(key, "listing");
  } catch (const Error&) {
    return "";
  }
  return key;
}

}  // namespace pomona
