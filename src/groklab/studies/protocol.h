// The protocol of a study at a scale: sizes, seeds, tests and bounds of its claims, fixed before a run is made. The
// locked one is a file beside the study's claims that the program carries: docs/formats/protocol.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/studies/study.h"

namespace groklab::studies {

/// A claim's part of a protocol: `rules_version`, `sizes` (seeds among them) and `rules`. The rules are those of
/// `tests`.
Json protocol_entry(const Claim& claim, const Json& sizes, const std::vector<Test>& tests);
/// The tests that a claim of these sizes will have: those of its judgement if no run was made.
std::vector<Test> tests_without_runs(const Claim& claim, const Json& sizes);

/// Entries by claim id as a protocol.
Json protocol_of(const Study& study, const std::string& scale, const Json& entries);
/// What the present code would do at a scale: entries by claim id.
Json make_protocol(const Study& study, const Scale& scale, const std::vector<Claim>& claims);
/// First 12 hexadecimal digits of SHA-256 over study, scale, levels and claims. What else the file holds (the power of
/// its tests) does not count.
std::string protocol_hash(const Json& protocol);
/// As a file, with its hash.
std::string protocol_text(Json protocol);
/// Throws Error(kInput): no protocol, or one whose hash is not that of its content.
Json parse_protocol(const std::string& text, const std::string& where);

/// One of the files that the program carries.
struct LockedProtocol {
  const char *study, *scale, *text;
};
/// All of them; made from src/groklab/studies/*/protocol/*.json when the program is built.
const std::vector<LockedProtocol>& locked_protocols();
std::optional<Json> find_locked_protocol(const Study& study, const std::string& scale);

/// "" if every claim of `ours` is in `locked` and equal; else where they differ first:
/// "claim circuits: rules[0].bound: locked 0.8, now 0.7".
std::string protocol_difference(const Json& locked, const Json& ours);

/// How a reproduction stands to the locked protocol.
struct ProtocolStanding {
  std::string hash;        ///< of the locked one if it was followed, else of what was done
  bool locked = false;     ///< the locked one was followed
  std::string difference;  ///< from the locked one; "" if there is none
  bool exploratory = false;
};
/// `ours` may hold some of the study's claims only.
ProtocolStanding compare_with_locked(const std::optional<Json>& locked, const Json& ours);

/// "protocol 1a2b3c4d5e6f, locked" or "exploratory: ...".
std::string standing_text(const ProtocolStanding& standing);

}  // namespace groklab::studies
