// The one list of a record's columns: the records table, csv, json and npz are all made from it.
#pragma once

#include <string>
#include <vector>

#include "groklab/record/record.h"

namespace groklab {

/// Calls visit(group, name, value) for every number of a record except tensor_norms, always in the same order. Group
/// is "" or "train", "test", "removed", "never_seen"; value is a std::int64_t& or double& (const for a const record).
template <typename RecordType, typename Visit>
void visit_metrics(RecordType& record, Visit&& visit) {
  visit("", "step", record.step);
  visit("", "seconds", record.seconds);
  visit("", "learning_rate", record.learning_rate);
  const auto visit_group = [&](const char* group, auto& metrics) {
    visit(group, "rows", metrics.rows);
    visit(group, "loss", metrics.loss);
    visit(group, "accuracy", metrics.accuracy);
    visit(group, "correct_logit", metrics.correct_logit);
    visit(group, "correct_logit_centred", metrics.correct_logit_centred);
    visit(group, "margin", metrics.margin);
    visit(group, "margin_min", metrics.margin_min);
    visit(group, "softmax_collapse", metrics.softmax_collapse);
  };
  visit_group("train", record.train);
  visit_group("test", record.test);
  visit_group("removed", record.removed);
  visit_group("never_seen", record.never_seen);
  visit("", "norm", record.norm);
  visit("", "gradient_norm", record.gradient_norm);
  visit("", "update_norm", record.update_norm);
}

/// Column names in the order of the visit: "step", ..., "train_loss", ...
const std::vector<std::string>& metric_names();

/// The words with `separator` between them. (fmt::join makes GCC 12 warn.)
std::string joined(const std::vector<std::string>& words, const std::string& separator);

/// Tensor norms as a JSON list; what JSON cannot say is null (NaN) or the text "inf" or "-inf".
std::string tensor_norms_text(const std::vector<double>& norms);
/// Throws nlohmann::json::exception if the text is not such a list.
std::vector<double> parse_tensor_norms(const std::string& text);

}  // namespace groklab
