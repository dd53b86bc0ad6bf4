// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/memory_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

using Bytes = std::shared_ptr<const std::string>;

class MemoryReader final : public ObjectReader {
 public:
  MemoryReader(Bytes content, std::string key)
      : content_(std::move(content)), key_(std::move(key)) {}

  std::uint64_t size() const override { return content_->size(); }

  void read_at(std::uint64_t offset, std::span<char> bytes) override {
    if (offset > content_->size() || bytes.size() > content_->size() - offset) {
      throw Error(ErrorKind::kCorrupt, "reading " + key_ + " in memory: it ends too early");
    }
    std::copy_n(content_->data() + offset, bytes.size(), bytes.data());
  }

 private:
  Bytes content_;
  std::string key_;
};

class MemoryWriter final : public ObjectWriter {
 public:
  explicit MemoryWriter(std::function<void(const std::string&)> keep) : keep_(std::move(keep)) {}

  void write(std::string_view bytes) override { content_ += bytes; }
  void commit() override { keep_(content_); }

 private:
  std::string content_;
  std::function<void(const std::string&)> keep_;
};

}  // namespace

void MemoryStore::list(std::string_view prefix,
                       const std::function<void(const ObjectInfo&)>& found) const {
  if (!prefix.empty()) check_key(prefix, "listing");
  std::vector<ObjectInfo> objects;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, object] : objects_) {
      if (!is_below(key, prefix)) continue;
      objects.push_back({.key = key, .bytes = object.content->size(), .version = object.version});
    }
  }
  std::ranges::for_each(objects, found);
}

bool MemoryStore::exists(std::string_view key) const {
  check_key(key, "looking for");
  const std::lock_guard lock(mutex_);
  return objects_.contains(key);
}

MemoryStore::Object MemoryStore::get(std::string_view key) const {
  check_key(key, "reading");
  const std::lock_guard lock(mutex_);
  const auto at = objects_.find(key);
  if (at == objects_.end()) {
    throw Error(ErrorKind::kNotFound,
                "reading " + std::string(key) + " in memory: there is no such object");
  }
  return at->second;
}

MemoryStore::Object MemoryStore::make(std::string_view content) {
  return {std::make_shared<const std::string>(content), "write:" + std::to_string(++writes_)};
}

void MemoryStore::read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
                       std::string_view version) const {
  const auto [content, found] = get(key);
  if (!version.empty() && version != found) {
    throw Error(ErrorKind::kReplaced, "reading " + std::string(key) +
                                          " in memory: it was replaced since it was listed; list "
                                          "again");
  }
  if (content->size() > max_bytes) {
    throw Error(ErrorKind::kInvalidInput, "reading " + std::string(key) + " in memory: it has " +
                                              std::to_string(content->size()) +
                                              " bytes, more than the limit of " +
                                              std::to_string(max_bytes));
  }
  bytes = *content;
}

std::unique_ptr<ObjectReader> MemoryStore::open(std::string_view key) const {
  return std::make_unique<MemoryReader>(get(key).content, std::string(key));
}

std::unique_ptr<ObjectWriter> MemoryStore::create(std::string_view key) {
  check_key(key, "writing");
  return std::make_unique<MemoryWriter>(
      [this, name = std::string(key)](const std::string& content) {
        const std::lock_guard lock(mutex_);
        objects_[name] = make(content);
      });
}

bool MemoryStore::write_if_absent(std::string_view key, std::string_view bytes) {
  check_key(key, "writing");
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = objects_.try_emplace(std::string(key));
  if (is_new) place->second = make(bytes);
  return *place->second.content == bytes;
}

void MemoryStore::move(std::string_view from, std::string_view to) {
  check_move(from, to);
  const std::lock_guard lock(mutex_);
  Objects moved;
  for (const auto& [key, object] : objects_) {
    if (key == from || is_below(key, from)) {
      moved[std::string(to) + key.substr(from.size())] = object;
    }
  }
  if (moved.empty()) {
    throw Error(ErrorKind::kNotFound,
                "moving " + std::string(from) + " in memory: there is no such object or folder");
  }
  std::erase_if(objects_, [&](const auto& object) {
    const std::string& key = object.first;
    return key == from || key == to || is_below(key, from) || is_below(key, to);
  });
  objects_.merge(moved);
}

void MemoryStore::remove(std::string_view key) {
  check_key(key, "removing");
  const std::lock_guard lock(mutex_);
  std::erase_if(objects_, [&](const auto& object) {
    return object.first == key || is_below(object.first, key);
  });
}

void MemoryStore::remove_objects(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) check_key(key, "removing");
  const std::lock_guard lock(mutex_);
  for (const std::string& key : keys) objects_.erase(key);
}

}  // namespace pomona
