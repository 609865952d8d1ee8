#include "store/packed_body.h"

#include "store/change_body.h"
#include "store/store_fixture.h"

namespace anlan::store {
namespace {

class PackedBody : public StoreTest {
 protected:
  std::string kept(int64_t seq) {
    Rows found = rows({"SELECT body, packed FROM change_body WHERE seq = ?", {seq}});
    return body_text(found[0]).value();
  }
  int64_t packed_bytes(int64_t seq) {
    return rows(
               {"SELECT coalesce(length(packed), 0) AS n FROM change_body WHERE seq = ?", {seq}})[0]
        .int64("n");
  }
};

TEST_P(PackedBody, LongOnesLiePackedInSqliteAndAreReadAsTheyWere) {
  ASSERT_TRUE(commit_one(*database_, report("h1", std::string(4'000, 'a'))));
  Change many = report("h2");  // names and salts, as a case of flow writes them
  for (int i = 0; i < 40; ++i) many.rows.push_back(report("more" + std::to_string(i)).rows[0]);
  ASSERT_TRUE(commit_one(*database_, many));
  ASSERT_TRUE(commit_one(*database_, act("nothing", "h1")));
  bool is_sqlite = GetParam() == Dialect::Sqlite;
  EXPECT_EQ(packed_bytes(1) > 0, is_sqlite);
  EXPECT_EQ(packed_bytes(2) > 0, is_sqlite);
  EXPECT_EQ(packed_bytes(3), 0) << "too short";
  EXPECT_LT(packed_bytes(2), static_cast<int64_t>(kept(2).size()) * 2 / 3);
  EXPECT_EQ(decode_body(kept(1)).value().rows.size(), 1U);
  EXPECT_EQ(decode_body(kept(2)).value().rows.size(), 41U);
  EXPECT_EQ(kept(3), R"({"v":1,"rows":[]})");
  auto view = database_->snapshot().value();
  EXPECT_EQ(logged_tables(*view).value(), std::vector<std::string>{"hazard"});
}

TEST(PackedBodies, DamagedOnesAreRefused) {
  std::string text(3'000, 'x');
  auto row_of = [](std::string frame) {
    return Rows({"body", "packed"}, {{std::string(), Blob{std::move(frame)}}});
  };
  std::string frame = packed_body(text)->bytes;
  EXPECT_EQ(body_text(row_of(frame)[0]).value(), text);
  std::string cut = frame.substr(0, frame.size() - 3), turned = frame;
  turned[turned.size() - 4] = static_cast<char>(turned[turned.size() - 4] ^ 0x40);
  for (const std::string& bad : {cut, std::string("no frame at all"), std::string()}) {
    auto read = body_text(row_of(bad)[0]);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::StoreFailed);
  }
  auto read = body_text(row_of(turned)[0]);  // its root would tell, if the frame does not
  EXPECT_TRUE(!read || *read != text);
  EXPECT_FALSE(packed_body("short"));
}

INSTANTIATE_TEST_SUITE_P(Databases, PackedBody, testing::Values(Dialect::Sqlite, Dialect::Postgres),
                         dialect_name);

}  // namespace
}  // namespace anlan::store
