// The reproduction as a whole: choose claims, plan their runs, make them, judge, and write the page and the JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "groklab/paper/claim.h"
#include "groklab/paper/scale.h"
#include "groklab/sweep/estimate.h"

namespace groklab::paper {

/// Claims by id, in the table's order; empty: all. Throws Error(kConfig) for an unknown id, with the nearest one.
std::vector<Claim> choose_claims(const std::vector<std::string>& ids);

/// A study with the runs of the claims.
Study plan_study(const Scale& scale, const std::vector<Claim>& claims);

struct JudgedClaim {
  Claim claim;
  ClaimResult result;
};

struct Reproduction {
  std::string scale, network, machine, version;
  double seconds = 0;                                  ///< wall time of this call
  std::int64_t n_runs = 0, n_failed = 0, n_found = 0;  ///< n_found: in the store before
  std::int64_t steps = 0;                              ///< of all runs
  std::int64_t first_seed = 0, seeds = 0;
  std::vector<JudgedClaim> claims;
};

/// Once the study's runs are attached.
std::vector<JudgedClaim> judge_claims(Study& study, const std::vector<Claim>& claims);

/// Everything but times and the machine is the same for every call.
nlohmann::ordered_json reproduction_json(const Reproduction& reproduction);
std::string reproduction_page(const Reproduction& reproduction);

/// Verdicts as lines for the terminal.
std::string verdict_table(const Reproduction& reproduction);

}  // namespace groklab::paper
