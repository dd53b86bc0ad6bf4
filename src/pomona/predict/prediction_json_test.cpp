// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/prediction_json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pomona {
namespace {

constexpr const char* kCatalogue = R"({"format": 1,
 "kinds": [
  {"id": "lime", "name": {"en": "Lime", "fr": "Citron vert"}, "scientific_name": "Citrus × latifolia",
   "family": "Rutaceae", "part": {"en": "a berry", "fr": "une baie"},
   "origin": {"en": "Asia", "fr": "Asie"},
   "cautions": [{"en": "Keep off skin.", "fr": "Loin de la peau."}],
   "facts": [{"en": "A cross.", "fr": "Un croisement.", "source": "Somebody 2020"},
             {"en": "Sour.", "fr": "Acide.", "source": "general knowledge, not checked"}]},
  {"id": "lemon", "name": {"en": "Lemon", "fr": "Citron"}, "scientific_name": "Citrus × limon",
   "family": "Rutaceae", "part": {"en": "a berry", "fr": "une baie"},
   "origin": {"en": "Asia", "fr": "Asie"}, "cautions": [], "facts": []}],
 "lookalikes": [{"kinds": ["lemon", "lime"], "difference": {"en": "Green.", "fr": "Vert."}}],
 "varieties": [{"kind": "lime", "id": "Key", "name": {"en": "Key lime", "fr": "Lime acide"},
                "told_by": {"en": "Small.", "fr": "Petite."}}]})";

class PredictionJsonTest : public ::testing::Test {
 protected:
  PredictionJsonTest() { prediction_.answers = {{"lime", 0.6}, {"lemon", 0.3}, {"rock", 0.1}}; }

  Json json(std::size_t top = 3, Language language = Language::kEnglish) const {
    return prediction_json("a/1.jpg", prediction_, catalogue_, language, top);
  }
  static std::vector<std::pair<std::string, std::string>> topics(const Json& json) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const Json& fact : json.at("facts")) found.emplace_back(fact["topic"], fact["text"]);
    return found;
  }

  Catalogue catalogue_ = Catalogue::parse(kCatalogue, "of the test");
  Prediction prediction_;
};

TEST_F(PredictionJsonTest, DescribesTheAnswers) {
  const Json found = json();
  EXPECT_EQ(found["path"], "a/1.jpg");
  EXPECT_EQ(found["refused"], nullptr);
  EXPECT_EQ(found["strangeness"], nullptr);
  ASSERT_EQ(found["kinds"].size(), 3U);
  EXPECT_EQ(found["kinds"][0], Json::parse(R"({"id": "lime", "name": "Lime",
      "scientific_name": "Citrus × latifolia", "family": "Rutaceae", "probability": 0.6,
      "studio_only": false})"));
  // What the catalogue does not know has its label for a name, and no more.
  EXPECT_EQ(found["kinds"][2], Json::parse(R"({"id": "rock", "name": "rock",
      "scientific_name": null, "family": null, "probability": 0.1, "studio_only": false})"));
  EXPECT_EQ(topics(found),
            (std::vector<std::pair<std::string, std::string>>{{"part", "a berry"},
                                                              {"origin", "Asia"},
                                                              {"biodiversity", "A cross."},
                                                              {"more", "Sour."},
                                                              {"caution", "Keep off skin."}}));
}

TEST_F(PredictionJsonTest, SpeaksFrenchAndTranslatesNoCitation) {
  const Json found = json(3, Language::kFrench);
  EXPECT_EQ(found["kinds"][0]["name"], "Citron vert");
  EXPECT_EQ(found["facts"][2]["text"], "Un croisement.");
  EXPECT_EQ(found["facts"][2]["source"], "Somebody 2020");
  EXPECT_EQ(found["facts"][3]["source"], "culture générale, non vérifié");
  EXPECT_EQ(found["confusable"]["difference"], "Vert.");
}

// The prediction holds two answers even so, and the second may be near.
TEST_F(PredictionJsonTest, ShowsAsManyAnswersAsAskedAndStillNamesTheSecond) {
  EXPECT_EQ(json(1)["kinds"].size(), 1U);
  EXPECT_EQ(json(1)["confusable"]["id"], "lemon");
  EXPECT_EQ(json(100)["kinds"].size(), 3U);
}

TEST_F(PredictionJsonTest, TheSecondIsConfusableFromHalfOfTheFirstOn) {
  prediction_.answers = {{"lime", 0.5}, {"rock", 0.25}};
  EXPECT_EQ(json()["confusable"],
            Json::parse(R"({"id": "rock", "name": "rock", "difference": null})"));
  prediction_.answers[1].probability = 0.2499;
  EXPECT_EQ(json()["confusable"], nullptr);
  prediction_.answers.pop_back();
  EXPECT_EQ(json()["confusable"], nullptr);
}

TEST_F(PredictionJsonTest, NamesTheVarietyOfTheFirst) {
  prediction_.variety = {"Key", 0.7};
  EXPECT_EQ(json()["variety"], Json::parse(R"({"id": "Key", "name": "Key lime",
      "probability": 0.7, "told_by": "Small."})"));
  prediction_.variety->name = "Tahiti";
  EXPECT_EQ(json()["variety"]["name"], "Tahiti");
  EXPECT_EQ(json()["variety"]["told_by"], nullptr);
}

TEST_F(PredictionJsonTest, OfWhatIsRefusedItSaysWhatIsNearestAndNoMore) {
  prediction_.refused = RefusalReason::kUnknownKind;
  prediction_.strangeness = 1.5;
  prediction_.variety = {"Key", 0.7};
  const Json found = json();
  EXPECT_EQ(found["refused"], "unknown_kind");
  EXPECT_EQ(found["strangeness"], 1.5);
  EXPECT_EQ(found["kinds"].size(), 3U);
  EXPECT_EQ(found["confusable"], nullptr);
  EXPECT_EQ(found["variety"], nullptr);
  EXPECT_TRUE(found["facts"].empty());
}

TEST_F(PredictionJsonTest, OfWhatCannotBeReadItSaysWhy) {
  prediction_ = {};
  prediction_.failure = {"truncated", "it ends too early"};
  const Json found = json();
  EXPECT_EQ(found["refused"], "unreadable");
  EXPECT_EQ(found["failure"],
            Json::parse(R"({"kind": "truncated", "message": "it ends too early"})"));
  EXPECT_TRUE(found["kinds"].empty());
}

}  // namespace
}  // namespace pomona
