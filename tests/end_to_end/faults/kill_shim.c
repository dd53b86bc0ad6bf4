// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: ends the process with SIGKILL right before the n-th call that changes a file system,
// n in POMONA_TEST_KILL_AT. Without it, writes how many there were to the file POMONA_TEST_KILL_COUNT,
// and in a second line at which of them a write began that must not replace anything.
// POMONA_TEST_WITHOUT names calls that fail as on a file system that does not offer them: linkat, or
// linkat,renameat2.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
#define MOST_MOMENTS 256
static long moments[MOST_MOMENTS];
static atomic_long moment_count;

static void note_moment(void) {
  const long at = atomic_fetch_add(&moment_count, 1);
  if (at < MOST_MOMENTS) moments[at] = calls + 1;
}

static void change(void) {
  static long at = -1;
  if (at < 0) at = getenv("POMONA_TEST_KILL_AT") ? atol(getenv("POMONA_TEST_KILL_AT")) : 0;
  if (atomic_fetch_add(&calls, 1) + 1 == at) kill(getpid(), SIGKILL);
}

static int is_missing(const char* call) {
  const char* without = getenv("POMONA_TEST_WITHOUT");
  return without && strstr(without, call);
}

__attribute__((destructor)) static void tell(void) {
  const char* place = getenv("POMONA_TEST_KILL_COUNT");
  const long count = calls;
  FILE* file = place ? fopen(place, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", count);
  for (long i = 0; i < moment_count && i < MOST_MOMENTS; ++i) fprintf(file, "%ld ", moments[i]);
  fclose(file);
}

#define NEXT(name) \
  static __typeof__(name)* next; \
  if (!next) next = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void* bytes, size_t count) {
  NEXT(write);
  struct stat status;
  if (fd > 2 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) change();
  return next(fd, bytes, count);
}

#define OPENER(name) \
  int name(int folder, const char* path, int flags, ...) { \
    NEXT(name); \
    va_list list; \
    va_start(list, flags); \
    const mode_t mode = va_arg(list, mode_t); \
    va_end(list); \
    if (flags & O_CREAT) { \
      if (strcmp(path, ".pomona-0-0") == 0) note_moment(); /* the lock of rename_if_absent.cpp */ \
      change(); \
    } \
    return next(folder, path, flags, mode); \
  }
OPENER(openat)
OPENER(openat64)

int renameat(int a, const char* from, int b, const char* to) {
  NEXT(renameat);
  change();
  return next(a, from, b, to);
}

int renameat2(int a, const char* from, int b, const char* to, unsigned flags) {
  NEXT(renameat2);
  if (is_missing("renameat2")) {
    errno = EINVAL;
    return -1;
  }
  note_moment();
  change();
  return next(a, from, b, to, flags);
}

int linkat(int a, const char* from, int b, const char* to, int flags) {
  NEXT(linkat);
  if (is_missing("linkat")) {
    errno = EPERM;
    return -1;
  }
  note_moment();
  change();
  return next(a, from, b, to, flags);
}

int unlinkat(int folder, const char* path, int flags) {
  NEXT(unlinkat);
  change();
  return next(folder, path, flags);
}

int mkdirat(int folder, const char* path, mode_t mode) {
  NEXT(mkdirat);
  change();
  return next(folder, path, mode);
}

int mkdir(const char* path, mode_t mode) {
  NEXT(mkdir);
  change();
  return next(path, mode);
}

int rmdir(const char* path) {
  NEXT(rmdir);
  change();
  return next(path);
}
