// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/verify_listing.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class VerifyListingTest : public testing::Test {
 protected:
  VerifyListingTest() {
    roots_.images = images_;
    for (const char* key : {"a/1.jpg", "a/2.jpg", "b/3.jpg"}) images_->write(key, "four");
    SplitOptions options;
    options.holdout = 0.5;
    Progress progress;
    manifest_ = scan(roots_, options, progress, {}).manifest;
  }

  std::shared_ptr<MemoryStore> images_ = std::make_shared<MemoryStore>();
  ImageRoots roots_;
  Manifest manifest_;
};

TEST_F(VerifyListingTest, TheSameFilesAgreeWhateverTheirSide) {
  manifest_.rows[0].split = Split::kTest;
  sort_rows(manifest_);
  EXPECT_THAT(compare_listing(roots_, manifest_), HasSubstr("3 files found anew"));
}

TEST_F(VerifyListingTest, EveryDifferenceIsCountedWithItsFirst) {
  images_->write("a/0.jpg", "new");
  images_->write("a/9.jpg", "new");
  images_->write("a/2.jpg", "longer");
  images_->remove("b/3.jpg");
  EXPECT_THAT([&] { compare_listing(roots_, manifest_); },
              ThrowsMessage<Error>(AllOf(
                  HasSubstr("2 files are in the folder but not in the manifest, the first is "
                            "'a/0.jpg'"),
                  HasSubstr("1 file is in the manifest but no longer in the folder, the first is "
                            "'b/3.jpg'"),
                  HasSubstr("1 file is of another size than in the manifest, the first is "
                            "'a/2.jpg'"))));
}

TEST_F(VerifyListingTest, ATestSetOfItsOwnIsListedApart) {
  auto test = std::make_shared<MemoryStore>();
  test->write("a/1.jpg", "four");
  roots_.test = test;
  Progress progress;
  manifest_ = scan(roots_, {}, progress, {}).manifest;
  EXPECT_THAT(compare_listing(roots_, manifest_), HasSubstr("4 files found anew"));
  test->remove("a/1.jpg");
  EXPECT_THAT([&] { compare_listing(roots_, manifest_); },
              ThrowsMessage<Error>(HasSubstr("1 file is in the manifest but no longer")));
}

}  // namespace
}  // namespace pomona
