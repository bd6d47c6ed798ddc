// Tests of the figures that the page asks for (handlers_figures.cc, handlers_studies.cc).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "groklab/lab/prepared_run.h"
#include "groklab/lab/run_training.h"
#include "groklab/serve/service_for_test.h"

namespace groklab::serve {
namespace {

using nlohmann::json;

std::set<std::string> ids_of(const json& answer) {
  std::set<std::string> ids;
  for (const json& figure : answer.at("figures")) {
    ids.insert(figure.at("id").get<std::string>());
    EXPECT_TRUE(figure.at("spec").contains("layer") || figure.at("spec").contains("mark")) << figure.at("id");
    EXPECT_NE(figure.at("caption"), "");
    EXPECT_NE(figure.at("description").get<std::string>().find(figure.at("title").get<std::string>()),
              std::string::npos);
  }
  return ids;
}

/// Trains it for real, so that there are states.
std::string trained(const ServedStore& served, const std::vector<std::string>& assignments) {
  Store store(served.path);
  ThreadPool pool(1);
  return run_training(prepare_run(small_config(assignments), nullptr), store, pool, {}).id;
}

TEST(ServeFigures, ARunHasThoseOfItsReport) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.2, 0.2), record_at(10, 1, 0.2), record_at(20, 1, 1)});
  Service service(served.options());
  const Response response = service.answer(request_for("/api/runs/aaaaaaaaaaaa/figures"));
  ASSERT_EQ(response.status, 200) << response.body;
  const std::set<std::string> ids = ids_of(json_of(response));
  for (const char* id : {"accuracy", "loss", "norm"}) EXPECT_TRUE(ids.contains(id)) << id;
  Request again = request_for("/api/runs/aaaaaaaaaaaa/figures");
  again.headers["if-none-match"] = response.headers.at("ETag");
  EXPECT_EQ(service.answer(again).status, 304);
}

TEST(ServeFigures, AStateIsLookedInto) {
  ServedStore served;
  const std::string run = trained(served, {"task.modulus=7", "train.checkpoint_every=20"});
  Service service(served.options());
  const Response response = service.answer(request_for("/api/runs/" + run + "/inside", {{"step", "20"}}));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(json_of(response)["step"], 20);
  const std::set<std::string> ids = ids_of(json_of(response));
  for (const char* id : {"logits-1", "inside-keys", "inside-attention-0"}) EXPECT_TRUE(ids.contains(id)) << id;
  EXPECT_NE(response.body.find("State at step 20"), std::string::npos);
  EXPECT_EQ(response.body.find("ast state"), std::string::npos);  // it is not the last
  // Another state, other logits; the last one if none is named.
  const Response last = service.answer(request_for("/api/runs/" + run + "/inside"));
  EXPECT_EQ(json_of(last)["step"], 40);
  EXPECT_NE(json_of(last)["figures"][0]["spec"], json_of(response)["figures"][0]["spec"]);
  EXPECT_EQ(service.answer(request_for("/api/runs/" + run + "/inside", {{"step", "21"}})).status, 404);
  EXPECT_EQ(service.answer(request_for("/api/runs/" + run + "/inside", {{"step", "x"}})).status, 400);
}

TEST(ServeFigures, ManyRunsHaveAnOverview) {
  ServedStore served;
  int number = 0;
  for (const char* decay : {"0.1", "1"}) {
    for (const char* rate : {"0.001", "0.01"}) {
      for (const char* seed : {"0", "1"}) {
        served.add(std::string(11, 'a') + std::to_string(number++),
                   small_config({std::string("optim.weight_decay=") + decay, std::string("optim.learning_rate=") + rate,
                                 std::string("seed=") + seed}),
                   {record_at(0, 0.2, 0.2), record_at(10, 1, 1), record_at(20, 1, 1), record_at(30, 1, 1)});
      }
    }
  }
  Service service(served.options());
  const Response response = service.answer(request_for("/api/overview"));
  ASSERT_EQ(response.status, 200) << response.body;
  const std::set<std::string> ids = ids_of(json_of(response));
  for (const char* id : {"test-accuracy-1", "norm-1"}) EXPECT_TRUE(ids.contains(id)) << id;
  EXPECT_GE(ids.size(), 6u);
  const Response heat = service.answer(
      request_for("/api/overview", {{"heat_x", "optim.learning_rate"}, {"heat_y", "optim.weight_decay"}}));
  EXPECT_EQ(heat.status, 200);
  EXPECT_NE(heat.body.find("learning_rate"), std::string::npos);
  const json some = json_of(service.answer(request_for("/api/overview", {{"where", "seed = 99"}})));
  EXPECT_TRUE(some["figures"].empty());
  EXPECT_EQ(service.answer(request_for("/api/overview", {{"x", "optim.weight_decy"}})).status, 400);
  EXPECT_EQ(service.answer(request_for("/api/overview", {{"where", "("}})).status, 400);
}

TEST(ServeFigures, StudiesAreReadAsData) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.2, 0.2)});
  Service service(served.options());
  EXPECT_TRUE(json_of(service.answer(request_for("/api/studies")))["studies"].empty());
  const std::filesystem::path folder = std::filesystem::path(served.path) / "reproductions";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "a-quick-1.json")
      << R"({"study":"a","scale":"quick","protocol":{"hash":"12"},"claims":[{"id":"c","title":"<b>","verdict":"confirmed",)"
         R"("effect":1.03,"ci_low":0.95,"ci_high":1.1,"effect_is":"ratio","ours":"so it was"},17]})";
  std::ofstream(folder / "b.json") << "[";
  std::ofstream(folder / "c.json") << R"({"study":{},"claims":[]})";
  std::ofstream(folder / "d.txt") << "{}";
  std::filesystem::create_symlink("/etc/passwd", folder / "e.json");
  const json studies = json_of(service.answer(request_for("/api/studies")))["studies"];
  ASSERT_EQ(studies.size(), 1u);
  EXPECT_EQ(studies[0]["protocol"], "12");
  EXPECT_EQ(studies[0]["file"], "a-quick-1.json");
  ASSERT_EQ(studies[0]["claims"].size(), 1u);
  EXPECT_EQ(studies[0]["claims"][0]["effect"], "1.03 (0.95 to 1.1)");
  EXPECT_EQ(studies[0]["claims"][0]["text"], "ratio. so it was");
}

}  // namespace
}  // namespace groklab::serve
