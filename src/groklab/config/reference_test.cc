// Tests of the key reference, and of its copy in docs/.
#include "groklab/config/reference.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "groklab/config.h"

namespace groklab {
namespace {

TEST(ConfigReference, NamesEveryKey) {
  const std::string markdown = config_reference_markdown();
  const std::string text = config_reference_text();
  for (const FieldInfo& info : config_fields()) {
    EXPECT_NE(markdown.find("| `" + info.key + "` |"), std::string::npos) << info.key;
    EXPECT_NE(text.find(info.key + " = " + info.default_value), std::string::npos) << info.key;
  }
}

TEST(ConfigReference, DocumentIsUpToDate) {
  std::ifstream file(GROKLAB_SOURCE_DIR "/docs/config.md");
  const std::string stored((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(stored, config_reference_markdown()) << "run: groklab config --markdown > docs/config.md";
}

}  // namespace
}  // namespace groklab
