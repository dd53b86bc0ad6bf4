// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/read_ahead.h"

#include <gtest/gtest.h>

#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// Gives 1, 2, … and ends, or fails, after `count`.
struct CountingReader {
  int count = 0;
  bool fails = false;
  int given = 0;

  bool next(int& batch) {
    if (given == count) {
      if (fails) throw Error(ErrorKind::kCorrupt, "reading numbers: there are no more");
      return false;
    }
    batch = ++given;
    return true;
  }
};

TEST(ReadAheadTest, GivesEveryBatchOnceInOrder) {
  CountingReader reader{50};
  ReadAhead<CountingReader, int> ahead(reader);
  std::vector<int> found;
  for (int batch = 0; ahead.next(batch);) found.push_back(batch);
  ASSERT_EQ(found.size(), 50U);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(found[static_cast<std::size_t>(i)], i + 1);
  int batch = 7;
  EXPECT_FALSE(ahead.next(batch));
  EXPECT_EQ(batch, 7);
}

TEST(ReadAheadTest, PassesAnErrorOnAtItsPlace) {
  CountingReader reader{2, /*fails=*/true};
  ReadAhead<CountingReader, int> ahead(reader);
  int batch = 0;
  EXPECT_TRUE(ahead.next(batch));
  EXPECT_TRUE(ahead.next(batch));
  EXPECT_THROW(ahead.next(batch), Error);
}

TEST(ReadAheadTest, MayBeLeftEarly) {
  CountingReader reader{1000};
  {
    ReadAhead<CountingReader, int> ahead(reader);
    int batch = 0;
    EXPECT_TRUE(ahead.next(batch));
  }
  EXPECT_EQ(reader.given, 2);
}

struct OnNoThread {
  std::future<bool> operator()(const std::function<bool()>&) const {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  }
};

TEST(ReadAheadTest, ReadsByItselfWhereNoThreadStarts) {
  CountingReader reader{3, /*fails=*/true};
  ReadAhead<CountingReader, int, OnNoThread> ahead(reader);
  EXPECT_EQ(reader.given, 0);
  int batch = 0;
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(ahead.next(batch));
    EXPECT_EQ(batch, i);
  }
  EXPECT_THROW(ahead.next(batch), Error);
}

}  // namespace
}  // namespace pomona
