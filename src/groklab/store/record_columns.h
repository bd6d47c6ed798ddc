// A record's columns in the records table and in exports, made from the list of its fields (record/fields.h).
#pragma once

#include <string>
#include <vector>

#include "groklab/record/fields.h"
#include "groklab/record/record.h"

namespace groklab {

/// Column names in the order of visit_metrics: "step", ..., "train_loss", ...
const std::vector<std::string>& metric_names();

/// Tensor norms as a JSON list; what JSON cannot say is null (NaN) or the text "inf" or "-inf".
std::string tensor_norms_text(const std::vector<double>& norms);
/// Throws Error(kStore) or nlohmann::json::exception if the text is not such a list.
std::vector<double> parse_tensor_norms(const std::string& text);

}  // namespace groklab
