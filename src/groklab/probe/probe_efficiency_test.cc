// The probe `efficiency` says of the training rows what the functions behind it say, and changes nothing.
#include <gtest/gtest.h>

#include <cmath>

#include "groklab/config/change.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/probe/norm_at_margin.h"
#include "groklab/probe/probe_text.h"
#include "groklab/probe/prober.h"
#include "groklab/probe/reference_levels.h"

namespace groklab {
namespace {

// Catches: test rows or all rows instead of the training rows, the two levels exchanged, weights left scaled.
TEST(ProbeEfficiency, IsOfTheTrainingRows) {
  Config config;
  change_config(config,
                {"task.modulus=7", "split.train_size=20", "model.d_model=16", "model.n_heads=2", "model.d_mlp=32",
                 "train.precision=float64"},
                "test");
  const ResolvedConfig resolved = resolve_config(config);
  const Task task = make_task(resolved);
  const Split split = make_split(resolved, task);
  ThreadPool pool(1);
  const auto engine = make_engine(resolved, task, split, pool);
  engine->initialise();
  ASSERT_TRUE(engine->advance(400));
  const std::vector<double> before = engine->logits(split.train);
  const ProbeResult result = Prober(resolved, task, split).read(*engine, parse_probes("efficiency", "test"), false);
  EXPECT_EQ(engine->logits(split.train), before);
  const auto& values = result.sections.at("efficiency").values;
  const RowMeans means = row_means(*engine, task, split.train);
  EXPECT_EQ(values.at("margin"), means.margin);
  EXPECT_GT(means.margin, 0) << "it has fitted, so that there is a degree";
  EXPECT_NEAR(values.at("norm"), std::sqrt(ScaledParameters(*engine).squares()), 1e-12);
  EXPECT_EQ(values.at("norm_at_margin"), norm_at_margin(*engine, task, split.train, kReferenceMargin));
  EXPECT_EQ(values.at("margin_degree"), homogeneity_degrees(*engine, task, split.train).margin);
  EXPECT_TRUE(std::isfinite(values.at("margin_degree")));
  EXPECT_EQ(probe_lines(result).size(), 3u);
}

}  // namespace
}  // namespace groklab
