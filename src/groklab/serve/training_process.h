// The process that trains a run of the store now, whoever started it: a server that was killed leaves its trainings
// behind, and people start others at their terminals.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace groklab::serve {

struct TrainingProcess {
  pid_t process = 0;
  std::string command;     ///< "groklab sweep", or the name of another program
  bool stoppable = false;  ///< it trains this run and does nothing else: train, resume or fork
};

/// Nothing if no process of this machine and user that can be seen trains it (see lock_holder).
std::optional<TrainingProcess> find_training_process(const std::filesystem::path& store, const std::string& run);

/// Asks a run's training to save and end, as Ctrl-C would. Throws HttpError 409 if nobody seen trains it, or if who
/// does has more to do.
void ask_to_end(const std::filesystem::path& store, const std::string& run);

}  // namespace groklab::serve
