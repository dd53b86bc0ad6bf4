// SPDX-License-Identifier: Apache-2.0
#include "store_flags.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "pomona/storage_s3/regions.h"

namespace pomona::cli {

std::shared_ptr<S3StoreOptions> add_store_flags(CLI::App& command) {
  auto stores = std::make_shared<S3StoreOptions>();
  command
      .add_option(
          "--s3-endpoint", stores->endpoint,
          "A service other than AWS for s3:// places (or $AWS_ENDPOINT_URL, or endpoint_url "
          "of the AWS profile)")
      ->type_name("URL")
      ->group("Object stores");
  command
      .add_option_function<std::string>(
          "--regions", [stores](const std::string& text) { stores->regions = parse_regions(text); },
          "Comma-separated regions that buckets may lie in; eu: those in the European Union")
      ->type_name("LIST")
      ->envname("POMONA_REGIONS")
      ->group("Object stores");
  command
      .add_flag_callback(
          "--no-conditional-writes", [stores] { stores->conditional_writes = false; },
          "For services without conditional writes: two runs that begin at one moment in one place "
          "may not notice each other")
      ->group("Object stores");
  command
      .add_flag("--requester-pays", stores->requester_pays,
                "Agree to pay for requests to buckets whose requester pays")
      ->group("Object stores");
  command
      .add_flag_callback(
          "--no-sign-request", [stores] { stores->sign_requests = false; },
          "Read public buckets without credentials")
      ->group("Object stores");
  return stores;
}

std::shared_ptr<const StoreOpener> store_opener(const S3StoreOptions& flags,
                                                const Session& session) {
  S3StoreOptions options = flags;
  options.stop = session.stop;
  return std::make_shared<S3StoreOpener>(std::move(options));
}

}  // namespace pomona::cli
