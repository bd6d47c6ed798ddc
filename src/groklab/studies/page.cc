// The page of the reproduction: the table of verdicts, then a section with figures per claim, then the method.
#include "groklab/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "groklab/report/html.h"
#include "groklab/report/sections.h"
#include "groklab/studies/code_version.h"
#include "groklab/studies/reproduction.h"
#include "groklab/studies/verdict_text.h"
#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

using report::html_escape;

std::string badge(const Reproduction& r, Verdict verdict) {
  const std::string word = verdict_word(r, verdict);
  return fmt::format("<span class=\"verdict {}\">{}</span>", r.judged ? word : "", word);
}

std::string effect_html(const Estimate& e) {
  const std::string interval = interval_text(e), whole = estimate_text(e);
  if (interval.empty()) return whole;
  return fmt::format("{}<span class=\"interval\">{}</span>", whole.substr(0, whole.size() - interval.size()), interval);
}

std::string words_html(const Reproduction& r, const Test& test) {
  const std::string words = r.judged ? verdict_words(test.effect, test.criterion) : "";
  return words.empty() ? "" : fmt::format("<br><span class=\"what\">{}</span>", html_escape(words));
}

/// The words of a claim: the headline's, or those of the test that keeps it from being confirmed, with its name.
std::string claim_words(const Reproduction& r, const Judgement& judgement) {
  const Test* objection = r.judged ? judgement.objection() : nullptr;
  if (objection == nullptr || objection == &judgement.tests.front()) return words_html(r, judgement.tests.front());
  return fmt::format("<br><span class=\"what\">{}: {}</span>", html_escape(objection->what),
                     html_escape(verdict_words(objection->effect, objection->criterion)));
}

std::string table(const Reproduction& r) {
  std::string html = fmt::format(
      "<section aria-labelledby=\"h-verdicts\">\n<h2 id=\"h-verdicts\">Verdicts</h2>\n<p class=\"standing{}\">"
      "{}</p>\n",
      r.protocol.exploratory || !r.judged ? " exploratory" : "", html_escape(standing_text(r)));
  std::vector<Claim> claims;
  for (const JudgedClaim& judged : r.claims) claims.push_back(judged.claim);
  if (const std::string expected = expectation_text(*r.study, {r.summary.scale, r.summary.seeds.count}, claims);
      !expected.empty()) {
    html += fmt::format("<p class=\"note\">Said before the runs: {}.</p>\n", html_escape(expected));
  }
  html +=
      "<div class=\"scroll\">\n"
      "<table class=\"verdicts\">\n<thead><tr><th>Claim</th><th>Verdict</th><th>Effect, interval</th><th>The paper</th>"
      "<th>Here</th></tr></thead>\n<tbody>\n";
  for (const JudgedClaim& judged : r.claims) {
    const Test& headline = judged.judgement.tests.front();
    html += fmt::format(
        "<tr><th scope=\"row\"><a href=\"#{0}\">{1}</a></th><td>{2}</td><td>{3}<br><span class=\"what\">{4}</span></td>"
        "<td>{5}</td><td>{6}</td></tr>\n",
        html_escape(judged.claim.id), html_escape(judged.claim.title),
        badge(r, judged.judgement.verdict()) + claim_words(r, judged.judgement), effect_html(headline.effect),
        html_escape(headline.what), html_escape(judged.claim.paper), html_escape(judged.judgement.ours));
  }
  return html + "</tbody>\n</table>\n</div>\n</section>\n";
}

std::string test_rows(const Reproduction& r, const Judgement& result) {
  std::string html =
      "<div class=\"scroll\">\n<table class=\"tests\">\n<thead><tr><th>Test</th><th>Confirmed if</th><th>Effect, "
      "interval</th><th>Seeds</th><th>Verdict</th></tr></thead>\n<tbody>\n";
  for (const Test& test : result.tests) {
    html += fmt::format("<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        test.counts ? "" : " class=\"aside\"", html_escape(test.what), html_escape(test.rule),
                        effect_html(test.effect), test.effect.n, badge(r, test.verdict) + words_html(r, test));
  }
  html += "</tbody>\n</table>\n</div>\n";
  if (r.judged && result.verdict() != Verdict::kRefuted &&
      std::any_of(result.tests.begin(), result.tests.end(),
                  [](const Test& test) { return test.counts && test.verdict == Verdict::kRefuted; })) {
    html +=
        "<p class=\"note\">A test is refuted at its own level, the claim is not: with so many tests one of them may be "
        "by chance (see Method).</p>\n";
  }
  for (const Test& test : result.tests) {
    if (test.counts) continue;
    html += "<p class=\"note\">Rows in grey are shown beside the claim and do not count for its verdict.</p>\n";
    break;
  }
  return html;
}

/// The publication's numbers beside ours.
std::string published_rows(const Judgement& result) {
  if (result.published.empty()) return "";
  std::string html =
      "<div class=\"scroll\">\n<table class=\"tests\">\n<thead><tr><th>Number</th><th>Published</th><th>Here</th>"
      "<th>Source</th></tr></thead>\n<tbody>\n";
  for (const PublishedBeside& row : result.published) {
    const PublishedNumber& p = row.published;
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", html_escape(p.what),
                        published_text(p), effect_html(row.here), html_escape(p.source));
  }
  return html + "</tbody>\n</table>\n</div>\n";
}

std::string claim_section(const Reproduction& r, const JudgedClaim& judged) {
  const Judgement& result = judged.judgement;
  std::string html =
      fmt::format("<section class=\"claim\" aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1} {2}</h2>\n",
                  html_escape(judged.claim.id), html_escape(judged.claim.title), badge(r, result.verdict()));
  html += fmt::format("<p class=\"statement\">{}</p>\n", html_escape(judged.claim.statement));
  html += fmt::format(
      "<dl class=\"facts\">\n<div><dt>The paper</dt><dd>{}</dd></div>\n<div><dt>Here</dt><dd>{}</dd></div>\n",
      html_escape(judged.claim.paper), html_escape(result.ours));
  if (!result.censoring.empty()) {
    html +=
        fmt::format("<div><dt>Censored</dt><dd>{}: {}</dd></div>\n", result.n_censored, html_escape(result.censoring));
  }
  html += "</dl>\n" + test_rows(r, result) + published_rows(result);
  for (const std::string& note : result.notes) html += fmt::format("<p class=\"note\">{}</p>\n", html_escape(note));
  html += "<div class=\"charts\">\n";
  for (const report::Chart& chart : judged.figures) html += report::chart_figure(chart);
  return html + "</div>\n</section>\n";
}

/// How tests make a claim's verdict, and what may go wrong by chance over all claims.
std::string family_rule(std::size_t n_claims) {
  return fmt::format(
      "A claim is confirmed if each of its tests is: a claim that does not hold is then confirmed with a probability "
      "of "
      "5 % at most. It is refuted if a test is refuted with an interval widened for their number (Bonferroni, {0} % "
      "for "
      "all tests of a claim together): a claim that holds is then refuted with a probability of {0} % at most. Over "
      "{1} "
      "claims at most {2:.2g} wrong verdicts are to be expected.",
      100 * kFamilyLevel, n_claims, kFamilyLevel * static_cast<double>(n_claims));
}

std::string method(const Reproduction& r) {
  const RunSummary& s = r.summary;
  const auto fact = [](const char* name, const std::string& value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html_escape(value));
  };
  std::string html = "<section aria-labelledby=\"h-method\">\n<h2 id=\"h-method\">Method</h2>\n";
  html += fmt::format("<p class=\"note\">{}</p>\n", r.study->method);
  const auto paragraph = [](const char* head, const std::string& text) {
    return text.empty() ? "" : fmt::format("<p class=\"note\">{}: {}</p>\n", head, html_escape(text));
  };
  html += paragraph("As published", r.study->recipe) + paragraph("What differs here", r.study->differences);
  if (r.judged) html += fmt::format("<p class=\"note\">{}</p>\n", family_rule(r.claims.size()));
  html += "<dl class=\"facts\">\n";
  html += fact("Made by", reproduce_command(r));
  html += fact("Scale", fmt::format("{}, main network {}", s.scale, s.network));
  html += fact("Seeds", fmt::format("{} from {}", s.seeds.count, s.seeds.first));
  html += fact("Runs", fmt::format("{}, {} steps in all{}", format_count(s.n_runs), format_count(s.steps),
                                   s.n_failed > 0 ? fmt::format(", {} failed", s.n_failed) : std::string()));
  html +=
      fact("Time", format_duration(s.seconds) +
                       (s.n_found > 0 ? fmt::format(" ({} runs were in the store before)", s.n_found) : std::string()));
  html += fact("Machine", s.machine);
  const std::string commit = built_from();
  html += fact("Version", "groklab " + s.version + (commit.empty() ? "" : ", commit " + commit));
  return html + "</dl>\n</section>\n";
}

std::string terms(const Study& study) {
  if (study.terms.empty()) return "";
  std::string html = "<details class=\"words\">\n<summary>Words of this page</summary>\n<dl class=\"facts\">\n";
  for (const auto& [word, meaning] : study.terms) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", html_escape(word), html_escape(meaning));
  }
  return html + "</dl>\n</details>\n";
}

}  // namespace

std::string reproduction_page(const Reproduction& r, const std::string& looks) {
  std::string main = terms(*r.study) + table(r) + report::no_script_note();
  for (const JudgedClaim& judged : r.claims) main += claim_section(r, judged);
  main += looks + method(r);
  return report::render_page(
      {"groklab", r.study->title + ", reproduced",
       fmt::format("{}, claim by claim: {}{} reproduction on {}", r.study->citation,
                   r.judged && r.protocol.exploratory ? "exploratory " : "", r.summary.scale, r.summary.network),
       main, fmt::format("Made by groklab {}.", r.summary.version)});
}

}  // namespace groklab::studies
