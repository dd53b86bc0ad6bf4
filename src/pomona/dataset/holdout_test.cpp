// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/holdout.h"

#include <gmock/gmock.h>

#include <map>
#include <numeric>
#include <set>

#include "pomona/base/error.h"
#include "pomona/dataset/made_up_manifest.h"

namespace pomona {
namespace {

// Labels a, b, c with two films of `per_film` photographs each.
Manifest films(std::size_t per_film) {
  Manifest manifest;
  manifest.labels = {"a", "b", "c"};
  for (std::uint32_t label = 0; label < 3; ++label) {
    for (const char* film : {"", "r_"}) {
      for (std::size_t i = 0; i < per_film; ++i) {
        ManifestRow row;
        row.path = manifest.texts->keep(manifest.labels[label] + "/" + film + std::to_string(i) +
                                        "_100.jpg");
        row.label = label;
        manifest.rows.push_back(row);
      }
    }
  }
  sort_rows(manifest);
  return manifest;
}

std::vector<std::size_t> all_rows(const Manifest& manifest) {
  std::vector<std::size_t> rows(manifest.rows.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

TEST(FindGroups, WithoutPatternEveryPhotographIsAGroup) {
  const Manifest manifest = films(2);
  const Groups groups = find_groups(manifest, "");
  EXPECT_FALSE(groups.given);
  EXPECT_EQ(std::set(groups.of_row.begin(), groups.of_row.end()).size(), manifest.rows.size());
}

TEST(FindGroups, RefusesAPatternThatFitsNothing) {
  EXPECT_THROW(find_groups(films(2), "^zzz"), Error);
  EXPECT_NO_THROW(find_groups(Manifest(), "^zzz"));
}

TEST(ChooseFolds, EveryRowIsInOneFoldAndGroupsStayWhole) {
  const Manifest manifest = films(7);
  const Groups groups = find_groups(manifest, "^(r_)?(0|1|2)");
  const auto folds = choose_folds(manifest, all_rows(manifest), groups, 3, 1);
  std::map<std::size_t, std::size_t> fold_of_row;
  for (std::size_t k = 0; k < folds.size(); ++k) {
    EXPECT_TRUE(std::ranges::is_sorted(folds[k]));
    for (const std::size_t row : folds[k]) EXPECT_TRUE(fold_of_row.emplace(row, k).second);
    std::set<std::uint32_t> labels;
    for (const std::size_t row : folds[k]) labels.insert(manifest.rows[row].label);
    EXPECT_EQ(labels.size(), 3U);
  }
  EXPECT_EQ(fold_of_row.size(), manifest.rows.size());
  for (const auto& [row, fold] : fold_of_row) {
    for (const auto& [other, other_fold] : fold_of_row) {
      if (groups.of_row[row] == groups.of_row[other]) {
        EXPECT_EQ(fold, other_fold);
      }
    }
  }
  EXPECT_NE(folds, choose_folds(manifest, all_rows(manifest), groups, 3, 2));
}

TEST(ChooseFolds, ALabelOfOneGroupIsLearntFromAlone) {
  Manifest manifest = films(4);
  manifest.labels[1] = "";
  const Groups groups = find_groups(manifest, "^(r_|)[0-9]_100");
  const auto of_films = choose_folds(manifest, all_rows(manifest), groups, 2, 0);
  EXPECT_EQ(of_films[0].size() + of_films[1].size(), 16U);  // of two labels; the third has no name
  Groups whole = groups;
  std::ranges::fill(whole.of_row, 0);
  for (const auto& fold : choose_folds(manifest, all_rows(manifest), whole, 2, 0)) {
    EXPECT_TRUE(fold.empty());
  }
}

TEST(KeepsGroupsWhole, AsksWhetherAGroupHasRowsOnBothSides) {
  Manifest manifest = films(3);
  const Groups groups = find_groups(manifest, "^(r_)?");
  EXPECT_TRUE(keeps_groups_whole(manifest, groups));
  for (ManifestRow& row : manifest.rows) {
    if (row.path.find("/r_") != std::string::npos) row.split = Split::kTest;
  }
  EXPECT_TRUE(keeps_groups_whole(manifest, groups));
  for (ManifestRow& row : manifest.rows) {
    if (row.path == "b/1_100.jpg") row.split = Split::kTest;
  }
  EXPECT_FALSE(keeps_groups_whole(manifest, groups));
}

TEST(FindGroups, LabelAndCaptureMakeAGroup) {
  const Manifest manifest = films(3);
  const Groups groups = find_groups(manifest, "^(r_)?");
  EXPECT_TRUE(groups.given);
  EXPECT_EQ(groups.key.size(), 6U);
  for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
    for (std::size_t j = 0; j < manifest.rows.size(); ++j) {
      const bool same_film =
          manifest.rows[i].path.substr(0, 3) == manifest.rows[j].path.substr(0, 3) ||
          (manifest.rows[i].label == manifest.rows[j].label &&
           manifest.rows[i].path.find("r_") == std::string::npos &&
           manifest.rows[j].path.find("r_") == std::string::npos);
      EXPECT_EQ(groups.of_row[i] == groups.of_row[j], same_film)
          << manifest.rows[i].path << " " << manifest.rows[j].path;
    }
  }
}

TEST(FindGroups, SaysWhatIsWrongWithAPattern) {
  try {
    find_groups(films(1), "(");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("group '(': not a regular expression"));
  }
}

TEST(ChooseHoldout, TakesTheShareOfEveryLabel) {
  const Manifest manifest = films(50);
  const auto chosen =
      choose_holdout(manifest, all_rows(manifest), find_groups(manifest, ""), 0.2, 0);
  std::map<std::uint32_t, int> count;
  for (const std::size_t row : chosen) ++count[manifest.rows[row].label];
  EXPECT_THAT(count, testing::ElementsAre(testing::Pair(0, 20), testing::Pair(1, 20),
                                          testing::Pair(2, 20)));
}

TEST(ChooseHoldout, KeepsGroupsWholeAndOneToLearnFrom) {
  const Manifest manifest = films(20);
  const Groups groups = find_groups(manifest, "^(r_)?");
  const auto chosen = choose_holdout(manifest, all_rows(manifest), groups, 0.5, 3);
  std::map<std::int32_t, int> taken;
  std::map<std::uint32_t, int> of_label;
  for (const std::size_t row : chosen) {
    ++taken[groups.of_row[row]];
    ++of_label[manifest.rows[row].label];
  }
  EXPECT_FALSE(taken.empty());
  for (const auto& [group, count] : taken) EXPECT_EQ(count, 20);
  for (const auto& [label, count] : of_label) EXPECT_EQ(count, 20);
}

TEST(ChooseHoldout, WhatALabelCannotGiveOthersDo) {
  // One film is half of a label; a fifth of all is reached by taking films of some labels.
  const Manifest manifest = films(20);
  const auto chosen =
      choose_holdout(manifest, all_rows(manifest), find_groups(manifest, "^(r_)?"), 0.2, 0);
  EXPECT_EQ(chosen.size(), 20U);
}

TEST(ChooseHoldout, DoesNotDependOnOtherLabels) {
  const Manifest manifest = films(30);
  Manifest without_c = manifest;
  std::erase_if(without_c.rows, [](const ManifestRow& row) { return row.label == 2; });
  const auto paths = [](const Manifest& from, const std::vector<std::size_t>& rows) {
    std::set<std::string> result;
    for (const std::size_t row : rows) {
      if (from.rows[row].label != 2) result.emplace(from.rows[row].path);
    }
    return result;
  };
  EXPECT_EQ(paths(manifest,
                  choose_holdout(manifest, all_rows(manifest), find_groups(manifest, ""), 0.2, 5)),
            paths(without_c, choose_holdout(without_c, all_rows(without_c),
                                            find_groups(without_c, ""), 0.2, 5)));
}

TEST(ChooseHoldout, TakesTheShareOfAllHoweverFewPhotographsALabelHas) {
  for (const double share : {0.1, 0.2, 0.5}) {
    for (const std::size_t labels : {2U, 3U, 10U, 100U, 10000U}) {
      for (const std::size_t photographs : {2U, 3U, 4U, 5U, 7U, 13U}) {
        const Manifest manifest = made_up_manifest(labels, photographs);
        const auto chosen =
            choose_holdout(manifest, all_rows(manifest), find_groups(manifest, ""), share, 0);
        const auto wanted = share * static_cast<double>(labels * photographs);
        EXPECT_NEAR(static_cast<double>(chosen.size()), wanted, 0.5 + 1e-9)
            << share << " of " << labels << " labels of " << photographs;
        std::map<std::uint32_t, std::size_t> of_label;
        for (const std::size_t row : chosen) ++of_label[manifest.rows[row].label];
        for (const auto& [label, count] : of_label) {
          EXPECT_LE(count, static_cast<std::size_t>(share * static_cast<double>(photographs) + 1))
              << "alike for every label";
        }
      }
    }
  }
}

TEST(ChooseHoldout, LabelsThatCanGiveNothingDoNotEmptyTheNext) {
  Manifest manifest = made_up_manifest(1000, 1);
  manifest.labels.emplace_back("z");
  for (std::size_t i = 0; i < 100; ++i) {
    ManifestRow row;
    row.path = manifest.texts->keep("z/" + std::to_string(i) + ".jpg");
    row.label = 1000;
    manifest.rows.push_back(row);
  }
  const auto chosen =
      choose_holdout(manifest, all_rows(manifest), find_groups(manifest, ""), 0.2, 0);
  EXPECT_NEAR(static_cast<double>(chosen.size()), 20, 1);
}

TEST(WhyNoneHeldOut, NamesTheReason) {
  const Manifest single = made_up_manifest(20, 1);
  EXPECT_THAT(why_none_held_out(single, find_groups(single, ""), 0.2),
              testing::AllOf(testing::StartsWith("holdout: "),
                             testing::HasSubstr("every label has a single photograph")));
  const Manifest few = made_up_manifest(2, 2);
  EXPECT_TRUE(choose_holdout(few, all_rows(few), find_groups(few, ""), 0.1, 0).empty());
  EXPECT_THAT(why_none_held_out(few, find_groups(few, ""), 0.1),
              testing::AllOf(testing::StartsWith("holdout, folds: "),
                             testing::HasSubstr("0.1 of 4 photographs rounds to none"),
                             testing::HasSubstr("0.5")));
  const Manifest two = films(3);
  EXPECT_THAT(why_none_held_out(two, find_groups(two, "^(r_)?"), 0.1),
              testing::HasSubstr("rounds to no group"));
  EXPECT_THAT(why_none_held_out(two, find_groups(two, "jpg$"), 0.1),
              testing::StartsWith("group: "));
}

TEST(ChooseHoldout, AnotherSeedChoosesOthers) {
  const Manifest manifest = films(50);
  const Groups groups = find_groups(manifest, "");
  EXPECT_NE(choose_holdout(manifest, all_rows(manifest), groups, 0.2, 0),
            choose_holdout(manifest, all_rows(manifest), groups, 0.2, 1));
}

TEST(ChooseHoldout, ALabelWithOnePhotographStaysInTraining) {
  Manifest manifest;
  manifest.labels = {"", "a"};
  manifest.rows = {{"a/1.jpg", 1, 1}, {"loose.jpg", 1, 0}};
  EXPECT_TRUE(choose_holdout(manifest, {0, 1}, find_groups(manifest, ""), 0.9, 0).empty());
}

}  // namespace
}  // namespace pomona
