// SPDX-License-Identifier: Apache-2.0
// Where photographs and results lie: named objects of bytes under one root. A folder, memory, or
// part of a bucket. Stores know nothing of images or tables.
//
// Keys are UTF-8 and relative to the root, parts separated by '/', no leading '/'. Names that are
// not UTF-8 are %-escaped (storage/key.h), so that a key fits in every table and leads back to its
// object. A key with an empty part, "." or "..", a NUL, or written otherwise than key_from_name()
// would is refused with invalid_input.
//
// Every function may be called from any thread at once. Errors are thrown, and the message names
// the object and what to do: not_found; denied (permission); unavailable (full disk, broken
// network); timed_out; replaced (another version is there than was listed or opened); corrupt
// (fewer bytes than expected, or damaged ones); interrupted (a store that takes a stop token);
// invalid_input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {

struct ObjectInfo {
  std::string key;
  std::uint64_t bytes = 0;
  // What the store calls this content (storage/etag.h), with its quotes; "" where it has no name.
  std::string etag = {};
  // Distinguishes this content from others under the same key at other times, as read() takes it:
  // the ETag, or when a file was written. "" where nothing does.
  std::string version = {};
  // False for what is listed but has no bytes to read: pipes, sockets, devices, broken links.
  bool readable = true;
  // Why it is not readable, empty otherwise.
  std::string problem = {};
  ErrorKind problem_kind = ErrorKind::kUnavailable;
};

// An object being written. It appears under its key when commit() returns and not before; destroyed
// without commit() it leaves nothing behind. Used by one thread.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual void write(std::string_view bytes) = 0;
  virtual void commit() = 0;
};

// Random access to one object, for formats that keep their index at the end. Used by one thread at
// a time. What it reads is the object as it was when opened, or an error.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `bytes` from `offset` on. Fewer bytes there than asked for: corrupt.
  virtual void read_at(std::uint64_t offset, std::span<char> bytes) = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // What a message calls this store: a folder's path, "memory".
  virtual std::string describe() const = 0;

  // Calls `found` for every object below `prefix` (the key of a folder, or ""), in no particular
  // order, each once, with its whole key; for none when there is no such folder. Links are
  // followed, a circle of links is entered once. A folder that cannot be read is reported as one
  // object with readable = false.
  virtual void list(std::string_view prefix,
                    const std::function<void(const ObjectInfo&)>& found) const = 0;

  // Is there an object? A folder is none.
  virtual bool exists(std::string_view key) const = 0;

  // Replaces the content of `bytes` (its capacity is reused) by the whole object. An object larger
  // than max_bytes is refused with invalid_input before it is read; one that is not the `version`
  // that was listed ("": any), or changes while it is read, is refused with replaced.
  virtual void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
                    std::string_view version) const = 0;
  std::string read(std::string_view key) const;
  // How many reads it is best to have under way at once. 0: reading is so quick that whoever needs
  // an object reads it when it is needed.
  virtual std::size_t concurrent_reads() const { return 0; }
  virtual std::unique_ptr<ObjectReader> open(std::string_view key) const = 0;

  // Replaces what is under `key` on commit(). Folders above it are made as needed.
  virtual std::unique_ptr<ObjectWriter> create(std::string_view key) = 0;
  void write(std::string_view key, std::string_view bytes);

  // Writes `bytes` under `key` unless an object is there already: of many who try, exactly one
  // does. False when there is another object; true also when the one there has just these bytes, so
  // that who lost the answer of a first try gets the truth at the second.
  virtual bool write_if_absent(std::string_view key, std::string_view bytes) = 0;

  // Renames one object, or all below it when it is a folder; replaces what is at `to`. One object
  // replaces another in one step, a folder does not.
  virtual void move(std::string_view from, std::string_view to) = 0;
  // Removes one object, or all below it when it is a folder; nothing there is no error.
  virtual void remove(std::string_view key) = 0;
  // Removes these objects and nothing below them: a bucket may hold both `a` and `a/b`.
  virtual void remove_objects(const std::vector<std::string>& keys) = 0;
  // Removes what writers that were killed left of these objects, or of any below them, and returns
  // how much that was; a dry run only counts. The caller knows that nobody is writing them.
  virtual std::size_t remove_unfinished(const std::vector<std::string>& keys, bool dry_run) = 0;
  // Returns when what was written here outlives a power cut.
  virtual void settle() {}
};

}  // namespace pomona
