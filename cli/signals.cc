// See signals.h.
#include "signals.h"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>

#include "commands.h"

namespace groklab::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

/// `timeout`, batch systems and closing terminals signal a process and then its group: one request that comes twice.
/// Only a second signal after this time is somebody's impatience.
constexpr std::int64_t kOneRequest = 500'000'000;  // ns

std::atomic<std::int64_t> first_at{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler sets it");

void on_signal(int /*signal*/) {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);  // one of the few functions that a handler may call
  const std::int64_t now = std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  std::int64_t first = 0;
  if (first_at.compare_exchange_strong(first, now)) {
    interrupted.store(true);
  } else if (now - first > kOneRequest) {
    _exit(kExitInterrupted);
  }
}

/// Whoever read the output is gone. Often that is `head`: save, and end, but never at once.
void on_broken_pipe(int /*signal*/) { interrupted.store(true); }

}  // namespace

const std::atomic<bool>& catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;  // nohup and background jobs mean it
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
  struct sigaction broken_pipe = {};
  broken_pipe.sa_handler = on_broken_pipe;
  broken_pipe.sa_flags = SA_RESTART;
  sigaction(SIGPIPE, &broken_pipe, nullptr);
  return interrupted;
}

}  // namespace groklab::cli
