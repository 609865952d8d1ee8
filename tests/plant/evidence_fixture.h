#pragma once
// Helpers of the evidence tests: a phone with a key that signs manifests as the web page does.

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "core/hash.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "engine/evidence.h"
#include "engine/evidence_queue.h"
#include "tests/support/plant.h"

namespace anlan::test {

inline std::string base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += kDigits[bits >> count & 63];
    }
  }
  if (count > 0) out += kDigits[bits << (6 - count) & 63];
  return out;
}

class Phone {
 public:
  explicit Phone(const char* curve = "P-256") : key_(EVP_EC_gen(curve), &EVP_PKEY_free) {}

  // SubjectPublicKeyInfo, base64url.
  std::string key() const {
    unsigned char* bytes = nullptr;
    int size = i2d_PUBKEY(key_.get(), &bytes);
    std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return base64url(der);
  }

  std::string sign(std::string_view text) const {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free);
    std::string der(80, '\0');
    std::size_t size = der.size();
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(context.get(), out, &size, reinterpret_cast<const unsigned char*>(text.data()),
                   text.size());
    const unsigned char* at = out;
    std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> made(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), &ECDSA_SIG_free);
    std::string raw(64, '\0');
    auto* half = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(made.get()), half, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(made.get()), half + 32, 32);
    return base64url(raw);
  }

  std::string id;  // as the server knows the key
  std::string person;
  std::string previous;  // hash of the newest manifest

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

struct Shot {
  std::string photo;  // SHA-256 of the stamped copy
  std::string original = to_hex(sha256("original"));
  std::string op = "0190a0b0-0000-7000-8000-000000000001";
  Instant taken_at{};
  Instant server_at{};
  std::string source = "camera";
  Json position{};
  std::string place{};
};

inline Json manifest_of(const Phone& phone, const Shot& shot) {
  return Json::object({{"v", 1},
                       {"op", shot.op},
                       {"original", shot.original},
                       {"photo", shot.photo},
                       {"person", phone.person},
                       {"device", phone.id},
                       {"previous", phone.previous},
                       {"taken_at", format_instant(shot.taken_at)},
                       {"server_at", format_instant(shot.server_at)},
                       {"skew_ms", (shot.taken_at - shot.server_at).to_milliseconds()},
                       {"source", shot.source},
                       {"position", shot.position},
                       {"place", shot.place}});
}

// The item as the phone sends it; its chain goes on.
inline Json signed_item(Phone& phone, const Shot& shot) {
  std::string text = write_json(manifest_of(phone, shot));
  phone.previous = to_hex(sha256(text));
  return Json::object({{"sha256", shot.photo},
                       {"name", "a.jpg"},
                       {"original_sha256", shot.original},
                       {"manifest", text},
                       {"signature", phone.sign(text)},
                       {"device", phone.id}});
}

class EvidenceTest : public testing::Test {
 protected:
  void SetUp() override { open({}); }

  void open(const PlantOptions& options) {
    auto plant = Plant::create(options);
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    worker_ = plant_->as("worker111").value();
    director_ = plant_->as("director").value();
    phone_.person = worker_.person.text();
    phone_.id = register_key(worker_, phone_);
  }

  std::string register_key(const access::Subject& by, const Phone& phone) {
    auto answer = plant_->run(by, engine::RegisterDevice{.key = phone.key(), .name = "phone"});
    return answer ? answer->text_or("id", "") : std::string(error_text(answer.error().code).code);
  }

  Shot shot(const std::string& salt) {
    Shot shot{.photo = to_hex(sha256(photo(salt))), .original = to_hex(sha256("raw " + salt))};
    shot.op = "op " + salt;
    shot.taken_at = shot.server_at = plant_->clock().now();
    return shot;
  }

  Json fields(Json item) {
    return Json::object({{"photos", Json::array({std::move(item)})},
                         {"area", plant_->id_of("area", "A1").value()},
                         {"category", "leak"},
                         {"consequence", "light"},
                         {"exposure", "daily"}});
  }

  RecordId report(const access::Subject& by, Json item) {
    auto made =
        plant_->run(by, engine::CreateRecord{.form = "hazard", .fields = fields(std::move(item))});
    EXPECT_TRUE(made) << made.error().detail << made.error().field;
    return made ? RecordId::parse((*made)["record"].text_or("id", "")).value() : RecordId{};
  }

  // A report of one photo that has come, with its evidence.
  Json judged(Shot shot, const std::string& salt) {
    plant_->upload(worker_, photo(salt)).value();
    return first_photo(report(worker_, signed_item(phone_, shot)));
  }
  Json judged(const std::string& salt) { return judged(shot(salt), salt); }

  Json evidence(RecordId id) {
    auto seen = engine::evidence_of(plant_->engine(), director_, "hazard", id);
    EXPECT_TRUE(seen) << seen.error().detail;
    return seen.value_or(Json());
  }
  Json first_photo(RecordId id) {
    Json seen = evidence(id);
    EXPECT_FALSE(seen["photos"].as_array().empty());
    return seen["photos"].as_array().empty() ? Json() : seen["photos"].as_array()[0];
  }
  static bool has(const Json& photo, std::string_view code) {
    for (const Json& reason : photo["reasons"].as_array()) {
      if (reason["code"] == Json(code)) return true;
    }
    return false;
  }
  bool is_doubtful(RecordId id) {
    auto view = plant_->engine().database().snapshot().value();
    const records::Form* form = plant_->engine().packs().forms.find("hazard");
    auto doubtful = engine::is_evidence_doubtful(*view, *form, id);
    EXPECT_TRUE(doubtful) << doubtful.error().detail;
    return doubtful.value_or(true);
  }
  // A hazard with a photo before and one after, as if it had been repaired.
  RecordId repaired(const std::string& proof = photo("after")) {
    plant_->upload(worker_, photo("before")).value();
    plant_->upload(director_, proof).value();
    RecordId id = report(worker_, signed_item(phone_, shot("before")));
    Json after =
        Json::array({Json::object({{"sha256", to_hex(sha256(proof))}, {"name", "b.jpg"}})});
    auto view = plant_->engine().database().snapshot().value();
    const records::Form* form = plant_->engine().packs().forms.find("hazard");
    Json record = records::read_whole(*view, *form, id).value();
    view.reset();
    record.set("after_photos", after);
    // As the repair task writes it.
    store::Work work = [&](store::Transaction& transaction) -> Result<void> {
      IdMaker ids(plant_->clock(), plant_->random());
      records::Writing writing{transaction, director_.actor, plant_->clock().now(), ids,
                               plant_->engine().packs().forms};
      access::FieldModes all{.fallback = access::FieldMode::Write};
      auto written = TRY(records::update(writing, *form, id, record.int_or("version", 0),
                                         Json::object({{"after_photos", after}}), all));
      TRY(transaction.apply(written.change));
      auto change = TRY(engine::note_photos({transaction, director_.actor, plant_->clock().now(),
                                             plant_->engine().config().has_vision},
                                            *form, written.record));
      return transaction.apply(change);
    };
    auto done = plant_->engine().database().commit_group({&work, 1});
    EXPECT_TRUE(done && done->front()) << (done ? done->front().error().detail : "");
    return id;
  }

  std::unique_ptr<Plant> plant_;
  access::Subject worker_, director_;
  Phone phone_;
};

}  // namespace anlan::test
