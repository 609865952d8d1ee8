#include "api/tls.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "api/api_fixture.h"
#include "api/private_file.h"

namespace anlan::api {
namespace {

class TlsTest : public ::testing::Test {
 protected:
  Result<TlsFiles> ensure() {
    return ensure_tls({.folder = folder_.path(),
                       .plant = "Demo",
                       .names = names_,
                       .now = now_,
                       .random = random_});
  }
  static X509* read(const std::string& pem) {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return certificate;
  }
  // As a browser would: chain, purpose, time and name.
  bool is_trusted(const TlsFiles& files, const std::string& host, Instant at) {
    X509* authority = read(files.authority.certificate_pem);
    X509* server = read(read_private(files.certificate_path).value());
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, authority);
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, server, nullptr);
    X509_VERIFY_PARAM* wish = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_purpose(wish, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(wish, static_cast<time_t>(at.ns / 1'000'000'000));
    if (X509_VERIFY_PARAM_set1_ip_asc(wish, host.c_str()) != 1) {
      X509_VERIFY_PARAM_set1_host(wish, host.c_str(), host.size());
    }
    bool is_good = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(server);
    X509_free(authority);
    return is_good;
  }

  TestFolder folder_;
  Instant now_ = kTestStart;
  SeededRandom random_{3};
  std::vector<std::string> names_ = {"localhost", "127.0.0.1", "::1", "anlan.plant.test"};
};

TEST_F(TlsTest, TheServerIsTrustedUnderEveryNameByWhoTrustsTheAuthority) {
  auto files = ensure();
  ASSERT_TRUE(files) << files.error().detail;
  for (const std::string& name : names_) EXPECT_TRUE(is_trusted(*files, name, now_)) << name;
  EXPECT_FALSE(is_trusted(*files, "evil.test", now_));
  EXPECT_FALSE(is_trusted(*files, "localhost", now_ + Duration::days(398)));
  EXPECT_EQ(files->authority.name, "Anlan Demo local CA");
  EXPECT_EQ(files->authority.fingerprint.size(), 95u);
}

TEST_F(TlsTest, KeysAreForTheOwnerOnly) {
  ASSERT_TRUE(ensure());
  for (const char* name : {"/tls/ca.key", "/tls/server.key"}) {
    auto mode = std::filesystem::status(folder_.path() + name).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

TEST_F(TlsTest, TheSecondStartKeepsEverything) {
  ASSERT_TRUE(ensure()->is_new_server_certificate);
  std::string before = read_private(folder_.path() + "/tls/server.crt").value();
  auto again = ensure();
  EXPECT_FALSE(again->is_new_server_certificate);
  EXPECT_EQ(read_private(folder_.path() + "/tls/server.crt").value(), before);
}

TEST_F(TlsTest, RenewedUnderTheSameAuthorityBeforeItEndsOrWhenNamesChange) {
  std::string authority = ensure()->authority.certificate_pem;
  now_ = now_ + Duration::days(365);
  EXPECT_FALSE(ensure()->is_new_server_certificate);
  now_ = now_ + Duration::days(3);
  auto renewed = ensure();
  EXPECT_TRUE(renewed->is_new_server_certificate);
  EXPECT_EQ(renewed->authority.certificate_pem, authority);
  EXPECT_TRUE(is_trusted(*renewed, "localhost", now_ + Duration::days(300)));
  names_.push_back("10.9.8.7");
  auto more = ensure();
  EXPECT_TRUE(more->is_new_server_certificate);
  EXPECT_TRUE(is_trusted(*more, "10.9.8.7", now_));
}

TEST_F(TlsTest, ABrokenAuthorityIsToldAndNotReplaced) {
  ASSERT_TRUE(ensure());
  folder_.write("tls/ca.key", "not a key");
  auto files = ensure();
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::StoreFailed);
  EXPECT_EQ(read_private(folder_.path() + "/tls/ca.key").value(), "not a key");
}

TEST_F(TlsTest, AHostNameThatIsNoneIsTold) {
  names_.push_back("a,DNS:evil.test b");
  EXPECT_FALSE(ensure());
}

TEST(MachineNames, LoopbackIsAlwaysThereAndNothingTwice) {
  std::vector<std::string> names = names_of_machine({"Anlan.Plant.Test", "localhost"});
  std::set<std::string> distinct(names.begin(), names.end());
  EXPECT_EQ(distinct.size(), names.size());
  for (const char* name : {"localhost", "127.0.0.1", "::1", "anlan.plant.test"}) {
    EXPECT_TRUE(distinct.contains(name)) << name;
  }
}

TEST(MachineNames, OnlyWhatIsListenedOnIsShown) {
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1", "plant.test", "10.0.0.1"};
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_reached_by("0.0.0.0", names),
            (Names{"plant.test", "10.0.0.1", "localhost", "127.0.0.1"}));
  EXPECT_EQ(names_reached_by("127.0.0.1", names), (Names{"localhost", "127.0.0.1"}));
  EXPECT_EQ(names_reached_by("::", names).back(), "[::1]");
}

TEST(Secret, StaysTheSame) {
  TestFolder folder;
  SeededRandom random{5};
  SecretWish wish{.folder = folder.path(), .name = "token.secret", .random = random};
  std::string first = ensure_secret(wish).value();
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(ensure_secret(wish).value(), first);
}

}  // namespace
}  // namespace anlan::api
