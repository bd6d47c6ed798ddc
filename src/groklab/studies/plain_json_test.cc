// Plain structs as JSON and back.
#include "groklab/studies/plain_json.h"

#include <gtest/gtest.h>

namespace groklab::studies {
namespace {

}  // namespace
}  // namespace groklab::studies
