// Configuration keys that were called otherwise once: stored configurations are read under the old name, users are told
// the new one, and a run's identity keeps the first name, so that renaming a key renames no run.
#pragma once

#include <string_view>

namespace groklab {

/// The present name of a key that was renamed, or "".
std::string_view renamed_key(std::string_view old_name);
/// The name under which a key enters a run's identity: the first one it had.
std::string_view identity_key(std::string_view key);

}  // namespace groklab
