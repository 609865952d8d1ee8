#include "app/app.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/commands.h"
#include "app/consistency.h"
#include "core/hash.h"
#include "tests/support/temp_folder.h"

namespace anlan::app {
namespace {

struct Folder : test::TempFolder {
  Folder() : test::TempFolder("app") {}
};

std::string text_in(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The program in a process of its own, its output in files.
class Child {
 public:
  explicit Child(const std::vector<std::string>& words) {
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setenv("LC_ALL", "en_US.UTF-8", 1);
      ::dup2(pipe[1], STDOUT_FILENO);
      ::close(pipe[0]);
      ::close(pipe[1]);
      int errors = ::open((folder_.path() + "/err").c_str(), O_WRONLY | O_CREAT, 0600);
      ::dup2(errors, STDERR_FILENO);
      int code = run_words(words);
      std::fflush(nullptr);
      ::_exit(code);
    }
    ::close(pipe[1]);
    out_ = pipe[0];
  }
  ~Child() {
    if (pid_ > 0) end();
    ::close(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Reads until the text has come or the output ends.
  bool says(std::string_view text) {
    char bytes[4096];
    while (said_.find(text) == std::string::npos) {
      ssize_t count = ::read(out_, bytes, sizeof bytes);
      if (count <= 0) return false;
      said_.append(bytes, static_cast<std::size_t>(count));
    }
    return true;
  }
  const std::string& said() {
    says("\x01");  // never comes: everything until the end
    return said_;
  }
  std::string errors() const { return text_in(folder_.path() + "/err"); }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  int end() {
    ::kill(pid_, SIGTERM);
    return wait();
  }

 private:
  Folder folder_;
  pid_t pid_ = -1;
  int out_ = -1;
  std::string said_;
};

TEST(Words, WhatNobodyUnderstandsIsRefusedWithHelp) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"dance"},
                                                {"serve", "--nonsense"},
                                                {"serve", "--port"},
                                                {"serve", "--port", "seven"},
                                                {"serve", "--port", "70000"},
                                                {"serve", "--port", "-1"},
                                                {"serve", "extra"},
                                                {"serve", "--empty=yes"},
                                                {"serve", "--port", "1", "--port", "2"},
                                                {"serve", "--database", "oracle"},
                                                {"proof"},
                                                {"proof", "record", "hazard"},
                                                {"proof", "consistency", "1", "x"},
                                                {"verify", "now"},
                                                {"dmn-tck"},
                                                {"version", "x"}}) {
    Child child(words);
    EXPECT_EQ(child.wait(), 2);
    EXPECT_NE(child.errors().find("usage: anlan COMMAND"), std::string::npos);
  }
}

TEST(Words, TheConformanceKitEndsWithWhatPassed) {
  Folder folder;
  std::filesystem::create_directories(folder.path() + "/kit");
  std::ofstream(folder.path() + "/kit/one.dmn")
      << R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m"
 namespace="urn:m"><decision id="d" name="d"><variable name="d"/>
<literalExpression><text>1 + 1</text></literalExpression></decision></definitions>)";
  std::ofstream(folder.path() + "/kit/one-test-01.xml") << R"(<testCases
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>one.dmn</modelName>
<testCase id="good"><resultNode name="d"><expected><value xsi:type="xsd:decimal">2</value>
</expected></resultNode></testCase><testCase id="bad"><resultNode name="d"><expected>
<value xsi:type="xsd:decimal">3</value></expected></resultNode></testCase></testCases>)";
  std::string csv = folder.path() + "/out.csv";
  Child kit({"dmn-tck", folder.path() + "/kit", "--csv", csv});
  EXPECT_TRUE(kit.said().ends_with("\npassed 1 of 2\n")) << kit.said();
  EXPECT_EQ(kit.wait(), 1);
  EXPECT_NE(text_in(csv).find("\"good\",\"d\",\"SUCCESS\",\"\""), std::string::npos);
  EXPECT_NE(text_in(csv).find("\"bad\",\"d\",\"ERROR\","), std::string::npos);
}

TEST(Words, HelpAndVersionAnswer) {
  Child help({"help"});
  EXPECT_NE(help.said().find("serve"), std::string::npos);
  EXPECT_EQ(help.wait(), 0);
  Child version({"--version"});
  EXPECT_NE(version.said().find("anlan 0."), std::string::npos);
  EXPECT_EQ(version.wait(), 0);
}

TEST(Words, AFlowIsLintedInWordsAndByItsExitCode) {
  Folder folder;
  std::string fine = "packs/hazards/flows/hazard_loop.bpmn";
  Child good({"flow", "lint", fine});
  EXPECT_NE(good.said().find("the flow can be run"), std::string::npos) << good.said();
  EXPECT_EQ(good.wait(), 0);
  std::string xml = text_in(fine);
  std::size_t at = xml.find("<userTask");
  ASSERT_NE(at, std::string::npos);
  std::string odd = folder.path() + "/odd.bpmn";
  std::ofstream(odd) << xml.insert(at, "<complexGateway id=\"odd\"/>");
  Child bad({"flow", "lint", odd});
  EXPECT_NE(bad.said().find("odd: Element 'odd' (complexGateway) can't be executed"),
            std::string::npos)
      << bad.said();
  EXPECT_EQ(bad.wait(), 1);
  Child none({"flow", "lint", folder.path() + "/none.bpmn"});
  EXPECT_NE(none.wait(), 0);
}

TEST(Words, BothWaysOfGivingAValueAreUnderstood) {
  constexpr OptionKind kKinds[] = {{"--port"}, {"--host", true, true}};
  std::vector<std::string> words = {"a", "--port=7", "--host", "x", "--host=y", "b"};
  auto read = read_words("serve", words, kKinds);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->plain, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read->one("--port", ""), "7");
  EXPECT_EQ(read->all("--host"), (std::vector<std::string>{"x", "y"}));
}

TEST(Texts, PlacesAreFilledInBothLanguages) {
  EXPECT_EQ(say(Text::UnknownOption, "en", {"serve", "--x"}),
            "'serve' does not know the option '--x'");
  EXPECT_EQ(say(Text::UnknownOption, "zh", {"serve", "--x"}), "'serve' 不认识选项 '--x'");
}

std::string leaf(int i) { return sha256(std::string(1, '\0') + std::to_string(i)); }
std::string node(const std::string& left, const std::string& right) {
  return sha256("\x01" + left + right);
}

TEST(Consistency, FollowsTheClause) {
  std::string a = leaf(0);
  std::string b = leaf(1);
  std::string c = leaf(2);
  std::string two = node(a, b);
  std::string three = node(two, c);
  EXPECT_TRUE(is_consistent({2, two}, {3, three}, {c}));
  EXPECT_TRUE(is_consistent({1, a}, {3, three}, {b, c}));
  EXPECT_TRUE(is_consistent({3, three}, {3, three}, {}));
  EXPECT_TRUE(is_consistent({3, three}, {4, node(two, node(c, a))}, {c, a, two}));
  EXPECT_FALSE(is_consistent({2, two}, {3, three}, {b}));
  EXPECT_FALSE(is_consistent({2, three}, {3, three}, {c}));
  EXPECT_FALSE(is_consistent({3, three}, {2, two}, {c}));
  EXPECT_FALSE(is_consistent({3, two}, {3, three}, {}));
  EXPECT_FALSE(is_consistent({1, a}, {3, three}, {b, c, c}));
  EXPECT_FALSE(is_consistent({1, a}, {3, three}, {}));
}

class ServeTest : public ::testing::Test {
 protected:
  std::vector<std::string> words(std::vector<std::string> more) {
    more.insert(more.end(), {"--data", folder_.path()});
    return more;
  }
  Folder folder_;
};

TEST_F(ServeTest, ServesUntilItIsAskedToStopThenEverythingVerifies) {
  {
    Child server(words({"serve", "--http", "--port", "0"}));
    ASSERT_TRUE(server.says("Anlan is ready")) << server.errors();
    EXPECT_TRUE(server.says("http://localhost:"));
    EXPECT_TRUE(server.says("Anlan-Demo-2026")) << "the demo accounts are shown";
    EXPECT_TRUE(server.says("worker111"));
    EXPECT_EQ(server.end(), 0);
    for (const char* step : {"engine opened", "demo plant seeded", "server started",
                             "server stopped", "engine stopped"}) {
      EXPECT_NE(server.errors().find(step), std::string::npos) << step;
    }
  }
  Child head(words({"proof", "head"}));
  EXPECT_NE(head.said().find("\"signature\""), std::string::npos);
  EXPECT_EQ(head.wait(), 0);
  Child verify(words({"verify"}));
  EXPECT_NE(verify.said().find("everything verifies"), std::string::npos)
      << verify.said() << verify.errors();
  EXPECT_EQ(verify.wait(), 0);
  Child consistency(words({"proof", "consistency", "1", "2"}));
  EXPECT_NE(consistency.said().find("\"path\""), std::string::npos) << consistency.errors();
  EXPECT_EQ(consistency.wait(), 0);
  Child none(words({"proof", "record", "hazard", "00000000-0000-7000-8000-000000000000"}));
  EXPECT_EQ(none.wait(), 1);
}

TEST_F(ServeTest, AnAlteredDatabaseDoesNotVerify) {
  {
    Child server(words({"serve", "--http", "--port", "0"}));
    ASSERT_TRUE(server.says("worker111")) << server.errors();
    EXPECT_EQ(server.end(), 0);
  }
  EXPECT_EQ(Child(words({"verify"})).wait(), 0) << "as it was written";
  std::string path = folder_.path() + "/anlan.db";
  std::string bytes = text_in(path);
  std::string_view from = "Raw material tank farm";
  std::size_t at = bytes.find(from);
  ASSERT_NE(at, std::string::npos);
  for (; at != std::string::npos; at = bytes.find(from, at)) bytes.replace(at + 18, 4, "fire");
  std::ofstream(path, std::ios::binary) << bytes;
  Child verify(words({"verify"}));
  EXPECT_EQ(verify.said().find("everything verifies"), std::string::npos);
  EXPECT_EQ(verify.wait(), 1);
}

TEST_F(ServeTest, AnEmptyPlantShowsNoDemo) {
  Child server(words({"serve", "--http", "--port", "0", "--empty"}));
  ASSERT_TRUE(server.says("nobody is here yet")) << server.errors();
  EXPECT_EQ(server.end(), 0);
  EXPECT_EQ(server.said().find("Anlan-Demo"), std::string::npos);
}

}  // namespace
}  // namespace anlan::app
