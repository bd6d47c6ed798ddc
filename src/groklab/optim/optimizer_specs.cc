// See optimizer_specs.h.
#include "groklab/optim/optimizer_specs.h"

namespace groklab {

const ComponentSpec& adamw_spec() {
  static const ComponentSpec spec = {
      .choice = "optim.kind",
      .name = "adamw",
      .meaning = "Adam with decoupled weight decay: theta shrinks by learning_rate * weight_decay * theta",
      .uses = {"optim.beta1", "optim.beta2", "optim.epsilon"},
      .keys = {}};
  return spec;
}

const ComponentSpec& adam_spec() {
  static const ComponentSpec spec = {.choice = "optim.kind",
                                     .name = "adam",
                                     .meaning = "Adam; weight_decay/2 |theta|^2 joins the loss",
                                     .uses = {"optim.beta1", "optim.beta2", "optim.epsilon"},
                                     .keys = {}};
  return spec;
}

const ComponentSpec& sgd_spec() {
  static const ComponentSpec spec = {
      .choice = "optim.kind",
      .name = "sgd",
      .meaning = "gradient descent with momentum; weight_decay/2 |theta|^2 joins the loss",
      .uses = {"optim.momentum"},
      .keys = {}};
  return spec;
}

}  // namespace groklab
