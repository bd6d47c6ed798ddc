// See overview.h.
#include "groklab/studies/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "groklab/report/html.h"
#include "groklab/report/page.h"
#include "groklab/studies/protocol.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies {
namespace {

constexpr const char* kNotRun = "not run";

OverviewRow blank_row(const Study& study, const Claim& claim) {
  return {study.id, study.citation, claim.id, claim.title, claim.paper, "", kNotRun, "", ""};
}

std::string look_standing(const Look& look) {
  return look.exploratory ? "exploratory look of " + look.date
                          : fmt::format("look of {}, protocol {}", look.date, look.protocol);
}

const LookClaim* claim_in(const Look& look, const std::string& id) {
  const auto found =
      std::find_if(look.claims.begin(), look.claims.end(), [&](const LookClaim& claim) { return claim.id == id; });
  return found == look.claims.end() ? nullptr : &*found;
}

/// The headline's effect with its interval, and what it is.
std::string look_text_of(const LookClaim& claim) {
  for (const LookTest& test : claim.tests) {
    if (!test.headline) continue;
    return fmt::format("{}: {}", test.what, estimate_text({test.effect, test.ci_low, test.ci_high, test.n}));
  }
  return "";
}

/// "4 confirmed, 2 refuted".
std::string counts_text(const std::vector<OverviewRow>& rows) {
  std::string text;
  for (const char* verdict : {"confirmed", "refuted", "inconclusive", "not judged", kNotRun}) {
    const auto n = std::count_if(rows.begin(), rows.end(), [&](const OverviewRow& r) { return r.verdict == verdict; });
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, verdict);
  }
  return text;
}

std::string row_html(const OverviewRow& row) {
  using report::html_escape;
  const std::string title = row.link.empty()
                                ? html_escape(row.title)
                                : fmt::format("<a href=\"{}\">{}</a>", html_escape(row.link), html_escape(row.title));
  return fmt::format(
      "<tr><td>{}<br><span class=\"what\">{}</span></td><th scope=\"row\">{}</th><td>{}</td><td>{}</td>"
      "<td><span class=\"verdict {}\">{}</span><br><span class=\"what\">{}</span></td></tr>\n",
      html_escape(row.study), html_escape(row.citation), title, html_escape(row.published), html_escape(row.here),
      html_escape(row.verdict), html_escape(row.verdict), html_escape(row.standing));
}

}  // namespace

std::vector<OverviewRow> overview_of(const Reproduction& r, const std::string& page) {
  std::vector<OverviewRow> rows;
  for (const JudgedClaim& judged : r.claims) {
    OverviewRow row = blank_row(*r.study, judged.claim);
    row.here = judged.judgement.ours;
    row.verdict = verdict_word(r, judged.judgement.verdict());
    row.standing = standing_text(r);
    if (!page.empty()) row.link = page + "#" + judged.claim.id;
    rows.push_back(row);
  }
  return rows;
}

std::vector<OverviewRow> overview_of(const Study& study, const std::vector<Look>& looks, const std::string& scale) {
  std::vector<OverviewRow> rows = overview_without_runs(study);
  for (OverviewRow& row : rows) {
    const Look* look = last_look(looks, study, row.claim, scale);
    if (look == nullptr) continue;
    const LookClaim& claim = *claim_in(*look, row.claim);
    row.here = look_text_of(claim);
    row.verdict = claim.verdict;
    row.standing = look_standing(*look);
  }
  return rows;
}

std::vector<OverviewRow> overview_without_runs(const Study& study) {
  std::vector<OverviewRow> rows;
  for (const Claim& claim : study.claims) rows.push_back(blank_row(study, claim));
  return rows;
}

const Look* last_look(const std::vector<Look>& looks, const Study& study, const std::string& claim,
                      const std::string& scale) {
  const Look* last = nullptr;
  const std::optional<Json> locked = find_locked_protocol(study, scale);
  const std::string hash = locked ? locked->at("hash").get<std::string>() : "";
  for (const Look& look : looks) {
    if (look.study != study.id || look.scale != scale || claim_in(look, claim) == nullptr) continue;
    const auto rank = [&](const Look& l) { return std::tuple(!l.exploratory, l.protocol == hash, l.date); };
    if (last == nullptr || rank(look) >= rank(*last)) last = &look;
  }
  return last;
}

std::string overview_table(const std::vector<OverviewRow>& rows) {
  std::string text = fmt::format("{:<17} {:<14} {:<13} here\n", "study", "claim", "verdict");
  for (const OverviewRow& row : rows) {
    text += fmt::format("{:<17} {:<14} {:<13} {}\n", row.study, row.claim, row.verdict, row.here);
  }
  return text + counts_text(rows) + "\n";
}

Json overview_json(const std::vector<OverviewRow>& rows) {
  Json list = Json::array();
  for (const OverviewRow& row : rows) {
    list.push_back({{"study", row.study},
                    {"claim", row.claim},
                    {"title", row.title},
                    {"published", row.published},
                    {"here", row.here},
                    {"verdict", row.verdict},
                    {"standing", row.standing},
                    {"link", row.link}});
  }
  return {{"format", "groklab overview 1"}, {"claims", list}};
}

std::string overview_page(const std::vector<OverviewRow>& rows, const std::string& scale, const std::string& version) {
  std::string main =
      "<section aria-labelledby=\"h-verdicts\">\n<h2 id=\"h-verdicts\">Verdicts</h2>\n<div class=\"scroll\">\n"
      "<table class=\"verdicts\">\n<thead><tr><th>Study</th><th>Claim</th><th>Published</th><th>Here</th>"
      "<th>Verdict</th></tr></thead>\n<tbody>\n";
  for (const OverviewRow& row : rows) main += row_html(row);
  main += "</tbody>\n</table>\n</div>\n</section>\n";
  return report::render_page(
      {"groklab", "All studies",
       fmt::format("Claims of publications on grokking at scale {}: {}", scale, counts_text(rows)), main,
       fmt::format("Made by groklab {}.", version)});
}

}  // namespace groklab::studies
