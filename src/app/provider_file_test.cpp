#include "app/provider_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace anlan::app {
namespace {

class ProviderFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = (std::filesystem::temp_directory_path() / "anlan-oidc-XXXXXX").string();
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text, mode_t mode) {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  std::string settings(const std::string& more) {
    return write("oidc.json",
                 R"({"format":"anlan.oidc/1","issuer":"http://127.0.0.1:1","client_id":"anlan",)"
                 R"("own_address":"https://anlan.plant","label":{"zh":"统一","en":"Company"})" +
                     more + "}",
                 0644);
  }
  std::string read(const std::string& more) {
    auto wish = read_provider_file(settings(more));
    return wish ? "secret " + wish->settings.client_secret
                : std::string(error_text(wish.error().code).code);
  }

  std::string folder_;
};

TEST_F(ProviderFile, TheSecretIsReadFromAFileThatNobodyElseMayRead) {
  write("secret", "s3cret\n", 0600);
  EXPECT_EQ(read(R"(,"client_secret_file":"secret")"), "secret s3cret");
  write("secret", "s3cret\n", 0640);
  EXPECT_EQ(read(R"(,"client_secret_file":"secret")"), "forbidden");
  write("secret", "\n", 0600);
  EXPECT_EQ(read(R"(,"client_secret_file":"secret")"), "bad_field");
  EXPECT_EQ(read(R"(,"client_secret_file":"other")"), "not_found");
  EXPECT_EQ(read(""), "secret ") << "a public client";
}

TEST_F(ProviderFile, SlipsStopTheStart) {
  EXPECT_EQ(read(R"(,"client_secret":"inline")"), "bad_field");
  EXPECT_EQ(read(R"(,"authorities":["none.pem"])"), "not_found");
  EXPECT_FALSE(read_provider_file(folder_ + "/missing.json"));
}

TEST_F(ProviderFile, NobodyAnsweringIsNoRefusal) {
  auto wish = read_provider_file(settings(""));
  ASSERT_TRUE(wish);
  auto reply = wish->ask({.url = "http://127.0.0.1:1/"});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 0);
  EXPECT_FALSE(wish->ask({.url = "http://anlan.invalid/"})) << "never without TLS elsewhere";
}

}  // namespace
}  // namespace anlan::app
