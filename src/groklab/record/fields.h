// The one list of a record's numbers: the records table, csv, json and npz are all made from it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "groklab/base/reflect.h"
#include "groklab/records.h"

namespace groklab {

template <Struct<GroupMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("rows", m.rows);
  visit("loss", m.loss);
  visit("accuracy", m.accuracy);
  visit("correct_logit", m.correct_logit);
  visit("correct_logit_centred", m.correct_logit_centred);
  visit("margin", m.margin);
  visit("margin_min", m.margin_min);
  visit("softmax_collapse", m.softmax_collapse);
}

/// tensor_norms, whose names a record does not know, are left to the caller.
template <Struct<Record> S, typename Visit>
void visit_fields(S& r, Visit&& visit) {
  visit("step", r.step);
  visit("seconds", r.seconds);
  visit("learning_rate", r.learning_rate);
  visit("train", r.train);
  visit("test", r.test);
  visit("removed", r.removed);
  visit("never_seen", r.never_seen);
  visit("norm", r.norm);
  visit("gradient_norm", r.gradient_norm);
  visit("update_norm", r.update_norm);
  visit("objective", r.objective);
}

/// The same numbers without nesting: calls visit(group, name, value), where group is "" or "train", "test", "removed",
/// "never_seen" and value is a std::int64_t& or double& (const for a const record).
template <Struct<Record> S, typename Visit>
void visit_metrics(S& record, Visit&& visit) {
  visit_fields(record, [&](const char* name, auto& field) {
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(field)>>) {
      visit("", name, field);
    } else {
      visit_fields(field, [&](const char* metric, auto& value) { visit(name, metric, value); });
    }
  });
}

}  // namespace groklab
