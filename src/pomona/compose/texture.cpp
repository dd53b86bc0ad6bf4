// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/texture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "pomona/compose/distance.h"
#include "pomona/compose/random_draw.h"
#include "pomona/compose/value_noise.h"

namespace pomona {
namespace {

using Colour = std::array<float, 3>;

// What kitchens and shops are made of.
constexpr Colour kGrounds[] = {{0.92F, 0.92F, 0.90F}, {0.85F, 0.85F, 0.86F}, {0.66F, 0.66F, 0.65F},
                               {0.42F, 0.42F, 0.43F}, {0.14F, 0.14F, 0.15F}, {0.93F, 0.88F, 0.77F},
                               {0.75F, 0.60F, 0.43F}, {0.24F, 0.37F, 0.25F}, {0.20F, 0.32F, 0.52F},
                               {0.55F, 0.58F, 0.60F}, {0.72F, 0.68F, 0.60F}, {0.50F, 0.22F, 0.20F},
                               {0.78F, 0.80F, 0.74F}, {0.33F, 0.30F, 0.28F}};
constexpr Colour kWoods[] = {{0.80F, 0.65F, 0.46F}, {0.70F, 0.52F, 0.34F}, {0.56F, 0.39F, 0.24F},
                             {0.40F, 0.27F, 0.17F}, {0.62F, 0.56F, 0.48F}, {0.84F, 0.75F, 0.60F}};
constexpr Colour kCloths[] = {{0.72F, 0.16F, 0.15F}, {0.18F, 0.32F, 0.58F}, {0.20F, 0.45F, 0.28F},
                              {0.85F, 0.68F, 0.25F}, {0.35F, 0.35F, 0.38F}, {0.55F, 0.40F, 0.55F}};
constexpr Colour kCrates[] = {{0.70F, 0.53F, 0.35F}, {0.58F, 0.45F, 0.32F}, {0.16F, 0.17F, 0.18F},
                              {0.20F, 0.40F, 0.26F}, {0.45F, 0.44F, 0.42F}, {0.80F, 0.68F, 0.50F}};

Colour varied(const Colour& colour, RandomDraw& draws) {
  const double brightness = draws.between(0.85, 1.1);
  Colour result{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    result[channel] = static_cast<float>(colour[channel] * brightness + draws.around_zero(0.06));
  }
  return result;
}

// Turns pixels to where they lie in a pattern, whose unit is a side of the canvas.
class Turned {
 public:
  Turned(const Canvas& canvas, double degrees)
      : scale_(1 / static_cast<float>(std::max(canvas.width, canvas.height))),
        cosine_(static_cast<float>(std::cos(degrees * std::numbers::pi / 180))),
        sine_(static_cast<float>(std::sin(degrees * std::numbers::pi / 180))) {}

  // Along and across the pattern.
  std::array<float, 2> at(int x, int y) const {
    const float right = static_cast<float>(x) * scale_;
    const float down = static_cast<float>(y) * scale_;
    return {cosine_ * right + sine_ * down, cosine_ * down - sine_ * right};
  }

 private:
  float scale_;
  float cosine_;
  float sine_;
};

// Gives each pixel the colour of (along, across), times a level.
template <class ColourAt>
void fill(Canvas& canvas, const Turned& turned, const ColourAt& colour_at) {
  for (int y = 0; y < canvas.height; ++y) {
    float* pixel = canvas.row(y);
    for (int x = 0; x < canvas.width; ++x, pixel += 3) {
      const auto [along, across] = turned.at(x, y);
      const Colour colour = colour_at(along, across);
      std::ranges::copy(colour, pixel);
    }
  }
}

Colour times(const Colour& colour, float level) {
  return {colour[0] * level, colour[1] * level, colour[2] * level};
}

Colour mixed(const Colour& from, const Colour& to, float share) {
  Colour result{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    result[channel] = from[channel] + (to[channel] - from[channel]) * share;
  }
  return result;
}

void paint_plain(RandomDraw& draws, Canvas& canvas) {
  const Colour colour = varied(draws.one_of(kGrounds), draws);
  const ValueNoise noise(draws.seed());
  const auto fall = static_cast<float>(draws.between(0, 0.45));
  const auto stains = static_cast<float>(draws.between(0.02, 0.12));
  const auto specks = static_cast<float>(draws.between(0, 0.08));
  fill(canvas, Turned(canvas, draws.between(0, 360)), [&](float along, float across) {
    return times(colour, 1 + fall * (along - 0.5F) * 0.8F +
                             stains * (noise.cloud(3 * along, 3 * across, 2) - 0.5F) +
                             specks * (noise.at(110 * along, 110 * across) - 0.5F));
  });
}

void paint_wood(RandomDraw& draws, Canvas& canvas) {
  const Colour colour = varied(draws.one_of(kWoods), draws);
  const ValueNoise noise(draws.seed());
  const auto boards = static_cast<float>(draws.between(1.5, 7));
  const auto rings = static_cast<float>(draws.between(6, 22));
  const auto depth = static_cast<float>(draws.between(0.08, 0.3));
  const auto gap = static_cast<float>(draws.between(0.01, 0.035));
  fill(canvas, Turned(canvas, draws.between(0, 180)), [&](float along, float across) {
    const float place = across * boards + 40;
    const float board = std::floor(place);
    const float within = place - board;
    const float edge = std::min(within, 1 - within);
    // Rings of a trunk that was cut along, drawn out.
    const float wave = noise.at(0.9F * along + 13 * board, 2.5F * across + 7 * board);
    const float ring = std::sin(rings * (across + 0.5F * wave) * 6.283F + 3 * board);
    const float fibre = noise.at(6 * along + 5 * board, 160 * across);
    const float tone = 0.85F + 0.3F * noise.at(11.5F * board, 0.5F);
    const float dark = edge < gap ? 0.45F : 1;
    return times(colour,
                 tone * dark * (1 + depth * (0.35F * ring + 0.5F * (fibre - 0.5F) + wave - 0.5F)));
  });
}

void paint_cloth(RandomDraw& draws, Canvas& canvas) {
  const Colour colour =
      varied(draws.happens(0.5) ? draws.one_of(kCloths) : draws.one_of(kGrounds), draws);
  const ValueNoise noise(draws.seed());
  const auto threads = static_cast<float>(draws.between(45, 110)) * 6.283F;
  const auto weave = static_cast<float>(draws.between(0.03, 0.1));
  const auto folds = static_cast<float>(draws.between(0.1, 0.5));
  fill(canvas, Turned(canvas, draws.between(0, 180)), [&](float along, float across) {
    const float woven = std::sin(threads * along) * std::sin(threads * across);
    const float fold = noise.cloud(2.2F * along, 5 * across, 2) - 0.5F;
    return times(colour, 1 + weave * woven + folds * fold);
  });
}

void paint_checks(RandomDraw& draws, Canvas& canvas) {
  const Colour light = varied({0.92F, 0.91F, 0.88F}, draws);
  const Colour dark = varied(draws.one_of(kCloths), draws);
  const ValueNoise noise(draws.seed());
  const auto checks = static_cast<float>(draws.between(3, 11));
  const auto folds = static_cast<float>(draws.between(0.05, 0.35));
  const auto threads = static_cast<float>(draws.between(60, 120)) * 6.283F;
  fill(canvas, Turned(canvas, draws.between(0, 180)), [&](float along, float across) {
    const float bend = 0.25F * noise.at(2 * along, 2 * across);
    const auto is_dark = [&](float place) {
      return place - std::floor(place) < 0.5F ? 0.5F : 0.0F;
    };
    const float share = is_dark(checks * along + bend) + is_dark(checks * across + bend);
    const float fold = noise.cloud(2 * along, 4 * across, 2) - 0.5F;
    const float woven = std::sin(threads * along) * std::sin(threads * across);
    return times(mixed(light, dark, share), 1 + folds * fold + 0.04F * woven);
  });
}

void paint_clouds(RandomDraw& draws, Canvas& canvas) {
  const Colour from = varied(draws.one_of(kGrounds), draws);
  const Colour to = varied(draws.one_of(kGrounds), draws);
  const ValueNoise noise(draws.seed());
  const auto scale = static_cast<float>(draws.between(1.5, 7));
  const auto most = static_cast<float>(draws.between(0.4, 1));
  const int octaves = draws.whole(2, 5);
  fill(canvas, Turned(canvas, draws.between(0, 360)), [&](float along, float across) {
    const float cloud = noise.cloud(scale * along, scale * across, octaves);
    return mixed(from, to, most * std::clamp(2 * cloud - 0.5F, 0.0F, 1.0F));
  });
}

struct Disc {
  float x;
  float y;
  float radius;
  Colour colour;
  float strength;
};

void add_disc(const Disc& disc, Canvas& canvas) {
  const int top = std::max(0, static_cast<int>(disc.y - disc.radius - 1));
  const int bottom = std::min(canvas.height, static_cast<int>(disc.y + disc.radius + 2));
  const int left = std::max(0, static_cast<int>(disc.x - disc.radius - 1));
  const int right = std::min(canvas.width, static_cast<int>(disc.x + disc.radius + 2));
  // An edge as soft as an eighth of the disc.
  const float soft = std::max(1.0F, disc.radius / 8);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const auto distance = static_cast<float>(
          vector_length(static_cast<float>(x) - disc.x, static_cast<float>(y) - disc.y));
      const float share = std::clamp((disc.radius - distance) / soft, 0.0F, 1.0F) * disc.strength;
      float* pixel = canvas.row(y) + 3 * x;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        pixel[channel] += share * (disc.colour[channel] - pixel[channel]);
      }
    }
  }
}

void paint_lights(RandomDraw& draws, Canvas& canvas) {
  paint_clouds(draws, canvas);
  const auto level = static_cast<float>(draws.between(0.3, 0.9));
  for (float& value : canvas.pixels) value *= level;
  const double side = std::min(canvas.width, canvas.height);
  const double size = draws.between(0.03, 0.12);
  const int discs = draws.whole(8, 32);
  for (int i = 0; i < discs; ++i) {
    const Colour colour =
        varied(draws.happens(0.5) ? draws.one_of(kCloths) : draws.one_of(kGrounds), draws);
    add_disc({static_cast<float>(draws.between(0, canvas.width)),
              static_cast<float>(draws.between(0, canvas.height)),
              static_cast<float>(side * size * draws.between(0.5, 1.8)), times(colour, 1.15F),
              static_cast<float>(draws.between(0.25, 0.8))},
             canvas);
  }
}

void paint_slats(RandomDraw& draws, Canvas& canvas) {
  const Colour colour = varied(draws.one_of(kCrates), draws);
  const ValueNoise noise(draws.seed());
  const auto slats = static_cast<float>(draws.between(2.5, 9));
  const auto gap = static_cast<float>(draws.between(0.08, 0.4));
  const auto depth = static_cast<float>(draws.between(0.1, 0.35));
  const auto turn = draws.happens(0.6) ? draws.around_zero(12) : draws.between(0, 180);
  const Colour behind = times(colour, static_cast<float>(draws.between(0.12, 0.4)));
  fill(canvas, Turned(canvas, turn), [&](float along, float across) {
    const float place = across * slats + 20;
    const float slat = std::floor(place);
    const float within = place - slat;
    const float fibre = noise.at(7 * along + 3 * slat, 90 * across);
    const float stain = noise.cloud(2 * along + 9 * slat, 3 * across, 2);
    // Rounded: lit from above, its lower edge in the dark, and so is what lies under it.
    if (within < gap) return times(behind, 0.5F + 0.5F * within / gap);
    const float down = (within - gap) / (1 - gap);
    return times(colour, (1.1F - 0.35F * down * down) *
                             (1 + depth * (0.6F * (fibre - 0.5F) + stain - 0.5F)));
  });
}

}  // namespace

void paint_texture(Texture texture, Random& random, Canvas& canvas) {
  RandomDraw draws(random);
  switch (texture) {
    case Texture::kPlain: return paint_plain(draws, canvas);
    case Texture::kWood: return paint_wood(draws, canvas);
    case Texture::kCloth: return paint_cloth(draws, canvas);
    case Texture::kChecks: return paint_checks(draws, canvas);
    case Texture::kClouds: return paint_clouds(draws, canvas);
    case Texture::kLights: return paint_lights(draws, canvas);
    case Texture::kSlats: return paint_slats(draws, canvas);
  }
}

}  // namespace pomona
