#include "flow/findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "flow/model.h"

namespace anlan::flow {
namespace {

struct Line {
  std::string code;
  std::string zh;
  std::string en;
};
const std::vector<Line>& lines() {
  static const std::vector<Line> kLines = {
#define FINDING(name, code, zh, en) {code, zh, en},
#include "flow/findings.def"
#undef FINDING
  };
  return kLines;
}

std::set<std::string> holes(const std::string& text) {
  std::set<std::string> found;
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    found.insert(text.substr(at, 3));
  }
  return found;
}

TEST(Findings, BothLanguagesNameTheSameParts) {
  std::set<std::string> codes;
  for (const Line& line : lines()) {
    EXPECT_TRUE(codes.insert(line.code).second) << line.code;
    EXPECT_EQ(holes(line.zh), holes(line.en)) << line.code;
    bool is_chinese = std::ranges::any_of(line.zh, [](char c) { return (c & 0x80) != 0; });
    EXPECT_TRUE(is_chinese) << line.code;
    EXPECT_TRUE(std::ranges::none_of(line.en, [](char c) { return (c & 0x80) != 0; })) << line.en;
  }
}

TEST(Findings, PartsStandWhereTheTextNamesThemAndAreNotReadAgain) {
  ToldFinding finding = finding_of("b", FindingKind::ReturnTarget, {"{1}", "b"});
  EXPECT_EQ(finding.code, "return_target");
  EXPECT_EQ(finding.text.en, "The return target '{1}' of 'b' is no user task of this process.");
  EXPECT_EQ(finding.text.zh, "“b”的退回目标“{1}”不是本流程的用户任务。");
}

TEST(Findings, AModelIsRefusedInBothLanguages) {
  auto findings = lint_told("<a/>");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].element_id, "");
  EXPECT_FALSE(findings[0].text.zh.empty());
  EXPECT_NE(findings[0].text.zh, findings[0].text.en);
  EXPECT_EQ(Model::lint("<a/>").at(0).text, findings[0].text.en);
}

}  // namespace
}  // namespace anlan::flow
