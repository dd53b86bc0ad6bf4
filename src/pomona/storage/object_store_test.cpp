// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/object_store.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "pomona/storage/local_store.h"
#include "pomona/storage/memory_store.h"
#include "pomona/storage/object_store_conformance.h"

namespace pomona {
namespace {

struct InFolder {
  static constexpr bool kLeavesSomething = true;
  InFolder() : folder(::testing::TempDir() + "pomona-store-XXXXXX") {
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder);
    store = std::make_unique<LocalStore>(folder);
  }
  ~InFolder() { std::filesystem::remove_all(folder); }
  std::string folder;
  std::unique_ptr<ObjectStore> store;
};

struct InMemory {
  static constexpr bool kLeavesSomething = false;
  std::unique_ptr<ObjectStore> store = std::make_unique<MemoryStore>();
};

INSTANTIATE_TYPED_TEST_SUITE_P(Local, ObjectStoreTest, InFolder);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ObjectStoreTest, InMemory);

// As in a bucket, where a name may be that of an object and of a folder.
TEST(MemoryStoreTest, AnObjectGoesWithoutTheFolderOfItsName) {
  MemoryStore store;
  store.write("a", "object");
  store.write("a/b", "below");
  store.remove_objects({"a"});
  EXPECT_FALSE(store.exists("a"));
  EXPECT_EQ(store.read("a/b"), "below");
}

}  // namespace
}  // namespace pomona
