// A study: a publication, or a question of one's own, as a list of claims that are tested at several scales.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "groklab/studies/claim.h"

namespace groklab::studies {

/// What the page says of the networks at a scale.
struct ScaleFacts {
  std::string network;  ///< of most claims
  SeedRange seeds;      ///< of most claims
  /// Claims that so many seeds are expected to leave undecided: said before the runs and on the page. No part of the
  /// protocol, as nothing that is run or judged depends on it.
  std::vector<std::string> expected_undecided = {};
};

struct Study {
  std::string id;                ///< names the study's folder and is typed by users
  std::string title;             ///< heading of the page
  std::string citation;          ///< "Varma et al. (2023)"
  std::string summary;           ///< one line, for lists
  std::string method;            ///< HTML text of the page's section Method
  std::string recipe = {};       ///< how the publication ran it; "" where the method says so
  std::string differences = {};  ///< what is run differently here, and why
  std::vector<std::string> scales;
  std::vector<std::string> unjudged_scales;  ///< those of them that show whether everything works, and judge nothing
  ScaleFacts (*facts)(const Scale& scale) = nullptr;
  std::vector<Claim> claims;                                    ///< in the order of the page
  std::vector<std::pair<std::string, std::string>> terms = {};  ///< words that the page explains before it uses them
};

/// The explicit table of studies.
const std::vector<Study>& all_studies();

/// Throws Error(kConfig) for an unknown id, with the nearest one.
const Study& find_study(const std::string& id);

/// Claims by id, in the study's order; none named: all. Throws Error(kConfig) for an unknown id, with the nearest one.
std::vector<Claim> choose_claims(const Study& study, const std::vector<std::string>& ids);

/// Throws Error(kConfig) if the study has no such scale.
void check_scale(const Study& study, const Scale& scale);

/// False at a scale that shows whether everything works, and judges nothing.
bool judges(const Study& study, const std::string& scale);

}  // namespace groklab::studies
