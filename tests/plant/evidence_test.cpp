#include "tests/plant/evidence_fixture.h"

namespace anlan::test {
namespace {

TEST_F(EvidenceTest, APhotoSignedByTheReportersOwnPhoneIsGreen) {
  Json seen = judged("a");
  EXPECT_EQ(seen["badge"], Json("green")) << write_json(seen);
  EXPECT_EQ(seen["kind"], Json("image/jpeg"));
  EXPECT_EQ(seen["source"], Json("camera"));
  EXPECT_EQ(seen["person_name"], Json(worker_.name));
}

TEST_F(EvidenceTest, ReasonsSpeakBothLanguages) {
  Json seen = judged("a");
  for (const Json& reason : seen["reasons"].as_array()) {
    EXPECT_FALSE(reason.text_or("zh", "").starts_with("evidence.")) << write_json(reason);
    EXPECT_NE(reason["zh"], reason["en"]);
  }
}

TEST_F(EvidenceTest, AnUnsignedPhotoIsAmber) {
  std::string sha = plant_->upload(worker_, photo("a")).value();
  Json seen = first_photo(report(worker_, Json::object({{"sha256", sha}, {"name", "a.jpg"}})));
  EXPECT_EQ(seen["badge"], Json("amber"));
  EXPECT_TRUE(has(seen, "unsigned"));
}

TEST_F(EvidenceTest, AFlippedByteInTheManifestIsRed) {
  plant_->upload(worker_, photo("a")).value();
  Json item = signed_item(phone_, shot("a"));
  std::string text = item.text_or("manifest", "");
  std::size_t at = text.find("op a");
  ASSERT_NE(at, std::string::npos);
  text[at + 3] = 'b';
  item.set("manifest", text);
  Json seen = first_photo(report(worker_, item));
  EXPECT_EQ(seen["badge"], Json("red"));
  EXPECT_TRUE(has(seen, "signature_wrong")) << write_json(seen);
}

TEST_F(EvidenceTest, AManifestOfAnotherPhotoIsRed) {
  plant_->upload(worker_, photo("b")).value();
  Json item = signed_item(phone_, shot("a"));
  item.set("sha256", to_hex(sha256(photo("b"))));
  EXPECT_TRUE(has(first_photo(report(worker_, item)), "photo_mismatch"));
}

TEST_F(EvidenceTest, AnotherPersonsPhoneIsRed) {
  auto other = plant_->as("worker112").value();
  plant_->upload(other, photo("a")).value();
  Json seen = first_photo(report(other, signed_item(phone_, shot("a"))));
  EXPECT_TRUE(has(seen, "key_foreign"));
  EXPECT_TRUE(has(seen, "person_mismatch"));
  EXPECT_EQ(seen["badge"], Json("red"));
}

TEST_F(EvidenceTest, APhoneRevokedBeforeTheShotIsRedAndEarlierPhotosStayGreen) {
  plant_->upload(worker_, photo("early")).value();
  RecordId early = report(worker_, signed_item(phone_, shot("early")));
  plant_->wait(Duration::minutes(5));
  ASSERT_TRUE(plant_->run(worker_, engine::RevokeDevice{.id = phone_.id, .reason = "lost"}));
  plant_->wait(Duration::minutes(5));
  EXPECT_TRUE(has(judged("late"), "key_revoked"));
  EXPECT_EQ(first_photo(early)["badge"], Json("green"));
}

TEST_F(EvidenceTest, AShotDatedBackBeforeTheRevocationIsStillTold) {
  Shot backdated = shot("a");
  plant_->wait(Duration::minutes(5));
  ASSERT_TRUE(plant_->run(worker_, engine::RevokeDevice{.id = phone_.id, .reason = "lost"}));
  EXPECT_TRUE(has(judged(backdated, "a"), "key_revoked_since"));
}

TEST_F(EvidenceTest, AGapInTheChainIsAmberAndHealsWhenTheLostPhotoComes) {
  Json lost = signed_item(phone_, shot("lost"));
  plant_->upload(worker_, photo("b")).value();
  RecordId later = report(worker_, signed_item(phone_, shot("b")));
  EXPECT_TRUE(has(first_photo(later), "chain_gap"));
  plant_->upload(worker_, photo("lost")).value();
  report(worker_, lost);
  EXPECT_EQ(first_photo(later)["badge"], Json("green")) << write_json(first_photo(later));
}

TEST_F(EvidenceTest, TwoManifestsOnOnePlaceOfTheChainAreRed) {
  std::string before = phone_.previous;
  plant_->upload(worker_, photo("a")).value();
  RecordId first = report(worker_, signed_item(phone_, shot("a")));
  phone_.previous = before;
  EXPECT_TRUE(has(judged("b"), "chain_fork"));
  EXPECT_TRUE(has(first_photo(first), "chain_fork")) << "nobody knows which of them is true";
}

TEST_F(EvidenceTest, AClockThatIsOffIsAmberAndOneThatRunsBackIsRed) {
  Shot off = shot("a");
  off.taken_at = off.server_at + Duration::minutes(10);
  Json seen = judged(off, "a");
  EXPECT_EQ(seen["badge"], Json("amber"));
  EXPECT_TRUE(has(seen, "clock_skew"));
  EXPECT_TRUE(has(judged("b"), "time_backwards"));
}

TEST_F(EvidenceTest, APhotoThatComesDaysLaterIsAmber) {
  Shot old = shot("a");
  plant_->wait(Duration::days(2));
  EXPECT_TRUE(has(judged(old, "a"), "late"));
}

TEST_F(EvidenceTest, APositionIsHeldAgainstTheArea) {
  auto position = [](double lat, double lon, int accuracy_m, int age_s) {
    return Json::object({{"lat", lat}, {"lon", lon}, {"accuracy_m", accuracy_m}, {"age_s", age_s}});
  };
  Shot inside = shot("a");
  inside.position = position(31.2304, 121.4737, 8, 3);  // the middle of A1 in the demo plant
  EXPECT_EQ(judged(inside, "a")["badge"], Json("green"));
  Shot outside = shot("b");
  outside.position = position(31.2404, 121.4737, 8, 3);
  EXPECT_TRUE(has(judged(outside, "b"), "position_outside"));
  Shot vague = shot("c");
  vague.position = position(31.2304, 121.4737, 500, 900);
  Json seen = judged(vague, "c");
  EXPECT_TRUE(has(seen, "position_inaccurate"));
  EXPECT_TRUE(has(seen, "position_old"));
}

TEST_F(EvidenceTest, AGalleryPhotoAndAForeignLabelAreAmber) {
  Shot from_gallery = shot("a");
  from_gallery.source = "gallery";
  EXPECT_TRUE(has(judged(from_gallery, "a"), "gallery"));
  Shot elsewhere = shot("b");
  elsewhere.place = "A2";
  EXPECT_TRUE(has(judged(elsewhere, "b"), "place_other"));
  Shot here = shot("c");
  here.place = "A1";
  Json seen = judged(here, "c");
  EXPECT_TRUE(has(seen, "place_confirmed"));
  EXPECT_EQ(seen["badge"], Json("green"));
}

TEST_F(EvidenceTest, AFileUsedOnAnotherRecordIsRedThereAndNotOnTheFirst) {
  plant_->upload(worker_, photo("a")).value();
  RecordId first = report(worker_, signed_item(phone_, shot("a")));
  plant_->wait(Duration::minutes(1));
  Json again = judged("a");
  EXPECT_TRUE(has(again, "reused_file"));
  ASSERT_EQ(again["reused"].as_array().size(), 1U);
  EXPECT_EQ(again["reused"].as_array()[0]["id"], Json(first.text()));
  EXPECT_FALSE(has(first_photo(first), "reused_file"));
}

TEST_F(EvidenceTest, TheSameOriginalStampedAnewIsRed) {
  judged("a");
  plant_->wait(Duration::minutes(1));
  Shot again = shot("stamped anew");
  again.original = to_hex(sha256("raw a"));
  EXPECT_TRUE(has(judged(again, "stamped anew"), "reused_original"));
}

TEST_F(EvidenceTest, OneOperationForTwoRecordsIsRed) {
  judged("a");
  Shot second = shot("b");
  second.op = "op a";
  EXPECT_TRUE(has(judged(second, "b"), "op_shared"));
}

TEST_F(EvidenceTest, WordsComeFirstAndThePhotoIsPendingUntilItArrives) {
  std::string sha = to_hex(sha256(photo("a")));
  RecordId id = report(worker_, signed_item(phone_, shot("a")));
  EXPECT_EQ(first_photo(id)["badge"], Json("pending"));
  EXPECT_TRUE(is_doubtful(id));
  EXPECT_EQ(plant_->engine().file(worker_, "hazard", id, sha).error().code, ErrorCode::NotFound);
  plant_->upload(worker_, photo("a")).value();
  EXPECT_EQ(first_photo(id)["badge"], Json("green"));
  EXPECT_FALSE(is_doubtful(id));
  EXPECT_EQ(plant_->engine().file(worker_, "hazard", id, sha).value(), photo("a"));
}

TEST_F(EvidenceTest, WhoMerelyNamesAForeignFileNeverReadsIt) {
  auto other = plant_->as("worker112").value();
  std::string sha = plant_->upload(other, photo("secret")).value();
  RecordId id = report(worker_, Json::object({{"sha256", sha}, {"name", "a.jpg"}}));
  EXPECT_EQ(plant_->engine().file(worker_, "hazard", id, sha).error().code, ErrorCode::NotFound);
  EXPECT_FALSE(engine::thumbnail_of(plant_->engine(), worker_, "hazard", id, sha));
  auto guess = plant_->engine().put_blob(worker_, sha, 0, 10, "0123456789");
  EXPECT_FALSE(guess) << "a hash is no file";
}

TEST_F(EvidenceTest, APhotoThatVisionKnowsFromBeforeIsRed) {
  plant_->upload(worker_, photo("a")).value();
  RecordId first = report(worker_, signed_item(phone_, shot("a")));
  plant_->wait(Duration::minutes(1));
  plant_->upload(worker_, photo("crop of a")).value();
  RecordId second = report(worker_, signed_item(phone_, shot("crop of a")));
  Json facts = Json::object({{"reused", Json::array({to_hex(sha256(photo("a")))})}});
  auto noted = plant_->run(engine::system_subject(),
                           engine::NotePhoto{.sha256 = to_hex(sha256(photo("crop of a"))),
                                             .facts = facts,
                                             .print = std::string("\0\1print", 7)});
  ASSERT_TRUE(noted) << noted.error().detail;
  EXPECT_TRUE(has(first_photo(second), "reused_scene"));
  EXPECT_FALSE(has(first_photo(first), "reused_scene"));
  auto prints = engine::stored_prints(plant_->engine(), "", 10).value();
  ASSERT_EQ(prints.size(), 1U);
  EXPECT_EQ(prints[0].print, std::string("\0\1print", 7));
  EXPECT_TRUE(is_doubtful(second));
}

TEST_F(EvidenceTest, NobodyButTheEyesNotesWhatTheySaw) {
  auto refused = plant_->run(director_, engine::NotePhoto{.sha256 = std::string(64, 'a')});
  EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
}

TEST_F(EvidenceTest, WithoutEyesAPairWaitsForNobody) {
  RecordId id = repaired();
  Json seen = evidence(id);
  ASSERT_EQ(seen["pairs"].as_array().size(), 1U);
  EXPECT_EQ(seen["pairs"].as_array()[0]["state"], Json("failed"));
  EXPECT_TRUE(has(seen["photos"].as_array()[0], "vision_absent"));
  EXPECT_FALSE(is_doubtful(id));
}

class PairTest : public EvidenceTest {
 protected:
  void SetUp() override {
    open({.has_vision = true});
    id_ = repaired();
    note("before");
    note("after");
  }
  void note(const std::string& salt) {
    auto noted = plant_->run(
        engine::system_subject(),
        engine::NotePhoto{.sha256 = to_hex(sha256(photo(salt))), .facts = Json::object()});
    ASSERT_TRUE(noted) << noted.error().detail;
  }
  void answer(double same_scene, double context, bool is_reupload) {
    auto pairs = engine::waiting_pairs(plant_->engine(), 10).value();
    ASSERT_EQ(pairs.size(), 1U);
    Json result = Json::object({{"same_scene", same_scene},
                                {"context", context},
                                {"changed", 0.4},
                                {"is_reupload", is_reupload},
                                {"version", pairs[0].version}});
    auto noted = plant_->run(engine::system_subject(), engine::NotePair{.form = "hazard",
                                                                        .id = id_,
                                                                        .before = pairs[0].before,
                                                                        .after = pairs[0].after,
                                                                        .result = result});
    ASSERT_TRUE(noted) << noted.error().detail;
  }
  Json pair() { return evidence(id_)["pairs"].as_array().at(0); }
  RecordId id_{};
};

TEST_F(PairTest, APairThatWaitsIsDoubtfulAndAGoodOneIsNot) {
  EXPECT_EQ(pair()["state"], Json("waiting"));
  EXPECT_TRUE(is_doubtful(id_));
  answer(0.97, 0.93, false);
  EXPECT_EQ(pair()["verdict"], Json("good"));
  EXPECT_EQ(pair()["state"], Json("done"));
  EXPECT_FALSE(is_doubtful(id_));
}

TEST_F(PairTest, BelowTheThresholdAPersonLooksAgain) {
  answer(0.97, 0.84, false);
  EXPECT_EQ(pair()["verdict"], Json("recheck"));
  EXPECT_TRUE(is_doubtful(id_));
}

TEST_F(PairTest, AReuploadIsTold) {
  answer(0.99, 0.99, true);
  EXPECT_EQ(pair()["verdict"], Json("reupload"));
  EXPECT_EQ(evidence(id_)["badge"], Json("red"));
  EXPECT_TRUE(is_doubtful(id_));
}

TEST_F(PairTest, AnotherPlaceIsUnclear) {
  answer(0.2, 0.9, false);
  EXPECT_EQ(pair()["verdict"], Json("unclear"));
  EXPECT_TRUE(is_doubtful(id_));
}

TEST_F(PairTest, ABoxOfAPersonAsksAnewAndAnAnswerToTheOldQuestionIsDropped) {
  auto stale = engine::waiting_pairs(plant_->engine(), 10).value();
  ASSERT_EQ(stale.size(), 1U);
  engine::MarkBox mark{.form = "hazard",
                       .id = id_,
                       .before = stale[0].before,
                       .after = stale[0].after,
                       .x = 0.2,
                       .y = 0.3,
                       .width = 0.4,
                       .height = 0.4};
  auto marked = plant_->run(director_, mark);
  ASSERT_TRUE(marked) << marked.error().detail;
  Json late = Json::object({{"same_scene", 1}, {"context", 1}, {"version", stale[0].version}});
  ASSERT_TRUE(plant_->run(engine::system_subject(), engine::NotePair{.form = "hazard",
                                                                     .id = id_,
                                                                     .before = stale[0].before,
                                                                     .after = stale[0].after,
                                                                     .result = late}));
  EXPECT_EQ(pair()["state"], Json("waiting"));
  EXPECT_EQ(pair()["box"]["by"], Json("person"));
  mark.width = 0.9;
  EXPECT_EQ(plant_->run(director_, mark).error().code, ErrorCode::BadField) << "beyond the photo";
}

TEST_F(EvidenceTest, AKeyIsAP256KeyAndTheSameKeyKeepsItsId) {
  EXPECT_EQ(register_key(worker_, phone_), phone_.id);
  EXPECT_EQ(phone_.id.size(), 32U);
  EXPECT_EQ(register_key(worker_, Phone("P-384")), "bad_field");
  auto other = plant_->as("worker112").value();
  EXPECT_EQ(register_key(other, phone_), "duplicate");
  Json mine = engine::devices_of(plant_->engine(), worker_).value();
  EXPECT_EQ(mine["rows"].as_array().size(), 1U);
  EXPECT_TRUE(engine::devices_of(plant_->engine(), other).value()["rows"].as_array().empty());
}

TEST_F(EvidenceTest, OnlyTheOwnerOrAnAdministratorRevokesAKey) {
  auto other = plant_->as("worker112").value();
  EXPECT_EQ(plant_->run(other, engine::RevokeDevice{phone_.id, "x"}).error().code,
            ErrorCode::NotFound);
  ASSERT_TRUE(plant_->run(plant_->as("admin").value(), engine::RevokeDevice{phone_.id, "lost"}));
  EXPECT_EQ(register_key(worker_, phone_), "device_revoked");
}

}  // namespace
}  // namespace anlan::test
