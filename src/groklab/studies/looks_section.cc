// The page's section on all looks. Drawn as plain SVG, since every row has an axis of its own.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/report/html.h"
#include "groklab/studies/look.h"
#include "groklab/studies/verdict_text.h"
#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

using report::html_escape;

constexpr double kStripWidth = 320, kMarkHeight = 12, kStripMargin = 14;

/// A headline effect that is known, and of which look.
struct KnownEffect {
  std::size_t look = 0;
  LookTest test;
};

const LookClaim* claim_of(const Look& look, const std::string& id) {
  for (const LookClaim& claim : look.claims) {
    if (claim.id == id) return &claim;
  }
  return nullptr;
}

std::vector<KnownEffect> known_effects(const std::vector<Look>& looks, const std::string& id) {
  std::vector<KnownEffect> known;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const LookClaim* claim = claim_of(looks[i], id);
    if (claim == nullptr) continue;
    for (const LookTest& test : claim->tests) {
      if (test.headline && std::isfinite(test.effect)) known.push_back({i, test});
    }
  }
  return known;
}

/// Both ends of what a strip shows: effects, intervals, and the bounds they are compared with.
std::pair<double, double> strip_range(const std::vector<KnownEffect>& effects) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const KnownEffect& e : effects) {
    const bool within = e.test.comparison == comparison_name(Comparison::kWithin);
    const double lower_bound = within ? -e.test.bound : e.test.bound;
    for (const double v : {e.test.effect, e.test.ci_low, e.test.ci_high, e.test.bound, lower_bound}) {
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  return low < high ? std::pair(low, high) : std::pair(low - 1, high + 1);
}

/// The bound of a look's own test, or both of a margin, beside its mark.
std::string bound_lines(const LookTest& test, double y, const auto& place) {
  std::string svg;
  const bool within = test.comparison == comparison_name(Comparison::kWithin);
  for (const double bound : {test.bound, within ? -test.bound : std::nan("")}) {
    if (!std::isfinite(bound)) continue;
    svg += fmt::format("<line class=\"bound\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>",
                       place(bound), y - 0.5 * kMarkHeight, y + 0.5 * kMarkHeight);
  }
  return svg;
}

std::string mark(const KnownEffect& known, double y, const auto& place) {
  const LookTest& t = known.test;
  std::string svg =
      fmt::format("<g class=\"{}\"><title>look {}: {}: {}, {}</title>", html_escape(t.verdict), known.look + 1,
                  html_escape(t.what), estimate_text({t.effect, t.ci_low, t.ci_high, t.n}), html_escape(t.verdict));
  if (std::isfinite(t.ci_low) && std::isfinite(t.ci_high)) {
    svg += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", place(t.ci_low),
                       place(t.ci_high), y, y);
  }
  return svg + fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/></g>", place(t.effect), y);
}

std::string strip(const std::vector<KnownEffect>& effects) {
  if (effects.empty()) return "<span class=\"what\">no effect was kept</span>";
  const auto [low, high] = strip_range(effects);
  const auto place = [low = low, high = high](double v) {
    return kStripMargin + (kStripWidth - 2 * kStripMargin) * (v - low) / (high - low);
  };
  const double height = kMarkHeight * static_cast<double>(effects.size() + 1);
  std::string svg =
      fmt::format("<svg class=\"looks\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"effects of {} looks\">",
                  kStripWidth, height, effects.size());
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const double y = kMarkHeight * static_cast<double>(i + 1);
    svg += bound_lines(effects[i].test, y, place) + mark(effects[i], y, place);
  }
  const LookTest& last = effects.back().test;
  return svg + fmt::format("</svg><br><span class=\"what\">{}; bound {}; {} to {}</span>", html_escape(last.what),
                           format_number(last.bound), format_number(low), format_number(high));
}

std::string look_row(std::size_t number, const Look& look) {
  const auto confirmed = std::count_if(look.claims.begin(), look.claims.end(),
                                       [](const LookClaim& c) { return c.verdict == "confirmed"; });
  const auto refuted =
      std::count_if(look.claims.begin(), look.claims.end(), [](const LookClaim& c) { return c.verdict == "refuted"; });
  return fmt::format("<li value=\"{}\">{} {}, seeds from {}, {}{}: {} of {} confirmed, {} refuted. {}</li>\n", number,
                     look.date.empty() ? std::string() : html_escape(look.date) + ",", html_escape(look.scale),
                     look.seeds.first,
                     look.protocol == "unlocked" ? "no locked protocol" : "protocol " + html_escape(look.protocol),
                     look.exploratory && look.protocol != "unlocked" ? ", exploratory" : "", confirmed,
                     look.claims.size(), refuted, html_escape(look.note));
}

}  // namespace

std::string looks_section(const Study& study, std::vector<Look> looks) {
  std::erase_if(looks, [&](const Look& look) { return look.study != study.id; });
  if (looks.empty()) return "";
  std::stable_sort(looks.begin(), looks.end(), [](const Look& a, const Look& b) {
    return a.date != b.date ? a.date < b.date : a.seeds.first < b.seeds.first;
  });
  std::string html = fmt::format(
      "<section aria-labelledby=\"h-looks\">\n<h2 id=\"h-looks\">All looks</h2>\n<p class=\"note\">Every time that the "
      "claims were judged, oldest first: {} looks. A row's effects share one axis; the lines across are the bounds of "
      "that look. Where a claim's first test changed between looks, its words are in the mark's tooltip.</p>\n<ol "
      "class=\"looks\">\n",
      looks.size());
  for (std::size_t i = 0; i < looks.size(); ++i) html += look_row(i + 1, looks[i]);
  html +=
      "</ol>\n<div class=\"scroll\">\n<table class=\"tests\">\n<thead><tr><th>Claim</th><th>Verdict of each look</th>"
      "<th>Headline effects with intervals</th></tr></thead>\n<tbody>\n";
  for (const Claim& claim : study.claims) {
    std::string chips;
    for (std::size_t i = 0; i < looks.size(); ++i) {
      const LookClaim* judged = claim_of(looks[i], claim.id);
      if (judged == nullptr) continue;
      chips += fmt::format("<span class=\"verdict {0}\" title=\"look {1}: {0}\">{1}</span> ",
                           html_escape(judged->verdict), i + 1);
    }
    if (chips.empty()) continue;
    html += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", html_escape(claim.id), chips,
                        strip(known_effects(looks, claim.id)));
  }
  return html + "</tbody>\n</table>\n</div>\n</section>\n";
}

}  // namespace groklab::studies
