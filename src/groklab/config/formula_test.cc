// Formulas: their one spelling, what is refused where, and that names, formulas and moduli make one run.
#include "groklab/config/formula.h"

#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"
#include "groklab/config/polynomial.h"

namespace groklab {
namespace {

std::string spelt(const std::string& text) { return formula_text(parse_formula(text)); }
std::string refusal(const std::string& text) {
  return error_of([&] { parse_formula(text); });
}
template <typename... Assignments>
std::string id_with(Assignments... assignments) {
  return resolve_config(config_with(assignments...)).id();
}

TEST(Formula, OneSpellingForWhatIsEqual) {
  EXPECT_EQ(spelt("x^3+x*y"), "x^3 + x*y");
  EXPECT_EQ(spelt("y x + x x x"), "x^3 + x*y");
  EXPECT_EQ(spelt("x(x**2 + y)"), "x^3 + x*y");
  EXPECT_EQ(spelt("(x+y)^2 - 2xy"), "x^2 + y^2");
  EXPECT_EQ(spelt("-(y - x)"), "x - y");
  EXPECT_EQ(spelt("-x^2"), "-x^2") << "a power binds more than a sign";
  EXPECT_EQ(spelt("x * -y + 3"), "-x*y + 3");
  EXPECT_EQ(spelt("0*x^5 + 2 y + 1 - 1"), "2*y");
  EXPECT_EQ(spelt("x - --y"), "x - y");
  EXPECT_EQ(spelt("2 (x + 1) (y - 1)"), "2*x*y - 2*x + 2*y - 2");
}

TEST(Formula, QuotientsKeepEveryDivisor) {
  EXPECT_EQ(spelt("x/y"), "x/y");
  EXPECT_EQ(spelt("x*y^-1"), "x/y");
  EXPECT_EQ(spelt("x y/(y y)"), "x/y") << "without a value where y is 0, like x/y";
  EXPECT_EQ(spelt("x*y/y"), "x*y/y") << "has no value at y = 0, unlike x";
  EXPECT_EQ(spelt("1/x + 1/y"), "(x + y)/(x*y)");
  EXPECT_EQ(spelt("1/(x/y)"), "y^2/(x*y)") << "no value where y is 0 either";
  EXPECT_EQ(spelt("(x + y)/(y - x)"), "(-x - y)/(x - y)");
  EXPECT_EQ(spelt("x/2"), "x/2");
  EXPECT_EQ(spelt("x/(2y)"), "x/(2*y)");
  EXPECT_EQ(spelt("(x/y)^-2"), "y^3/(x^2*y)");
  EXPECT_FALSE(parse_formula("x*x").divides());
  EXPECT_TRUE(parse_formula("x/2").divides());
}

TEST(Formula, TheSpellingReadsBackAsItself) {
  for (const char* text : {"x^3 + x*y", "-x + 2*y - 7", "(x + 1)/(x*y - 3)", "-x/y^2", "x/(2*y)", "-1/x",
                           "4611686018427387903*x^1073741823 - y"}) {
    EXPECT_EQ(spelt(text), text);
    EXPECT_EQ(spelt(spelt(text)), text);
  }
}

TEST(Formula, ErrorsNameTheColumn) {
  EXPECT_EQ(refusal("x +"), "formula \"x +\": at 4: expected x, y, a number or '(', found its end");
  EXPECT_EQ(refusal("x^2 + z"), "formula \"x^2 + z\": at 7: expected x, y, a number or '(', found 'z'");
  EXPECT_EQ(refusal("(x + y"), "formula \"(x + y\": at 7: expected ')', found its end");
  EXPECT_EQ(refusal("x^y"), "formula \"x^y\": at 3: expected a number, found 'y'");
  EXPECT_EQ(refusal("x^2^3"), "formula \"x^2^3\": at 4: expected +, -, *, /, ^, mod or the end, found '^'");
  EXPECT_EQ(refusal("x + y mod"), "formula \"x + y mod\": at 10: expected the modulus, a number, found its end");
  EXPECT_EQ(refusal("x mod 7 + y"), "formula \"x mod 7 + y\": at 9: expected the end, found '+'");
  for (const auto& [text, part] : {std::pair{"x/2 y", "at 5: expected * or brackets behind a division"},
                                   {"x/(y - y)", "at 2: expected a divisor other than 0"},
                                   {"3 + 4", "at 1: expected a formula with x or y"},
                                   {"x - x", "at 1: expected a formula with x or y"},
                                   {"(x + y + 1)^40", "at 12: expected at most 100 terms"},
                                   {"2^62 x", "coefficients below 2^62"},
                                   {"x^1073741824", "powers below 2^30"},
                                   {"x + 99999999999999999999", "at 5: expected a number below 2^62"},
                                   {"x \xff y", "at 3"}}) {
    const std::string line = refusal(text);
    EXPECT_NE(line.find(part), std::string::npos) << text << ": " << line;
  }
  EXPECT_NE(refusal(std::string("x + y\0 + z", 10)).find("at 6: expected text"), std::string::npos);
  EXPECT_NE(refusal(std::string(60, '(') + "x").find("brackets in brackets"), std::string::npos);
  EXPECT_NE(refusal("x" + std::string(1000, ' ')).find("at most 1000 bytes"), std::string::npos);
}

TEST(Formula, WordsAreNoFormulas) {
  for (const char* name : {"add", "ad", "sum_of_squares", "formula", "xx", ""}) EXPECT_FALSE(looks_like_formula(name));
  for (const char* formula : {"x", "y", "x+y", "2x", "x y", "(x)"}) EXPECT_TRUE(looks_like_formula(formula));
}

TEST(FormulaKey, AFormulaOfAnOperationIsThatOperation) {
  EXPECT_EQ(id_with("task.operation=x+y"), id_with("seed=0"));
  EXPECT_EQ(id_with("task.operation=y + x mod 59"), id_with("task.modulus=59"));
  EXPECT_EQ(id_with("task.operation=x^3 + x*y mod 47"), id_with("task.operation=cubic", "task.modulus=47"));
  EXPECT_EQ(id_with("task.operation=x*y^-1"), id_with("task.operation=divide"));
  EXPECT_EQ(resolve_config(config_with("task.operation=x y"))->task.operation, "multiply");
}

TEST(FormulaKey, EqualFormulasAreOneRun) {
  const std::string id = id_with("task.operation=x^2*y + 3 y mod 47");
  EXPECT_EQ(id_with("task.modulus=47", "task.operation=y(3 + x*x)"), id);
  EXPECT_NE(id_with("task.operation=x^2*y + 3 y mod 59"), id);
  EXPECT_NE(id_with("task.operation=x^2*y + 2 y mod 47"), id);
  const ResolvedConfig once = resolve_config(config_with("task.operation=y(3 + x*x) mod 47"));
  EXPECT_EQ(once->task.operation, "x^2*y + 3*y");
  EXPECT_EQ(once->task.modulus, 47);
  EXPECT_EQ(resolve_config(*once).id(), once.id());
  EXPECT_EQ(once.task_size()->n_rows, 47 * 47);
  EXPECT_EQ(parse_config_text("task.operation = \"y(3 + x*x) mod 47\"", "run.toml").task.operation,
            "y(3 + x*x) mod 47");
  // Keys that do not apply to a formula go back to their defaults, as with every operation.
  EXPECT_EQ(id_with("task.operation=x^2*y + 3 y mod 47", "task.parity_bits=12"), id);
}

TEST(FormulaKey, WhatMakesNoSenseIsRefused) {
  EXPECT_EQ(check_error("task.modulus=59", "task.operation=x+2y mod 47"),
            "task.modulus = 59: expected 47, as task.operation = \"x+2y mod 47\" says, found 59");
  EXPECT_EQ(set_error("task.operation=x^2 + z"),
            "--set: task.operation: formula \"x^2 + z\": at 7: expected x, y, a number or '(', found 'z'");
  EXPECT_NE(toml_error("[task]\noperation = \"x +\"").find("run.toml:2: task.operation: formula \"x +\": at 4"),
            std::string::npos);
  EXPECT_NE(set_error("task.operation=ad").find("did you mean \"add\"?"), std::string::npos);
  EXPECT_NE(set_error("task.operation=formula").find("expected one of add"), std::string::npos);
  EXPECT_NE(check_error("task.operation=x/(y+1) mod 12").find("a prime for the division"), std::string::npos);
  EXPECT_NE(check_error("task.operation=x/7 mod 7").find("a divisor that is not 0 modulo 7"), std::string::npos);
  EXPECT_NE(check_error("task.operation=x + 2y mod 1").find("task.modulus = 1: expected"), std::string::npos);
  EXPECT_NE(check_error("task.operation=x + 2y mod 5000").find("task.modulus = 5000: expected"), std::string::npos);
}

}  // namespace
}  // namespace groklab
