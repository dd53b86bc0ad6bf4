// SPDX-License-Identifier: Apache-2.0
// Keys and the names of objects in a bucket. S3 knows UTF-8 alone, so a key that stands for other
// bytes (storage/key.h) is an object's name as it is, %XX and all; every other key is its name. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

std::string s3_name_from_key(std::string_view key);
// "" when the name can be no key: "a//b", "../a", "a/".
std::string key_from_s3_name(std::string_view name);

}  // namespace pomona
