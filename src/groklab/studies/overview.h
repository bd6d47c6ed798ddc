// All studies on one page: claim, published, here, verdict, and where the whole of it is.
#pragma once

#include <string>
#include <vector>

#include "groklab/studies/look.h"
#include "groklab/studies/reproduction.h"

namespace groklab::studies {

/// A claim of a study as it was last judged.
struct OverviewRow {
  std::string study, citation;
  std::string claim, title;
  std::string published;  ///< the publication's own numbers
  std::string here;       ///< ours
  std::string verdict;    ///< its name, "not judged", or "not run"
  std::string standing;   ///< of the protocol that it followed
  std::string link;       ///< to the study's own page, at the claim; "" without one
};

/// Of what was measured. `page` is the address of the study's own page.
std::vector<OverviewRow> overview_of(const Reproduction& reproduction, const std::string& page);
/// Of archived looks at a scale, which have verdicts and headline effects alone: each claim by its own last look, as
/// claims that were added later have looks of their own. Claims that the study does not have any more are left out.
std::vector<OverviewRow> overview_of(const Study& study, const std::vector<Look>& looks, const std::string& scale);
/// A row for each claim, nothing known of any.
std::vector<OverviewRow> overview_without_runs(const Study& study);

/// Of the looks at a claim of a study at a scale the last that followed the protocol that is locked now, else the last
/// that followed one before, else the last; null without any.
const Look* last_look(const std::vector<Look>& looks, const Study& study, const std::string& claim,
                      const std::string& scale);

/// Lines for the terminal.
std::string overview_table(const std::vector<OverviewRow>& rows);
Json overview_json(const std::vector<OverviewRow>& rows);
/// One self-contained HTML page.
std::string overview_page(const std::vector<OverviewRow>& rows, const std::string& scale, const std::string& version);

}  // namespace groklab::studies
