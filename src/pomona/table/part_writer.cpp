// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/part_writer.h"

#include <arrow/io/interfaces.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <limits>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/table/store_stream.h"

namespace pomona {
namespace {

using parquet::LogicalType;
using parquet::Repetition;
using parquet::Type;
using parquet::schema::GroupNode;
using parquet::schema::NodePtr;
using parquet::schema::PrimitiveNode;

NodePtr column_node(const TableColumn& column) {
  const std::string name(column.name);
  switch (column.type) {
    case ColumnType::kText:
      return PrimitiveNode::Make(name, Repetition::REQUIRED, LogicalType::String(),
                                 Type::BYTE_ARRAY);
    case ColumnType::kBytes:
      return PrimitiveNode::Make(name, Repetition::REQUIRED, Type::BYTE_ARRAY);
    case ColumnType::kInt64: return PrimitiveNode::Make(name, Repetition::REQUIRED, Type::INT64);
    case ColumnType::kDouble: return PrimitiveNode::Make(name, Repetition::REQUIRED, Type::DOUBLE);
    case ColumnType::kOptionalInt32:
      return PrimitiveNode::Make(name, Repetition::OPTIONAL, Type::INT32);
    case ColumnType::kFloats: break;
  }
  // The three levels of a list in the Parquet format, named as its specification wants.
  const NodePtr element = PrimitiveNode::Make("element", Repetition::REQUIRED, Type::FLOAT);
  const NodePtr list = GroupNode::Make("list", Repetition::REPEATED, {element});
  return GroupNode::Make(name, Repetition::REQUIRED, {list}, LogicalType::List());
}

std::shared_ptr<parquet::WriterProperties> properties_for(std::span<const TableColumn> columns) {
  parquet::WriterProperties::Builder builder;
  builder.version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->compression(parquet::Compression::SNAPPY)
      ->data_pagesize(1 << 20)
      ->write_batch_size(1 << 20)
      ->disable_dictionary()
      ->disable_statistics()
      ->disable_write_page_index()
      ->set_size_statistics_level(parquet::SizeStatisticsLevel::None)
      ->enable_page_checksum();
  for (const TableColumn& column : columns) {
    const std::string name(column.name);
    if (column.few_values) builder.enable_dictionary(name);
    if (column.type != ColumnType::kFloats && column.type != ColumnType::kBytes) {
      builder.enable_statistics(name);
    }
  }
  return builder.build();
}

parquet::ByteArray byte_array(const std::string& bytes) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::kInvalidInput, "writing a table: a field of 4 GiB or more");
  }
  return {static_cast<std::uint32_t>(bytes.size()),
          reinterpret_cast<const std::uint8_t*>(bytes.data())};
}

}  // namespace

// Members are destroyed from the last to the first: the file, which writes a footer even when
// destroyed, before its stream, and that before the object, which then vanishes.
struct PartWriter::State {
  State(ObjectStore& store, const std::string& name, std::span<const TableColumn> columns)
      : key(name), object(store.create(name)), stream(stream_to(*object, failure)) {
    std::vector<NodePtr> nodes;
    for (const TableColumn& column : columns) nodes.push_back(column_node(column));
    const NodePtr root = GroupNode::Make("schema", Repetition::REQUIRED, nodes);
    guard([&] {
      file = parquet::ParquetFileWriter::Open(stream, std::static_pointer_cast<GroupNode>(root),
                                              properties_for(columns));
    });
  }

  template <class Action>
  void guard(const Action& action) {
    try {
      action();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      failure.rethrow();
      throw Error(ErrorKind::kInternal, "writing " + key + " as Parquet: " + error.what());
    }
  }

  // Writes the next column of the row group, row by row.
  template <class Writer, class Rows, class Append>
  void append(const Rows& rows, const Append& append_row) {
    guard([&] {
      if (group == nullptr) group = file->AppendRowGroup();
      auto& writer = static_cast<Writer&>(*group->NextColumn());
      for (const auto& row : rows) append_row(writer, row);
      writer.Close();
    });
  }

  std::string key;
  StoreFailure failure;
  std::unique_ptr<ObjectWriter> object;
  std::shared_ptr<arrow::io::OutputStream> stream;
  std::unique_ptr<parquet::ParquetFileWriter> file;
  parquet::RowGroupWriter* group = nullptr;
  std::vector<std::int16_t> first_levels;  // repetition levels of a row of numbers: 0, 1, 1, …
  std::vector<std::int16_t> ones;          // definition levels of one
};

PartWriter::PartWriter(ObjectStore& store, const std::string& key,
                       std::span<const TableColumn> columns)
    : state_(std::make_unique<State>(store, key, columns)) {}
PartWriter::~PartWriter() = default;
PartWriter::PartWriter(PartWriter&&) noexcept = default;
PartWriter& PartWriter::operator=(PartWriter&&) noexcept = default;

void PartWriter::append(std::span<const std::string> rows) {
  state_->append<parquet::ByteArrayWriter>(rows, [](auto& writer, const std::string& row) {
    const parquet::ByteArray value = byte_array(row);
    writer.WriteBatch(1, nullptr, nullptr, &value);
  });
}

void PartWriter::append(std::span<const std::int64_t> rows) {
  state_->append<parquet::Int64Writer>(
      rows, [](auto& writer, std::int64_t row) { writer.WriteBatch(1, nullptr, nullptr, &row); });
}

void PartWriter::append(std::span<const double> rows) {
  state_->append<parquet::DoubleWriter>(
      rows, [](auto& writer, double row) { writer.WriteBatch(1, nullptr, nullptr, &row); });
}

void PartWriter::append(std::span<const std::optional<std::int32_t>> rows) {
  state_->append<parquet::Int32Writer>(rows,
                                       [](auto& writer, const std::optional<std::int32_t>& row) {
                                         const std::int16_t level = row.has_value() ? 1 : 0;
                                         const std::int32_t value = row.value_or(0);
                                         writer.WriteBatch(1, &level, nullptr, &value);
                                       });
}

void PartWriter::append(MatrixView<const float> rows) {
  State& state = *state_;
  if (state.ones.size() != rows.cols()) {
    state.ones.assign(rows.cols(), 1);
    state.first_levels = state.ones;
    state.first_levels.front() = 0;
  }
  // Row by row, so that the levels of one row serve all.
  std::vector<const float*> starts(rows.rows());
  for (std::size_t i = 0; i < starts.size(); ++i) starts[i] = rows.row(i).data();
  state.append<parquet::FloatWriter>(starts, [&](auto& writer, const float* row) {
    writer.WriteBatch(static_cast<std::int64_t>(rows.cols()), state.ones.data(),
                      state.first_levels.data(), row);
  });
}

void PartWriter::end_group() {
  state_->guard([&] { state_->group->Close(); });
  state_->group = nullptr;
}

void PartWriter::close() {
  state_->guard([&] { state_->file->Close(); });
}

void PartWriter::commit() { state_->object->commit(); }

}  // namespace pomona
