// The page of the reproduction: the table of verdicts, then a section with figures per claim, then the method.
#include "groklab/report/page.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "groklab/report/html.h"
#include "groklab/report/sections.h"
#include "groklab/studies/reproduction.h"
#include "groklab/view/text.h"

namespace groklab::studies {
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
    const Test& headline = judged.judgement.tests.front();
    html += fmt::format(
        "<tr><th scope=\"row\"><a href=\"#{0}\">{1}</a></th><td>{2}</td><td>{3}<br><span class=\"what\">{4}</span></td>"
        "<td>{5}</td><td>{6}</td></tr>\n",
        html_escape(judged.claim.id), html_escape(judged.claim.title), badge(judged.judgement.verdict()),
        interval(headline.effect), html_escape(headline.what), html_escape(judged.claim.paper),
        html_escape(judged.judgement.ours));
  }
  return html + "</tbody>\n</table>\n</div>\n</section>\n";
}

std::string test_rows(const Judgement& result) {
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
  const Judgement& result = judged.judgement;
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
  for (const report::Chart& chart : judged.figures) html += report::chart_figure(chart);
  return html + "</div>\n</section>\n";
}

std::string method(const Reproduction& r) {
  const RunSummary& s = r.summary;
  const auto fact = [](const char* name, const std::string& value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html_escape(value));
  };
  std::string html = "<section aria-labelledby=\"h-method\">\n<h2 id=\"h-method\">Method</h2>\n";
  html += fmt::format("<p class=\"note\">{}</p>\n<dl class=\"facts\">\n", r.study->method);
  html += fact("Scale", fmt::format("{}, main network {}", s.scale, s.network));
  html += fact("Seeds", fmt::format("{} from {}", s.seeds.count, s.seeds.first));
  html += fact("Runs", fmt::format("{}, {} steps in all{}", format_count(s.n_runs), format_count(s.steps),
                                   s.n_failed > 0 ? fmt::format(", {} failed", s.n_failed) : std::string()));
  html +=
      fact("Time", format_duration(s.seconds) +
                       (s.n_found > 0 ? fmt::format(" ({} runs were in the store before)", s.n_found) : std::string()));
  html += fact("Machine", s.machine);
  html += fact("Version", "groklab " + s.version);
  return html + "</dl>\n</section>\n";
}

}  // namespace

std::string reproduction_page(const Reproduction& r) {
  std::string main = table(r) + report::no_script_note();
  for (const JudgedClaim& judged : r.claims) main += claim_section(judged);
  main += method(r);
  return report::render_page(
      {"groklab", r.study->title + ", reproduced",
       fmt::format("{}, claim by claim: {} reproduction on {}", r.study->citation, r.summary.scale, r.summary.network),
       main, fmt::format("Made by groklab {}.", r.summary.version)});
}

}  // namespace groklab::studies
