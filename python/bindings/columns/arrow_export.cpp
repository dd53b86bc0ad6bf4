// SPDX-License-Identifier: Apache-2.0
#include "columns/arrow_export.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

namespace pomona::python {
namespace {

// What a struct points to. A consumer may move children out of their parent: those have no
// `release` any more.
template <typename Struct>
struct Exported {
  explicit Exported(std::size_t count) : children(count), pointers(count) {
    for (std::size_t child = 0; child < count; ++child) pointers[child] = &children[child];
  }
  Exported(const Exported&) = delete;
  Exported& operator=(const Exported&) = delete;
  ~Exported() {
    for (Struct& child : children) {
      if (child.release != nullptr) child.release(&child);
    }
  }

  std::vector<Struct> children;
  std::vector<Struct*> pointers;
};

struct ExportedSchema : Exported<ArrowSchema> {
  using Exported::Exported;
  std::string name;
  std::string format;
  std::string metadata;
};

struct ExportedArray : Exported<ArrowArray> {
  using Exported::Exported;
  std::vector<const void*> buffers;
  std::shared_ptr<const void> owner;
};

template <typename Held, typename Struct>
void release(Struct* released) {
  released->release = nullptr;
  delete static_cast<Held*>(released->private_data);
}

// Gives `out` what it points to, and with it the duty to release that.
template <typename Held, typename Struct>
void hand_over(std::unique_ptr<Held> held, Struct& out) noexcept {
  out.n_children = static_cast<std::int64_t>(held->pointers.size());
  out.children = held->pointers.empty() ? nullptr : held->pointers.data();
  out.release = &release<Held, Struct>;
  out.private_data = held.release();
}

std::unique_ptr<ExportedSchema> schema_of(std::span<const ArrowColumn> children);

void export_column_schema(const ArrowColumn& column, ArrowSchema& out) {
  auto held = schema_of(column.children);
  held->name = column.name;
  held->format = column.format;
  out.name = held->name.c_str();
  out.format = held->format.c_str();
  out.flags = kArrowNullable;
  hand_over(std::move(held), out);
}

std::unique_ptr<ExportedSchema> schema_of(std::span<const ArrowColumn> children) {
  auto held = std::make_unique<ExportedSchema>(children.size());
  for (std::size_t child = 0; child < children.size(); ++child) {
    export_column_schema(children[child], held->children[child]);
  }
  return held;
}

std::unique_ptr<ExportedArray> array_of(std::span<const ArrowColumn> children);

void export_column(const ArrowColumn& column, ArrowArray& out) {
  auto held = array_of(column.children);
  held->buffers = column.buffers;
  held->owner = column.owner;
  out.length = column.length;
  out.null_count = column.nulls;
  out.offset = column.offset;
  out.n_buffers = static_cast<std::int64_t>(held->buffers.size());
  out.buffers = held->buffers.data();
  hand_over(std::move(held), out);
}

std::unique_ptr<ExportedArray> array_of(std::span<const ArrowColumn> children) {
  auto held = std::make_unique<ExportedArray>(children.size());
  for (std::size_t child = 0; child < children.size(); ++child) {
    export_column(children[child], held->children[child]);
  }
  return held;
}

void export_rows(const ArrowTable& table, ArrowArray& out) {
  auto held = array_of(table.columns);
  held->buffers = {nullptr};
  out.length = table.rows;
  out.n_buffers = 1;
  out.buffers = held->buffers.data();
  hand_over(std::move(held), out);
}

void append_number(std::string& text, std::size_t number) {
  const auto value = static_cast<std::int32_t>(number);
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string metadata_text(const std::map<std::string, std::string>& pairs) {
  std::string text;
  append_number(text, pairs.size());
  for (const auto& [key, value] : pairs) {
    append_number(text, key.size());
    text += key;
    append_number(text, value.size());
    text += value;
  }
  return text;
}

struct ExportedStream {
  ArrowTable table;
  bool done = false;
};

// The only thing that goes wrong here; `out` then stays as it was.
template <typename Fill>
int filled(const Fill& fill) noexcept {
  try {
    fill();
    return 0;
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  *out = {};
  return filled(
      [&] { export_schema(static_cast<ExportedStream*>(stream->private_data)->table, out); });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
  *out = {};
  auto& exported = *static_cast<ExportedStream*>(stream->private_data);
  if (exported.done || exported.table.rows == 0) return 0;
  return filled([&] {
    export_rows(exported.table, *out);
    exported.done = true;
  });
}

const char* get_last_error(ArrowArrayStream* /*stream*/) { return "out of memory"; }

}  // namespace

void export_schema(const ArrowTable& table, ArrowSchema* out) {
  auto held = schema_of(table.columns);
  held->format = "+s";
  out->name = held->name.c_str();
  out->format = held->format.c_str();
  if (!table.metadata.empty()) {
    held->metadata = metadata_text(table.metadata);
    out->metadata = held->metadata.data();
  }
  hand_over(std::move(held), *out);
}

void export_stream(const ArrowTable& table, ArrowArrayStream* out) {
  auto held = std::make_unique<ExportedStream>(table);
  out->get_schema = &get_schema;
  out->get_next = &get_next;
  out->get_last_error = &get_last_error;
  out->release = &release<ExportedStream, ArrowArrayStream>;
  out->private_data = held.release();
}

}  // namespace pomona::python
