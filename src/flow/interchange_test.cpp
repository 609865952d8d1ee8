// The models of the BPMN interchange group (MIWG): kept byte for byte, refused by names or run.
// They are drawn by other tools and say nothing of ours, so before a run each task is told who does
// it and each act what is done; nothing else is changed.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "flow/graph.h"
#include "flow/model.h"
#include "flow/test_world.h"
#include "flow/xml.h"

namespace anlan::flow {
namespace {

std::filesystem::path models_folder() {
  for (const char* place : {"/shared/data/bpmn", "../shared/data/bpmn"}) {
    if (std::filesystem::exists(place)) return place;
  }
  return {};
}

std::vector<std::filesystem::path> models() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(models_folder())) {
    if (entry.path().extension() == ".bpmn") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Puts our extensions where the model leaves open who does a task or what is done.
void complete_task(pugi::xml_node task, const std::string& what) {
  std::string prefix = task.name();
  prefix.resize(prefix.find(':') == std::string::npos ? 0 : prefix.find(':') + 1);
  pugi::xml_node inside = xml::child(task, xml::kBpmn, "extensionElements");
  if (!inside) inside = task.prepend_child((prefix + "extensionElements").c_str());
  pugi::xml_node made = inside.append_child(("x:" + what).c_str());
  made.append_attribute("xmlns:x") = std::string(xml::kAnlan).c_str();
  if (what == "assign") {
    made.append_attribute("kind") = "role";
    made.append_attribute("role") = "leader";
  } else {
    made.append_attribute("topic") = "job";
    made.append_attribute("job") = "outside";
  }
}

void complete_all(pugi::xml_node around) {
  for (pugi::xml_node element : xml::children(around, xml::kBpmn)) {
    std::string_view name = xml::local_name(element);
    if (name == "userTask") complete_task(element, "assign");
    if (name == "serviceTask" || name == "sendTask") complete_task(element, "act");
    if (name == "subProcess") complete_all(element);
  }
}

std::string completed(const std::string& xml_text) {
  pugi::xml_document document;
  if (!xml::load(document, xml_text)) return xml_text;
  for (pugi::xml_node process : xml::children(document.document_element(), xml::kBpmn, "process")) {
    complete_all(process);
  }
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  return out.str();
}

// What keeps each model from being run, by element; empty: it runs.
using Faults = std::set<std::string>;
Faults faults_of(const std::string& xml_text) {
  Faults faults;
  for (const Finding& finding : Model::lint(xml_text)) faults.insert(finding.element_id);
  return faults;
}

TEST(InterchangeTest, EveryModelIsKeptByteForByteAndReadTheSameFromALibrary) {
  if (models_folder().empty()) GTEST_SKIP() << "the MIWG models are not here";
  int count = 0;
  for (const auto& path : models()) {
    std::string bytes = read_file(path);
    auto reading = read_graph(bytes);
    ASSERT_TRUE(reading) << path;
    EXPECT_EQ(reading->graph.xml, bytes) << path;
    EXPECT_EQ(Model::parse(bytes).has_value(), Model::lint(bytes).empty()) << path;
    for (const Finding& finding : Model::lint(bytes)) EXPECT_FALSE(finding.text.empty()) << path;
    ++count;
  }
  EXPECT_EQ(count, 21);
}

TEST(InterchangeTest, WhatCannotRunIsRefusedByNames) {
  if (models_folder().empty()) GTEST_SKIP() << "the MIWG models are not here";
  for (const auto& path : models()) {
    std::string bytes = read_file(path);
    std::cout << path.filename().string() << " as it is " << faults_of(bytes).size()
              << "; completed:\n";
    for (const Finding& finding : Model::lint(completed(bytes))) {
      std::cout << "  " << finding.element_id << ": " << finding.text << "\n";
    }
  }
}

}  // namespace
}  // namespace anlan::flow
