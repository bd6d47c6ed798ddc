// Queries with conditions of users. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <vector>

#include "groklab/store/run_condition.h"

namespace groklab {

/// Selects a column of the described runs (runs_view) that meet `where` ("": all); fills `condition`, whose values must
/// be bound. Throws Error(kStore) for what is no condition.
std::string select_described_sql(const std::string& column, const std::string& where, RunCondition& condition);

void bind_values(SQLite::Statement& query, const std::vector<ConditionValue>& values);

}  // namespace groklab
