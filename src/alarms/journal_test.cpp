// The journal for one reader, page by page, and what is known of limits that are gone.
#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

class JournalTest : public AlarmsTest {
 protected:
  Definition make(std::string code, std::string area) {
    Definition made = world_->make(code);
    made.tag_code = std::move(code);
    made.area = std::move(area);
    made.org_path = "/AL/" + made.area + "/";
    return made;
  }
  void ring(const Definition& one) {
    need(world_->act(one, world_->raised(), Actor{}));
    world_->clock.advance(Duration::seconds(1));
    need(world_->act(one, world_->cleared(), Actor{}));
    world_->clock.advance(Duration::seconds(1));
  }
  std::string codes(const JournalWish& wish, const IsVisible& is_visible = {}) {
    std::string told;
    Json rows = need(journal(*world_->view(), wish, is_visible));
    for (const Json& row : rows.as_array()) {
      told += row.text_or("code", "?") + (row.text_or("act", "") == "alarm.raise" ? "+ " : "- ");
      last_ = row.text_or("id", "");
    }
    return told;
  }
  static IsVisible only(std::string wanted) {
    return [wanted = std::move(wanted)](const std::string& area, const std::string&) {
      return area == wanted;
    };
  }
  std::string last_;
};

// A flood elsewhere must not push a reader's own rows off the page.
TEST_P(JournalTest, APageIsOfWhatItsReaderMaySee) {
  Definition own = make("own", "A1");
  Definition other = make("other", "A2");
  ring(own);
  for (int i = 0; i < 20; ++i) ring(other);
  EXPECT_EQ(codes({.count = 2}), "other- other+ ");
  EXPECT_EQ(codes({.count = 2}, only("A1")), "own- own+ ");
  EXPECT_EQ(codes({.count = 2}, only("A3")), "");
  need(world_->act(own, world_->raised(), Actor{}));
  need(world_->act(other, world_->raised(), Actor{}));
  EXPECT_EQ(need(open_alarms(*world_->view(), only("A1"))).as_array().size(), 1U);
  EXPECT_EQ(need(open_alarms(*world_->view())).as_array().size(), 2U);
}

TEST_P(JournalTest, PagesFollowEachOtherWithoutHoleOrDouble) {
  Definition one = make("one", "A1");
  for (int i = 0; i < 3; ++i) ring(one);
  EXPECT_EQ(codes({.count = 4}), "one- one+ one- one+ ");
  ring(one);  // newer: it shifts nothing
  EXPECT_EQ(codes({.before = last_, .count = 4}), "one- one+ ");
  EXPECT_EQ(codes({.before = last_, .count = 4}), "");
  EXPECT_EQ(journal(*world_->view(), {.before = "x"}).error().field, "before");
  std::string nobody(world_->one.id.text());
  EXPECT_EQ(journal(*world_->view(), {.before = nobody}).error().field, "before");
}

TEST_P(JournalTest, ItIsAskedByTagAreaKindActAndTime) {
  Definition one = make("one", "A1");
  Definition low = make("low", "A2");
  low.kind = Kind::Low;
  Instant begin = world_->clock.now();
  ring(one);
  Instant middle = world_->clock.now();
  ring(low);
  EXPECT_EQ(codes({.tag = "low"}), "low- low+ ");
  EXPECT_EQ(codes({.area = "A1"}), "one- one+ ");
  EXPECT_EQ(codes({.kind = "l"}), "low- low+ ");
  EXPECT_EQ(codes({.act = "alarm.raise"}), "low+ one+ ");
  EXPECT_EQ(codes({.from = begin, .to = middle}), "one- one+ ");
  EXPECT_EQ(codes({.from = middle}), "low- low+ ");
}

TEST_P(JournalTest, ALimitThatIsGoneEndsItsAlarmAndKeepsItsPast) {
  Definition gone = make("gone", "A1");
  need(world_->act(gone, world_->raised(), Actor{}));
  need(world_->act(gone, world_->cleared(), Actor{}));
  need(world_->act(gone, world_->raised(), Actor{}));  // the first lives on as a branch
  EXPECT_EQ(need(open_definitions(*world_->view())), std::vector{gone.id});
  auto known = need(known_definition(*world_->view(), gone.id));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->code, "gone");
  EXPECT_EQ(known->area, "A1");
  need(world_->act(*known, Removed{"definition removed"}, Actor{}));
  EXPECT_EQ(world_->state(gone).letter(), 'A');
  EXPECT_FALSE(world_->state(gone).is_active);
  EXPECT_TRUE(need(branches_of(*world_->view(), gone.id)).empty());
  EXPECT_TRUE(need(open_definitions(*world_->view())).empty());
  EXPECT_EQ(world_->tally()["active"], Json(0));
  Json rows = need(journal(*world_->view(), {.tag = "gone"}));
  ASSERT_EQ(rows.as_array().size(), 4U);
  EXPECT_EQ(rows.as_array()[0]["act"], Json("alarm.remove"));
  EXPECT_EQ(rows.as_array()[0]["comment"], Json("definition removed"));
  // Once is enough.
  auto again = need(world_->act(*known, Removed{"definition removed"}, Actor{}));
  EXPECT_TRUE(again.change.rows.empty());
}

TEST_P(JournalTest, ANewNameIsKnownWithoutAnyTransition) {
  Definition one = make("one", "A1");
  ring(one);
  one.code = "renamed";
  need(world_->act(one, Noted{}, Actor{}));
  EXPECT_EQ(codes({.count = 9}), "renamed- renamed+ ");
}

ON_BOTH_DATABASES(JournalTest);

}  // namespace
}  // namespace anlan::alarms
