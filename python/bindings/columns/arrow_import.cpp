// SPDX-License-Identifier: Apache-2.0
#include "columns/arrow_import.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columns/arrow_import_column.h"
#include "pomona/base/error.h"

namespace pomona::python {
namespace {

template <typename Struct>
class Taken {
 public:
  explicit Taken(const Struct& taken = {}) : struct_(taken) {}
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  ~Taken() {
    if (struct_.release != nullptr) struct_.release(&struct_);
  }
  Struct* get() { return &struct_; }
  const Struct* operator->() const { return &struct_; }
  const Struct& operator*() const { return struct_; }

 private:
  Struct struct_;
};

using Batch = std::shared_ptr<Taken<ArrowArray>>;

[[noreturn]] void refuse_table(const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "cannot read the Arrow table: " + problem);
}

void check_schema(const ArrowSchema& schema) {
  if (schema.format == nullptr || std::string_view(schema.format) != "+s") {
    refuse_table("expected columns with names, found a single one of type " + type_name(schema) +
                 "; put it into a table, such as pyarrow.table({'path': …})");
  }
}

void check_batch(const ArrowSchema& schema, const ArrowArray& batch) {
  if (batch.n_children != schema.n_children) {
    refuse_table("a batch has " + std::to_string(batch.n_children) + " columns, and the schema " +
                 std::to_string(schema.n_children));
  }
  if (batch.length < 0 || batch.offset < 0) refuse_table("a batch has a negative length");
  if (batch.n_buffers > 0 && batch.buffers[0] != nullptr && batch.null_count != 0) {
    refuse_table("a batch has rows that are null as a whole; drop them first");
  }
}

std::string all_names(const ArrowSchema& schema) {
  std::string names;
  for (std::int64_t child = 0; child < schema.n_children; ++child) {
    names += (names.empty() ? "" : ", ") + name_of(*schema.children[child]);
  }
  return names;
}

std::int64_t child_called(const ArrowSchema& schema, const std::string& name) {
  std::int64_t found = -1;
  for (std::int64_t child = 0; child < schema.n_children; ++child) {
    if (name_of(*schema.children[child]) != name) continue;
    if (found >= 0) refuse_table("it has two columns '" + name + "'; rename one");
    found = child;
  }
  if (found < 0) {
    refuse_table("it has no column '" + name + "'; its columns are: " + all_names(schema));
  }
  return found;
}

ArrowColumn column_at(const ArrowSchema& schema, std::int64_t child,
                      std::span<const Batch> batches) {
  const ArrowSchema& column = *schema.children[child];
  std::vector<ArrowChunk> chunks;
  std::int64_t row = 0;
  for (const Batch& batch : batches) {
    const ArrowArray& whole = **batch;
    const ArrowArray& array = *whole.children[child];
    if (array.offset < 0 || array.length < whole.offset ||
        array.length - whole.offset < whole.length ||
        array.offset > std::numeric_limits<std::int64_t>::max() - array.length) {
      refuse_column(name_of(column), "it is shorter than its table");
    }
    if (whole.length > 0) {
      chunks.push_back({&array, whole.offset + array.offset, whole.length, row, batch});
    }
    row += whole.length;
  }
  return import_column(column, chunks);
}

std::size_t taken_number(const char*& at) {
  std::int32_t number = 0;
  std::memcpy(&number, at, sizeof number);
  if (number < 0) refuse_table("a length in its metadata is negative");
  at += sizeof number;
  return static_cast<std::size_t>(number);
}

std::string taken_text(const char*& at) {
  const std::size_t bytes = taken_number(at);
  const char* begin = std::exchange(at, at + bytes);
  return {begin, bytes};
}

std::map<std::string, std::string> metadata_in(const ArrowSchema& schema) {
  std::map<std::string, std::string> metadata;
  const char* at = schema.metadata;
  const std::size_t pairs = at == nullptr ? 0 : taken_number(at);
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    std::string key = taken_text(at);
    metadata[std::move(key)] = taken_text(at);
  }
  return metadata;
}

ArrowTable assemble(const ArrowSchema& schema, std::span<const Batch> batches,
                    const WantedColumns& wanted) {
  ArrowTable table;
  table.metadata = metadata_in(schema);
  for (const Batch& batch : batches) table.rows += (*batch)->length;
  std::vector<std::string> names;
  if (wanted) {
    names = *wanted;
  } else {
    for (std::int64_t child = 0; child < schema.n_children; ++child) {
      names.push_back(name_of(*schema.children[child]));
    }
  }
  for (const std::string& name : names) {
    table.columns.push_back(column_at(schema, child_called(schema, name), batches));
  }
  return table;
}

void check_answer(int code, Taken<ArrowArrayStream>& stream) {
  if (code == 0) return;
  if (code == ENOMEM) throw std::bad_alloc();
  const char* message = stream->get_last_error(stream.get());
  throw Error(code == EINVAL ? ErrorKind::kInvalidInput : ErrorKind::kUnavailable,
              std::string("cannot read the Arrow table, because its producer failed: ") +
                  (message != nullptr ? message : std::strerror(code)));
}

}  // namespace

ArrowTable import_array(const ArrowSchema& schema, const ArrowArray& array,
                        const WantedColumns& wanted) {
  const Taken taken_schema(schema);
  const Batch batches[] = {std::make_shared<Taken<ArrowArray>>(array)};
  check_schema(*taken_schema);
  check_batch(*taken_schema, **batches[0]);
  return assemble(*taken_schema, batches, wanted);
}

ArrowTable import_stream(const ArrowArrayStream& stream, const WantedColumns& wanted,
                         const std::function<void()>& between) {
  Taken taken(stream);
  Taken<ArrowSchema> schema;
  check_answer(taken->get_schema(taken.get(), schema.get()), taken);
  check_schema(*schema);
  std::vector<Batch> batches;
  while (true) {
    auto batch = std::make_shared<Taken<ArrowArray>>();
    check_answer(taken->get_next(taken.get(), batch->get()), taken);
    if ((*batch)->release == nullptr) break;
    check_batch(*schema, **batch);
    batches.push_back(std::move(batch));
    between();
  }
  return assemble(*schema, batches, wanted);
}

}  // namespace pomona::python
