// Who holds a lock of file_lock.h.
#pragma once

#include <sys/types.h>

#include <string>

namespace groklab {

/// The process that holds the lock on a file, as the system tells it; nothing in the file is believed. 0 if none does,
/// or if it cannot be seen: it is another user's, another container's or another machine's, or there is no /proc. This
/// process is not looked at.
pid_t lock_holder(const std::string& file);

}  // namespace groklab
