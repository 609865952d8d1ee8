#include "api/tls.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>

#include "api/private_file.h"
#include "core/hash.h"
#include "core/release.h"
#include "core/text.h"

namespace anlan::api {
namespace {

namespace fs = std::filesystem;

constexpr Duration kAuthorityLife = Duration::days(3653);
constexpr Duration kServerLife = Duration::days(397);  // what browsers accept at most
constexpr Duration kRenewBefore = Duration::days(30);
constexpr Duration kClockSlack = Duration::days(1);  // phones whose clocks are behind

using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;

std::unexpected<Error> failed(std::string what) {
  return refuse(ErrorCode::StoreFailed, "TLS: " + std::move(what));
}

Bio reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  return text_of(out);
}

Result<Key> ensure_key(const fs::path& path) {
  if (fs::exists(path)) {
    std::string pem = TRY(read_private(path));
    Key key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, nullptr, nullptr));
    if (!key) return failed(path.string() + " holds no key");
    return key;
  }
  Key key(EVP_EC_gen("P-256"));
  if (!key) return failed("making a key");
  Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  TRY(write_private(path, text_of(out)));
  return key;
}

Result<Certificate> read_certificate(const fs::path& path) {
  std::string pem = TRY(read_private(path));
  Certificate certificate(PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr));
  if (!certificate) return failed(path.string() + " holds no certificate");
  return certificate;
}

Instant instant_of(const ASN1_TIME* time) {
  tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return Instant{} + Duration::seconds(timegm(&parts));
}

void set_times(X509* certificate, Instant now, Duration life) {
  auto seconds = [](Instant at) { return static_cast<time_t>(at.ns / 1'000'000'000); };
  ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now - kClockSlack));
  ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + life - kClockSlack));
}

void set_serial(X509* certificate, Random& random) {
  std::array<uint8_t, 16> bytes{};
  random.fill(bytes);
  bytes[0] = (bytes[0] & 0x7f) | 0x40;  // RFC 5280, 4.1.2.2: positive; and never short
  std::unique_ptr<BIGNUM, Release<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

void set_name(X509_NAME* name, const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  // RFC 5280, appendix A.1: a common name has at most 64 characters.
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, static_cast<int>(text.size()), -1,
                             0);
}

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
  Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool is_address(const std::string& name) {
  in6_addr bytes{};
  return inet_pton(AF_INET, name.c_str(), &bytes) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &bytes) == 1;
}

// RFC 1123, 2.1: letters, digits, hyphens and dots. Anything else could smuggle in another entry.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += list.empty() ? "" : ",";
    list += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  return list;
}

struct Authority {
  Key key;
  Certificate certificate;
};

std::string authority_name(const std::string& plant) {
  std::string name = "Anlan " + plant + " local CA";
  return !plant.empty() && count_chars(name) <= 64 ? name : "Anlan local CA";
}

Result<Certificate> make_authority(const TlsWish& wish, EVP_PKEY* key) {
  Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  set_serial(made.get(), wish.random);
  set_times(made.get(), wish.now, kAuthorityLife);
  set_name(X509_get_subject_name(made.get()), authority_name(wish.plant));
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  X509_set_pubkey(made.get(), key);
  X509* own = made.get();
  bool is_whole = add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                  add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                  add_extension(own, own, NID_subject_key_identifier, "hash");
  if (!is_whole || X509_sign(own, key, EVP_sha256()) == 0) return failed("signing the authority");
  return made;
}

Result<Authority> ensure_authority(const TlsWish& wish, const fs::path& folder) {
  Authority authority{.key = TRY(ensure_key(folder / "ca.key")), .certificate = nullptr};
  fs::path path = folder / "ca.crt";
  if (fs::exists(path)) {
    authority.certificate = TRY(read_certificate(path));
    if (X509_check_private_key(authority.certificate.get(), authority.key.get()) != 1) {
      return failed("ca.key does not belong to ca.crt");
    }
    return authority;
  }
  authority.certificate = TRY(make_authority(wish, authority.key.get()));
  TRY(write_private(path, pem_of(authority.certificate.get())));
  return authority;
}

Result<Certificate> make_server(const TlsWish& wish, const Authority& authority, EVP_PKEY* key) {
  Certificate made(X509_new());
  X509* own = made.get();
  X509_set_version(own, X509_VERSION_3);
  set_serial(own, wish.random);
  set_times(own, wish.now, kServerLife);
  set_name(X509_get_subject_name(own), "Anlan server");
  X509_set_issuer_name(own, X509_get_subject_name(authority.certificate.get()));
  X509_set_pubkey(own, key);
  X509* issuer = authority.certificate.get();
  bool is_whole = add_extension(own, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(own, issuer, NID_key_usage, "critical,digitalSignature") &&
                  add_extension(own, issuer, NID_ext_key_usage, "serverAuth") &&
                  add_extension(own, issuer, NID_subject_key_identifier, "hash") &&
                  add_extension(own, issuer, NID_authority_key_identifier, "keyid") &&
                  add_extension(own, issuer, NID_subject_alt_name, alternative_names(wish.names));
  if (!is_whole || X509_sign(own, authority.key.get(), EVP_sha256()) == 0) {
    return failed("signing the server certificate");
  }
  return made;
}

// The names a certificate was made for stand beside it: simpler to compare than to decode.
bool is_still_good(const TlsWish& wish, const Authority& authority, const fs::path& folder,
                   EVP_PKEY* key) {
  Result<Certificate> server = read_certificate(folder / "server.crt");
  Result<std::string> names = read_private(folder / "server.names");
  if (!server || !names || *names != alternative_names(wish.names)) return false;
  if (X509_check_private_key(server->get(), key) != 1) return false;
  if (X509_verify(server->get(), authority.key.get()) != 1) return false;
  return instant_of(X509_get0_notAfter(server->get())) - wish.now >= kRenewBefore;
}

AuthorityView view_of(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  std::string hex = to_hex(sha256(bytes));
  std::string fingerprint;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i != 0 && i % 2 == 0) fingerprint += ':';
    fingerprint += static_cast<char>(hex[i] >= 'a' ? hex[i] - 'a' + 'A' : hex[i]);
  }
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  return {.certificate_pem = pem_of(certificate),
          .name = name,
          .fingerprint = std::move(fingerprint),
          .not_after = instant_of(X509_get0_notAfter(certificate))};
}

}  // namespace

Result<TlsFiles> ensure_tls(const TlsWish& wish) {
  for (const std::string& name : wish.names) {
    if (!is_address(name) && !is_host_name(name)) {
      return refuse(ErrorCode::BadField, "not a host name: " + name, "host");
    }
  }
  fs::path folder = fs::path(wish.folder) / "tls";
  TRY(make_private_folder(folder));
  Authority authority = TRY(ensure_authority(wish, folder));
  Key key = TRY(ensure_key(folder / "server.key"));
  TlsFiles files{.certificate_path = (folder / "server.crt").string(),
                 .key_path = (folder / "server.key").string(),
                 .authority = view_of(authority.certificate.get())};
  if (is_still_good(wish, authority, folder, key.get())) return files;
  Certificate server = TRY(make_server(wish, authority, key.get()));
  std::string chain = pem_of(server.get()) + files.authority.certificate_pem;
  TRY(write_private(folder / "server.crt", chain));
  TRY(write_private(folder / "server.names", alternative_names(wish.names)));
  files.is_new_server_certificate = true;
  return files;
}

Result<std::string> ensure_secret(const SecretWish& wish) {
  fs::path path = fs::path(wish.folder) / wish.name;
  if (fs::exists(path)) {
    std::string secret = TRY(read_private(path));
    if (secret.size() != 32) return failed(path.string() + " is damaged");
    return secret;
  }
  TRY(make_private_folder(wish.folder));
  std::string secret(32, '\0');
  wish.random.fill({reinterpret_cast<uint8_t*>(secret.data()), secret.size()});
  TRY(write_private(path, secret));
  return secret;
}

}  // namespace anlan::api
