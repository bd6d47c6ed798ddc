// The explicit table of architectures.
#include "groklab/model/network.h"

#include "groklab/base/error.h"
#include "groklab/model/embedding_mlp.h"
#include "groklab/model/general_transformer.h"
#include "groklab/model/precomputed_transformer.h"

namespace groklab {

ModelSizes model_sizes(const ModelConfig& config, const Task& task) {
  ModelSizes sizes;
  sizes.classes = config.d_vocab_out > 0 ? config.d_vocab_out : task.n_classes;
  if (sizes.classes < task.n_classes) {
    fail(ErrorKind::kConfig, "model.d_vocab_out = {}: expected at least the task's {} classes", sizes.classes,
         task.n_classes);
  }
  if (config.architecture == Architecture::kMlp) {
    sizes.vocabulary = task.n_symbols;
    sizes.positions = task.n_inputs;
    return sizes;
  }
  const TokenSequence tokens(config, task);
  sizes.vocabulary = tokens.vocabulary();
  sizes.positions = tokens.positions();
  if (config.tied_embeddings && sizes.classes > sizes.vocabulary) {
    fail(ErrorKind::kConfig, "model.tied_embeddings: expected at most {} classes (rows of the embedding), found {}",
         sizes.vocabulary, sizes.classes);
  }
  return sizes;
}

template <typename T>
std::unique_ptr<Network<T>> make_network(const ResolvedConfig& config, const Task& task, const Kernels<T>& kernels) {
  const ModelConfig& model = config->model;
  const ModelSizes sizes = model_sizes(model, task);
  if (model.architecture == Architecture::kMlp) return make_embedding_mlp<T>(model, task, sizes, kernels);
  const TokenSequence tokens(model, task);
  if (model.path == ComputePath::kAuto && precomputed_applies(model)) {
    return make_precomputed_transformer<T>(model, tokens, sizes, kernels);
  }
  return make_general_transformer<T>(model, tokens, sizes, kernels);
}

template std::unique_ptr<Network<float>> make_network(const ResolvedConfig&, const Task&, const Kernels<float>&);
template std::unique_ptr<Network<double>> make_network(const ResolvedConfig&, const Task&, const Kernels<double>&);

}  // namespace groklab
