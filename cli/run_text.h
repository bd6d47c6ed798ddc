// Stored runs in words, shared by the listings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "groklab/analysis/event_times.h"
#include "groklab/store.h"

namespace groklab::cli {

/// {"t_fit": step or null, "t_grok": ..., "t_ungrok": ...}, as in every JSON about a run.
nlohmann::ordered_json times_to_json(const EventTimes& times);

/// JSON as text; indent -1: on one line. What is no UTF-8 in a string becomes U+FFFD instead of an exception.
std::string json_text(const nlohmann::ordered_json& json, int indent = -1);

/// "name: ...", "tags: ...", "note: ...", a line each for what there is.
std::string annotation_lines(const Annotation& annotation);

/// One line: when the run fitted its training rows, when it generalised and, if it did, when it lost that again.
std::string times_line(const EventTimes& times, const EventRule& rule);

}  // namespace groklab::cli
