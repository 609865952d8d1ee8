#include "flow/layout.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "flow/test_model.h"

namespace anlan::flow {
namespace {

std::vector<Model> flows_of_packs() {
  std::vector<Model> models;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("packs")) {
    if (entry.path().extension() != ".bpmn") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    auto model = Model::parse(bytes.str());
    EXPECT_TRUE(model) << entry.path() << model.error().detail;
    if (model) models.push_back(*model);
  }
  return models;
}

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

bool lies_within(const Graph& graph, std::size_t node, std::size_t frame) {
  std::size_t at = graph.nodes[node].container;
  while (at != kNone && at != frame) at = graph.nodes[at].container;
  return at == frame;
}

TEST(LayoutTest, NothingLiesOnAnythingElseButEventsOnTheirTaskAndWhatAFrameHolds) {
  std::vector<Model> models = flows_of_packs();
  ASSERT_GE(models.size(), 4U);
  for (const Model& model : models) {
    const Graph& graph = model.graph();
    Layout layout = lay_out(graph);
    for (std::size_t a = 0; a < graph.nodes.size(); ++a) {
      EXPECT_GE(layout.boxes[a].x, 0);
      EXPECT_GE(layout.boxes[a].y, 0);
      for (std::size_t b = a + 1; b < graph.nodes.size(); ++b) {
        bool is_hung = graph.nodes[a].host == b || graph.nodes[b].host == a;
        bool is_held = lies_within(graph, a, b) || lies_within(graph, b, a);
        EXPECT_EQ(overlap(layout.boxes[a], layout.boxes[b]), is_hung || is_held)
            << model.id() << " " << graph.nodes[a].id << " " << graph.nodes[b].id;
      }
    }
  }
}

TEST(LayoutTest, WaysTouchTheirEndsAndRunSquare) {
  for (const Model& model : flows_of_packs()) {
    const Graph& graph = model.graph();
    Layout layout = lay_out(graph);
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
      const std::vector<Point>& way = layout.ways[i];
      ASSERT_GE(way.size(), 2U);
      Box from = layout.boxes[graph.edges[i].from];
      Box to = layout.boxes[graph.edges[i].to];
      auto touches = [](const Box& box, const Point& at) {
        return at.x >= box.x && at.x <= box.x + box.w && at.y >= box.y && at.y <= box.y + box.h;
      };
      EXPECT_TRUE(touches(from, way.front())) << graph.edges[i].id;
      EXPECT_TRUE(touches(to, way.back())) << graph.edges[i].id;
      for (std::size_t k = 1; k < way.size(); ++k) {
        EXPECT_TRUE(way[k].x == way[k - 1].x || way[k].y == way[k - 1].y) << graph.edges[i].id;
      }
    }
  }
}

TEST(LayoutTest, ACircleAndALongChainAreDrawnToo) {
  std::string task =
      "<extensionElements><anlan:assign kind=\"role\" role=\"r\"/></extensionElements>";
  std::vector<std::string> lines = {"<startEvent id=\"s\"/>",
                                    "<endEvent id=\"e\"/>",
                                    "<exclusiveGateway id=\"m\"/>",
                                    "<exclusiveGateway id=\"x\"/>",
                                    "s -> m",
                                    "x -> m : task.outcome = \"again\"",
                                    "x -> e : default"};
  std::string last = "m";
  for (int i = 0; i < 400; ++i) {
    std::string id = "t" + std::to_string(i);
    lines.push_back("<userTask id=\"" + id + "\">" + task + "</userTask>");
    lines.push_back(last + " -> " + id);
    last = id;
  }
  lines.push_back(last + " -> x");
  auto model = Model::parse(ShortModel::to_xml("m", lines));
  ASSERT_TRUE(model) << model.error().detail;
  Layout layout = lay_out(model->graph());
  const Graph& graph = model->graph();
  EXPECT_LT(layout.boxes[graph.by_id.at("t0")].x, layout.boxes[graph.by_id.at("t399")].x);
  const std::vector<Point>& back = layout.ways[graph.edge_by_id.at("x_m")];
  EXPECT_GT(back[1].y, layout.boxes[graph.by_id.at("m")].y + 40) << "ways back run below";
}

bool holds(const Box& outer, const Box& inner) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
         inner.y + inner.h <= outer.y + outer.h;
}

TEST(LayoutTest, AFrameHoldsWhatStandsInItAndNothingElse) {
  auto model = Model::parse(
      ShortModel::to_xml("m", {"<startEvent id=\"s\"/>",
                               "<error id=\"er\" errorCode=\"x\"/>",
                               "<subProcess id=\"outer\">",
                               "<startEvent id=\"s1\"/>",
                               "user a r",
                               "<subProcess id=\"inner\">",
                               "<startEvent id=\"s2\"/>",
                               "user b r",
                               "<endEvent id=\"e2\"/>",
                               "s2 -> b -> e2",
                               "</subProcess>",
                               "<endEvent id=\"e1\"/>",
                               "s1 -> a -> inner -> e1",
                               "</subProcess>",
                               "user c r",
                               "<endEvent id=\"e\"/>",
                               "s -> outer -> c -> e",
                               "<subProcess id=\"aside\" triggeredByEvent=\"true\">",
                               "<startEvent id=\"s3\"><errorEventDefinition/></startEvent>",
                               "<endEvent id=\"e3\"/>",
                               "s3 -> e3",
                               "</subProcess>"}));
  ASSERT_TRUE(model) << model.error().detail;
  const Graph& graph = model->graph();
  Layout layout = lay_out(graph);
  for (std::size_t a = 0; a < graph.nodes.size(); ++a) {
    for (std::size_t b = 0; b < graph.nodes.size(); ++b) {
      if (a == b) continue;
      std::size_t at = graph.nodes[b].container;
      while (at != kNone && at != a) at = graph.nodes[at].container;
      bool is_in = at == a;
      std::size_t up = graph.nodes[a].container;
      while (up != kNone && up != b) up = graph.nodes[up].container;
      EXPECT_EQ(holds(layout.boxes[a], layout.boxes[b]), is_in)
          << graph.nodes[a].id << " " << graph.nodes[b].id;
      bool is_around = is_in || up == b;
      EXPECT_EQ(overlap(layout.boxes[a], layout.boxes[b]), is_around)
          << graph.nodes[a].id << " " << graph.nodes[b].id;
    }
  }
  EXPECT_GT(layout.boxes[graph.by_id.at("aside")].y,
            layout.boxes[graph.by_id.at("outer")].y + layout.boxes[graph.by_id.at("outer")].h);
  for (const auto& way : layout.ways) EXPECT_GE(way.size(), 2U);
}

}  // namespace
}  // namespace anlan::flow
