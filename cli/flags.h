// SPDX-License-Identifier: Apache-2.0
// Flags that several subcommands share, one function for each options struct.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pomona/jobs/run.h"
#include "store_flags.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace pomona::cli {

// Photographs, their labels and their sides: IMAGES, --test, --classes and what goes with them.
std::shared_ptr<S3StoreOptions> add_input_flags(CLI::App& command, InputOptions& input);
CLI::Option* add_images_flag(CLI::App& command, const std::string& name, const std::string& what,
                             std::vector<std::string>& images);
void add_classes_flag(CLI::App& command, std::string& classes);
void add_hidden_flag(CLI::App& command, bool& include_hidden);
void add_extract_flags(CLI::App& command, ExtractOptions& extract);
// What a photograph may ask for, and how much of it may be lost.
void add_decode_flags(CLI::App& command, DecodeLimits& limits);
void add_crops_flag(CLI::App& command, std::vector<Crop>& crops);
void add_reduce_flags(CLI::App& command, ReduceOptions& reduce);
void add_train_flags(CLI::App& command, TrainOptions& train);
// In no group yet.
CLI::Option* add_seed_flag(CLI::App& command, std::uint64_t& seed, const std::string& what);
void add_earlier_flags(CLI::App& command, EarlierOptions& earlier);
// --shard of verbs whose extraction several machines share: the text as given, none without the
// flag. `end`: what happens when all shards are finished.
std::shared_ptr<std::optional<std::string>> add_shard_flag(CLI::App& command,
                                                           const std::string& end);
void add_output_flags(CLI::App& command, OutputOptions& output);
void add_workers_flag(CLI::App& command, std::size_t& workers);
void add_models_flag(CLI::App& command, std::string& models);

// For options that name what lies on this machine, however much others may lie in a bucket: what is
// wrong with `place`, "" when nothing is.
std::string refuse_remote(const std::string& place);

// "3/8" is the third of eight, "0/8" none of them: the photographs are only listed.
std::optional<ShardShare> parse_share(const std::string& text);

// "200" is a number of components, "0.95" a share of the variance.
ComponentChoice parse_components(const std::string& text);

}  // namespace pomona::cli
