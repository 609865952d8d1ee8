#pragma once
// What the tests of alarms share: the demo plant in process, a person in the control room, values
// as drivers deliver them, limits as people set them.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/sensing.h"
#include "tests/support/plant.h"

namespace anlan::test {

class AlarmFixture : public testing::Test {
 protected:
  void SetUp() override {
    auto plant = Plant::create({});
    ASSERT_TRUE(plant) << plant.error().detail << plant.error().field;
    plant_ = std::move(*plant);
    plant_->engine().watch();
    log_in();
  }
  void log_in() {
    control_ = plant_->as("control1").value();
    admin_ = plant_->as("admin").value();
    // Guards are asked of people: what stands here came in by another road.
    machine_ = admin_;
    machine_.actor.kind = Actor::Kind::System;
  }
  engine::Engine& engine() { return plant_->engine(); }
  engine::Sensing& sensing() { return engine().sensing(); }

  void turn() {
    engine().turn();
    engine().watch();
    engine().turn();
  }
  void pass(Duration length) {
    plant_->wait(length);
    turn();
  }
  void give(std::string_view tag, double value) {
    Instant now = plant_->clock().now();
    auto index = sensing().find_tag(tag);
    ASSERT_TRUE(index) << tag;
    history::Sample sample{.tag = *index, .at = now, .received = now, .value = value};
    ASSERT_TRUE(sensing().samples({&sample, 1}));
    turn();
  }

  // The model is read anew before it returns.
  Result<Json> add(const access::Subject& by, std::string form, const Json& fields) {
    auto made = plant_->run(by, engine::CreateRecord{.form = std::move(form), .fields = fields});
    pass(Duration::seconds(2));
    return made;
  }
  // NEW of GAS-2101, high at 5; `more` says what differs.
  Result<Json> add_limit(const access::Subject& by, const Json& more) {
    Json fields = Json::object({{"code", "NEW"},
                                {"name_zh", "新报警"},
                                {"tag", plant_->id_of("tag", "GAS-2101").value()},
                                {"area", plant_->id_of("area", "A1").value()},
                                {"kind", "h"},
                                {"limit_value", 5},
                                {"priority", 3}});
    for (const auto& [name, value] : more.as_object()) fields.set(name, value);
    return add(by, "alarm_limit", fields);
  }
  Result<Json> add_limit(const Json& more) { return add_limit(admin_, more); }

  // Of the list that the control room has; null where it is not on it.
  Json open(std::string_view code) {
    Json open = engine().alarms(control_).value();
    for (const Json& row : open["rows"].as_array()) {
      if (row["code"] == Json(code)) return row;
    }
    return {};
  }
  std::string letter(std::string_view code) { return open(code).text_or("letter", "A"); }
  static RecordId id_in(const Json& row) { return RecordId::parse(row.text_or("id", "")).value(); }

  std::unique_ptr<Plant> plant_;
  access::Subject control_, admin_, machine_;
};

}  // namespace anlan::test
