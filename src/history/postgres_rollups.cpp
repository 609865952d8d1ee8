#include "history/postgres_rollups.h"

#include <array>

#include "history/rollup.h"

namespace anlan::history {
namespace {

// Hours are a plain table: other programs read them as they are.
constexpr std::array kSchema = {
    "CREATE TABLE IF NOT EXISTS history_rolled (tag bigint PRIMARY KEY, hour bigint NOT NULL)",
    "CREATE TABLE IF NOT EXISTS history_changed (tag bigint NOT NULL, hour bigint NOT NULL,"
    " PRIMARY KEY (tag, hour))",
    "CREATE TABLE IF NOT EXISTS history_minutes (tag bigint NOT NULL, day bigint NOT NULL,"
    " blob bytea NOT NULL, PRIMARY KEY (tag, day))",
    "ALTER TABLE history_minutes ALTER COLUMN blob SET STORAGE EXTERNAL",
    "CREATE TABLE IF NOT EXISTS history_hour (tag bigint NOT NULL, t0 bigint NOT NULL,"
    " n bigint NOT NULL, minimum float8, maximum float8, mean float8, last float8,"
    " worst bigint NOT NULL, PRIMARY KEY (tag, t0))",
};

double double_of(const store::Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number == nullptr ? 0 : *number;
}

}  // namespace

Result<void> PostgresRollups::make_tables() {
  for (const char* text : kSchema) TRY(file_.run(text));
  return {};
}

Result<std::vector<std::optional<int64_t>>> PostgresRollups::rolled(std::size_t tag_count) {
  std::vector<std::optional<int64_t>> found(tag_count);
  store::Rows rows = TRY(file_.ask({"SELECT tag, hour FROM history_rolled"}));
  for (const auto& cells : rows.cells()) {
    auto tag = static_cast<std::size_t>(std::get<int64_t>(cells[0]));
    if (tag < tag_count) found[tag] = std::get<int64_t>(cells[1]);
  }
  return found;
}

Result<void> PostgresRollups::set_rolled(TagIndex tag, int64_t hour) {
  return file_.write(
      {"INSERT INTO history_rolled (tag, hour) VALUES (?, ?)"
       " ON CONFLICT (tag) DO UPDATE SET hour = excluded.hour",
       {int64_t{tag}, hour}});
}

Result<std::vector<std::pair<TagIndex, int64_t>>> PostgresRollups::changed() {
  std::vector<std::pair<TagIndex, int64_t>> found;
  store::Rows rows = TRY(file_.ask({"SELECT tag, hour FROM history_changed"}));
  for (const auto& cells : rows.cells()) {
    found.emplace_back(static_cast<TagIndex>(std::get<int64_t>(cells[0])),
                       std::get<int64_t>(cells[1]));
  }
  return found;
}

Result<void> PostgresRollups::note_changed(TagIndex tag, int64_t hour) {
  return file_.write(
      {"INSERT INTO history_changed (tag, hour) VALUES (?, ?)"
       " ON CONFLICT (tag, hour) DO NOTHING",
       {int64_t{tag}, hour}});
}

Result<void> PostgresRollups::forget_changed(TagIndex tag, int64_t hour) {
  return file_.write(
      {"DELETE FROM history_changed WHERE tag = ? AND hour = ?", {int64_t{tag}, hour}});
}

Result<std::string_view> PostgresRollups::minutes(TagIndex tag, int64_t day) {
  store::Rows rows = TRY(file_.ask(
      {"SELECT blob FROM history_minutes WHERE tag = ? AND day = ?", {int64_t{tag}, day}}));
  blob_.clear();
  if (!rows.empty()) blob_ = std::get<store::Blob>(rows.cells()[0][0]).bytes;
  return blob_;
}

Result<void> PostgresRollups::set_minutes(TagIndex tag, int64_t day, std::string_view blob) {
  if (blob.empty()) {
    return file_.write(
        {"DELETE FROM history_minutes WHERE tag = ? AND day = ?", {int64_t{tag}, day}});
  }
  return file_.write(
      {"INSERT INTO history_minutes (tag, day, blob) VALUES (?, ?, ?)"
       " ON CONFLICT (tag, day) DO UPDATE SET blob = excluded.blob",
       {int64_t{tag}, day, store::Blob{std::string(blob)}}});
}

Result<void> PostgresRollups::each_day(TagIndex tag, int64_t from, int64_t to,
                                       const OnDay& on_day) {
  store::Rows rows =
      TRY(file_.ask({"SELECT day, blob FROM history_minutes WHERE tag = ? AND day >= ?"
                     " AND day <= ? ORDER BY day",
                     {int64_t{tag}, from, to}}));
  for (const auto& cells : rows.cells())
    TRY(on_day(std::get<int64_t>(cells[0]), std::get<store::Blob>(cells[1]).bytes));
  return {};
}

Result<void> PostgresRollups::set_hour(TagIndex tag, const Bucket& hour) {
  auto known = [&](double value) { return hour.count > 0 ? store::Value(value) : store::Value(); };
  return file_.write(
      {"INSERT INTO history_hour (tag, t0, n, minimum, maximum, mean, last, worst)"
       " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tag, t0) DO UPDATE SET n = excluded.n,"
       " minimum = excluded.minimum, maximum = excluded.maximum, mean = excluded.mean,"
       " last = excluded.last, worst = excluded.worst",
       {int64_t{tag}, hour.at.ns, hour.count, known(hour.minimum), known(hour.maximum),
        known(hour.mean), known(hour.last), static_cast<int64_t>(hour.worst)}});
}

Result<void> PostgresRollups::remove_hour(TagIndex tag, Instant at) {
  return file_.write({"DELETE FROM history_hour WHERE tag = ? AND t0 = ?", {int64_t{tag}, at.ns}});
}

Result<void> PostgresRollups::each_hour(TagIndex tag, Instant from, Instant to,
                                        const OnHour& on_hour) {
  store::Rows rows =
      TRY(file_.ask({"SELECT t0, n, minimum, maximum, mean, last, worst FROM history_hour"
                     " WHERE tag = ? AND t0 >= ? AND t0 < ? ORDER BY t0",
                     {int64_t{tag}, from.ns, to.ns}}));
  for (const auto& cells : rows.cells()) {
    Bucket hour{.at = {std::get<int64_t>(cells[0])},
                .length = kHour,
                .minimum = double_of(cells[2]),
                .maximum = double_of(cells[3]),
                .mean = double_of(cells[4]),
                .last = double_of(cells[5]),
                .count = std::get<int64_t>(cells[1]),
                .worst = static_cast<Quality>(std::get<int64_t>(cells[6]))};
    TRY(on_hour(hour));
  }
  return {};
}

Result<void> PostgresRollups::remove_before(TagIndex tag, int64_t day_of_minutes, Instant hours) {
  TRY(file_.write(
      {"DELETE FROM history_minutes WHERE tag = ? AND day < ?", {int64_t{tag}, day_of_minutes}}));
  return file_.write(
      {"DELETE FROM history_hour WHERE tag = ? AND t0 < ?", {int64_t{tag}, hours.ns}});
}

}  // namespace anlan::history
