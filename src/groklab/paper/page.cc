// The page of the reproduction: the table of verdicts, then a section with figures per claim, then the method.
#include "groklab/report/page.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "groklab/paper/reproduction.h"
#include "groklab/report/html.h"
#include "groklab/report/sections.h"
#include "groklab/view/text.h"

namespace groklab::paper {
namespace {

using report::html_escape;

std::string badge(Verdict verdict) {
  return fmt::format("<span class=\"verdict {0}\">{0}</span>", verdict_name(verdict));
}

std::string interval(const Estimate& e) {
  if (!std::isfinite(e.low)) return format_number(e.value);
  if (e.low == e.high) return format_number(e.value);
  return fmt::format("{} <span class=\"interval\">{} to {}</span>", format_number(e.value), format_number(e.low),
                     format_number(e.high));
}

std::string table(const Reproduction& r) {
  std::string html =
      "<section aria-labelledby=\"h-verdicts\">\n<h2 id=\"h-verdicts\">Verdicts</h2>\n<div class=\"scroll\">\n"
      "<table class=\"verdicts\">\n<thead><tr><th>Claim</th><th>Verdict</th><th>Effect, interval</th><th>The paper</th>"
      "<th>Here</th></tr></thead>\n<tbody>\n";
  for (const JudgedClaim& judged : r.claims) {
    const Test& headline = judged.result.tests.front();
    html += fmt::format(
        "<tr><th scope=\"row\"><a href=\"#{0}\">{1}</a></th><td>{2}</td><td>{3}<br><span class=\"what\">{4}</span></td>"
        "<td>{5}</td><td>{6}</td></tr>\n",
        html_escape(judged.claim.id), html_escape(judged.claim.title), badge(judged.result.verdict()),
        interval(headline.effect), html_escape(headline.what), html_escape(judged.claim.paper),
        html_escape(judged.result.ours));
  }
  return html + "</tbody>\n</table>\n</div>\n</section>\n";
}

std::string test_rows(const ClaimResult& result) {
  std::string html =
      "<div class=\"scroll\">\n<table class=\"tests\">\n<thead><tr><th>Test</th><th>Confirmed if</th><th>Effect, "
      "interval</th><th>Seeds</th><th>Verdict</th></tr></thead>\n<tbody>\n";
  for (const Test& test : result.tests) {
    html += fmt::format("<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        test.counts ? "" : " class=\"aside\"", html_escape(test.what), html_escape(test.rule),
                        interval(test.effect), test.effect.n, badge(test.verdict));
  }
  html += "</tbody>\n</table>\n</div>\n";
  for (const Test& test : result.tests) {
    if (test.counts) continue;
    html += "<p class=\"note\">Rows in grey are shown beside the claim and do not count for its verdict.</p>\n";
    break;
  }
  return html;
}

std::string claim_section(const JudgedClaim& judged) {
  const ClaimResult& result = judged.result;
  std::string html =
      fmt::format("<section class=\"claim\" aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1} {2}</h2>\n",
                  html_escape(judged.claim.id), html_escape(judged.claim.title), badge(result.verdict()));
  html += fmt::format("<p class=\"statement\">{}</p>\n", html_escape(judged.claim.statement));
  html += fmt::format(
      "<dl class=\"facts\">\n<div><dt>The paper</dt><dd>{}</dd></div>\n<div><dt>Here</dt><dd>{}</dd></div>\n",
      html_escape(judged.claim.paper), html_escape(result.ours));
  if (!result.censoring.empty()) {
    html +=
        fmt::format("<div><dt>Censored</dt><dd>{}: {}</dd></div>\n", result.n_censored, html_escape(result.censoring));
  }
  html += "</dl>\n" + test_rows(result);
  for (const std::string& note : result.notes) html += fmt::format("<p class=\"note\">{}</p>\n", html_escape(note));
  html += "<div class=\"charts\">\n";
  for (const report::Chart& chart : result.figures) html += report::chart_figure(chart);
  return html + "</div>\n</section>\n";
}

std::string method(const Reproduction& r) {
  const auto fact = [](const char* name, const std::string& value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html_escape(value));
  };
  std::string html = "<section aria-labelledby=\"h-method\">\n<h2 id=\"h-method\">Method</h2>\n";
  html +=
      "<p class=\"note\">Networks: one-layer decoder-only transformers with 4 heads, d_mlp = 4 d_model, ReLU, no "
      "LayerNorm; "
      "full batch; AdamW with learning rate 0.001, betas 0.9 and 0.98; float32 with a cross-entropy free of "
      "cancellation. "
      "Seeds are the unit: a number is taken per seed, and intervals are Student's over seeds (95 %, or 90 % for tests "
      "of "
      "equivalence, which are two one-sided tests of 5 %). Margins were fixed before these runs were made, and stand "
      "in the "
      "tests above with their reasons. The circuits are separated exactly, by projecting the logits onto what is "
      "invariant "
      "under the task&#39;s group.</p>\n<dl class=\"facts\">\n";
  html += fact("Scale", fmt::format("{}, main network {}", r.scale, r.network));
  html += fact("Seeds", fmt::format("{} from {}", r.seeds, r.first_seed));
  html += fact("Runs", fmt::format("{}, {} steps in all{}", format_count(r.n_runs), format_count(r.steps),
                                   r.n_failed > 0 ? fmt::format(", {} failed", r.n_failed) : std::string()));
  html +=
      fact("Time", format_duration(r.seconds) +
                       (r.n_found > 0 ? fmt::format(" ({} runs were in the store before)", r.n_found) : std::string()));
  html += fact("Machine", r.machine);
  html += fact("Version", "groklab " + r.version);
  return html + "</dl>\n</section>\n";
}

}  // namespace

std::string reproduction_page(const Reproduction& r) {
  std::string main = table(r) + report::no_script_note();
  for (const JudgedClaim& judged : r.claims) main += claim_section(judged);
  main += method(r);
  return report::render_page(
      {"groklab", "Explaining grokking through circuit efficiency, reproduced",
       fmt::format("Varma et al. (2023), claim by claim: {} reproduction on {}", r.scale, r.network), main,
       fmt::format("Made by groklab {}.", r.version)});
}

}  // namespace groklab::paper
