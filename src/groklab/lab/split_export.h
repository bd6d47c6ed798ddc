// The rows of a run's split for other programs.
#pragma once

#include <string>

#include "groklab/lab/prepared_run.h"

namespace groklab {

/// A line for each row of the table under "row,x,y,label,set" (x1,x2,... where a row has not two inputs): its number,
/// its inputs, the label that it has for this run, and train, removed (an ancestor trained on it), never_seen or, where
/// no ancestor can have trained on it, test.
std::string split_csv(const PreparedRun& run);

/// The same as a NumPy array of records (.npy): row and label int64, inputs int64 under the same names, train and
/// removed bool.
std::string split_npy(const PreparedRun& run);

}  // namespace groklab
