// A lock on a file, for as long as a descriptor is open: gone with the process that holds it, however that ends.
#pragma once

#include <string>

namespace groklab {

/// Opens the file, which is made if it is missing, and locks it until the descriptor is closed. The file stays then:
/// removing it would let two processes lock two files of one name. -1: another process holds it. Throws Error(kIo);
/// also for a symbolic link, so that a foreign folder leads nowhere else.
int try_lock_file(const std::string& file);

}  // namespace groklab
