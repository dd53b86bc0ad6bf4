// SPDX-License-Identifier: Apache-2.0
//
// All numbers here say what photographs of fruit by people with telephones look like; they were
// chosen by looking at results. Lengths are shares of the side of the picture, or of a fruit.
#include "pomona/compose/scene_synthesis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <tuple>
#include <utility>
#include <vector>

#include "pomona/compose/distance.h"
#include "pomona/compose/grain.h"
#include "pomona/compose/random_draw.h"
#include "pomona/compose/relight.h"
#include "pomona/compose/texture.h"

namespace pomona {
namespace {

constexpr double kAlone = 0.45;      // share of pictures with one fruit
constexpr double kPhotograph = 0.6;  // share with a photograph behind, where there are any
constexpr double kUsualSide = 320;   // that lengths in pixels are meant for
constexpr int kFewest = 3;           // in a heap
constexpr int kMost = 12;

// Those that are seen more often stand here more often.
constexpr Texture kTextures[] = {
    Texture::kPlain, Texture::kPlain,  Texture::kPlain,  Texture::kWood,   Texture::kWood,
    Texture::kWood,  Texture::kCloth,  Texture::kCloth,  Texture::kSlats,  Texture::kSlats,
    Texture::kSlats, Texture::kClouds, Texture::kClouds, Texture::kChecks, Texture::kLights};

double long_side(const Layer& frame) { return std::max(frame.width, frame.height); }

// Where the next fruit of a heap lies: of a few places the one that is farthest from the others.
template <class Items>
std::pair<double, double> free_place(const Items& items, double side, RandomDraw& draws) {
  constexpr int kTries = 8;
  std::pair<double, double> best;
  double farthest = -1;
  for (int i = 0; i < kTries; ++i) {
    const double x = side * draws.between(-0.02, 1.02);
    const double y = side * draws.between(-0.02, 1.02);
    double nearest = 2 * side;
    for (const auto& item : items) {
      nearest = std::min(nearest, vector_length(item.x - x, item.y - y));
    }
    if (nearest <= farthest) continue;
    farthest = nearest;
    best = {x, y};
  }
  return best;
}

Light any_light(RandomDraw& draws) {
  Light light;
  light.exposure = draws.between(-0.55, 0.7);
  light.gamma = draws.between(0.8, 1.15);
  light.contrast = draws.between(0.82, 1.15);
  light.saturation = draws.between(0.7, 1.12);
  // Most cameras see what light it is; some of it stays all the same.
  light.warmth = draws.happens(0.25) ? draws.between(-60, 130) : draws.between(-25, 50);
  light.tint = draws.around_zero(0.05);
  light.vignette = draws.happens(0.4) ? draws.between(0, 0.3) : 0;
  return light;
}

}  // namespace

struct SceneSynthesis::Item {
  const Layer* frame = nullptr;
  Pose pose;
  double x = 0;  // of its middle, in pixels
  double y = 0;
  double length = 0;  // of its longer side
  double brightness = 1;
  double depth = 0;  // drawn in this order
};

// Where light comes from, and what it does to every fruit alike.
struct SceneSynthesis::LightSource {
  double right = 0;  // towards the source; together a length of 1
  double down = 0;
  double slope = 0;     // of the light across a fruit
  double distance = 0;  // of the shadow that it casts, as a share of a fruit
  double softness = 0;  // …
  double cast = 0;      // strength of that shadow
  double contact = 0;   // strength of the shadow where fruit and ground meet
};

void SceneSynthesis::paint_ground(std::span<const Image> backgrounds, double softness,
                                  Random& random) {
  RandomDraw draws(random);
  const int side = canvas_.width;
  const bool is_photograph = !backgrounds.empty() && draws.happens(kPhotograph);
  if (is_photograph) {
    const Image& photograph = draws.one_of(backgrounds);
    const double shorter = std::min(photograph.width, photograph.height);
    const double part = std::max(1.0, shorter * draws.between(0.4, 1));
    Box box;
    box.left = draws.between(0, photograph.width - part);
    box.top = draws.between(0, photograph.height - part);
    box.right = std::min(box.left + part, static_cast<double>(photograph.width));
    box.bottom = std::min(box.top + part, static_cast<double>(photograph.height));
    resizer_.resize(photograph, box, side, side, ResizeFilter::kBicubic, crop_);
    to_canvas(crop_, canvas_);
  } else {
    paint_texture(draws.one_of(kTextures), random, canvas_);
  }
  const double unit = side / kUsualSide;
  const double out_of_focus = draws.happens(0.35) ? draws.between(0.5, 4) * unit : 0;
  blurrer_.gaussian(canvas_, std::max(softness, out_of_focus));
}

void SceneSynthesis::place(const Item& item, const LightSource& source) {
  warper_.pose(*item.frame, item.pose, posed_);
  const int left = static_cast<int>(std::lround(item.x - posed_.width / 2.0));
  const int top = static_cast<int>(std::lround(item.y - posed_.height / 2.0));
  const double away = source.distance * item.length;
  shadows_.cast(
      posed_, left, top,
      {-source.right * away, -source.down * away, source.softness * item.length, source.cast},
      canvas_);
  shadows_.cast(
      posed_, left, top,
      {-source.right * away / 3, -source.down * away / 3, 0.03 * item.length, source.contact},
      canvas_);
  const Shade shade{static_cast<float>(item.brightness),
                    static_cast<float>(source.slope * source.right),
                    static_cast<float>(source.slope * source.down)};
  draw(posed_, left, top, shade, canvas_);
}

// What camera and light make of it all.
void SceneSynthesis::take(const LightSource& source, Random& random) {
  RandomDraw draws(random);
  const double unit = canvas_.width / kUsualSide;
  Light light = any_light(draws);
  const double slope = draws.between(0, 0.22);
  light.slope = {slope * source.right, slope * source.down};
  relight(light, canvas_);
  const double sigma = draws.happens(0.3) ? draws.between(0.8, 2.2) : draws.between(0.2, 0.8);
  blurrer_.gaussian(canvas_, sigma * unit);
  if (draws.happens(0.12)) {
    const double length = draws.between(2, 8) * unit;
    blurrer_.motion(canvas_, length, draws.between(0, 180));
  }
  const double grain = draws.happens(0.3) ? draws.between(0.01, 0.035) : draws.between(0, 0.01);
  add_grain(grain, draws.seed(), canvas_);
}

SceneSynthesis::Item SceneSynthesis::any_item(std::span<const Layer> frames, RandomDraw& draws) {
  Item item;
  item.frame = &draws.one_of(frames);
  item.pose.mirrored = draws.happens(0.5);
  item.pose.degrees = draws.between(0, 360);
  item.pose.squeeze = draws.between(0.86, 1);
  item.brightness = draws.between(0.92, 1.05);
  return item;
}

std::vector<SceneSynthesis::Item> SceneSynthesis::arrange(std::span<const Layer> frames,
                                                          double side, RandomDraw& draws) {
  std::vector<Item> items;
  if (draws.happens(kAlone)) {
    Item& item = items.emplace_back(any_item(frames, draws));
    item.length = side * draws.between(0.35, 0.95);
    // Now and then a part of it is outside.
    const double room = (side - item.length) / 2 + 0.12 * side;
    item.x = side / 2 + draws.around_zero(room);
    item.y = side / 2 + draws.around_zero(room);
  } else {
    const int count = draws.whole(kFewest, kMost);
    const double length = side * draws.between(1.2, 1.9) / std::sqrt(count);
    for (int i = 0; i < count; ++i) {
      Item item = any_item(frames, draws);
      std::tie(item.x, item.y) = free_place(items, side, draws);
      // What is long and thin covers less.
      const double thin = long_side(*item.frame) / std::min(item.frame->width, item.frame->height);
      item.length = length * std::min(std::sqrt(thin), 1.6) * draws.between(0.9, 1.1);
      item.depth = item.y + side * draws.around_zero(0.3);
      items.push_back(item);
    }
  }
  for (Item& item : items) item.pose.scale = item.length / long_side(*item.frame);
  std::ranges::sort(items, {}, &Item::depth);
  return items;
}

SceneSynthesis::LightSource SceneSynthesis::any_light_source(RandomDraw& draws) {
  const double direction = draws.between(0, 2 * std::numbers::pi);
  LightSource source;
  source.right = std::cos(direction);
  source.down = std::sin(direction);
  source.slope = draws.between(0.04, 0.25);
  source.distance = draws.between(0.05, 0.17);
  source.softness = draws.between(0.04, 0.11);
  source.cast = draws.between(0.2, 0.6);
  source.contact = draws.between(0.2, 0.5);
  return source;
}

void SceneSynthesis::paint(std::span<const Layer> frames, std::span<const Image> backgrounds,
                           int side, Random& random, Image& picture) {
  RandomDraw draws(random);
  const std::vector<Item> items = arrange(frames, side, draws);
  const LightSource source = any_light_source(draws);
  double largest_scale = 0;
  for (const Item& item : items) largest_scale = std::max(largest_scale, item.pose.scale);
  canvas_.set_size(side, side);
  // A ground is not sharper than fruit that was made larger.
  paint_ground(backgrounds, 0.35 * std::max(0.0, largest_scale - 1), random);
  for (const Item& item : items) place(item, source);
  take(source, random);
  to_image(canvas_, picture);
}

}  // namespace pomona
