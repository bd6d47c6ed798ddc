// A clock that misleads: for concurrency.py. Built as a shared object and loaded with LD_PRELOAD.
//   CLOCK_KIND  still (never moves), back (an hour back at every hundredth look), jump (ten years on, then back),
//               slow (a thousandth of the true speed); the monotonic clock too where CLOCK_ALL is set and the kind is
//               still or slow: it may stand, as in a machine that was suspended, never go back
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static atomic_long looks;

static struct timespec mislead(struct timespec now, const char* kind) {
  static struct timespec first;
  static atomic_int has_first;
  if (!atomic_exchange(&has_first, 1)) first = now;
  const long look = atomic_fetch_add(&looks, 1);
  if (strcmp(kind, "still") == 0) return first;
  if (strcmp(kind, "back") == 0) now.tv_sec -= 3600 * (look / 100);
  if (strcmp(kind, "jump") == 0 && look / 50 % 2 == 1) now.tv_sec += 10L * 365 * 86400;
  if (strcmp(kind, "slow") == 0) {
    const double passed = (double)(now.tv_sec - first.tv_sec) + 1e-9 * (double)(now.tv_nsec - first.tv_nsec);
    now = first;
    now.tv_nsec += (long)(passed * 1e6) % 1000000000;
    if (now.tv_nsec >= 1000000000) now.tv_nsec -= 1000000000, now.tv_sec += 1;
  }
  return now;
}

int clock_gettime(clockid_t clock, struct timespec* time) {
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const int code = real(clock, time);
  const char* kind = getenv("CLOCK_KIND");
  if (code != 0 || kind == NULL) return code;
  const int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  const int is_monotonic = clock == CLOCK_MONOTONIC && getenv("CLOCK_ALL") != NULL &&
                           (strcmp(kind, "still") == 0 || strcmp(kind, "slow") == 0);
  if (is_wall || is_monotonic) *time = mislead(*time, kind);
  return code;
}

time_t time(time_t* result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) *result = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval* time, void* zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
