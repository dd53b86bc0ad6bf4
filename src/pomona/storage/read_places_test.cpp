// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/read_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/made_up_bucket.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

class ReadPlacesTest : public testing::Test {
 protected:
  ReadPlacesTest() { options_.stores = places_; }

  MadeUpBucket& bucket() { return *places_->bucket; }
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

  // Names each when the one before it is answered.
  std::vector<ReadAnswer> read_one_by_one(const std::vector<std::string>& places,
                                          const StartThread& start = start_thread) {
    std::mutex mutex;
    std::condition_variable answered;
    std::vector<ReadAnswer> answers;
    std::size_t at = 0;
    read_places(
        options_,
        [&](const std::stop_token&) -> std::optional<std::string> {
          std::unique_lock lock(mutex);
          answered.wait(lock, [&] { return answers.size() == at; });
          return at < places.size() ? std::optional(places[at++]) : std::nullopt;
        },
        [&](const ReadAnswer& answer) {
          const std::lock_guard lock(mutex);
          answers.push_back(answer);
          answered.notify_all();
        },
        {}, start);
    return answers;
  }

  static std::string message_of(const ReadAnswer& answer) {
    return answer.failure ? answer.failure->message : "";
  }

  static std::vector<std::string> kinds(const std::vector<ReadAnswer>& answers) {
    std::vector<std::string> kinds;
    for (const ReadAnswer& answer : answers) {
      kinds.push_back(answer.failure ? answer.failure->kind : "");
    }
    return kinds;
  }

  std::shared_ptr<MadeUpPlaces> places_ = std::make_shared<MadeUpPlaces>();
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
  EXPECT_THAT(message_of(answers[2]), HasSubstr("none"));
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
  const auto answers =
      read({"", "s3://fruits", "s3://fruits/", "s3://fruits/a//b", "s3://F/a", "hdfs://name/a",
            std::string("/a\0b", 4), std::string("/a\0b/c", 6), "/"});
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

TEST_F(ReadPlacesTest, AnObjectLargerThanAllMayBeIsReadInItsTurn) {
  std::vector<std::string> names = put(5, 10);
  bucket().write("large", std::string(3U << 20U, 'x'));
  names.insert(names.begin() + 2, "s3://fruits/large");
  options_.max_bytes_ahead = 1;
  const auto answers = read(names);
  ASSERT_EQ(answers.size(), 6U);
  EXPECT_EQ(answers[2].bytes.size(), 3U << 20U);
  EXPECT_EQ(bucket().most_at_once(), 1U);
}

TEST_F(ReadPlacesTest, SmallAnswersLeaveRoomForOthers) {
  const std::vector<std::string> names = put(60, 10);
  options_.max_bytes_ahead = 5U << 20U;
  std::size_t at = 0;
  read_places(
      options_,
      [&](const std::stop_token&) {
        return at < names.size() ? std::optional(names[at++]) : std::nullopt;
      },
      [&](const ReadAnswer&) {
        for (int i = 0; i < 2000 && bucket().reads() < 60; ++i) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        EXPECT_EQ(bucket().reads(), 60U);
      },
      {});
}

TEST_F(ReadPlacesTest, ABucketThatCannotBeOpenedIsTriedAgain) {
  bucket().write("one", "object");
  places_->to_fail = 1;
  const auto answers = read_one_by_one({"s3://fruits/one", "s3://fruits/one"});
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
  EXPECT_THAT(message_of(answers[0]), HasSubstr("not enough memory"));
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
  std::atomic<int> left = 1;
  const StartThread one = [&](std::function<void()> work) {
    if (left-- <= 0) throw std::system_error(std::make_error_code(std::errc::not_enough_memory));
    return start_thread(std::move(work));
  };
  EXPECT_EQ(read_one_by_one(names, one).size(), 50U);
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
