// A disk that fails when it is asked whether bytes have arrived; no other fault of it comes as late and as quietly.
#pragma once

#include <filesystem>

namespace groklab {

/// While it lives, fsync of this file or folder fails with `error` in the whole test program. One at a time.
class FailingSync {
 public:
  FailingSync(const std::filesystem::path& path, int error);
  ~FailingSync();
  FailingSync(const FailingSync&) = delete;
  FailingSync& operator=(const FailingSync&) = delete;

  int failures() const;  ///< so far
};

}  // namespace groklab
