// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/hidden_names.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(IsHidden, KnowsWhatProgramsKeepBesidePhotographs) {
  for (const char* path :
       {"a/.hidden.jpg", "a/.ipynb_checkpoints/1-checkpoint.jpg", "a/@eaDir/1.jpg/SYNO_THUMB.jpg",
        ".thumbnails/large/1.jpg", ".Trash-1000/files/1.jpg", "#recycle/a/1.jpg",
        "__MACOSX/a/1.jpg", "a/._1.jpg", "$RECYCLE.BIN/1.jpg", "$Recycle.Bin/1.jpg", "lost+found/1",
        "a/Thumbs.db", "a/desktop.ini", "System Volume Information/1.jpg", "_temporary/0/a/1.jpg",
        "a/_thumbs/1.jpg", "a/_1.jpg", ".DS_Store", "a/_DSC1234/1.jpg"}) {
    EXPECT_TRUE(is_hidden(path)) << path;
  }
}

TEST(IsHidden, LeavesWhatPeopleAndCamerasCallPhotographs) {
  for (const char* path :
       {"a/1.jpg", "a_b/c.d/1.jpg", "a/1_.jpg", "a/1@2x.jpg", "@home/1.jpg", "#1/1.jpg",
        "a/_DSC1234.JPG", "a/_MG_1234.jpg", "a/_1010001.JPG", "a/_DSC1234-Edit.jpg", "$5/1.jpg",
        "recycled paper/1.jpg", "lost and found/1.jpg", ""}) {
    EXPECT_FALSE(is_hidden(path)) << path;
  }
}

TEST(IsHidden, ACameraNameHasFourDigits) {
  EXPECT_TRUE(is_hidden("a/_DSC123.JPG"));
  EXPECT_TRUE(is_hidden("a/_DSC12345.JPG"));
  EXPECT_TRUE(is_hidden("a/_DSC1234"));
  EXPECT_TRUE(is_hidden("a/_D-C1234.JPG"));
}

}  // namespace
}  // namespace pomona
