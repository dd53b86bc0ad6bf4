// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_list.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <set>

#include "pomona/http/stub_server.h"
#include "pomona/storage/failing_calls.h"

namespace pomona {
namespace {

// A bucket with one object in each of three folders, and in each of these another such folder.
std::string page_of(const std::string& request) {
  const auto is_page_of = [&](const std::string& prefix) {
    return request.find("prefix=" + prefix + " ") != std::string::npos;
  };
  std::string inside;
  for (const std::string folder : {"a", "b", "c"}) {
    if (is_page_of("")) {
      inside += "<CommonPrefixes><Prefix>" + folder + "/</Prefix></CommonPrefixes>";
    } else if (is_page_of(folder + "%2F")) {
      inside += "<Contents><Key>" + folder + "/1</Key><Size>1</Size></Contents>" +
                "<CommonPrefixes><Prefix>" + folder + "/d/</Prefix></CommonPrefixes>";
    } else if (is_page_of(folder + "%2Fd%2F")) {
      inside += "<Contents><Key>" + folder + "/d/2</Key><Size>1</Size></Contents>";
    }
  }
  return sized_answer(200, "", "<ListBucketResult>" + inside + "</ListBucketResult>");
}

std::multiset<std::string> names_in(S3Client& client, std::size_t concurrency) {
  std::multiset<std::string> names;
  list_bucket(client, "", concurrency,
              [&](const S3ListedObject& object) { names.insert(object.key); });
  return names;
}

TEST(S3ListTest, ListsAllWhereThreadsCannotStart) {
  const StubServer server(page_of);
  S3Options options;
  options.endpoint = server.endpoint();
  S3Client client(options, "fruits", [](bool) {
    return S3Credentials{"test", "only for tests", ""};
  });
  const std::multiset<std::string> all = {"a/1", "a/d/2", "b/1", "b/d/2", "c/1", "c/d/2"};
  EXPECT_EQ(names_in(client, 1), all);
  EXPECT_EQ(names_in(client, 4), all);
  const FailingCalls no_threads = {{SYS_clone, EAGAIN}, {SYS_clone3, EAGAIN}};
  const auto list = [&] { EXPECT_EQ(names_in(client, 4), all); };
  if (!run_without(no_threads, list)) GTEST_SKIP() << kNoFailingCalls;
}

}  // namespace
}  // namespace pomona
