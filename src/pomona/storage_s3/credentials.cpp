// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/credentials.h"

#include <arrow/filesystem/s3fs.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// The chain asks files and services; once in so long is often enough, and well before the SDK's own
// margin of five minutes before an expiry.
constexpr std::chrono::seconds kFresh{60};

// The SDK ends itself within milliseconds.
constexpr unsigned kSecondsToEnd = 2;

std::atomic<int> exit_status = 0;

void leave(int /*signal*/) { ::_exit(exit_status); }

// Left running, the SDK would crash when the process ends. But it ends its event loop by a thread
// more, and waits for it without end where the system starts none (the pids limit of a container).
// A watchdog thread could not be started there either, so a timer of the system ends the process.
void end_sdk(int status, void* /*unused*/) {
  exit_status = status;
  (void)std::fflush(nullptr);  // _exit() does not
  struct sigaction action {};
  action.sa_handler = leave;
  sigset_t timer;
  sigemptyset(&timer);
  sigaddset(&timer, SIGALRM);
  ::sigaction(SIGALRM, &action, nullptr);
  ::pthread_sigmask(SIG_UNBLOCK, &timer, nullptr);
  ::alarm(kSecondsToEnd);
  (void)arrow::fs::FinalizeS3();
  ::alarm(0);
}

void start_sdk() {
  static std::once_flag once;
  std::call_once(once, [] {
    arrow::fs::S3GlobalOptions options = arrow::fs::S3GlobalOptions::Defaults();
    options.log_level = arrow::fs::S3LogLevel::Off;
    if (!arrow::fs::InitializeS3(options).ok()) {
      throw Error(ErrorKind::kInternal, "starting the AWS SDK for its credentials failed");
    }
    ::on_exit(end_sdk, nullptr);
  });
}

// The first link of the chain, which needs neither the SDK nor its threads. All empty unless both
// keys are there, as the SDK has it.
S3Credentials credentials_of_environment() {
  const auto value = [](const char* name) {
    const char* text = std::getenv(name);
    return std::string(text == nullptr ? "" : text);
  };
  S3Credentials credentials{.access_key_id = value("AWS_ACCESS_KEY_ID"),
                            .secret_access_key = value("AWS_SECRET_ACCESS_KEY"),
                            .session_token = value("AWS_SESSION_TOKEN")};
  const bool is_there =
      !credentials.access_key_id.empty() && !credentials.secret_access_key.empty();
  return is_there ? credentials : S3Credentials();
}

// What the SDK throws stays here. Memory that has run out is not its affair.
template <class Ask>
auto ask_sdk(const Ask& ask) {
  try {
    return ask();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& failure) {
    throw Error(ErrorKind::kUnavailable,
                std::string("looking for S3 credentials: the AWS SDK failed with '") +
                    failure.what() +
                    "'; check the profile (AWS_PROFILE, ~/.aws) or give them in "
                    "the environment (AWS_ACCESS_KEY_ID)");
  }
}

class Chain {
 public:
  S3Credentials get(bool renew) {
    using Clock = std::chrono::steady_clock;
    const std::lock_guard lock(mutex_);
    if (renew || credentials_.access_key_id.empty() || Clock::now() - asked_ > kFresh) {
      credentials_ = ask_sdk([&] { return read(renew); });
      asked_ = Clock::now();
    }
    if (credentials_.access_key_id.empty()) {
      throw Error(ErrorKind::kDenied,
                  "looking for S3 credentials: none in the environment (AWS_ACCESS_KEY_ID), in the "
                  "profile (AWS_PROFILE, ~/.aws), nor from the machine; give them in one of these "
                  "ways, or turn sign_requests off to read a public bucket");
    }
    return credentials_;
  }

 private:
  S3Credentials read(bool renew) {
    S3Credentials given = credentials_of_environment();
    if (!given.access_key_id.empty()) return given;
    if (options_ == nullptr || renew) {
      start_sdk();
      options_ = std::make_unique<arrow::fs::S3Options>(arrow::fs::S3Options::Defaults());
    }
    return read_credentials({[&] { return options_->GetAccessKey(); },
                             [&] { return options_->GetSecretKey(); },
                             [&] { return options_->GetSessionToken(); }});
  }

  std::mutex mutex_;
  std::unique_ptr<arrow::fs::S3Options> options_;
  S3Credentials credentials_;
  std::chrono::steady_clock::time_point asked_;
};

}  // namespace

S3Credentials read_credentials(const CredentialGetters& getters) {
  constexpr int kReadings = 10;
  const auto read = [&] {
    S3Credentials credentials;
    credentials.access_key_id = getters.access_key_id();
    if (credentials.access_key_id.empty()) return credentials;
    credentials.secret_access_key = getters.secret_access_key();
    credentials.session_token = getters.session_token();
    return credentials;
  };
  S3Credentials before = read();
  for (int i = 1; i < kReadings; ++i) {
    if (before.access_key_id.empty()) return before;  // asking again takes seconds
    // Keys that were replaced do not come back. So what reads the same twice stayed the same from
    // the first reading to the second, and between them all three parts were these.
    S3Credentials now = read();
    if (now == before) return now;
    before = std::move(now);
  }
  throw Error(ErrorKind::kUnavailable, "looking for S3 credentials: they changed in each of " +
                                           std::to_string(kReadings) +
                                           " readings; check what writes them");
}

S3CredentialsSource default_s3_credentials() {
  return [chain = std::make_shared<Chain>()](bool renew) { return chain->get(renew); };
}

}  // namespace pomona
