#pragma once
// A demo plant whose pack of permits is the small one of tests/data/permits: every guard, figures
// of no standard.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/engine.h"
#include "tests/support/plant.h"
#include "tests/support/postgres.h"

namespace anlan::test {

class PermitPlant : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    PlantOptions options{.is_seeded = true};
    if (GetParam()) {
      PostgresServer* server = postgres_server();
      if (server == nullptr) GTEST_SKIP() << "no PostgreSQL server here";
      options.database = "postgres:" + server->fresh_database();
    }
    options.packs = packs();
    auto plant = Plant::create(options);
    ASSERT_TRUE(plant) << plant.error().detail << " " << plant.error().field;
    plant_ = std::move(*plant);
    // The records of the plant are read.
    plant_->clock().advance(Duration::seconds(2));
    plant_->engine().watch();
  }
  // All packs of the product but that of permits and its rules, and the small one; one folder for
  // the whole program.
  static const std::string& packs() {
    struct Folder {
      Folder() {
        namespace fs = std::filesystem;
        if (!mkdtemp(path.data())) std::abort();
        for (const auto& entry : fs::directory_iterator("packs")) {
          std::string name = entry.path().filename().string();
          if (name == "permits" || name == "plant" || name.starts_with("rules_")) continue;
          fs::create_directory_symlink(fs::absolute(entry.path()), fs::path(path) / name);
        }
        fs::create_directory_symlink(fs::absolute("tests/data/permits"),
                                     fs::path(path) / "permits");
        fs::copy("packs/plant", fs::path(path) / "plant", fs::copy_options::recursive);
        ask_for_permits(fs::path(path) / "plant/forms/area.json");
      }
      // Areas know `needs_permit`.
      static void ask_for_permits(const std::filesystem::path& form) {
        std::stringstream text;
        text << std::ifstream(form).rdbuf();
        Json source = parse_json(text.str()).value();
        Json data = source["data"];
        Json fields = data["properties"];
        if (fields.has("needs_permit")) return;
        Json title = Json::object({{"zh", "凭票进入"}, {"en", "By permit only"}});
        fields.set("needs_permit", Json::object({{"x-kind", "boolean"}, {"title", title}}));
        source.set("data", data.set("properties", fields));
        std::ofstream(form) << write_json(source.set("version", 2));
      }
      ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
      }
      std::string path = (std::filesystem::temp_directory_path() / "anlan-permits-XXXXXX").string();
    };
    static const Folder folder;
    return folder.path;
  }

  access::Subject as(std::string_view login) { return plant_->as(login).value(); }
  Json who(std::string_view login) { return Json(as(login).person.text()); }
  std::string from_now(Duration length) { return format_instant(plant_->clock().now() + length); }
  Json area(std::string_view code) { return Json(plant_->id_of("area", code).value()); }

  // Hot work of repair3 in the tank farm, led by repair4, guarded by worker111.
  Json hot() {
    return Json::object({{"kind", "hot"},
                         {"grade", "one"},
                         {"regime", "gb30871"},
                         {"area", area("A1")},
                         {"x", 165},
                         {"y", 310},
                         {"radius_m", 10},
                         {"leader", who("repair4")},
                         {"guardian", who("worker111")},
                         {"workers", Json::object({{"persons", Json::array({who("repair3")})}})},
                         {"is_outdoor", true},
                         {"valid_from", from_now({})},
                         {"valid_to", from_now(Duration::hours(8))}});
  }

  Result<Json> make(std::string_view form, const Json& fields, std::string_view login = "safety1") {
    auto done = plant_->run(
        as(login), engine::CreateRecord{.form = std::string(form), .fields = fields, .chosen = {}});
    if (!done) return done;
    return (*done)["record"];
  }
  Json made(std::string_view form, const Json& fields, std::string_view login = "safety1") {
    auto done = make(form, fields, login);
    EXPECT_TRUE(done) << form << ": " << error_text(done.error().code).code << " "
                      << done.error().field << " " << done.error().detail;
    return done.value_or(Json());
  }
  Json certify(std::string_view login, std::string_view kind, std::string_view to = "2030-12-31") {
    return made("certificate", Json::object({{"person", who(login)},
                                             {"kind", kind},
                                             {"valid_from", "2020-01-01"},
                                             {"valid_to", to},
                                             {"is_verified", true}}));
  }
  // Everybody whom hot() names.
  void certify_all() {
    certify("worker111", "guardian");
    certify("repair3", "hot");
    certify("safety4", "analyst");
  }
  Json test_gas(const Json& permit, Duration ago, std::string_view verdict = "pass") {
    return made("permit_gas", Json::object({{"permit", permit["id"]},
                                            {"point", "1"},
                                            {"sampled_at", from_now(Duration{} - ago)},
                                            {"analyst", who("safety4")},
                                            {"verdict", verdict}}));
  }

  RecordId id_of(const Json& record) { return RecordId::parse(record.text_or("id", "")).value(); }
  Json now(const Json& permit) {
    return plant_->engine().record(as("safety1"), "permit", id_of(permit)).value();
  }
  std::string state(const Json& permit) { return now(permit)["record"].text_or("state", ""); }
  TaskId task_of(const Json& permit) {
    Json tasks = now(permit)["tasks"];
    return TaskId::parse(tasks.as_array().at(0).text_or("id", "")).value();
  }
  Json position(double x, double y) {
    return Json::object({{"x", x}, {"y", y}, {"at", from_now({})}});
  }
  Result<Json> act(const Json& permit, std::string_view login, std::string_view outcome,
                   Json position = {}, std::string comment = "") {
    return plant_->run(as(login), engine::CompleteTask{.task = task_of(permit),
                                                       .outcome = std::string(outcome),
                                                       .comment = std::move(comment),
                                                       .fields = Json::object(),
                                                       .position = std::move(position)});
  }
  void acted(const Json& permit, std::string_view login, std::string_view outcome,
             Json position = {}) {
    auto done = act(permit, login, outcome, std::move(position));
    ASSERT_TRUE(done) << outcome << ": " << error_text(done.error().code).code << " "
                      << done.error().field << " " << done.error().detail;
  }
  // Approved, tested and started on the spot.
  void start(const Json& permit, std::string_view guardian = "worker111") {
    acted(permit, "safety2", "approve");
    test_gas(permit, Duration::minutes(1));
    Json record = now(permit)["record"];
    acted(permit, guardian, "start", position(*record["x"].as_double(), *record["y"].as_double()));
    EXPECT_EQ(state(permit), "active");
  }

  static void expect_refused(const Result<Json>& done, ErrorCode code, std::string_view field) {
    ASSERT_FALSE(done) << "expected " << error_text(code).code;
    EXPECT_EQ(error_text(done.error().code).code, error_text(code).code) << done.error().detail;
    EXPECT_EQ(done.error().field, field);
  }
  static Json params_of(const Result<Json>& done) {
    return done ? Json() : parse_json(done.error().params).value_or(Json());
  }

  std::unique_ptr<Plant> plant_;
};

}  // namespace anlan::test
