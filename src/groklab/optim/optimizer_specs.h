// What the configuration knows of the optimisers.
#pragma once

#include "groklab/config/component.h"

namespace groklab {

const ComponentSpec& adamw_spec();
const ComponentSpec& adam_spec();
const ComponentSpec& sgd_spec();

}  // namespace groklab
