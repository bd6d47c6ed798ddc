// See cpu_engine.h: steps, states and logits. Measurements are in cpu_measure.cc.
#include "groklab/engine/cpu/cpu_engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/engine/chunks.h"
#include "groklab/engine/cpu/divide_logits.h"
#include "groklab/exec/flush_denormals.h"
#include "groklab/model/parameters.h"
#include "groklab/model/row_grouping.h"
#include "groklab/optim/learning_rate.h"

namespace groklab {

namespace {

template <typename T>
void copy_bytes(std::vector<std::byte>& target, const AlignedBuffer<T>& source) {
  const auto bytes = static_cast<std::size_t>(source.size()) * sizeof(T);
  target.resize(bytes);
  if (bytes > 0) std::memcpy(target.data(), source.data(), bytes);
}

template <typename T>
void take_bytes(AlignedBuffer<T>& target, const std::vector<std::byte>& source, const std::string& name) {
  const auto bytes = static_cast<std::size_t>(target.size()) * sizeof(T);
  if (source.size() != bytes) {
    fail(ErrorKind::kInput, "checkpoint: expected {} bytes of {}, found {}", bytes, name, source.size());
  }
  if (bytes > 0) std::memcpy(target.data(), source.data(), bytes);
}

template <typename Buffers>
std::string sorted_names(const Buffers& buffers) {
  std::vector<std::string> names;
  for (const auto& buffer : buffers) names.push_back(buffer.name);
  std::sort(names.begin(), names.end());
  return names.empty() ? "none" : join(names, ", ");
}

template <typename T>
void check_buffer_names(const StateBuffers<T>& own, const std::vector<StateBuffer>& found) {
  if (sorted_names(own) == sorted_names(found)) return;
  fail(ErrorKind::kInput, "checkpoint: expected the optimiser buffers {}, found {}", sorted_names(own),
       sorted_names(found));
}

}  // namespace

template <typename T>
CpuEngine<T>::CpuEngine(const ResolvedConfig& config, Task task, Split split, ThreadPool& pool,
                        const Kernels<T>& kernels)
    : config_(*config),
      task_(std::move(task)),
      split_(std::move(split)),
      batches_(config->seed, config->optim.batch_size, split_.train),
      pool_(pool),
      kernels_(kernels),
      network_(make_network<T>(config, task_, whole_batch(*config, static_cast<std::int64_t>(split_.train.size())),
                               kernels)),
      loss_(loss_kernels_of<T>(*config, kernels)),
      filters_(*config, kernels.width),
      stepper_(*config, network_->layout(), kernels),
      parameters_(network_->layout().total()),
      gradient_(network_->layout().total()) {
  check_chunks(config_, static_cast<std::int64_t>(split_.train.size()));
}

template <typename T>
void CpuEngine<T>::ensure_scratch() {
  if (!scratch_.empty()) return;
  for (int worker = 0; worker < pool_.threads(); ++worker) scratch_.push_back(network_->make_scratch());
}

template <typename T>
void CpuEngine<T>::ensure_prepared() {
  ensure_scratch();
  if (prepared_) return;
  network_->prepare(parameters_.data(), pool_);
  prepared_ = true;
}

template <typename T>
void CpuEngine<T>::initialise() {
  const ParameterLayout& l = layout();
  const std::vector<double> values =
      initial_parameters(config_.model, model_sizes(config_.model, task_), l, config_.seed);
  for (std::int64_t i = 0; i < l.total(); ++i) parameters_[i] = static_cast<T>(values[static_cast<std::size_t>(i)]);
  stepper_.reset();
  step_ = optimizer_step_ = 0;
  last_gradient_norm_ = last_update_norm_ = last_learning_rate_ = 0;
  prepared_ = false;
}

template <typename T>
const BatchTiles& CpuEngine<T>::tiles_of(std::int64_t rows) {
  if (tiles_.rows() != rows) tiles_ = batch_tiles(chunk_count(config_.train, rows), rows, network_->tile_rows());
  return tiles_;
}

template <typename T>
std::span<const std::int64_t> CpuEngine<T>::ordered(std::span<const std::int64_t> rows) {
  if (!network_->reads_tables()) return rows;
  const bool all = rows.data() == split_.train.data();
  std::vector<std::int64_t>& to = all ? ordered_train_ : ordered_batch_;
  if (all && !to.empty()) return to;
  to.assign(rows.begin(), rows.end());
  order_for_tiles(to, tiles_of(static_cast<std::int64_t>(rows.size())).cuts, task_.inputs, task_.n_inputs);
  return to;
}

template <typename T>
bool CpuEngine<T>::compute_gradient(std::span<const std::int64_t> unordered, T* gradient,
                                    const HiddenFilters<T>* filters) {
  ensure_prepared();
  const std::span<const std::int64_t> rows = ordered(unordered);
  const auto count = static_cast<std::int64_t>(rows.size());
  const BatchTiles& tiles = tiles_of(count);
  const std::int64_t chunks = tiles.chunks();
  while (static_cast<std::int64_t>(accumulators_.size()) < chunks) {
    accumulators_.emplace_back(network_->accumulator_size());
  }
  std::vector<double> checks(static_cast<std::size_t>(chunks), 0.0);
  const double scale = 1.0 / static_cast<double>(count), temperature = config_.loss.temperature;
  pool_.run(chunks, [&](std::int64_t chunk, int worker) {
    const auto index = static_cast<std::size_t>(chunk);
    Scratch<T>& scratch = scratch_[static_cast<std::size_t>(worker)];
    T* accumulator = accumulators_[index].data();
    network_->clear_accumulator(accumulator);
    std::int32_t labels[kMaxTileRows];
    for (std::size_t tile = tiles.first_tile[index]; tile < tiles.first_tile[index + 1]; ++tile) {
      const std::int64_t first = tiles.cuts[tile], size = tiles.cuts[tile + 1] - first;
      const auto tile_rows = rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size));
      for (std::size_t i = 0; i < tile_rows.size(); ++i) {
        labels[i] = task_.labels[static_cast<std::size_t>(tile_rows[i])];
      }
      const PanelView<T> logits = network_->forward(tile_rows, scratch, filters);
      divide_logits(logits, size, network_->classes(), kernels_.width, temperature);
      checks[index] += loss_.gradient(logits, labels, size, network_->classes(), scale / temperature);
      network_->backward(tile_rows, scratch, accumulator, tile == tiles.first_tile[index], filters);
    }
  });
  std::vector<T*> parts;
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    parts.push_back(accumulators_[static_cast<std::size_t>(chunk)].data());
  }
  network_->collect(gradient, parts, pool_);
  double check = 0;
  for (const double part : checks) check += part;
  return std::isfinite(check);
}

template <typename T>
bool CpuEngine<T>::compute_gradient_at(const T* parameters, std::span<const std::int64_t> rows,
                                       const HiddenFilters<T>* filters) {
  if (other_gradient_.size() == 0) other_gradient_ = AlignedBuffer<T>(layout().total());
  network_->prepare(parameters, pool_);
  const bool finite = compute_gradient(rows, other_gradient_.data(), filters);
  prepared_ = false;
  return finite;
}

template <typename T>
bool CpuEngine<T>::advance(std::int64_t target) {
  const FlushDenormals flush;
  while (step_ < target) {
    const std::span<const std::int64_t> rows = batches_.rows(step_);
    filters_.set_step(step_);
    const HiddenFilters<T>* const filters = filters_.empty() ? nullptr : &filters_;
    bool finite = compute_gradient(rows, gradient_.data(), filters);
    if (!finite) return false;
    const std::function<T*(const T*)> gradient_at = [&](const T* parameters) {
      finite = compute_gradient_at(parameters, rows, filters) && finite;
      return other_gradient_.data();
    };
    const bool want_norms = step_ + 1 == target;  // only the update that leads to an evaluation step is measured
    if (want_norms) last_gradient_norm_ = std::sqrt(kernels_.sum_squares(gradient_.data(), gradient_.size()));
    const double rate = learning_rate_at(config_.optim, optimizer_step_ + 1, step_ + 1, config_.train.steps);
    const double change = stepper_.step(
        {parameters_.data(), gradient_.data(), rate, optimizer_step_ + 1, step_ + 1, want_norms, pool_, gradient_at});
    if (!finite) return false;
    prepared_ = false;
    ++optimizer_step_;
    ++step_;
    if (want_norms) {
      last_update_norm_ = std::sqrt(change);
      last_learning_rate_ = rate;
    }
  }
  return true;
}

template <typename T>
void CpuEngine<T>::set_own_penalty(PenaltyFunction penalty) {
  stepper_.set_own_penalty(penalty ? std::make_unique<OwnPenalty<T>>(std::move(penalty), layout()) : nullptr);
}

template <typename T>
TrainState CpuEngine<T>::export_state() const {
  TrainState state;
  state.precision = sizeof(T) == 4 ? Precision::kFloat32 : Precision::kFloat64;
  state.step = step_;
  state.optimizer_step = optimizer_step_;
  copy_bytes(state.parameters, parameters_);
  for (const NamedBuffer<T>& buffer : stepper_.buffers()) {
    copy_bytes(state.buffers.emplace_back(StateBuffer{buffer.name, {}}).bytes, buffer.values);
  }
  state.last_gradient_norm = last_gradient_norm_;
  state.last_update_norm = last_update_norm_;
  state.last_learning_rate = last_learning_rate_;
  return state;
}

template <typename T>
void CpuEngine<T>::import_state(const TrainState& state) {
  const Precision own = sizeof(T) == 4 ? Precision::kFloat32 : Precision::kFloat64;
  if (state.precision != own) {
    fail(ErrorKind::kInput, "checkpoint: expected {} numbers, found {}",
         own == Precision::kFloat32 ? "float32" : "float64", own == Precision::kFloat32 ? "float64" : "float32");
  }
  check_buffer_names(stepper_.buffers(), state.buffers);
  take_bytes(parameters_, state.parameters, "parameters");
  for (NamedBuffer<T>& buffer : stepper_.buffers()) {
    take_bytes(buffer.values, state.buffer(buffer.name)->bytes, buffer.name);
  }
  step_ = state.step;
  optimizer_step_ = state.optimizer_step;
  last_gradient_norm_ = state.last_gradient_norm;
  last_update_norm_ = state.last_update_norm;
  last_learning_rate_ = state.last_learning_rate;
  prepared_ = false;
}

template <typename T>
void CpuEngine<T>::set_tensor(const TensorSpec& spec, std::span<const double> values) {
  require(static_cast<std::int64_t>(values.size()) == spec.size, "set_tensor needs one value per element");
  for (std::int64_t i = 0; i < spec.size; ++i) {
    parameters_[spec.offset + i] = static_cast<T>(values[static_cast<std::size_t>(i)]);
  }
  prepared_ = false;
}

template <typename T>
std::vector<double> CpuEngine<T>::tensor(const TensorSpec& spec) const {
  const T* begin = parameters_.data() + spec.offset;
  return std::vector<double>(begin, begin + spec.size);
}

template <typename T>
Activations CpuEngine<T>::forward_all(std::span<const std::int64_t> rows, bool with_neurons) {
  ensure_prepared();
  const std::int64_t classes = network_->classes(), neurons = with_neurons ? network_->neuron_count() : 0;
  const auto count = static_cast<std::int64_t>(rows.size());
  Activations out;
  out.logits.resize(static_cast<std::size_t>(count * classes));
  out.neurons.resize(static_cast<std::size_t>(count * neurons));
  const std::int64_t width = kernels_.width;
  const auto unpack = [&](double* to, const PanelView<const T>& from, std::int64_t n_rows, std::int64_t columns) {
    for (std::int64_t r = 0; r < n_rows; ++r) {
      for (std::int64_t first = 0; first < columns; first += width) {
        const T* panel = from.data + (first / width) * from.panel_stride + r * from.row_stride;
        const std::int64_t last = std::min(columns, first + width);
        for (std::int64_t c = first; c < last; ++c) to[r * columns + c] = static_cast<double>(panel[c - first]);
      }
    }
  };
  const std::int64_t tiles = (count + network_->tile_rows() - 1) / network_->tile_rows();
  pool_.run(tiles, [&](std::int64_t tile, int worker) {
    const std::int64_t first = count * tile / tiles, last = count * (tile + 1) / tiles;
    const auto part = rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
    Scratch<T>& scratch = scratch_[static_cast<std::size_t>(worker)];
    const PanelView<T> view = network_->forward(part, scratch);
    unpack(out.logits.data() + first * classes, {view.data, view.row_stride, view.panel_stride}, last - first, classes);
    if (neurons > 0) {
      unpack(out.neurons.data() + first * neurons, network_->neurons(scratch), last - first, neurons);
    }
  });
  return out;
}

template <typename T>
std::vector<double> CpuEngine<T>::logits(std::span<const std::int64_t> rows) {
  return forward_all(rows, false).logits;
}

template <typename T>
Activations CpuEngine<T>::activations(std::span<const std::int64_t> rows) {
  return forward_all(rows, true);
}

template <typename T>
std::vector<double> CpuEngine<T>::logit_gradient(std::int64_t row, std::int64_t column) {
  ensure_prepared();
  if (accumulators_.empty()) accumulators_.emplace_back(network_->accumulator_size());
  T* accumulator = accumulators_[0].data();
  network_->clear_accumulator(accumulator);
  const std::int64_t rows[1] = {row};
  const PanelView<T> logits = network_->forward(rows, scratch_[0]);
  const std::int64_t width = kernels_.width;
  for (std::int64_t c = 0; c < network_->classes(); ++c) {
    logits.data[(c / width) * logits.panel_stride + c % width] = static_cast<T>(c == column ? 1 : 0);
  }
  network_->backward(rows, scratch_[0], accumulator, true);
  T* const parts[1] = {accumulator};
  AlignedBuffer<T> gradient(layout().total());
  network_->collect(gradient.data(), parts, pool_);
  return std::vector<double>(gradient.data(), gradient.data() + gradient.size());
}

template <typename T>
double CpuEngine<T>::loss_and_gradient(std::vector<double>& gradient) {
  compute_gradient(split_.train, gradient_.data(), nullptr);
  gradient.assign(gradient_.data(), gradient_.data() + gradient_.size());
  return measure().train.loss;
}

template <typename T>
double CpuEngine<T>::flop_per_step() const {
  return network_->step_flop(whole_batch(config_, static_cast<std::int64_t>(split_.train.size())));
}

template class CpuEngine<float>;
template class CpuEngine<double>;

}  // namespace groklab
