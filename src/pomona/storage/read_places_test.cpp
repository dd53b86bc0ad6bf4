// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/read_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

// A bucket that answers late, lets some objects fail, and counts who reads, and how much.
class Bucket final : public ObjectStore {
 public:
  std::size_t readers = 8;
  std::map<std::string, ErrorKind, std::less<>> failing;
  bool no_memory = false;
  std::function<void(std::string_view key)> on_read = [](std::string_view) {};

  std::size_t concurrent_reads() const override { return readers; }
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override {
    const Reading reading(*this, max_bytes);
    on_read(key);
    if (no_memory) throw std::bad_alloc();
    const auto failure = failing.find(key);
    if (failure != failing.end()) throw Error(failure->second, "reading " + std::string(key));
    objects_.read(key, max_bytes, bytes, version);
  }
  std::size_t most_at_once() const { return most_; }
  std::uint64_t most_allowed() const { return most_allowed_; }
  std::size_t reads() const { return reads_; }

  std::string describe() const override { return "bucket"; }
  void list(std::string_view, const std::function<void(const ObjectInfo&)>&) const override {}
  bool exists(std::string_view key) const override { return objects_.exists(key); }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override {
    return objects_.open(key);
  }
  std::unique_ptr<ObjectWriter> create(std::string_view key) override {
    return objects_.create(key);
  }
  bool write_if_absent(std::string_view key, std::string_view bytes) override {
    return objects_.write_if_absent(key, bytes);
  }
  void move(std::string_view from, std::string_view to) override { objects_.move(from, to); }
  void remove(std::string_view key) override { objects_.remove(key); }
  void remove_objects(const std::vector<std::string>& keys) override {
    objects_.remove_objects(keys);
  }
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

 private:
  class Reading {
   public:
    Reading(const Bucket& bucket, std::uint64_t allowed) : bucket_(bucket), allowed_(allowed) {
      const std::lock_guard lock(bucket.mutex_);
      ++bucket.reads_;
      bucket.most_ = std::max(bucket.most_, ++bucket.now_);
      bucket.most_allowed_ = std::max(bucket.most_allowed_, bucket.allowed_ += allowed);
    }
    ~Reading() {
      const std::lock_guard lock(bucket_.mutex_);
      --bucket_.now_;
      bucket_.allowed_ -= allowed_;
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    const Bucket& bucket_;
    std::uint64_t allowed_;
  };

  MemoryStore objects_;
  mutable std::mutex mutex_;
  mutable std::size_t now_ = 0;
  mutable std::size_t most_ = 0;
  mutable std::size_t reads_ = 0;
  mutable std::uint64_t allowed_ = 0;
  mutable std::uint64_t most_allowed_ = 0;
};

// Opens s3://fruits, and folders.
class Places final : public StoreOpener {
 public:
  std::shared_ptr<Bucket> bucket = std::make_shared<Bucket>();
  mutable std::atomic<int> opened = 0;
  mutable std::atomic<int> to_fail = 0;  // so many attempts to open the bucket

  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode) const override {
    if (!place.starts_with("s3://")) return local_store_opener()->open(place, mode);
    ++opened;
    if (place != "s3://fruits") throw Error(ErrorKind::kNotFound, "opening " + place);
    if (to_fail-- > 0) throw Error(ErrorKind::kDenied, "opening " + place);
    return bucket;
  }
};

class ReadPlacesTest : public testing::Test {
 protected:
  ReadPlacesTest() { options_.stores = places_; }

  Bucket& bucket() { return *places_->bucket; }
  // Puts so many objects of so many bytes there, and names them.
  std::vector<std::string> put(std::size_t count, std::size_t bytes) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = "a/" + std::to_string(i);
      bucket().write(key, std::string(bytes, static_cast<char>('a' + i % 26)));
      names.push_back("s3://fruits/" + key);
    }
    return names;
  }

  std::vector<ReadAnswer> read(const std::vector<std::string>& places,
                               const StartThread& start = start_thread) {
    std::size_t at = 0;
    std::vector<ReadAnswer> answers;
    read_places(
        options_,
        [&](const std::stop_token&) {
          return at < places.size() ? std::optional(places[at++]) : std::nullopt;
        },
        [&](const ReadAnswer& answer) { answers.push_back(answer); }, stop_.get_token(), start);
    return answers;
  }

  static std::vector<std::string> kinds(const std::vector<ReadAnswer>& answers) {
    std::vector<std::string> kinds;
    for (const ReadAnswer& answer : answers) {
      kinds.push_back(answer.failure ? answer.failure->kind : "");
    }
    return kinds;
  }

  std::shared_ptr<Places> places_ = std::make_shared<Places>();
  ReadOptions options_;
  std::stop_source stop_;
};

TEST_F(ReadPlacesTest, BoundsNameTheField) {
  const auto refused = [&](const ReadOptions& options) { return [&options] { options.check(); }; };
  EXPECT_THAT(refused({.stores = nullptr}), ThrowsMessage<Error>(StartsWith("stores: ")));
  EXPECT_THAT(refused({.max_bytes = 0}), ThrowsMessage<Error>(StartsWith("max_bytes: ")));
  EXPECT_THAT(refused({.max_bytes_ahead = 0}),
              ThrowsMessage<Error>(StartsWith("max_bytes_ahead: ")));
}

TEST_F(ReadPlacesTest, AnswersInOrderWhateverComesFirst) {
  const std::vector<std::string> names = put(200, 10);
  bucket().on_read = [](std::string_view key) {
    std::this_thread::sleep_for(std::chrono::microseconds(key.back() == '0' ? 2000 : 10));
  };
  const std::vector<ReadAnswer> answers = read(names);
  ASSERT_EQ(answers.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_FALSE(answers[i].failure);
    EXPECT_EQ(answers[i].bytes, std::string(10, static_cast<char>('a' + i % 26)));
  }
  EXPECT_EQ(places_->opened, 1);
}

TEST_F(ReadPlacesTest, ReadsAsManyAtOnceAsTheStoreFindsBest) {
  const std::vector<std::string> names = put(64, 10);
  bucket().on_read = [&, count = std::make_shared<std::atomic<int>>(0)](std::string_view) {
    ++*count;
    // All eight of the store, or time passes.
    for (int i = 0; i < 200 && *count < 8; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  read(names);
  EXPECT_EQ(bucket().most_at_once(), 8U);
}

TEST_F(ReadPlacesTest, FilesOfThisMachineComeBetweenObjects) {
  const std::string folder = testing::TempDir() + "/read places";
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/100%41.jpg") << "file";
  bucket().write("one", "object");
  const std::vector<ReadAnswer> answers = read(
      {folder + "/100%41.jpg", "s3://fruits/one", folder + "/none", folder, "s3a://fruits/one"});
  EXPECT_EQ(answers[0].bytes, "file");
  EXPECT_EQ(answers[1].bytes, "object");
  EXPECT_EQ(answers[4].bytes, "object");
  EXPECT_THAT(kinds(answers), ElementsAre("", "", "gone", "gone", ""));
  EXPECT_THAT(answers[2].failure->message, HasSubstr("none"));
  std::filesystem::remove_all(folder);
}

TEST_F(ReadPlacesTest, WhatFailsIsAnAnswerAndTheOthersAreRead) {
  bucket().write("one", "object");
  bucket().failing = {{"denied", ErrorKind::kDenied},
                      {"slow", ErrorKind::kTimedOut},
                      {"broken", ErrorKind::kUnavailable},
                      {"replaced", ErrorKind::kReplaced}};
  const auto answers = read({"s3://fruits/none", "s3://fruits/denied", "s3://fruits/slow",
                             "s3://fruits/broken", "s3://fruits/replaced", "s3://fruits/one"});
  EXPECT_THAT(kinds(answers),
              ElementsAre("gone", "denied", "timed_out", "unreadable", "replaced", ""));
  EXPECT_EQ(answers.back().bytes, "object");
}

TEST_F(ReadPlacesTest, NamesThatMakeNoSenseAreUnreadable) {
  const auto answers = read({"", "s3://fruits", "s3://fruits/", "s3://fruits/a//b", "s3://F/a",
                             "hdfs://name/a", std::string("/a\0b", 4), "/"});
  for (const ReadAnswer& answer : answers) {
    ASSERT_TRUE(answer.failure);
    EXPECT_EQ(answer.failure->kind, "unreadable") << answer.failure->message;
  }
}

TEST_F(ReadPlacesTest, AnObjectAboveTheLimitIsTooLarge) {
  bucket().write("small", std::string(100, 'a'));
  bucket().write("large", std::string(101, 'a'));
  options_.max_bytes = 100;
  const auto answers = read({"s3://fruits/small", "s3://fruits/large"});
  EXPECT_THAT(kinds(answers), ElementsAre("", "too_large"));
  EXPECT_EQ(bucket().reads(), 2U);
}

TEST_F(ReadPlacesTest, LargeObjectsAmongSmallOnesComeWhole) {
  std::vector<std::string> names = put(40, 10);
  bucket().write("large", std::string(9U << 20U, 'x'));
  names.insert(names.begin() + 20, "s3://fruits/large");
  names.insert(names.begin() + 30, "s3://fruits/large");
  const auto answers = read(names);
  EXPECT_EQ(answers[20].bytes.size(), 9U << 20U);
  EXPECT_EQ(answers[30].bytes.size(), 9U << 20U);
  EXPECT_EQ(answers[41].bytes.size(), 10U);
}

TEST_F(ReadPlacesTest, HoldsNoMoreBytesThanAllowedAndOneObject) {
  const std::vector<std::string> names = put(30, 3U << 20U);
  options_.max_bytes_ahead = 10U << 20U;
  const auto answers = read(names);
  EXPECT_EQ(answers.size(), 30U);
  EXPECT_LE(bucket().most_allowed(), (10U << 20U) + (5U << 20U));
  EXPECT_GE(bucket().most_at_once(), 2U);
}

TEST_F(ReadPlacesTest, WaitsWithReadingUntilAnswersAreTaken) {
  const std::vector<std::string> names = put(60, 1U << 20U);
  options_.max_bytes_ahead = 10U << 20U;
  std::size_t at = 0;
  std::size_t taken = 0;
  read_places(
      options_,
      [&](const std::stop_token&) {
        return at < names.size() ? std::optional(names[at++]) : std::nullopt;
      },
      [&](const ReadAnswer&) {
        if (++taken != 1) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_LE(bucket().reads(), 12U);
      },
      {});
  EXPECT_EQ(taken, 60U);
}

TEST_F(ReadPlacesTest, ABucketThatCannotBeOpenedIsTriedAgain) {
  bucket().write("one", "object");
  places_->to_fail = 1;
  std::size_t at = 0;
  std::mutex mutex;
  std::condition_variable answered;
  std::vector<ReadAnswer> answers;
  read_places(
      options_,
      [&](const std::stop_token&) -> std::optional<std::string> {
        std::unique_lock lock(mutex);
        answered.wait(lock, [&] { return answers.size() == at; });
        if (at++ < 2) return "s3://fruits/one";
        return std::nullopt;
      },
      [&](const ReadAnswer& answer) {
        const std::lock_guard lock(mutex);
        answers.push_back(answer);
        answered.notify_all();
      },
      {});
  EXPECT_THAT(kinds(answers), ElementsAre("denied", ""));
}

TEST_F(ReadPlacesTest, ABucketThatDoesNotExistIsGone) {
  EXPECT_THAT(kinds(read({"s3://other/one"})), ElementsAre("gone"));
}

TEST_F(ReadPlacesTest, TooLittleMemoryFailsOneObject) {
  bucket().write("one", "object");
  bucket().no_memory = true;
  const auto answers = read({"s3://fruits/one"});
  EXPECT_THAT(kinds(answers), ElementsAre("unreadable"));
  EXPECT_THAT(answers[0].failure->message, HasSubstr("not enough memory"));
}

TEST_F(ReadPlacesTest, FewerThreadsReadAllTheSame) {
  const std::vector<std::string> names = put(50, 10);
  for (const int allowed : {1, 2, 3}) {
    std::atomic<int> left = allowed;
    const auto answers = read(names, [&](std::function<void()> work) {
      if (left-- <= 0) throw std::system_error(std::make_error_code(std::errc::not_enough_memory));
      return start_thread(std::move(work));
    });
    EXPECT_EQ(answers.size(), 50U) << allowed;
    EXPECT_EQ(answers.back().bytes, std::string(10, static_cast<char>('a' + 49 % 26)));
  }
  const StartThread none = [](const std::function<void()>&) -> std::jthread {
    throw std::system_error(std::make_error_code(std::errc::not_enough_memory));
  };
  EXPECT_THAT([&] { read(names, none); },
              ThrowsMessage<Error>(HasSubstr("allow this process more threads")));
}

TEST_F(ReadPlacesTest, WhatTheCallerThrowsEndsIt) {
  const std::vector<std::string> names = put(50, 10);
  std::size_t at = 0;
  const NextPlace next = [&](const std::stop_token&) { return std::optional(names[at++ % 50]); };
  EXPECT_THAT(
      [&] {
        read_places(options_, next, [](const ReadAnswer&) { throw std::runtime_error("full"); },
                    {});
      },
      ThrowsMessage<std::runtime_error>("full"));
  const NextPlace broken = [&](const std::stop_token&) -> std::optional<std::string> {
    throw std::runtime_error("broken");
  };
  EXPECT_THAT([&] { read_places(options_, broken, [](const ReadAnswer&) {}, {}); },
              ThrowsMessage<std::runtime_error>("broken"));
}

TEST_F(ReadPlacesTest, AStopEndsWhoWaits) {
  const NextPlace never = [](const std::stop_token& stop) -> std::optional<std::string> {
    while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::nullopt;
  };
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stop_.request_stop();
  });
  EXPECT_THAT(
      [&] {
        read_places(
            options_, never, [](const ReadAnswer&) {}, stop_.get_token());
      },
      ThrowsMessage<Error>(HasSubstr("stopped")));
}

}  // namespace
}  // namespace pomona
