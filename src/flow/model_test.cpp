#include "flow/model.h"

#include <gtest/gtest.h>

#include "flow/approval.h"
#include "flow/graph.h"
#include "flow/library.h"
#include "flow/test_model.h"

namespace anlan::flow {
namespace {

std::string task(const std::string& id, const std::string& more = "") {
  return "<userTask id=\"" + id +
         "\"><extensionElements><anlan:assign kind=\"role\" role=\"leader\"/>" + more +
         "</extensionElements></userTask>";
}

TEST(ModelTest, KeepsTheXmlAsGivenWithLanesAndDiagram) {
  std::string xml = ShortModel::to_xml(
      "m", {"<startEvent id=\"s\"/>", "<endEvent id=\"e\"/>", "<laneSet id=\"l\"/>", "s -> e"});
  auto model = Model::parse(xml);
  ASSERT_TRUE(model) << model.error().detail;
  EXPECT_EQ(model->xml(), xml);
  EXPECT_EQ(model->id(), "m");
  EXPECT_EQ(model->title(), (LocalText{"流程", "流程"}));
}

TEST(ModelTest, NamespacesCountAndPrefixesDoNot) {
  std::string xml =
      "<b:definitions xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
      " xmlns:mine=\"http://anlan.invalid/bpmn\" xmlns:other=\"http://other.invalid/\">"
      "<b:process id=\"p\"><b:startEvent id=\"s\"/><b:userTask id=\"t\" mine:en=\"Do\" name=\"办\">"
      "<b:extensionElements><mine:assign kind=\"role\" role=\"r\"/>"
      "<other:assign kind=\"nonsense\"/></b:extensionElements></b:userTask><b:endEvent id=\"e\"/>"
      "<other:complexGateway id=\"ignored\"/>"
      "<b:sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"t\"/>"
      "<b:sequenceFlow id=\"f2\" sourceRef=\"t\" targetRef=\"e\"/></b:process></b:definitions>";
  auto model = Model::parse(xml);
  ASSERT_TRUE(model) << model.error().detail;
  EXPECT_EQ(model->graph().find("t")->name, (LocalText{"办", "Do"}));
}

TEST(ModelTest, RefusalNamesTheElementInAPlainSentence) {
  auto model =
      Model::parse(ShortModel::to_xml("m", {"<startEvent id=\"s\"/>", "<complexGateway id=\"x\"/>",
                                            "<endEvent id=\"e\"/>", "s -> x -> e"}));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::BadModel);
  EXPECT_EQ(model.error().field, "x");
  EXPECT_EQ(model.error().detail,
            "Element 'x' (complexGateway) can't be executed by this version.");
}

TEST(ModelTest, BrokenXmlIsRefusedNotCrashedOn) {
  for (std::string_view xml : {"", "<", "<a/>", "<definitions/>", "\xff\xfe<a/>", "<a>\xff</a>"}) {
    EXPECT_FALSE(Model::parse(xml)) << xml;
    EXPECT_FALSE(Model::lint(xml).empty()) << xml;
  }
  std::string deep = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">";
  for (int i = 0; i < 400'000; ++i) deep += "<a>";
  EXPECT_FALSE(Model::parse(deep));
  std::string bomb(5 << 20, ' ');
  EXPECT_EQ(Model::parse(bomb).error().code, ErrorCode::TooLarge);
}

TEST(ModelTest, ManyElementsAreRefusedByTheirNumber) {
  std::vector<std::string> lines = {"<startEvent id=\"s\"/>"};
  for (int i = 0; i < 2100; ++i) lines.push_back("<endEvent id=\"e" + std::to_string(i) + "\"/>");
  auto model = Model::parse(ShortModel::to_xml("m", lines));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().detail, "The process has more than 2000 elements.");
}

TEST(ModelTest, EachBranchOfABlockIsAScope) {
  auto model = Model::parse(ShortModel::to_xml(
      "m", {"<startEvent id=\"s\"/>", "<parallelGateway id=\"f\"/>", "<parallelGateway id=\"g\"/>",
            task("a"), task("b"), task("c"), "<parallelGateway id=\"h\"/>",
            "<parallelGateway id=\"j\"/>", "<endEvent id=\"e\"/>",
            "s -> f -> g -> a -> h -> j -> e", "g -> b -> h", "f -> c -> j"}));
  ASSERT_TRUE(model) << model.error().detail;
  const Graph& graph = model->graph();
  EXPECT_EQ(graph.blocks.size(), 2U);
  EXPECT_EQ(graph.scopes.size(), 5U);
  std::size_t outer = graph.find("g")->scope;
  EXPECT_EQ(graph.find("f")->scope, kRootScope);
  EXPECT_EQ(graph.find("h")->scope, outer);
  EXPECT_EQ(graph.scopes[graph.find("a")->scope].parent, outer);
  EXPECT_NE(graph.find("a")->scope, graph.find("b")->scope);
  EXPECT_NE(graph.find("c")->scope, outer);
}

TEST(ModelTest, DescribesTasksForScreens) {
  auto model = Model::parse(ShortModel::to_xml(
      "m", {"<startEvent id=\"s\"/>",
            task("a",
                 "<anlan:outcomes><anlan:outcome id=\"ok\" zh=\"同意\" en=\"Agree\"/>"
                 "</anlan:outcomes><anlan:requires fields=\"photos\"/>"),
            "<endEvent id=\"e\"/>", "s -> a -> e"}));
  ASSERT_TRUE(model) << model.error().detail;
  Json first = model->describe().as_array().at(0);
  EXPECT_EQ(first.text_or("id", ""), "a");
  EXPECT_EQ(first["outcomes"].as_array().at(0)["name"].text_or("zh", ""), "同意");
  EXPECT_EQ(first["requires"].as_array().at(0).as_text(), "photos");
  EXPECT_EQ(model->rights("a").buttons, (std::vector<std::string>{"ok"}));
  EXPECT_TRUE(model->rights("nowhere").buttons.empty());
}

TEST(LibraryTest, GivesTheNewestAndEveryEarlierVersion) {
  Library library;
  auto model = [](const char* id) {
    return *Model::parse(
        ShortModel::to_xml(id, {"<startEvent id=\"s\"/>", "<endEvent id=\"e\"/>", "s -> e"}));
  };
  library.add_model("m", 1, model("one"));
  library.add_model("m", 2, model("two"));
  EXPECT_EQ(library.newest("m").version, 2);
  EXPECT_EQ(library.newest("m").model->id(), "two");
  EXPECT_EQ(library.model("m", 1)->id(), "one");
  EXPECT_EQ(library.model("m", 3), nullptr);
  EXPECT_EQ(library.newest("x").model, nullptr);
  EXPECT_EQ(library.newest_decision("x"), 0);
}

struct Signing {
  Approval::Mode mode;
  int64_t pass;
  bool waits;
  Tally tally;
  Verdict verdict;
};

TEST(ApprovalTest, SignaturesBecomeOneVerdict) {
  using enum Approval::Mode;
  using enum Verdict;
  constexpr int64_t kAll = 1'000'000;
  for (const Signing& row : {
           Signing{All, kAll, false, {2, 1, 0}, Open},
           {All, kAll, false, {2, 2, 0}, Agreed},
           {All, kAll, false, {2, 0, 1}, Refused},
           {All, kAll, true, {2, 0, 1}, Open},
           {All, kAll, true, {2, 1, 1}, Refused},
           {Sequence, kAll, false, {3, 2, 0}, Open},
           {Any, kAll, false, {3, 0, 0}, Open},
           {Any, kAll, false, {3, 1, 0}, Agreed},
           {Any, kAll, false, {3, 0, 1}, Refused},
           {Vote, 600'000, false, {5, 2, 2}, Open},
           {Vote, 600'000, false, {5, 3, 0}, Agreed},
           {Vote, 600'000, false, {5, 0, 3}, Refused},
           {Vote, 600'000, true, {5, 3, 0}, Open},
           {Vote, 600'000, true, {5, 3, 2}, Agreed},
           {Vote, 666'667, false, {3, 2, 0}, Open},
           {Vote, 666'666, false, {3, 2, 0}, Agreed},
       }) {
    using Rule = Approval::RejectRule;
    Rule rule = row.mode == Vote ? Rule::Ratio : Rule::First;
    Approval approval{.mode = row.mode,
                      .pass_millionths = row.pass,
                      .reject_rule = row.waits ? Rule::WaitAll : rule,
                      .agreeing = {}};
    EXPECT_EQ(judge(approval, row.tally), row.verdict)
        << row.tally.total << "/" << row.tally.agreed << "/" << row.tally.refused;
  }
}

}  // namespace
}  // namespace anlan::flow
