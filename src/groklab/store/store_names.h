// Small things that repair and rebuild share. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace groklab {

/// `start` with the first number that nothing in the directory has.
std::filesystem::path free_name(const std::filesystem::path& directory, const std::string& start);

void remove_state(SQLite::Database& connection, std::int64_t run, std::int64_t step);
/// A run without its last state is not done: it goes on from the state before, to the same bits.
void mark_without_last_state(SQLite::Database& connection, std::int64_t run, const std::string& who);

}  // namespace groklab
