// The program `groklab serve` as a browser and as a rude client meet it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>
#include <utility>
#include <vector>

#include "http_client.h"
#include "program.h"

namespace groklab {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* kSmall =
    "[task]\nmodulus = 5\n[split]\ntrain_fraction = 0.6\n[model]\nd_model = 8\nn_heads = 1\nd_mlp = 8\n"
    "[train]\nsteps = 60\nevaluate_every = 20\ncheckpoint_every = 20\n";

/// The program, serving a store of its own until the end of the test.
class ServeProgram : public testing::Test {
 protected:
  void start(std::vector<std::string> more = {}) {
    place_.write("small.toml", kSmall);
    ASSERT_EQ(place_.run({"train", "small.toml", "--quiet"}).code, 0);
    serve(std::move(more));
  }
  void serve(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"serve", "--port", "0"});
    place_.write("out.txt", "");  // an earlier server's address
    server_ = place_.start(more);
    static const std::regex kUrl(R"(http://[^/]*:(\d+)/(\?token=\w+)?\n)");
    std::smatch match;
    std::string out;
    for (int i = 0; i < 600 && !std::regex_search(out = place_.read("out.txt"), match, kUrl); ++i) {
      std::this_thread::sleep_for(milliseconds(50));
    }
    ASSERT_FALSE(match.empty()) << out << place_.read("err.txt");
    port_ = std::stoi(match[1]);
    query_ = match[2];
  }
  void TearDown() override {
    if (server_ != 0) stop();
  }
  ProgramResult stop() {
    const pid_t server = std::exchange(server_, 0);
    kill(server, SIGINT);
    return place_.finish(server);
  }

  json get(const std::string& target) { return json::parse(http_get(port_, target).body); }
  std::string token() {
    const std::string page = http_get(port_, "/").body, name = "groklab-token\" content=\"";
    return page.substr(page.find(name) + name.size(), 32);
  }
  std::string first_run() { return get("/api/runs")["rows"][0][0]; }

  Workplace place_;
  pid_t server_ = 0;
  int port_ = 0;
  std::string query_;
};

TEST_F(ServeProgram, ServesThePageAndTheList) {
  start();
  EXPECT_EQ(query_, "");
  const HttpAnswer page = http_get(port_, "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.head.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
  EXPECT_EQ(get("/api/runs")["rows"].size(), 1u);
  EXPECT_EQ(get("/api/runs/" + first_run())["status"], "finished");
  EXPECT_EQ(get("/api/openapi.json")["openapi"], "3.0.3");
}

TEST_F(ServeProgram, ManyRequestsShareAConnection) {
  start();
  HttpClient client(port_);
  const std::string request = "GET /api/runs HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n\r\n";
  client.send(request + request);
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 200);
  client.send(request);
  EXPECT_EQ(client.answer().status, 200);
}

TEST_F(ServeProgram, RefusesStrangers) {
  start();
  const auto with_host = [&](const std::string& host, const std::string& more = "") {
    HttpClient client(port_);
    client.send("GET /api/runs HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n");
    return client.answer().status;
  };
  const std::string own = "127.0.0.1:" + std::to_string(port_);
  EXPECT_EQ(with_host(own), 200);
  EXPECT_EQ(with_host("evil.example"), 421);
  EXPECT_EQ(with_host(own, "Origin: http://evil.example\r\n"), 403);
  EXPECT_EQ(http_post(port_, "/api/runs", "wrong", "{}").status, 403);
  EXPECT_EQ(http_get(port_, "/%2e%2e/etc/passwd").status, 404);
}

// The page holds the token, and 127.0.0.1 is everybody's on a machine of many.
TEST_F(ServeProgram, OtherUsersOfTheMachineAreRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  start();
  EXPECT_EQ(http_get(port_, "/").status, 200);
  const pid_t child = fork();
  if (child == 0) {
    int status = 255;
    // The server is root's, and this is nobody.
    if (setuid(65534) == 0) status = http_get(port_, "/").status == 403 ? 0 : 1;
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(ServeProgram, OtherAddressesNeedTheToken) {
  start({"--host", "0.0.0.0"});
  EXPECT_EQ(query_.size(), 7u + 32u);
  EXPECT_EQ(http_get(port_, "/").status, 403);
  EXPECT_EQ(http_get(port_, "/api/runs").status, 403);
  EXPECT_EQ(http_get(port_, "/api/runs" + query_).status, 200);
  const std::string page = http_get(port_, "/" + query_).body;
  EXPECT_NE(page.find("/app.js" + query_), std::string::npos);
  EXPECT_EQ(http_get(port_, "/app.js" + query_).status, 200);
}

TEST_F(ServeProgram, LargeRequestsAreRefused) {
  start();
  const std::string secret = token();
  EXPECT_EQ(http_post(port_, "/api/runs", secret, std::string(65537, ' ')).status, 413);
  EXPECT_EQ(http_get(port_, "/api/runs?where=" + std::string(20000, 'a')).status, 414);
  const std::string host = "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n";
  HttpClient many(port_);  // headers without an end
  std::string lines = "GET / HTTP/1.1\r\n" + host;
  for (int i = 0; i < 5000; ++i) lines += "X-" + std::to_string(i) + ": " + std::string(100, 'a') + "\r\n";
  many.send(lines);
  EXPECT_EQ(many.answer().status, 400);
  HttpClient line(port_);  // a line without an end
  line.send(std::string(1 << 20, 'A'));
  EXPECT_TRUE(line.is_closed_within(milliseconds(15000)));
  HttpClient pieces(port_);  // a body of unknown length
  pieces.send("POST /api/runs HTTP/1.1\r\n" + host + "X-Groklab-Token: " + secret +
              "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(pieces.answer().status, 400);
  HttpClient ranges(port_);  // two thousand times the whole
  std::string range = "0-";
  for (int i = 0; i < 2000; ++i) range += ",0-";
  ranges.send("GET /app.js HTTP/1.1\r\n" + host + "Range: bytes=" + range + "\r\n\r\n");
  const HttpAnswer whole = ranges.answer();
  EXPECT_LT(whole.body.size(), 20u << 20);
  EXPECT_EQ(http_get(port_, "/api/runs").status, 200);
}

// A byte now and then must not hold a thread for ever, nor all of them.
TEST_F(ServeProgram, SlowClientsAreLeft) {
  start();
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<HttpClient>(port_));
    slow.back()->send("GET / HT");
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(http_get(port_, "/api/runs").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  for (int second = 0; second < 11; ++second) {
    std::this_thread::sleep_for(milliseconds(1000));
    for (const auto& client : slow) client->send("X");
  }
  for (const auto& client : slow) EXPECT_TRUE(client->is_closed_within(milliseconds(5000)));
  EXPECT_EQ(http_get(port_, "/api/runs").status, 200);
}

TEST_F(ServeProgram, BeyondTheMostClientsItSaysSo) {
  start();
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < 56; ++i) idle.push_back(std::make_unique<HttpClient>(port_));
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_EQ(http_get(port_, "/api/runs").status, 503);
  idle.clear();
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_EQ(http_get(port_, "/api/runs").status, 200);
}

/// A training that lasts until it is stopped.
const json kLong = {{"task.modulus", 5},
                    {"split.train_fraction", 0.6},
                    {"model.d_model", 8},
                    {"model.n_heads", 1},
                    {"model.d_mlp", 8},
                    {"train.steps", 100'000'000},
                    {"train.evaluate_every", 1000},
                    {"train.evaluate_per_decade", 0}};

// The list and the records of a run that another process trains, as they come.
TEST_F(ServeProgram, StreamsWhatOthersTrain) {
  start();
  HttpClient stream(port_);
  stream.send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n\r\n");
  EXPECT_NE(stream.read_until(": hello", milliseconds(5000)).find("text/event-stream"), std::string::npos);
  std::thread other([&] { place_.shell("$GROKLAB train small.toml --quiet --set seed=7 --set train.steps=2000"); });
  const std::string events = stream.read_until("\"finished\"", milliseconds(30000));
  other.join();
  EXPECT_NE(events.find("event: runs\ndata: {\"version\":"), std::string::npos) << events;
  EXPECT_NE(events.find("\"finished\""), std::string::npos) << events;
  // The records of a watched run come with it.
  const std::string run = first_run();
  HttpClient watching(port_);
  watching.send("GET /api/events?watch=" + run + ":100 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
                "\r\n\r\n");
  const std::string records =
      watching.read_until("\n\n", milliseconds(5000)) + watching.read_until("]}}", milliseconds(5000));
  EXPECT_NE(records.find("event: records\ndata: {\"run\":\"" + run + "\",\"step\":[112,"), std::string::npos)
      << records;
  const ProgramResult result = stop();  // with both streams open
  EXPECT_EQ(result.code, 0) << result.err;
}

TEST_F(ServeProgram, BeyondTheMostStreamsItSaysSo) {
  start();
  std::vector<std::unique_ptr<HttpClient>> streams;
  for (int i = 0; i < 40; ++i) {
    streams.push_back(std::make_unique<HttpClient>(port_));
    streams.back()->send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n\r\n");
    streams.back()->read_until(": hello", milliseconds(5000));
  }
  EXPECT_EQ(http_get(port_, "/api/events").status, 503);
  EXPECT_EQ(http_get(port_, "/api/runs").status, 200);  // streams leave room for the rest
  streams.clear();
  std::this_thread::sleep_for(milliseconds(1000));
  HttpClient again(port_);
  again.send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n\r\n");
  EXPECT_NE(again.read_until(": hello", milliseconds(5000)).find("200"), std::string::npos);
}

TEST_F(ServeProgram, StartsStopsResumesAndForks) {
  start();
  const std::string secret = token();
  const HttpAnswer started = http_post(port_, "/api/runs", secret, json{{"config", kLong}, {"name", "mine"}}.dump());
  ASSERT_EQ(started.status, 202) << started.body;
  const std::string run = json::parse(started.body)["run"];
  const auto state = [&] { return get("/api/runs/" + run); };
  EXPECT_EQ(state()["status"], "running");
  EXPECT_EQ(state()["trained_by"]["command"], "groklab serve");
  EXPECT_EQ(state()["name"], "mine");
  EXPECT_EQ(http_post(port_, "/api/runs", secret, json{{"config", kLong}}.dump()).status, 409);

  const auto stop_run = [&](const std::string& id) {
    EXPECT_EQ(http_post(port_, "/api/runs/" + id + "/stop", secret, "{}").status, 202);
    for (int i = 0; i < 200 && !get("/api/runs/" + id)["trained_by"].is_null(); ++i) {
      std::this_thread::sleep_for(milliseconds(50));
    }
    std::this_thread::sleep_for(milliseconds(500));  // until the server looked
  };
  stop_run(run);
  const json stopped = state();
  EXPECT_EQ(stopped["status"], "interrupted");
  ASSERT_EQ(stopped["states"].size(), 1u);
  const std::int64_t at = stopped["states"][0];

  EXPECT_EQ(http_post(port_, "/api/runs/" + run + "/resume", secret, "{}").status, 202);
  EXPECT_EQ(state()["trained_by"]["command"], "groklab serve");
  stop_run(run);
  EXPECT_GT(state()["states"][0].get<std::int64_t>(), at);

  const HttpAnswer forked =
      http_post(port_, "/api/runs/" + run + "/fork", secret,
                json{{"step", 1'000'000'000}, {"steps", 50}, {"config", {{"optim.weight_decay", 0.25}}}}.dump());
  ASSERT_EQ(forked.status, 202) << forked.body;
  const json fork = json::parse(forked.body);
  EXPECT_EQ(fork["at"], state()["states"][0]);
  for (int i = 0; i < 200 && get("/api/runs/" + fork["run"].get<std::string>())["status"] != "finished"; ++i) {
    std::this_thread::sleep_for(milliseconds(50));
  }
  const json child = get("/api/runs/" + fork["run"].get<std::string>());
  EXPECT_EQ(child["status"], "finished");
  EXPECT_EQ(child["parent"], run);
  EXPECT_EQ(child["fork_step"], fork["at"]);
  EXPECT_EQ(child["config"]["optim.weight_decay"], 0.25);
  EXPECT_EQ(state()["children"], json::array({fork["run"]}));
  // A finished run goes on as a fork of its last state.
  const HttpAnswer longer =
      http_post(port_, "/api/runs/" + fork["run"].get<std::string>() + "/resume", secret, R"({"steps":80})");
  ASSERT_EQ(longer.status, 202) << longer.body;
  EXPECT_EQ(json::parse(longer.body)["at"], 50);
  EXPECT_EQ(get("/api/runs/" + json::parse(longer.body)["run"].get<std::string>())["config"]["train.steps"], 30);
}

// Ctrl-C on the server is Ctrl-C for its runs.
TEST_F(ServeProgram, ItsRunsSaveWhenItEnds) {
  start();
  const HttpAnswer started = http_post(port_, "/api/runs", token(), json{{"config", kLong}}.dump());
  ASSERT_EQ(started.status, 202) << started.body;
  const std::string run = json::parse(started.body)["run"];
  std::this_thread::sleep_for(milliseconds(500));
  const ProgramResult result = stop();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.err.find("asking 1 training run to save"), std::string::npos) << result.err;
  const json shown = json::parse(place_.run({"show", run, "--json"}).out);
  EXPECT_EQ(shown["status"], "interrupted");
  EXPECT_EQ(shown["checkpoints"].size(), 1u);
}

// A killed server leaves its trainings behind; the next one can stop them all the same.
TEST_F(ServeProgram, StopsWhatAKilledServerLeftBehind) {
  start();
  const HttpAnswer started = http_post(port_, "/api/runs", token(), json{{"config", kLong}}.dump());
  ASSERT_EQ(started.status, 202) << started.body;
  const std::string run = json::parse(started.body)["run"];
  const pid_t server = std::exchange(server_, 0);
  kill(server, SIGKILL);
  place_.finish(server);
  serve();
  const auto state = [&] { return get("/api/runs/" + run); };
  EXPECT_EQ(state()["status"], "running");
  EXPECT_EQ(state()["trained_by"]["command"], "groklab train");
  EXPECT_EQ(state()["trained_by"]["stoppable"], true);
  EXPECT_EQ(http_post(port_, "/api/runs/" + run + "/stop", token(), "{}").status, 202);
  for (int i = 0; i < 200 && state()["status"] != "interrupted"; ++i) std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(state()["status"], "interrupted");
  EXPECT_EQ(state()["states"].size(), 1u);
}

// A sweep trains other runs too: asking it to end would end them all.
TEST_F(ServeProgram, LeavesSweepsAlone) {
  start();
  place_.write("grid.toml", std::string("seed = [11, 12]\n") +
                                std::regex_replace(kSmall, std::regex("steps = 60\n"), "steps = 100000000\n"));
  const pid_t sweep = place_.start({"sweep", "grid.toml", "--quiet", "--jobs", "1"});
  std::string run;
  for (int i = 0; i < 600 && run.empty(); ++i) {
    std::this_thread::sleep_for(milliseconds(50));
    const json rows = get("/api/runs?where=status%20%3D%20%27running%27")["rows"];
    if (!rows.empty()) run = rows[0][0];
  }
  ASSERT_NE(run, "");
  const json by = get("/api/runs/" + run)["trained_by"];
  EXPECT_EQ(by["command"], "groklab sweep");
  EXPECT_EQ(by["stoppable"], false);
  const HttpAnswer refused = http_post(port_, "/api/runs/" + run + "/stop", token(), "{}");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("(groklab sweep), which does more than that"), std::string::npos) << refused.body;
  EXPECT_EQ(get("/api/runs/" + run)["trained_by"]["process"], sweep);
  kill(sweep, SIGINT);
  EXPECT_EQ(place_.finish(sweep).code, 130);
}

TEST_F(ServeProgram, ReadOnlyStartsNothing) {
  start({"--read-only"});
  const std::string secret = token();
  EXPECT_EQ(http_post(port_, "/api/runs", secret, json{{"config", kLong}}.dump()).status, 403);
  EXPECT_EQ(http_post(port_, "/api/runs/" + first_run() + "/fork", secret, R"({"step":40})").status, 403);
  EXPECT_EQ(get("/api/runs")["rows"].size(), 1u);
}

TEST_F(ServeProgram, EndsAtOnceWhenAsked) {
  start();
  HttpClient idle(port_);
  const auto begin = std::chrono::steady_clock::now();
  const ProgramResult result = stop();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(ServeProgram, MayBeginWithoutAStore) {
  serve();
  EXPECT_EQ(get("/api/runs")["rows"].size(), 0u);
  EXPECT_NE(place_.read("err.txt").find("a new store: "), std::string::npos) << place_.read("err.txt");
}

TEST_F(ServeProgram, BadOptionsGetOneLine) {
  EXPECT_EQ(place_.run({"serve", "--store", "nowhere", "--read-only"}).code, 2);
  start();
  const ProgramResult taken = place_.run({"serve", "--port", std::to_string(port_)});
  EXPECT_EQ(taken.code, 2);
  EXPECT_NE(taken.err.find("expected an address of this machine and a free port"), std::string::npos) << taken.err;
  EXPECT_EQ(place_.run({"serve", "--host", "no.such.name.invalid"}).code, 2);
}

}  // namespace
}  // namespace groklab
