// How long values of a tag are kept is said in its record.

#include <gtest/gtest.h>

#include "tests/support/plant.h"

namespace anlan::test {
namespace {

TEST(Retention, OfATagIsWhatItsRecordSays) {
  auto made = Plant::create({.database = {}, .is_seeded = true});
  ASSERT_TRUE(made) << made.error().detail;
  Plant& plant = **made;
  auto admin = plant.as("admin").value();
  engine::Sensing& sensing = plant.engine().sensing();
  ASSERT_TRUE(sensing.reload());
  std::vector<history::TagIndex> tags;
  for (const engine::TagInfo& tag : sensing.plant()->tags()) {
    if (tag.purpose == "gas" && tags.size() < 2) tags.push_back(tag.index);
  }
  ASSERT_EQ(tags.size(), 2u);
  const engine::TagInfo* first = sensing.plant()->tag(tags[0]);
  Json record = plant.engine().record(admin, "tag", first->id).value();
  Json fields = Json::object({{"keep_samples_days", 1}});
  auto said =
      plant.run(admin, engine::UpdateRecord{.form = "tag",
                                            .id = first->id,
                                            .version = record["record"].int_or("version", 1),
                                            .fields = fields});
  ASSERT_TRUE(said) << said.error().field << " " << said.error().detail;
  ASSERT_TRUE(sensing.reload());

  Instant from = plant.clock().now();
  std::vector<history::Sample> samples;
  for (history::TagIndex tag : tags) {
    for (int i = 0; i < 600; ++i) {
      Instant at = from + Duration::seconds(i);
      samples.push_back({.tag = tag, .at = at, .received = at, .value = 1});
    }
  }
  plant.clock().advance(Duration::minutes(10));
  ASSERT_TRUE(sensing.samples(samples));
  // Blocks, then their sums, then what is too old goes; each turn looks at a part of the tags.
  for (Duration step : {Duration::minutes(5), Duration::hours(3), Duration::days(2)}) {
    plant.clock().advance(step);
    for (int i = 0; i < 60; ++i) {
      plant.clock().advance(Duration::seconds(1));
      plant.engine().watch();
    }
  }
  Instant to = from + Duration::hours(1);
  EXPECT_TRUE(sensing.history().raw(tags[0], from, to)->empty());
  EXPECT_EQ(sensing.history().raw(tags[1], from, to)->size(), 600u);
  EXPECT_FALSE(sensing.history().trend(tags[0], from, to, 60)->empty());
}

}  // namespace
}  // namespace anlan::test
