// Plays tests/flow/*.case: a model, an event script, the trace that must come out. The format is
// described in docs/formats/flow.md. With ANLAN_UPDATE_CASES=1 the files are written anew with
// what really came out.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "flow/test_player.h"

namespace anlan::flow {
namespace {

constexpr const char* kFolder = "tests/flow";
struct Played {
  std::vector<std::string> lines;  // the file as it should be
  std::vector<std::string> faults;
  int cases = 0;
};

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// "case NAME", then "model" or "table" and indented lines, then commands, each followed by "| "
// lines: what must come out.
Played play_file(const std::filesystem::path& path, store::Dialect dialect) {
  Played result;
  std::unique_ptr<Player> player;
  std::string name;
  std::string block;
  std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("| ")) continue;
    result.lines.push_back(line);
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("case ")) {
      ++result.cases;
      name = line.substr(5);
      player = std::make_unique<Player>(dialect);
    } else if (line.starts_with(' ')) {
      if (block == "model") player->add_model_line(line);
      if (block == "table") player->add_table_line(line);
    } else if (line == "model" || line == "table") {
      block = line;
      if (block == "model") player->begin_model(kModelId);
    } else if (line.starts_with("model ")) {
      block = "model";
      player->begin_model(line.substr(6));
    } else {
      std::vector<std::string> expected;
      for (std::size_t j = i + 1; j < lines.size() && lines[j].starts_with("| "); ++j) {
        expected.push_back(lines[j].substr(2));
      }
      std::vector<std::string> actual = player->play(line);
      for (const std::string& trace : actual) result.lines.push_back("| " + trace);
      if (actual == expected) continue;
      std::string fault = name + ", line " + std::to_string(i + 1) + ": " + line + "\n came out:\n";
      for (const std::string& trace : actual) fault += "| " + trace + "\n";
      result.faults.push_back(fault);
    }
  }
  return result;
}

class CaseFiles : public testing::TestWithParam<store::Dialect> {};

TEST_P(CaseFiles, EveryCaseGivesItsTrace) {
  bool needs_server = GetParam() == store::Dialect::Postgres;
  if (needs_server && !test::postgres_server()) GTEST_SKIP() << "no PostgreSQL here";
  bool is_update = std::getenv("ANLAN_UPDATE_CASES") != nullptr;
  int cases = 0;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const std::filesystem::path& file : files) {
    Played played = play_file(file, GetParam());
    cases += played.cases;
    for (const std::string& fault : played.faults) ADD_FAILURE() << file << ": " << fault;
    if (!is_update || played.faults.empty()) continue;
    std::ofstream out(file);
    for (const std::string& line : played.lines) out << line << "\n";
  }
  EXPECT_GE(cases, 30);
  std::cout << "played " << cases << " cases\n";
}

INSTANTIATE_TEST_SUITE_P(Databases, CaseFiles,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres),
                         [](const auto& each) {
                           return each.param == store::Dialect::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace anlan::flow
