// The JSON columns of a store's rows; each reader takes every text.
#include <nlohmann/json.hpp>

#include "fuzz.h"
#include "groklab/config.h"
#include "groklab/error.h"
#include "groklab/record/probe_fault.h"
#include "groklab/record/record.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/stored_json.h"

namespace groklab {
namespace {

/// The store turns exceptions of the JSON library into errors that name the row.
template <typename Read>
void attempt(Read&& read) {
  try {
    read();
  } catch (const Error&) {
  } catch (const nlohmann::json::exception&) {
  }
}

void run(std::string_view bytes) {
  const std::string text(bytes);
  attempt([&] {
    const ResolvedConfig config = resolve_config(config_from_json(parse_stored_json(text, "config")));
    must_hold(resolve_config(config_from_json(config_to_json(*config))).id() == config.id(), "the same run again");
  });
  attempt([&] {
    const ProbeResult result = probe_result_from_json(parse_stored_json(text, "result"));
    if (probe_result_fault(result).empty()) probe_result_to_json(result).dump();
  });
  attempt([&] {
    const auto norms = parse_tensor_norms(text);
    must_hold(parse_tensor_norms(tensor_norms_text(norms)).size() == norms.size(), "as many norms again");
  });
  parse_stored_json(text, "text");
}

}  // namespace

const FuzzTarget& json_target() {
  static const FuzzTarget target = {"json",
                                    run,
                                    {"{",
                                     "}",
                                     "[",
                                     "]",
                                     ",",
                                     ":",
                                     "\"",
                                     "null",
                                     "true",
                                     "\"inf\"",
                                     "1e999",
                                     "-0",
                                     "9223372036854775808",
                                     "\"step\":",
                                     "\"circuits\":{",
                                     "\"frequencies\":{",
                                     "\"neurons\":{",
                                     "\"each\":[",
                                     "\"ablations\":[",
                                     "\"sections\":{",
                                     "\"lists\":{",
                                     "\"optim\":{",
                                     "\"task\":{",
                                     "\"fork\":{\"run\":\"a\"}",
                                     "\\ud800",
                                     "\\u0000",
                                     "[[[[[[[["}};
  return target;
}

}  // namespace groklab
