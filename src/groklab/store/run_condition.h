// Conditions over runs, as users write them (`groklab runs --where`): a small language of its own. Internal to store/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace groklab {

using ConditionValue = std::variant<std::int64_t, double, std::string>;

/// A condition as SQL that is made of fixed words, names of columns and places for parameters alone. Nothing of the
/// user's text is part of it: what he wrote is bound.
struct RunCondition {
  std::string sql;
  std::vector<ConditionValue> values;  ///< of ?1, ?2, ...
};

/// The language, described in docs/formats/store.md:
///   any  = all { "or" all } .   all = not { "and" not } .   not = [ "not" ] ( "(" any ")" | test ) .
///   test = name ( ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") value | "is" [ "not" ] "null"
///        | [ "not" ] "like" text | [ "not" ] "in" "(" value { "," value } ")" | [ "not" ] "between" value "and" value
///        ) | "tag" ( ("=" | "==" | "!=" | "<>") value | "is" ... | [ "not" ] ... ) .
///   name = a column of runs_view or a key of the configuration, such as optim.learning_rate .
///   value = a number, a 'text', true or false .
/// Throws Error(kStore) "condition "...": at N: expected ..., found ...".
RunCondition parse_run_condition(std::string_view text);

}  // namespace groklab
