// SPDX-License-Identifier: Apache-2.0
// What reading a photograph costs before the network sees it. Runs on every 20th JPEG below
// POMONA_DATA; where there is none, on one made-up photograph of 100 x 100 pixels.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "pomona/image/decode.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/image/resize.h"

namespace pomona {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<std::filesystem::path> list_photographs() {
  std::vector<std::filesystem::path> paths;
  const char* data = std::getenv("POMONA_DATA");
  if (data == nullptr) return paths;
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    if (entry.path().extension() == ".jpg" && seen++ % 20 == 0) paths.push_back(entry.path());
  }
  return paths;
}

Image made_up_picture(int width, int height) {
  Image image;
  image.set_size(width, height);
  for (std::size_t at = 0; at < image.pixels.size(); ++at) {
    image.pixels[at] = static_cast<std::uint8_t>((at * 7) ^ (at >> 6U));
  }
  return image;
}

const std::vector<std::string>& photographs() {
  static const std::vector<std::string> files = [] {
    std::vector<std::string> result;
    for (const auto& path : list_photographs()) result.push_back(read_file(path));
    if (result.empty()) JpegEncoder().encode(made_up_picture(100, 100), 75, result.emplace_back());
    return result;
  }();
  return files;
}

void count_items(benchmark::State& state) { state.SetItemsProcessed(state.iterations()); }

void decode(benchmark::State& state) {
  Decoder decoder;
  Image image;
  DecodeOptions options;
  options.target_side = static_cast<int>(state.range(0));
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        decoder.decode(photographs()[next++ % photographs().size()], options, image));
  }
  count_items(state);
}
BENCHMARK(decode)->Arg(0)->Arg(128)->Arg(224);

void decode_and_fit(benchmark::State& state) {
  Decoder decoder;
  Resizer resizer;
  Image image;
  Image result;
  DecodeOptions options;
  options.target_side = static_cast<int>(state.range(0));
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        decoder.decode(photographs()[next++ % photographs().size()], options, image));
    resizer.fit(image, Fit::kSquash, options.target_side, ResizeFilter::kBicubic, result);
  }
  count_items(state);
}
BENCHMARK(decode_and_fit)->Arg(128)->Arg(224);

// The file from the page cache included.
void read_decode_and_fit(benchmark::State& state) {
  const std::vector<std::filesystem::path> paths = list_photographs();
  if (paths.empty()) {
    state.SkipWithError("no JPEG below POMONA_DATA");
    return;
  }
  Decoder decoder;
  Resizer resizer;
  Image image;
  Image result;
  DecodeOptions options;
  options.target_side = static_cast<int>(state.range(0));
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string bytes = read_file(paths[next++ % paths.size()]);
    benchmark::DoNotOptimize(decoder.decode(bytes, options, image));
    resizer.fit(image, Fit::kSquash, options.target_side, ResizeFilter::kBicubic, result);
  }
  count_items(state);
}
BENCHMARK(read_decode_and_fit)->Arg(128)->Arg(224);

// Arguments: sides of source and result, filter.
void resize(benchmark::State& state) {
  const auto from = static_cast<int>(state.range(0));
  const auto to = static_cast<int>(state.range(1));
  const Image source = made_up_picture(from, from);
  Resizer resizer;
  Image result;
  for (auto _ : state) {
    resizer.resize(source, to, to, static_cast<ResizeFilter>(state.range(2)), result);
    benchmark::DoNotOptimize(result.pixels.data());
  }
  count_items(state);
}
constexpr auto kBicubic = static_cast<std::int64_t>(ResizeFilter::kBicubic);
constexpr auto kBilinear = static_cast<std::int64_t>(ResizeFilter::kBilinear);
constexpr auto kLanczos = static_cast<std::int64_t>(ResizeFilter::kLanczos);
BENCHMARK(resize)
    ->Args({100, 128, kBicubic})
    ->Args({100, 128, kBilinear})
    ->Args({100, 128, kLanczos})
    ->Args({100, 224, kBicubic})
    ->Args({348, 128, kBicubic})
    ->Args({1000, 224, kBicubic});

// As resize, but every picture is of another size, so tables are made anew.
void resize_other_sizes(benchmark::State& state) {
  const Image source = made_up_picture(400, 400);
  Resizer resizer;
  Image result;
  int step = 0;
  for (auto _ : state) {
    step = (step + 1) % 100;
    const Box box = {0, 0, 400.0 - step, 400.0 - 2 * step};
    resizer.resize(source, box, 224, 224, ResizeFilter::kBicubic, result);
    benchmark::DoNotOptimize(result.pixels.data());
  }
  count_items(state);
}
BENCHMARK(resize_other_sizes);

void encode_preview(benchmark::State& state) {
  const Image image = made_up_picture(48, 48);
  JpegEncoder encoder(HuffmanTables::kStandard);
  std::string bytes;
  for (auto _ : state) {
    encoder.encode(image, 80, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  count_items(state);
}
BENCHMARK(encode_preview);

}  // namespace
}  // namespace pomona
