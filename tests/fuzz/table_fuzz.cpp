// SPDX-License-Identifier: Apache-2.0
// Any bytes are a table or an Error of TableReader and CsvReader, and never more. With clang, and
// A = the folder of pyarrow in the virtual environment:
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -isystem $A/include
//       tests/fuzz/table_fuzz.cpp src/pomona/base/error.cpp
//       src/pomona/storage/{key,memory_store,object_store}.cpp
//       src/pomona/csv/csv_reader.cpp
//       src/pomona/table/{parquet_reader,part_reader,schema,store_stream}.cpp
//       $A/libparquet.so.2600 $A/libarrow.so.2600 -Wl,-rpath,$A -o build/table_fuzz
//   build/table_fuzz -max_total_time=60 -rss_limit_mb=6000 build/table_corpus tests/golden/table
// New inputs are kept in the first folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/csv/csv_reader.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/parquet_reader.h"

namespace {

template <class Batch>
void read_table(const pomona::ObjectStore& store) {
  try {
    pomona::TableReader<Batch> reader(store, "a.parquet");
    Batch batch;
    std::uint64_t rows = 0;
    // A few bytes can stand for very many equal rows.
    while (rows < 100'000 && reader.next(batch)) rows += batch.rows();
    if (rows > reader.rows()) std::abort();
  } catch (const pomona::Error&) {  // as it may be
  }
}

void read_csv(std::string_view text) {
  try {
    pomona::CsvReader reader(text, "a.csv");
    std::vector<std::string> fields;
    while (reader.next(fields)) {
      if (fields.size() != reader.header().size()) std::abort();
    }
  } catch (const pomona::Error&) {  // as it may be
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  pomona::MemoryStore store;
  store.write("a.parquet", bytes);
  read_table<pomona::FeatureBatch>(store);
  read_table<pomona::ReducedBatch>(store);
  read_csv(bytes);
  return 0;
}
