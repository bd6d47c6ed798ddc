// The live page that the program carries is the one of web/serve/, and what the server fills in has its place.
#include "groklab/serve/assets.h"

#include <gtest/gtest.h>

#include "groklab/report/html.h"

namespace groklab::serve {
namespace {

// Catches: bytes of another file behind a name; a style without the colours of the report page.
TEST(ServeAssets, AreTheLivePages) {
  EXPECT_NE(app_script().find("/api/runs"), std::string_view::npos);
  EXPECT_NE(app_script().find("uplot"), std::string_view::npos) << "the licences travel with the script";
  EXPECT_NE(app_style().find("--ink"), std::string_view::npos);
  EXPECT_NE(app_template().find("/app.js"), std::string_view::npos);
}

// Catches: a place that the server fills and the template has lost, or the other way round (fill_template throws).
TEST(ServeAssets, TemplateTakesTokenAndMode) {
  const std::string page =
      report::fill_template(app_template(), {{"token", "t0k"}, {"read_only", "true"}, {"query", "?token=t0k"}});
  EXPECT_NE(page.find("<meta name=\"groklab-token\" content=\"t0k\">"), std::string::npos);
  EXPECT_NE(page.find("<meta name=\"groklab-read-only\" content=\"true\">"), std::string::npos);
  EXPECT_NE(page.find("/app.js?token=t0k"), std::string::npos);
}

// Catches: anything that the page's policy forbids (scripts and styles come from the two files alone).
TEST(ServeAssets, TemplateHoldsNoInlineScriptOrStyle) {
  for (const char* forbidden : {"<style", " style=", "onclick", "onload", "<script>"}) {
    EXPECT_EQ(app_template().find(forbidden), std::string_view::npos) << forbidden;
  }
}

}  // namespace
}  // namespace groklab::serve
