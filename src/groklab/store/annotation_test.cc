// Names, tags and notes: what may be said, where it is found again, and what a store of others can do with them.
#include "groklab/store/annotation.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

using Words = std::vector<std::string>;

class AnnotationTest : public ::testing::Test {
 protected:
  void make_run(Store& store, const std::string& id) const { store.create_run(id, Config(), "machine", layout_, true); }
  /// The run's id, name, tags and note.
  static std::string said(const Store& store, const std::string& id) {
    const Annotation a = store.run(id).annotation;
    std::string text = a.name + "|";
    for (const std::string& tag : a.tags) text += tag + " ";
    return text + "|" + a.note;
  }
  static Words found(const Store& store, const std::string& where) {
    Words ids;
    for (const RunInfo& info : store.runs(where)) ids.push_back(info.id);
    return ids;
  }
  template <typename Action>
  static std::string refusal(ErrorKind kind, Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return "";
  }
  void execute(const std::string& sql) const {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(connection);
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "store";
  ParameterLayout layout_ = small_layout();
};

TEST_F(AnnotationTest, StaysUntilItIsChanged) {
  {
    Store store(path_);
    make_run(store, "1a");
    make_run(store, "1b");
    store.annotate({"1a"}, {.name = " the base\nline ", .tags = {"paper", "good"}, .note = "long\tlook"});
    EXPECT_EQ(said(store, "1a"), "the base line|good paper |long\\u0009look");
  }
  Store store(path_);
  store.annotate({"1a"}, {.tags = {"new", "good"}, .untags = {"paper", "never"}});
  EXPECT_EQ(said(store, "1a"), "the base line|good new |long\\u0009look");
  store.annotate({"1a"}, {.name = "", .note = ""});
  EXPECT_EQ(said(store, "1a"), "|good new |");
  EXPECT_EQ(said(store, "1b"), "||");
}

TEST_F(AnnotationTest, ANameNamesARunWhereNoIdDoes) {
  Store store(path_);
  make_run(store, "1a");
  make_run(store, "2b");
  store.annotate({"1a"}, {.name = "baseline"});
  EXPECT_EQ(store.resolve("baseline"), "1a");
  EXPECT_EQ(store.resolve("2"), "2b");
  const std::string nearest = refusal(ErrorKind::kStore, [&] { store.resolve("basline"); });
  EXPECT_NE(nearest.find("did you mean 'baseline'?"), std::string::npos) << nearest;
  refusal(ErrorKind::kStore, [&] { store.resolve(""); });
  make_run(store, "baseline-of-old");  // an id's start goes first
  EXPECT_EQ(store.resolve("baseline"), "baseline-of-old");
}

TEST_F(AnnotationTest, TextsThatMayNotBeAreRefusedAndChangeNothing) {
  Store store(path_);
  make_run(store, "1a");
  make_run(store, "2b");
  store.annotate({"1a"}, {.name = "first"});
  const auto refused = [&](const AnnotationChange& change, const char* part) {
    const std::string line = refusal(ErrorKind::kConfig, [&] { store.annotate({"2b"}, change); });
    EXPECT_NE(line.find(part), std::string::npos) << line;
    EXPECT_EQ(said(store, "2b"), "||");
  };
  refused({.name = "first"}, "the name of run 1a already");
  refused({.name = "last"}, "last");
  refused({.name = "3fAc"}, "an id's");
  refused({.name = "-x"}, "no - in front");
  refused({.name = std::string(81, 'n')}, "80 bytes");
  refused({.note = std::string(2001, 'n')}, "2000 bytes");
  refused({.tags = {"two words"}}, "letters, digits");
  refused({.tags = {""}}, "1 to 40 bytes");
  refused({.tags = {std::string(41, 't')}}, "1 to 40 bytes");
  AnnotationChange many;
  for (int i = 0; i < 33; ++i) many.tags.push_back("t" + std::to_string(i));
  refused(many, "32 tags");
  refusal(ErrorKind::kConfig, [&] { store.annotate({"1a", "2b"}, {.name = "both"}); });
  refusal(ErrorKind::kStore, [&] { store.annotate({"2b", "none"}, {.tags = {"t"}}); });
  EXPECT_EQ(said(store, "2b"), "||") << "all or none";
}

TEST_F(AnnotationTest, ConditionsKnowNamesNotesAndTags) {
  Store store(path_);
  for (const char* id : {"1a", "2b", "3c"}) make_run(store, id);
  store.annotate({"1a"}, {.name = "one", .tags = {"paper", "x"}, .note = "see page 3"});
  store.annotate({"2b"}, {.tags = {"draft"}});
  EXPECT_EQ(found(store, "name = 'one'"), Words{"1a"});
  EXPECT_EQ(found(store, "note like '%page%'"), Words{"1a"});
  EXPECT_EQ(found(store, "tag = 'x'"), Words{"1a"});
  EXPECT_EQ(found(store, "tag != 'x'"), (Words{"3c", "2b"}));
  EXPECT_EQ(found(store, "not tag = 'x' and tag is not null"), Words{"2b"});
  EXPECT_EQ(found(store, "tag like 'p%' or tag in ('draft', 'z')"), (Words{"2b", "1a"}));
  EXPECT_EQ(found(store, "tag not like 'p%'"), (Words{"3c", "2b"}));
  EXPECT_EQ(found(store, "tag is null"), Words{"3c"});
  refusal(ErrorKind::kStore, [&] { store.runs("tag > 'x'"); });
  refusal(ErrorKind::kStore, [&] { store.runs("tag"); });
}

// Catches: annotations that go with the rows of the run that was trained anew.
TEST_F(AnnotationTest, StaysWithTheRunThatIsTrainedAnew) {
  Store store(path_);
  make_run(store, "1a");
  store.annotate({"1a"}, {.name = "one"});
  store.sink("1a", layout_)->on_checkpoint(sample_state(5, layout_, Precision::kFloat32, true), true);
  const std::string anew = store.create_run("1a", Config(), "machine", layout_, true);
  ASSERT_EQ(anew, "1a-new");
  EXPECT_EQ(said(store, anew), "||");
  EXPECT_EQ(store.resolve("one"), "1a");
  const std::string line = refusal(ErrorKind::kStore, [&] { store.annotate({anew}, {.name = "two"}); });
  EXPECT_NE(line.find("take the place of 1a"), std::string::npos) << line;
  store.install(anew);
  EXPECT_EQ(said(store, "1a"), "one||");
}

TEST_F(AnnotationTest, MergingTakesTheNewestNameAndAllTags) {
  const auto store_of = [&](const char* name) { return directory_.path() / name; };
  for (const char* name : {"a", "b", "c"}) {
    Store store(store_of(name));
    make_run(store, "1a");
    if (name[0] != 'c') store.annotate({"1a"}, {.name = std::string("of ") + name, .tags = {name}});
  }
  Store b(store_of("b")), a(store_of("a")), c(store_of("c"));
  b.merge(a);  // b was annotated last
  EXPECT_EQ(said(b, "1a"), "of b|a b |");
  a.merge(b);
  EXPECT_EQ(said(a, "1a"), "of b|a b |");
  c.merge(a);
  EXPECT_EQ(said(c, "1a"), "of b|a b |");
  Store fresh(store_of("fresh"));
  fresh.merge(c);
  EXPECT_EQ(said(fresh, "1a"), "of b|a b |");
  const auto kept = [&](const char* store, const char* file) { return store_of(store) / "reproductions" / file; };
  std::filesystem::create_directories(store_of("fresh") / "reproductions");
  std::ofstream(kept("fresh", "a-study.json")) << "{}";
  std::filesystem::create_symlink("/etc/hostname", kept("fresh", "elsewhere.json"));
  fresh.backup(store_of("copy"));
  EXPECT_EQ(said(Store(store_of("copy")), "1a"), "of b|a b |");
  EXPECT_TRUE(std::filesystem::exists(kept("copy", "a-study.json"))) << "what studies said of the store";
  EXPECT_FALSE(std::filesystem::exists(kept("copy", "elsewhere.json"))) << "a way out of the store";
}

TEST_F(AnnotationTest, WhatOthersWroteIsNotBelieved) {
  {
    Store store(path_);
    make_run(store, "1a");
    store.annotate({"1a"}, {.name = "one", .tags = {"good"}});
  }
  execute("UPDATE annotations SET name = 'a' || char(27) || '[31m', note = char(10)");
  execute("INSERT INTO tags VALUES ('1a', 'x' || char(10) || 'y'), ('1a', printf('%.*c', 100, 't'))");
  Store store(path_);
  EXPECT_EQ(said(store, "1a"), "|good x y |") << "a line end parts words and nothing more";
  const Words faults = store.verify();
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_NE(faults[0].find("run 1a: its name: expected a line without control characters"), std::string::npos)
      << faults[0];
  EXPECT_FALSE(store.repair().empty());
  EXPECT_TRUE(store.verify().empty());
  EXPECT_EQ(said(store, "1a"), "|good |");
}

}  // namespace
}  // namespace groklab
