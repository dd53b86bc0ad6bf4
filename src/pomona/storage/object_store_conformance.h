// SPDX-License-Identifier: Apache-2.0
// What every store must do, to be run on each of them. A test runs on one thread and starts others.
//
//   struct InFolder {
//     static constexpr bool kLeavesSomething = true;   // a writer that is killed does
//     std::unique_ptr<ObjectStore> store = …;          // a place that starts empty
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Local, ObjectStoreTest, InFolder);
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/object_store.h"

namespace pomona {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

template <class Place>
class ObjectStoreTest : public ::testing::Test {
 protected:
  ObjectStore& store() { return *place_.store; }

  std::map<std::string, std::uint64_t> listing(std::string_view prefix = "") {
    std::map<std::string, std::uint64_t> sizes;
    store().list(prefix, [&](const ObjectInfo& info) {
      EXPECT_TRUE(info.readable) << info.key << ": " << info.problem;
      EXPECT_TRUE(sizes.emplace(info.key, info.bytes).second) << info.key << " came twice";
    });
    return sizes;
  }

  template <class Action>
  static void expect_error(ErrorKind kind, const std::string& part, const Action& action) {
    try {
      action();
      ADD_FAILURE() << "no error with \"" << part << "\"";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  }

 private:
  Place place_;
};

TYPED_TEST_SUITE_P(ObjectStoreTest);

TYPED_TEST_P(ObjectStoreTest, ReadsWhatWasWritten) {
  ObjectStore& store = this->store();
  const std::string odd = "Äpfel, \"rot\"\n/100%/%FF%FE.jpg";
  store.write(odd, std::string("a\0b", 3));
  store.write("empty", "");
  EXPECT_EQ(store.read(odd), std::string("a\0b", 3));
  EXPECT_EQ(store.read("empty"), "");
  EXPECT_THAT(this->listing(), ElementsAre(Pair("empty", 0), Pair(odd, 3)));
}

TYPED_TEST_P(ObjectStoreTest, ReusesTheBuffer) {
  ObjectStore& store = this->store();
  store.write("long", std::string(5000, 'l'));
  store.write("short", "s");
  std::string bytes;
  store.read("long", 5000, bytes, "");
  EXPECT_EQ(bytes, std::string(5000, 'l'));
  const char* const place = bytes.data();
  store.read("short", 5000, bytes, "");
  EXPECT_EQ(bytes, "s");
  EXPECT_EQ(bytes.data(), place);
}

TYPED_TEST_P(ObjectStoreTest, RefusesObjectsAboveTheLimit) {
  this->store().write("a/b", "12345");
  std::string bytes;
  this->store().read("a/b", 5, bytes, "");
  this->expect_error(ErrorKind::kInvalidInput, "a/b",
                     [&] { this->store().read("a/b", 4, bytes, ""); });
}

TYPED_TEST_P(ObjectStoreTest, NamesWhatIsMissing) {
  ObjectStore& store = this->store();
  store.write("folder/a", "");
  for (const std::string key : {"gone", "folder", "folder/gone"}) {
    this->expect_error(ErrorKind::kNotFound, key, [&] { store.read(key); });
    this->expect_error(ErrorKind::kNotFound, key, [&] { store.open(key); });
    EXPECT_FALSE(store.exists(key)) << key;
  }
  this->expect_error(ErrorKind::kNotFound, "gone", [&] { store.move("gone", "there"); });
  EXPECT_TRUE(store.exists("folder/a"));
}

TYPED_TEST_P(ObjectStoreTest, RefusesKeysThatLeaveTheRoot) {
  ObjectStore& store = this->store();
  for (const std::string key : {"", "../a", "/a", "a//b", "a/..", "%2E%2E/a", "a/", "\xFF"}) {
    const std::string quoted = "not a key";
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.read(key); });
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.open(key); });
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.exists(key); });
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.create(key); });
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.remove(key); });
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.move(key, "b"); });
    this->expect_error(ErrorKind::kInvalidInput, quoted, [&] { store.move("b", key); });
  }
  this->expect_error(ErrorKind::kInvalidInput, "not a key",
                     [&] { store.list("..", [](const ObjectInfo&) {}); });
}

TYPED_TEST_P(ObjectStoreTest, ListsBelowAFolderOnly) {
  ObjectStore& store = this->store();
  for (const std::string key : {"a/1", "a/b/2", "ab/3", "4"}) store.write(key, key);
  EXPECT_THAT(this->listing("a"), ElementsAre(Pair("a/1", 3), Pair("a/b/2", 5)));
  EXPECT_THAT(this->listing("a/b"), ElementsAre(Pair("a/b/2", 5)));
  EXPECT_THAT(this->listing("gone"), IsEmpty());
  EXPECT_THAT(this->listing("4"), IsEmpty());
}

TYPED_TEST_P(ObjectStoreTest, ReadsInPieces) {
  this->store().write("a", "0123456789");
  const std::unique_ptr<ObjectReader> reader = this->store().open("a");
  EXPECT_EQ(reader->size(), 10U);
  std::string piece(4, ' ');
  reader->read_at(6, piece);
  EXPECT_EQ(piece, "6789");
  reader->read_at(0, piece);
  EXPECT_EQ(piece, "0123");
  this->expect_error(ErrorKind::kCorrupt, "a", [&] { reader->read_at(7, piece); });
  this->expect_error(ErrorKind::kCorrupt, "a", [&] { reader->read_at(11, piece); });
}

TYPED_TEST_P(ObjectStoreTest, ShowsAnObjectOnlyOnceCommitted) {
  ObjectStore& store = this->store();
  store.write("a", "old");
  {
    const std::unique_ptr<ObjectWriter> writer = store.create("a");
    writer->write("new");
    EXPECT_EQ(store.read("a"), "old");
  }
  EXPECT_THAT(this->listing(), ElementsAre(Pair("a", 3)));  // and nothing beside it
  const std::unique_ptr<ObjectWriter> writer = store.create("a");
  writer->write("ne");
  writer->write("wer");
  writer->commit();
  EXPECT_EQ(store.read("a"), "newer");
  EXPECT_THAT(this->listing(), ElementsAre(Pair("a", 5)));
}

TYPED_TEST_P(ObjectStoreTest, OfManyWhoWriteTheSameOneIsFirst) {
  ObjectStore& store = this->store();
  std::atomic<int> winners = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        if (store.write_if_absent("a/marker", std::to_string(thread))) ++winners;
      });
    }
  }
  EXPECT_EQ(winners, 1);
  EXPECT_THAT(this->listing(), ElementsAre(Pair("a/marker", 1)));
  EXPECT_TRUE(store.write_if_absent("a/marker", store.read("a/marker")));
  EXPECT_FALSE(store.write_if_absent("a/marker", "another"));
}

TYPED_TEST_P(ObjectStoreTest, MovesObjectsAndFolders) {
  ObjectStore& store = this->store();
  store.write("stage/a/1", "1");
  store.write("stage/a/2", "2");
  store.write("stage/b", "b");
  store.write("out/a/old", "old");
  store.write("out/b", "old");
  store.move("stage/a", "out/a");
  store.move("stage/b", "out/b");
  EXPECT_THAT(this->listing(),
              ElementsAre(Pair("out/a/1", 1), Pair("out/a/2", 1), Pair("out/b", 1)));
  store.move("out/b", "new/folder/b");
  EXPECT_EQ(store.read("new/folder/b"), "b");
  store.move("new", "new");
  EXPECT_EQ(store.read("new/folder/b"), "b");
  this->expect_error(ErrorKind::kInvalidInput, "in itself",
                     [&] { store.move("new", "new/folder/deeper"); });
}

TYPED_TEST_P(ObjectStoreTest, RemovesObjectsAndFolders) {
  ObjectStore& store = this->store();
  for (const std::string key : {"a/1", "a/b/2", "ab"}) store.write(key, key);
  store.remove("a");
  store.remove("gone");
  store.remove("ab/below-a-file");
  EXPECT_THAT(this->listing(), ElementsAre(Pair("ab", 2)));
  store.remove("ab");
  EXPECT_THAT(this->listing(), IsEmpty());
}

TYPED_TEST_P(ObjectStoreTest, RemovesObjectsAlone) {
  ObjectStore& store = this->store();
  for (const std::string key : {"a/1", "a/b/2", "c"}) store.write(key, key);
  store.remove_objects({"a", "a/1", "gone", "c/below-a-file"});
  EXPECT_THAT(this->listing(), ElementsAre(Pair("a/b/2", 5), Pair("c", 1)));
  this->expect_error(ErrorKind::kInvalidInput, "not a key",
                     [&] { store.remove_objects({"../a"}); });
  store.settle();
  EXPECT_EQ(store.read("c"), "c");
}

TYPED_TEST_P(ObjectStoreTest, ReadsTheVersionThatWasListedOrNone) {
  ObjectStore& store = this->store();
  store.write("a", "old");
  std::string listed;
  store.list("", [&](const ObjectInfo& info) { listed = info.version; });
  ASSERT_NE(listed, "");
  std::string bytes;
  store.read("a", 10, bytes, listed);
  EXPECT_EQ(bytes, "old");
  do {  // a file system may know times no finer than a tick of its clock
    store.write("a", "new");
    store.list("", [&](const ObjectInfo& info) { bytes = info.version; });
  } while (bytes == listed);
  this->expect_error(ErrorKind::kReplaced, "a", [&] { store.read("a", 10, bytes, listed); });
  store.read("a", 10, bytes, "");
  EXPECT_EQ(bytes, "new");
}

TYPED_TEST_P(ObjectStoreTest, RemovesWhatADeadWriterLeft) {
  ObjectStore& store = this->store();
  store.write("folder/whole", "whole");
  // A process that is killed destroys nothing.
  [[maybe_unused]] ObjectWriter* const dead = store.create("folder/large").release();
  dead->write(std::string(9U << 20U, 'x'));
  EXPECT_THAT(this->listing(), ElementsAre(Pair("folder/whole", 5)));
  const std::size_t left = TypeParam::kLeavesSomething ? 1 : 0;
  EXPECT_EQ(store.remove_unfinished({"fold", "folder/large/deep"}, /*dry_run=*/false), 0U);
  EXPECT_EQ(store.remove_unfinished({"folder"}, /*dry_run=*/true), left);
  EXPECT_EQ(store.remove_unfinished({"other", "folder"}, /*dry_run=*/false), left);
  EXPECT_EQ(store.remove_unfinished({"folder"}, /*dry_run=*/false), 0U);
  EXPECT_EQ(store.read("folder/whole"), "whole");
  delete dead;  // so that no checker of memory complains
}

TYPED_TEST_P(ObjectStoreTest, ServesManyThreads) {
  ObjectStore& store = this->store();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&store, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = "deep/folder/" + std::to_string(thread) + "/" + std::to_string(i);
        store.write(key, key);
        EXPECT_EQ(store.read(key), key);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(this->listing().size(), 200U);
}

REGISTER_TYPED_TEST_SUITE_P(ObjectStoreTest, ReadsWhatWasWritten, ReusesTheBuffer,
                            RefusesObjectsAboveTheLimit, NamesWhatIsMissing,
                            RefusesKeysThatLeaveTheRoot, ListsBelowAFolderOnly, ReadsInPieces,
                            ShowsAnObjectOnlyOnceCommitted, OfManyWhoWriteTheSameOneIsFirst,
                            MovesObjectsAndFolders, RemovesObjectsAndFolders, RemovesObjectsAlone,
                            ReadsTheVersionThatWasListedOrNone, RemovesWhatADeadWriterLeft,
                            ServesManyThreads);

}  // namespace pomona
