// See study.h.
#include "groklab/studies/study.h"

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/suggest.h"
#include "groklab/studies/beyond-decay/study.h"
#include "groklab/studies/delay-exponents/study.h"
#include "groklab/studies/doshi2023/study.h"
#include "groklab/studies/liu2022-omnigrok/study.h"
#include "groklab/studies/lyu2023/study.h"
#include "groklab/studies/notsawo2025/study.h"
#include "groklab/studies/optimisers/study.h"
#include "groklab/studies/prieto2025/study.h"
#include "groklab/studies/rivals/study.h"
#include "groklab/studies/song2026/study.h"
#include "groklab/studies/tian2025/study.h"
#include "groklab/studies/transition-laws/study.h"
#include "groklab/studies/truong2026-clamp/study.h"
#include "groklab/studies/truong2026-scale/study.h"
#include "groklab/studies/varma2023-audit/study.h"
#include "groklab/studies/varma2023/study.h"

namespace groklab::studies {
namespace {

/// "NAME: expected one of A, B; did you mean A?"
[[noreturn]] void refuse_name(const char* kind, const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(name, known);
  fail(ErrorKind::kConfig, "{} {}: expected one of {}{}", kind, name, join(known, ", "),
       nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

template <class Item>
std::vector<std::string> ids_of(const std::vector<Item>& items) {
  std::vector<std::string> ids;
  for (const Item& item : items) ids.push_back(item.id);
  return ids;
}

bool contains_word(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

const std::vector<Study>& all_studies() {
  static const std::vector<Study> studies = {
      varma2023::study(),    delay_exponents::study(), truong2026_clamp::study(), truong2026_scale::study(),
      prieto2025::study(),   notsawo2025::study(),     liu2022_omnigrok::study(), lyu2023::study(),
      doshi2023::study(),    tian2025::study(),        optimisers::study(),       rivals::study(),
      beyond_decay::study(), song2026::study(),        transition_laws::study(),  varma2023_audit::study()};
  return studies;
}

const Study& find_study(const std::string& id) {
  for (const Study& study : all_studies()) {
    if (study.id == id) return study;
  }
  refuse_name("study", id, ids_of(all_studies()));
}

std::vector<Claim> choose_claims(const Study& study, const std::vector<std::string>& ids) {
  if (ids.empty()) return study.claims;
  const std::vector<std::string> known = ids_of(study.claims);
  for (const std::string& id : ids) {
    if (!contains_word(known, id)) refuse_name("claim", id, known);
  }
  std::vector<Claim> chosen;
  for (const Claim& claim : study.claims) {
    if (contains_word(ids, claim.id)) chosen.push_back(claim);
  }
  return chosen;
}

bool judges(const Study& study, const std::string& scale) { return !contains_word(study.unjudged_scales, scale); }

void check_scale(const Study& study, const Scale& scale) {
  if (contains_word(study.scales, scale.name)) return;
  const std::vector<std::string> first(study.scales.begin(), study.scales.end() - 1);
  fail(ErrorKind::kConfig, "--scale {}: expected {} or {}", scale.name, join(first, ", "), study.scales.back());
}

}  // namespace groklab::studies
