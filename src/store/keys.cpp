#include "store/keys.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "core/hash.h"
#include "core/json.h"
#include "core/log.h"
#include "core/text.h"
#include "store/files.h"
#include "store/writer.h"

namespace anlan::store {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Result<SigningKey> key_of_seed(std::string seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()),
          &EVP_PKEY_free);
  std::array<unsigned char, kKeyBytes> bytes{};
  std::size_t size = bytes.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &size) != 1) {
    return refuse(ErrorCode::StoreFailed, "not an Ed25519 key");
  }
  std::string public_key(bytes.begin(), bytes.end());
  std::string id = to_hex(sha256(public_key)).substr(0, 16);
  return SigningKey{std::move(id), std::move(public_key), std::move(seed)};
}

std::filesystem::path file_of(const std::filesystem::path& folder, std::string_view id) {
  return folder / ("ledger-" + std::string(id) + ".key");
}

Result<void> insert_key(Connection& connection, const SigningKey& key, Instant at) {
  TRY(connection.execute({"INSERT INTO ledger_key (id, public_key, created_at) VALUES (?, ?, ?)",
                          {key.id, Blob{key.public_key}, at.ns}}));
  return {};
}

// The file is on the disk before any row names it.
Result<SigningKey> created_key(Connection& connection, const std::filesystem::path& folder,
                               Random& random, Instant at) {
  SigningKey key = TRY(new_key(random));
  TRY(make_folder(folder));
  TRY(write_file(file_of(folder, key.id), to_hex(key.seed) + "\n", Secrecy::OwnerOnly));
  TRY(insert_key(connection, key, at));
  return key;
}

Result<void> retire(Connection& connection, std::string_view id, Instant at) {
  TRY(connection.execute(
      {"UPDATE ledger_key SET retired_at = ? WHERE id = ?", {at.ns, std::string(id)}}));
  return {};
}

// The ledger itself says that its key changed, so that no list of keys can leave it out unseen.
Result<void> note_act(Connection& connection, Random& random, const Change& change) {
  WritePosition position = TRY(read_position(connection, {}));
  TableClock clock;
  Memory memory;
  RowTexts texts;
  std::vector<std::string> touched;
  return Writer({connection, random, {clock, memory}, texts, touched, nullptr}, position)
      .apply(change);
}

Change act_on_key(std::string act, const SigningKey& key, Instant at) {
  return {.actor = {.kind = Actor::Kind::System},
          .act = std::move(act),
          .subject_kind = "ledger_key",
          .subject_id = key.id,
          .at = at};
}

constexpr std::string_view kFileIsGone = "the key file was gone";

}  // namespace

Result<std::string> current_key_id(Connection& connection) {
  Rows keys = TRY(connection.query(
      {"SELECT id FROM ledger_key WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1"}));
  return keys.empty() ? std::string() : keys[0].text("id");
}

Result<SigningKey> new_key(Random& random) {
  std::array<uint8_t, kKeyBytes> seed{};
  random.fill(seed);
  return key_of_seed(std::string(seed.begin(), seed.end()));
}

Result<std::string> sign(const SigningKey& key, std::string_view message) {
  Key secret(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(key.seed), key.seed.size()),
      &EVP_PKEY_free);
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, kSignatureBytes> out{};
  std::size_t size = out.size();
  if (!secret || !context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret.get()) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, bytes_of(message), message.size()) != 1) {
    return refuse(ErrorCode::StoreFailed, "signing failed");
  }
  return std::string(out.begin(), out.end());
}

bool is_signed(std::string_view public_key, std::string_view message, std::string_view signature) {
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                      public_key.size()),
          &EVP_PKEY_free);
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

std::string endorsement_message(const SigningKey& next) {
  return canonical_json(
      Json::object({{"format", "anlan.key/1"}, {"public_key", to_hex(next.public_key)}}));
}

Result<SigningKey> current_key(Connection& connection, const std::filesystem::path& folder,
                               Random& random, Instant at) {
  std::string id = TRY(current_key_id(connection));
  if (id.empty()) return created_key(connection, folder, random, at);
  auto seed = read_file(file_of(folder, id));
  if (seed) return key_of_seed(from_hex(trim(*seed)));
  if (seed.error().code != ErrorCode::NotFound) return std::unexpected(seed.error());
  return TRY(lost_key(connection, folder, random, at, kFileIsGone)).key;
}

Result<Rotation> lost_key(Connection& connection, const std::filesystem::path& folder,
                          Random& random, Instant at, std::string_view reason) {
  std::string old = TRY(current_key_id(connection));
  if (old.empty()) return refuse(ErrorCode::WrongState, "there is no key to lose");
  TRY(retire(connection, old, at));
  SigningKey next = TRY(created_key(connection, folder, random, at));
  TRY(connection.execute({"UPDATE ledger_key SET previous_id = ?, gap = ? WHERE id = ?",
                          {old, std::string(reason), next.id}}));
  Change change = act_on_key("key.lost", next, at);
  change.detail = Json::object({{"before", old}, {"gap", reason}});
  TRY(note_act(connection, random, change));
  log(LogLevel::Warning, "the ledger's private key is lost, a new one begins",
      Json::object({{"key", old}, {"next", next.id}, {"gap", reason}}));
  return Rotation{std::move(next), std::move(old)};
}

Result<Rotation> rotated_key(Connection& connection, const std::filesystem::path& folder,
                             Random& random, Instant at) {
  SigningKey old = TRY(current_key(connection, folder, random, at));
  TRY(retire(connection, old.id, at));
  SigningKey next = TRY(created_key(connection, folder, random, at));
  std::string endorsement = TRY(sign(old, endorsement_message(next)));
  TRY(connection.execute({"UPDATE ledger_key SET previous_id = ?, endorsement = ? WHERE id = ?",
                          {old.id, Blob{std::move(endorsement)}, next.id}}));
  Change change = act_on_key("key.rotate", next, at);
  change.detail = Json::object({{"before", old.id}});
  TRY(note_act(connection, random, change));
  return Rotation{std::move(next), old.id};
}

Result<Json> keys_json(View& view) {
  Rows rows =
      TRY(view.query({"SELECT id, public_key, created_at, retired_at, previous_id, endorsement, gap"
                      " FROM ledger_key ORDER BY created_at, id"}));
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row = rows[i];
    Json key = Json::object(
        {{"id", row.text("id")},
         {"public_key", to_hex(std::get<Blob>(row["public_key"]).bytes)},
         {"created_at", format_instant({row.int64("created_at")})},
         {"retired_at",
          row.is_null("retired_at") ? Json() : format_instant({row.int64("retired_at")})}});
    if (!row.is_null("previous_id")) key.set("previous", row.text("previous_id"));
    if (!row.is_null("endorsement")) {
      key.set("endorsement", to_hex(std::get<Blob>(row["endorsement"]).bytes));
    }
    if (!row.is_null("gap")) key.set("gap", row.text("gap"));
    out.push(std::move(key));
  }
  return out;
}

void delete_key_file(const std::filesystem::path& folder, std::string_view id) {
  std::error_code ignored;  // a key that stays is no danger to the ledger, only untidy
  std::filesystem::remove(file_of(folder, id), ignored);
}

}  // namespace anlan::store
