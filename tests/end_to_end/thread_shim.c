// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: a system that has POMONA_TEST_THREADS threads at once and no more, beside the first of
// the process, as the pids limit of a container has it. Without POMONA_TEST_THREADS_OF_ALL, only
// threads of C++ count, not those that libraries in C start.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_long running;

struct start {
  void* (*body)(void*);
  void* argument;
};

static void* run(void* given) {
  const struct start start = *(struct start*)given;
  free(given);
  void* result = start.body(start.argument);
  atomic_fetch_sub(&running, 1);
  return result;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                   void* argument) {
  static __typeof__(pthread_create)* next;
  if (!next) next = (__typeof__(pthread_create)*)dlsym(RTLD_NEXT, "pthread_create");
  Dl_info caller;
  const int known = dladdr(__builtin_return_address(0), &caller);
  const int counts = getenv("POMONA_TEST_THREADS_OF_ALL") ||
                     (known && caller.dli_fname && strstr(caller.dli_fname, "libstdc++"));
  if (!counts) return next(thread, attributes, body, argument);
  if (atomic_fetch_add(&running, 1) >= atol(getenv("POMONA_TEST_THREADS"))) {
    atomic_fetch_sub(&running, 1);
    return EAGAIN;
  }
  struct start* start = malloc(sizeof *start);
  *start = (struct start){body, argument};
  const int error = next(thread, attributes, run, start);
  if (error) {
    free(start);
    atomic_fetch_sub(&running, 1);
  }
  return error;
}
