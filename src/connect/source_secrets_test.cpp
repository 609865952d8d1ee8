#include "connect/source_secrets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;

class SourceSecrets : public testing::Test {
 protected:
  SourceSecrets() {
    std::string pattern = (fs::temp_directory_path() / "anlan-secrets-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    fs::create_directories(folder_ / "sources");
  }
  ~SourceSecrets() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text, fs::perms perms) {
    std::ofstream(folder_ / "sources" / name) << text;
    fs::permissions(folder_ / "sources" / name, perms);
  }
  fs::path folder_;
  Source source_{.code = "S-1"};
  static constexpr fs::perms kOwn = fs::perms::owner_read | fs::perms::owner_write;
};

TEST_F(SourceSecrets, ComeFromFilesOfTheDataFolder) {
  ASSERT_TRUE(add_secrets(folder_.string(), source_)) << "none is needed";
  write("S-1.json", R"({"user":"anlan","password":"secret"})", kOwn);
  ASSERT_TRUE(add_secrets(folder_.string(), source_));
  EXPECT_EQ(source_.user, "anlan");
  EXPECT_EQ(source_.password, "secret");
}

TEST_F(SourceSecrets, AreRefusedWhereOthersMayReadThem) {
  write("S-1.json", R"({"user":"anlan"})", kOwn | fs::perms::group_read);
  auto done = add_secrets(folder_.string(), source_);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::Forbidden);
  EXPECT_TRUE(source_.user.empty());
}

TEST_F(SourceSecrets, ASecureSourceNeedsAllOfThem) {
  source_.protocol = Source::Protocol::Opcua;
  source_.is_secure = true;
  write("S-1.cert.der", "c", kOwn);
  write("S-1.key.der", "k", kOwn);
  write("S-1.json", R"({"application_uri":"urn:anlan:1"})", kOwn);
  EXPECT_FALSE(add_secrets(folder_.string(), source_));
  write("S-1.server.der", "s", kOwn);
  ASSERT_TRUE(add_secrets(folder_.string(), source_));
  EXPECT_EQ(source_.key, "k");
}

TEST_F(SourceSecrets, AUsersCertificateNeedsItsKeyAndABrokerItsSigner) {
  write("S-1.user.cert.der", "c", kOwn);
  EXPECT_EQ(add_secrets(folder_.string(), source_).error().field, "user_certificate");
  write("S-1.user.key.der", "k", kOwn);
  ASSERT_TRUE(add_secrets(folder_.string(), source_));
  EXPECT_EQ(source_.user_key, "k");
  source_.protocol = Source::Protocol::Mqtt;
  source_.is_secure = true;
  EXPECT_EQ(add_secrets(folder_.string(), source_).error().field, "ca");
  write("S-1.ca.pem", "p", kOwn);
  ASSERT_TRUE(add_secrets(folder_.string(), source_));
  EXPECT_TRUE(source_.ca_file.ends_with("sources/S-1.ca.pem"));
}

}  // namespace
}  // namespace anlan::connect
