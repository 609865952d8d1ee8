#pragma once
// For tests: a process written short. Lines that begin with "<" are BPMN elements without a
// prefix, sub-processes with their end on a line of its own; "a -> b -> c" makes sequence flows
// with the ids a_b, b_c; "a -> b : =x" puts a condition on it, "a -> b : default" makes it the
// default flow. "user a leader" is a user task of a role, "process x=..." an attribute
// of the process.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace anlan::flow {

class ShortModel {
 public:
  static std::string to_xml(const std::string& id, const std::vector<std::string>& lines) {
    ShortModel model;
    for (const std::string& line : lines) model.add(line);
    return model.finish(id);
  }

 private:
  static std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
      if (c == '<') {
        out += "&lt;";
      } else if (c == '&') {
        out += "&amp;";
      } else {
        out += c;
      }
    }
    return out;
  }

  void add(const std::string& line) {
    std::string_view text = trim(line);
    if (text.empty()) return;
    for (std::string_view root : {"<message ", "<signal ", "<error ", "<escalation "}) {
      if (!text.starts_with(root)) continue;
      messages_ += std::string(text) + "\n";
      return;
    }
    if (text.starts_with("process ")) {
      process_ += text.substr(7);
      return;
    }
    if (text.starts_with("user ")) return add_user(text.substr(5));
    if (text.starts_with("<subProcess ") && !text.ends_with("/>")) ++depth_;
    if (text.starts_with("</subProcess>")) --depth_;
    if (text.starts_with('<') || text.find("->") == std::string_view::npos) {
      elements_ += std::string(text) + "\n";
      return;
    }
    std::size_t colon = text.find(" : ");
    std::string_view ways = text.substr(0, colon);
    std::string_view more = colon == std::string_view::npos ? "" : trim(text.substr(colon + 3));
    std::string from;
    for (std::size_t at = 0; at != std::string_view::npos;) {
      std::size_t arrow = ways.find("->", at);
      std::string to(trim(ways.substr(at, arrow == std::string_view::npos ? arrow : arrow - at)));
      if (!from.empty()) add_flow(from, to, more);
      from = to;
      at = arrow == std::string_view::npos ? arrow : arrow + 2;
    }
  }

  // "user ID ROLE more": a user task for a role, with more extension elements and border marks.
  void add_user(std::string_view text) {
    std::size_t space = text.find(' ');
    std::string_view rest = text.substr(space + 1);
    std::size_t next = std::min(rest.find(' '), rest.size());
    elements_ += "<userTask id=\"" + std::string(text.substr(0, space)) +
                 "\"><extensionElements><anlan:assign kind=\"role\" role=\"" +
                 std::string(rest.substr(0, next)) + "\"/>" + std::string(rest.substr(next)) +
                 "</extensionElements></userTask>\n";
  }

  void add_flow(const std::string& from, const std::string& to, std::string_view more) {
    std::string id = from + "_" + to;
    std::string flow =
        "<sequenceFlow id=\"" + id + "\" sourceRef=\"" + from + "\" targetRef=\"" + to + "\"";
    if (more == "default") {
      defaults_[from] = id;
      more = "";
    }
    std::string& into = depth_ > 0 ? elements_ : flows_;
    if (more.empty()) {
      into += flow + "/>\n";
    } else {
      into += flow + "><conditionExpression>" + escaped(more) +
              "</conditionExpression></sequenceFlow>\n";
    }
  }

  std::string finish(const std::string& id) {
    for (const auto& [from, flow] : defaults_) {
      std::string mark = " id=\"" + from + "\"";
      std::size_t at = elements_.find(mark);
      if (at != std::string::npos) {
        elements_.insert(at + mark.size(), " default=\"" + flow + "\"");
      }
    }
    return "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
           " xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\""
           " xmlns:anlan=\"http://anlan.invalid/bpmn\" id=\"d\">\n" +
           messages_ + "<process id=\"" + id + "\" name=\"流程\" isExecutable=\"true\"" + process_ +
           ">\n" + elements_ + flows_ + "</process>\n</definitions>\n";
  }

  std::string messages_;
  std::string process_;  // more attributes of the process
  std::string elements_;
  std::string flows_;
  std::map<std::string, std::string> defaults_;
  int depth_ = 0;  // of sub-processes; flows stand inside theirs
};

}  // namespace anlan::flow
