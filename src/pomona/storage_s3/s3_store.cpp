// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_store.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/storage_s3/s3_list.h"
#include "pomona/storage_s3/s3_name.h"
#include "pomona/storage_s3/s3_object.h"
#include "pomona/storage_s3/s3_upload.h"

namespace pomona {
namespace {

constexpr std::size_t kListedAtOnce = 16;
constexpr std::size_t kRemovedAtOnce = 1000;

}  // namespace

S3Store::S3Store(std::shared_ptr<S3Client> client, const std::string& prefix)
    : client_(std::move(client)), root_(prefix.empty() ? "" : s3_name_from_key(prefix) + "/") {}

std::string S3Store::describe() const {
  std::string text = client_->url(root_);
  text.pop_back();
  return text;
}

std::string S3Store::name_of(std::string_view key) const { return root_ + s3_name_from_key(key); }

void S3Store::list(std::string_view prefix,
                   const std::function<void(const ObjectInfo&)>& found) const {
  if (!prefix.empty()) check_key(prefix, "listing");
  const std::string below = prefix.empty() ? root_ : name_of(prefix) + "/";
  list_bucket(*client_, below, kListedAtOnce, [&](const S3ListedObject& object) {
    const std::string_view name = std::string_view(object.key).substr(root_.size());
    if (object.bytes == 0 && (name.empty() || name.ends_with('/'))) return;
    ObjectInfo info{key_from_s3_name(name), object.bytes, object.etag, object.etag};
    if (info.key.empty()) {
      info.key = key_from_name(name);
      info.readable = false;
      info.problem = "reading " + client_->url(key_from_name(object.key)) +
                     ": its name has empty parts, '.' or '..'; rename the object";
    }
    found(info);
  });
}

bool S3Store::exists(std::string_view key) const {
  check_key(key, "looking for");
  return client_->head(name_of(key)).has_value();
}

void S3Store::read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
                   std::string_view version) const {
  check_key(key, "reading");
  S3GetOptions options;
  options.max_bytes = max_bytes;
  options.if_match = version;
  client_->get(name_of(key), options, bytes);
}

std::unique_ptr<ObjectReader> S3Store::open(std::string_view key) const {
  check_key(key, "reading");
  return open_s3_object(client_, name_of(key));
}

std::unique_ptr<ObjectWriter> S3Store::create(std::string_view key) {
  check_key(key, "writing");
  return create_s3_object(client_, name_of(key));
}

bool S3Store::write_if_absent(std::string_view key, std::string_view bytes) {
  check_key(key, "writing");
  return client_->put_if_absent(name_of(key), bytes);
}

std::map<std::string, S3ObjectInfo> S3Store::objects_below(const std::string& name) const {
  std::map<std::string, S3ObjectInfo> objects;
  list_bucket(*client_, name + "/", kListedAtOnce, [&](const S3ListedObject& object) {
    objects.emplace(object.key, S3ObjectInfo{object.bytes, object.etag});
  });
  return objects;
}

void S3Store::remove_names(std::vector<std::string> names) {
  // XML has no control characters.
  const auto odd = std::ranges::stable_partition(names, [](const std::string& name) {
    return std::ranges::none_of(name, [](char c) { return c >= '\0' && c < ' '; });
  });
  for (const std::string& name : odd) client_->remove(name);
  names.erase(odd.begin(), odd.end());
  for (std::size_t first = 0; first < names.size(); first += kRemovedAtOnce) {
    const std::size_t last = std::min(first + kRemovedAtOnce, names.size());
    client_->remove_all({names.begin() + static_cast<std::ptrdiff_t>(first),
                         names.begin() + static_cast<std::ptrdiff_t>(last)});
  }
}

void S3Store::move(std::string_view from, std::string_view to) {
  check_move(from, to);
  const std::string source = name_of(from);
  const std::string target = name_of(to);
  const std::optional<S3ObjectInfo> one = client_->head(source);
  const auto objects = one ? std::map{std::pair(source, *one)} : objects_below(source);
  if (objects.empty()) {
    throw Error(ErrorKind::kNotFound,
                "moving " + client_->url(source) + ": no such object or folder");
  }
  if (source == target) return;
  std::set<std::string> copies;
  for (const auto& [name, object] : objects) {
    copy_s3_object(*client_, name, object,
                   *copies.insert(target + name.substr(source.size())).first);
  }
  // What the target held besides, and what was copied.
  std::vector<std::string> old;
  for (const auto& [name, object] : objects) old.push_back(name);
  for (const auto& [name, object] : objects_below(target)) {
    if (!copies.contains(name)) old.push_back(name);
  }
  if (!one) old.push_back(target);
  remove_names(std::move(old));
}

void S3Store::remove(std::string_view key) {
  check_key(key, "removing");
  std::vector<std::string> names = {name_of(key)};
  for (const auto& [name, object] : objects_below(names.front())) names.push_back(name);
  remove_names(std::move(names));
}

void S3Store::remove_objects(const std::vector<std::string>& keys) {
  std::vector<std::string> names;
  for (const std::string& key : keys) {
    check_key(key, "removing");
    names.push_back(name_of(key));
  }
  remove_names(std::move(names));
}

std::size_t S3Store::remove_unfinished(const std::vector<std::string>& keys, bool dry_run) {
  const auto is_wanted = [&](const std::string& name) {
    return std::ranges::any_of(keys, [&](const std::string& key) {
      return name == name_of(key) || name.starts_with(name_of(key) + "/");
    });
  };
  std::size_t count = 0;
  for (const S3PendingUpload& upload : client_->pending_uploads(root_)) {
    if (!is_wanted(upload.key)) continue;
    if (!dry_run) client_->abort_upload(upload.key, upload.upload_id);
    ++count;
  }
  return count;
}

}  // namespace pomona
