// SPDX-License-Identifier: Apache-2.0
// What only a folder can have: links, pipes, odd names, permissions, a full disk.
#include "pomona/storage/local_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/failing_calls.h"
#include "pomona/storage/posix_file.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

class LocalStoreTest : public ::testing::Test {
 protected:
  LocalStoreTest() : folder_(::testing::TempDir() + "pomona-local-XXXXXX") {
    if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder_);
    fs::permissions(folder_, fs::perms::all);  // for tests that give up being root
  }
  ~LocalStoreTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  void put(const std::string& name, const std::string& bytes) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
  }

  // Key → problem, "" for what can be read.
  std::map<std::string, std::string> problems() const {
    std::map<std::string, std::string> found;
    LocalStore(folder_).list("", [&](const ObjectInfo& info) {
      EXPECT_EQ(info.readable, info.problem.empty());
      EXPECT_TRUE(found.emplace(info.key, info.problem).second) << info.key << " came twice";
    });
    return found;
  }

  std::string folder_;
};

ErrorKind error_kind(const std::function<void()>& action, std::string* message = nullptr) {
  try {
    action();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::kInternal;
}

// Root may read everything, so tests of permissions put on another user for a while.
class AsNobody {
 public:
  AsNobody() {
    if (::geteuid() == 0) {
      EXPECT_EQ(::seteuid(65534), 0);
    }
  }
  ~AsNobody() {
    if (::getuid() == 0) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
};

// Deeper than a path can be long.
void make_deep_folder(const std::string& folder, const std::string& part, int depth) {
  Descriptor at = open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < depth; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), part.c_str(), 0777), 0);
    at = open_at(at.get(), part, O_RDONLY | O_DIRECTORY);
  }
}

class LocalStoreWithoutCallsTest : public LocalStoreTest,
                                   public ::testing::WithParamInterface<FailingCalls> {};

TEST_P(LocalStoreWithoutCallsTest, OfManyWhoWriteTheSameOneIsFirst) {
  constexpr int kRounds = 50;
  const auto compete = [&] {
    LocalStore store(folder_);
    for (int round = 0; round < kRounds; ++round) {
      const std::string key = "a/" + std::to_string(round);
      std::atomic<int> winners = 0;
      std::atomic<char> winner = ' ';
      {
        std::vector<std::jthread> threads;
        for (const char name : {'a', 'b', 'c', 'd'}) {
          threads.emplace_back([&, name] {
            if (!store.write_if_absent(key, std::string(1000, name))) return;
            ++winners;
            winner = name;
          });
        }
      }
      ASSERT_EQ(winners, 1);
      ASSERT_EQ(store.read(key), std::string(1000, winner));
    }
    EXPECT_TRUE(store.write_if_absent("a/0", store.read("a/0")));
    EXPECT_FALSE(store.write_if_absent("a/0", "another"));
    EXPECT_EQ(store.read("a/0").size(), 1000U);
    EXPECT_TRUE(store.write_if_absent("empty", ""));
    EXPECT_EQ(store.remove_unfinished({"a"}, /*dry_run=*/true), 0U);
  };
  if (!run_without(GetParam(), compete)) GTEST_SKIP() << kNoFailingCalls;
  EXPECT_EQ(problems().size(), kRounds + 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Local, LocalStoreWithoutCallsTest,
    ::testing::Values(FailingCalls{{SYS_linkat, EPERM}}, FailingCalls{{SYS_linkat, EOPNOTSUPP}},
                      FailingCalls{{SYS_linkat, ENOSYS}}, FailingCalls{{SYS_renameat2, ENOSYS}},
                      FailingCalls{{SYS_linkat, EPERM}, {SYS_renameat2, EINVAL}},
                      FailingCalls{{SYS_linkat, ENOSYS}, {SYS_renameat2, ENOSYS}},
                      FailingCalls{{SYS_linkat, EOPNOTSUPP}, {SYS_renameat2, EPERM}},
                      FailingCalls{{SYS_linkat, EINVAL}, {SYS_renameat2, EOPNOTSUPP}}));

TEST_F(LocalStoreTest, AnErrorOfTheDiskIsNoReasonToTryAnotherWay) {
  const auto write = [&] {
    EXPECT_EQ(error_kind([&] { LocalStore(folder_).write_if_absent("a", "a"); }),
              ErrorKind::kUnavailable);
  };
  if (!run_without({{SYS_linkat, EIO}}, write)) GTEST_SKIP() << kNoFailingCalls;
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(LocalStoreTest, ANameThatCannotBeFilledIsGivenBack) {
  const auto write = [&] {
    EXPECT_EQ(error_kind([&] { LocalStore(folder_).write_if_absent("a", "a"); }),
              ErrorKind::kUnavailable);
  };
  const FailingCalls calls = {{SYS_linkat, EPERM}, {SYS_renameat2, EINVAL}, {SYS_renameat, EIO}};
  if (!run_without(calls, write)) GTEST_SKIP() << kNoFailingCalls;
  EXPECT_TRUE(fs::is_empty(folder_));
}

// As a kill between any two steps leaves it: nothing can be renamed or removed any more.
TEST_F(LocalStoreTest, WhatIsCutOffLeavesNoEmptyFileAndBlocksNobody) {
  const auto write = [&] {
    EXPECT_EQ(error_kind([&] { LocalStore(folder_).write_if_absent("a", "cut off"); }),
              ErrorKind::kUnavailable);
  };
  const FailingCalls offered_nothing = {{SYS_linkat, EPERM}, {SYS_renameat2, EINVAL}};
  FailingCalls cut_off = offered_nothing;
  cut_off.insert(cut_off.end(), {{SYS_renameat, EIO}, {SYS_unlinkat, EIO}});
  if (!run_without(cut_off, write)) GTEST_SKIP() << kNoFailingCalls;
  EXPECT_FALSE(fs::exists(path("a")));
  run_without(offered_nothing,
              [&] { EXPECT_TRUE(LocalStore(folder_).write_if_absent("a", "whole")); });
  EXPECT_EQ(LocalStore(folder_).read("a"), "whole");
  EXPECT_EQ(LocalStore(folder_).remove_unfinished({}, /*dry_run=*/false), 1U);
  EXPECT_EQ(problems().size(), 1U);
}

TEST_F(LocalStoreTest, HidesOnlyWhatItIsWriting) {
  put("a/.pomona-12-0", "half");
  for (const char* name :
       {".pomona-notes.txt", ".pomona-1", ".pomona-1-", ".pomona--1", ".pomona-1-x"})
    put(std::string("a/") + name, "of a user");
  EXPECT_THAT(problems(), ElementsAre(Pair("a/.pomona--1", ""), Pair("a/.pomona-1", ""),
                                      Pair("a/.pomona-1-", ""), Pair("a/.pomona-1-x", ""),
                                      Pair("a/.pomona-notes.txt", "")));
  EXPECT_EQ(LocalStore(folder_).remove_unfinished({"a"}, /*dry_run=*/false), 1U);
  EXPECT_EQ(problems().size(), 5U);
}

TEST_F(LocalStoreTest, WantsAFolder) {
  put("file", "");
  std::string message;
  EXPECT_EQ(error_kind([&] { LocalStore store(path("gone")); }, &message), ErrorKind::kNotFound);
  EXPECT_THAT(message, HasSubstr(path("gone")));
  EXPECT_EQ(error_kind([&] { LocalStore store(path("file")); }), ErrorKind::kInvalidInput);
  LocalStore(path("new/folder"), LocalStore::IfMissing::kCreate).write("a", "a");
  EXPECT_TRUE(fs::exists(path("new/folder/a")));
  EXPECT_EQ(
      error_kind([&] { LocalStore store(path("file/below"), LocalStore::IfMissing::kCreate); }),
      ErrorKind::kInvalidInput);
}

TEST_F(LocalStoreTest, B14AFileThatIsWrittenWhileItIsReadIsAnError) {
  put("a", "as it was opened");
  const LocalStore store(folder_);
  const std::unique_ptr<ObjectReader> reader = store.open("a");
  std::string piece(4, ' ');
  reader->read_at(0, piece);
  EXPECT_EQ(piece, "as i");
  const fs::file_time_type before = fs::last_write_time(path("a"));
  put("a", "AS IT IS NOW    ");
  fs::last_write_time(path("a"), before + std::chrono::seconds(1));
  EXPECT_EQ(error_kind([&] { reader->read_at(4, piece); }), ErrorKind::kReplaced);
}

TEST_F(LocalStoreTest, KeepsNamesOfAnyBytes) {
  const std::string name = "Sp ace/\xFF\n\"quo,te\"'/100%25.jpg";
  put(name, "x");
  const LocalStore store(folder_);
  EXPECT_THAT(problems(), ElementsAre(Pair("Sp ace/%FF\n\"quo,te\"'/100%2525.jpg", "")));
  EXPECT_EQ(store.read("Sp ace/%FF\n\"quo,te\"'/100%2525.jpg"), "x");
}

TEST_F(LocalStoreTest, FollowsLinksAndEntersACircleOnce) {
  put("real/1", "1");
  put("outside/2", "2");
  fs::create_directory(path("root"));
  fs::rename(path("real"), path("root/real"));
  fs::create_directory_symlink(path("outside"), path("root/link"));
  fs::create_symlink(path("outside/2"), path("root/file"));
  fs::create_directory_symlink("..", path("root/real/up"));
  fs::create_directory_symlink(path("root"), path("outside/back"));
  fs::create_directory_symlink("self", path("root/self"));
  folder_ = path("root");
  EXPECT_THAT(problems(), ElementsAre(Pair("file", ""), Pair("link/2", ""), Pair("real/1", ""),
                                      Pair("self", "a link that leads to itself")));
  folder_ = fs::path(folder_).parent_path();
}

TEST_F(LocalStoreTest, ListsFoldersThatAreLinkedTwiceUnderBothNames) {
  put("a/1", "1");
  fs::create_directory_symlink("a", path("b"));
  EXPECT_THAT(problems(), ElementsAre(Pair("a/1", ""), Pair("b/1", "")));
}

TEST_F(LocalStoreTest, ReportsWhatHasNoBytes) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0666), 0);
  fs::create_symlink("nowhere", path("broken"));
  fs::create_symlink("/dev/null", path("null"));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  ASSERT_LT(path("socket").size(), sizeof address.sun_path);
  path("socket").copy(address.sun_path, sizeof address.sun_path);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(problems(),
              ElementsAre(Pair("broken", "a link that leads nowhere"), Pair("null", "a device"),
                          Pair("pipe", "a pipe"), Pair("socket", "a socket")));
  const LocalStore store(folder_);
  // Above all, reading a pipe must not wait for a writer.
  for (const std::string key : {"pipe", "socket", "null"}) {
    EXPECT_EQ(error_kind([&] { store.read(key); }), ErrorKind::kUnavailable) << key;
  }
  EXPECT_EQ(error_kind([&] { store.read("broken"); }), ErrorKind::kNotFound);
  ::close(socket);
}

TEST_F(LocalStoreTest, ReportsWhatMayNotBeRead) {
  put("closed/1", "1");
  put("open/secret", "secret");
  put("open/own", "own");
  fs::permissions(path("closed"), fs::perms::none);
  fs::permissions(path("open/secret"), fs::perms::owner_write);
  {
    const AsNobody nobody;
    EXPECT_THAT(problems(),
                ElementsAre(Pair("closed", "folder: permission denied"), Pair("open/own", ""),
                            Pair("open/secret", "permission denied")));
    const LocalStore store(folder_);
    std::string message;
    EXPECT_EQ(error_kind([&] { store.read("open/secret"); }, &message), ErrorKind::kDenied);
    EXPECT_THAT(message, HasSubstr("open/secret"));
    EXPECT_EQ(error_kind([&] { store.exists("closed/1"); }), ErrorKind::kDenied);
    EXPECT_EQ(error_kind([&] { LocalStore(path("closed")).describe(); }), ErrorKind::kDenied);
    EXPECT_EQ(error_kind([&] { LocalStore(folder_).write("closed/a", "a"); }), ErrorKind::kDenied);
  }
  fs::permissions(path("closed"), fs::perms::owner_all);
}

TEST_F(LocalStoreTest, ReportsFoldersTooDeepToEnter) {
  const std::string part(200, 'd');
  make_deep_folder(folder_, part, 25);
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found.begin()->first, StartsWith(part + "/" + part));
  EXPECT_THAT(found.begin()->second, StartsWith("folder: "));
  LocalStore(folder_).remove(part);
  EXPECT_TRUE(problems().empty());
}

TEST_F(LocalStoreTest, RemovesLinksAndNotWhatTheyLeadTo) {
  put("kept/1", "1");
  put("gone/2", "2");
  fs::create_directory_symlink("../kept", path("gone/link"));
  LocalStore store(folder_);
  store.remove("gone");
  EXPECT_THAT(problems(), ElementsAre(Pair("kept/1", "")));
}

TEST_F(LocalStoreTest, StaysWithAFolderThatMoves) {
  put("before/a", "a");
  const LocalStore store(path("before"));
  fs::rename(path("before"), path("after"));
  EXPECT_EQ(store.read("a"), "a");
}

// A limit on file sizes fails a write in the middle as a full disk does.
TEST_F(LocalStoreTest, LeavesNothingWhenTheDiskIsFull) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message;
  const ErrorKind kind = error_kind(
      [&] { LocalStore(folder_).write("deep/large", std::string(5000, 'x')); }, &message);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(kind, ErrorKind::kUnavailable);
  EXPECT_THAT(message, HasSubstr("deep/large"));
  EXPECT_TRUE(problems().empty());
}

TEST_F(LocalStoreTest, SaysWhatToDoAboutAFullDisk) {
  std::string message;
  EXPECT_EQ(error_kind([&] { throw_errno("writing", "out/a", ENOSPC); }, &message),
            ErrorKind::kUnavailable);
  EXPECT_THAT(message, HasSubstr("free some space"));
}

}  // namespace
}  // namespace pomona
