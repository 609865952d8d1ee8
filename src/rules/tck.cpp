#include "rules/tck.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/text.h"
#include "rules/dmn.h"
#include "rules/lexer.h"
#include "rules/xml.h"
#include "rules/zones.h"

namespace anlan::rules {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kForeign = "functions in other languages are not run";
constexpr const char* kZoneData = "/usr/share/zoneinfo/tzdata.zi";

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

bool is_nil(const Xml& xml) { return xml.attribute("nil") == "true"; }

Value simple_value(const Xml& xml, const Zones* zones) {
  if (is_nil(xml)) return {};
  std::string_view type = xml.attribute("type");
  type = type.substr(type.find(':') + 1);
  std::string text(trim(xml.text));
  if (type == "string" || type.empty()) return xml.text;
  if (type == "boolean") return text == "true" || text == "1";
  if (type == "decimal" || type == "double" || type == "integer" || type == "int" ||
      type == "long" || type == "float") {
    return Decimal::parse(text);
  }
  if (type == "date") {
    auto date = parse_date(text);
    return date ? Value(*date) : Value();
  }
  if (type == "time") {
    auto time = parse_time(text, zones);
    return time ? Value(*time) : Value();
  }
  if (type == "dateTime") {
    auto both = parse_date_time(text, zones);
    return both ? Value(*both) : Value();
  }
  if (type == "duration" || type == "dayTimeDuration" || type == "yearMonthDuration") {
    if (auto days = parse_days_duration(text)) return *days;
    auto months = parse_months_duration(text);
    return months ? Value(*months) : Value();
  }
  return text;
}

Value value_of(const Xml& xml, const Zones* zones) {
  if (const Xml* value = xml.child("value")) return simple_value(*value, zones);
  if (const Xml* list = xml.child("list")) {
    if (is_nil(*list)) return {};
    List out;
    for (const Xml* item : list->all("item")) out.push_back(value_of(*item, zones));
    return out;
  }
  Context out;
  for (const Xml* component : xml.all("component")) {
    out.set(normalized_name(component->attribute("name")),
            is_nil(*component) ? Value() : value_of(*component, zones));
  }
  return out.is_empty() ? Value() : Value(std::move(out));
}

// The TCK gives irrational results with fewer digits than decimals have.
bool close(const Decimal& a, const Decimal& b) {
  if (a == b) return true;
  double x = a.to_double();
  double y = b.to_double();
  return std::abs(x - y) <= 1e-8 * std::max(1.0, std::max(std::abs(x), std::abs(y)));
}

bool same(const Value& actual, const Value& expected) {
  if (actual.as_number() && expected.as_number()) {
    return close(*actual.as_number(), *expected.as_number());
  }
  if (actual.as_list() && expected.as_list()) {
    return std::ranges::equal(*actual.as_list(), *expected.as_list(), same);
  }
  if (actual.as_context() && expected.as_context()) {
    if (actual.as_context()->size() != expected.as_context()->size()) return false;
    return std::ranges::all_of(expected.as_context()->entries(), [&](const auto& entry) {
      const Value* held = actual.as_context()->find(entry.first);
      return held != nullptr && same(*held, entry.second);
    });
  }
  return actual == expected;
}

struct Suite {
  fs::path root;
  Zones zones{};
  bool has_zones = false;
  TckReport report{};

  const Zones* zone_data() const { return has_zones ? &zones : nullptr; }

  Result<Model> load(const fs::path& folder, std::string_view model_name) {
    Model::Options options{.imports = {}, .keep_broken_expressions = true};
    std::vector<fs::path> others;
    for (const auto& entry : fs::directory_iterator(folder)) {
      bool dmn = entry.path().extension() == ".dmn";
      if (dmn && entry.path().filename() != fs::path(model_name)) others.push_back(entry.path());
    }
    std::ranges::sort(others);
    std::string main = read_file(folder / fs::path(model_name));
    if (main.contains("<import") || main.contains(":import")) {
      for (const fs::path& other : others) options.imports.push_back(read_file(other));
    }
    return Model::parse(main, options);
  }

  void run_file(const fs::path& path) {
    auto xml = Xml::parse(read_file(path));
    if (!xml) return;
    auto model = load(path.parent_path(), xml->text_of("modelName"));
    for (const Xml* one : xml->all("testCase")) run_case(path, *one, model);
  }

  void run_case(const fs::path& path, const Xml& one, const Result<Model>& model) {
    ++report.cases;
    bool all_passed = true;
    Context inputs;
    for (const Xml* input : one.all("inputNode")) {
      inputs.set(normalized_name(input->attribute("name")), value_of(*input, zone_data()));
    }
    for (const Xml* node : one.all("resultNode")) {
      TckReport::Row row{.folder = fs::relative(path.parent_path(), root.parent_path()).string(),
                         .test = path.stem().string(),
                         .case_id = std::string(one.attribute("id")),
                         .node = std::string(node->attribute("name"))};
      if (model) {
        row.detail = check(*model, one, *node, inputs);
      } else {
        row.detail = "model: " + model.error().detail;
      }
      row.passed = row.detail.empty();
      row.is_foreign = !row.passed && row.detail.contains(kForeign);
      all_passed &= row.passed;
      report.rows.push_back(std::move(row));
    }
    if (all_passed) ++report.cases_passed;
  }

  // Empty when the node is as expected, else why not.
  std::string check(const Model& model, const Xml& one, const Xml& node, const Context& inputs) {
    constexpr int64_t kNowSeconds = 1'700'000'000;  // any fixed time
    Environment environment{.now = Instant{Duration::seconds(kNowSeconds).ns},
                            .zones = zone_data()};
    std::string name = normalized_name(node.attribute("name"));
    std::string_view service = one.attribute("invocableName");
    bool of_service = one.attribute("type") == "decisionService" && !service.empty();
    auto outcome = of_service ? model.call_service(normalized_name(service), inputs, environment)
                              : model.decide(name, inputs, environment);
    if (!outcome && !of_service) outcome = model.call_service(name, inputs, environment);
    if (!outcome) return outcome.error().detail;
    Value actual = outcome->value;
    const Xml* expected = node.child("expected");
    Value wanted = expected != nullptr ? value_of(*expected, zone_data()) : Value();
    if (of_service && actual.as_context() && !same(actual, wanted)) {
      const Value* part = actual.as_context()->find(name);
      if (part != nullptr) actual = *part;
    }
    if (node.attribute("errorResult") == "true" && actual.is_null()) return {};
    if (same(actual, wanted)) return {};
    std::string why = "expected " + text_of(wanted) + ", got " + text_of(actual);
    if (!outcome->warnings.empty()) why += " (" + outcome->warnings.front() + ")";
    return why;
  }
};

}  // namespace

std::size_t TckReport::nodes_passed() const {
  return static_cast<std::size_t>(std::ranges::count(rows, true, &Row::passed));
}

std::size_t TckReport::nodes_foreign() const {
  return static_cast<std::size_t>(std::ranges::count(rows, true, &Row::is_foreign));
}

std::string TckReport::csv() const {
  std::string out;
  auto quoted = [&out](std::string_view text, char end) {
    out += '"';
    for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
    out += end;
  };
  for (const Row& row : rows) {
    quoted(row.folder, ',');
    quoted(row.test, ',');
    quoted(row.case_id, ',');
    quoted(row.node, ',');
    quoted(row.passed ? "SUCCESS" : row.is_foreign ? "IGNORED" : "ERROR", ',');
    quoted(row.detail, '\n');
  }
  return out;
}

Result<TckReport> run_tck(const std::string& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) {
    return refuse(ErrorCode::NotFound, "no folder '" + folder + "'");
  }
  Suite suite{.root = fs::canonical(folder, failed)};
  if (auto zones = Zones::parse(read_file(kZoneData))) {
    suite.zones = std::move(*zones);
    suite.has_zones = true;
  }
  std::vector<fs::path> tests;
  for (const auto& entry : fs::recursive_directory_iterator(suite.root, failed)) {
    std::string file = entry.path().filename().string();
    if (file.contains("-test-") && file.ends_with(".xml")) tests.push_back(entry.path());
  }
  std::ranges::sort(tests);
  for (const fs::path& test : tests) suite.run_file(test);
  return std::move(suite.report);
}

}  // namespace anlan::rules
