#pragma once
// The in-process evaluator: limits over samples, with deadband and delays. A sample that changes
// nothing, as nearly all do, touches one small entry of its tag and no definition.
// It knows only "active or not" per definition; ISA-18.2 state is alarms/state.h. Not thread-safe.
//
//   Evaluator evaluator = TRY(Evaluator::make(definitions, TRY(active_definitions(view)), now));
//   evaluator.evaluate(samples, trips);   // each batch
//   evaluator.tick(now, trips);           // four times a second

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "alarms/definition.h"
#include "alarms/formula.h"
#include "alarms/judge.h"
#include "history/history.h"

namespace anlan::alarms {

// A condition changed. `value`, `quality`, `at` and `received` are of the last sample before it; of
// a tag that went stale `value` is the last one known, `quality` Stale, and both times are tick's.
struct Trip {
  uint32_t definition = 0;  // place in the evaluator's list
  bool is_active = false;
  double value = 0;
  history::Quality quality = history::Quality::Good;
  Instant at{};        // source time
  Instant received{};  // our time
};

class Evaluator {
 public:
  // `active` tells which conditions were active before (by definition id, from the database), so
  // that a restart neither repeats nor forgets a trip. BadField.
  static Result<Evaluator> make(std::vector<Definition> definitions,
                                const std::vector<RecordId>& active, Instant now);

  const std::vector<Definition>& definitions() const { return definitions_; }
  // Conditions that are active now, by definition id.
  std::vector<RecordId> active() const;
  // Definitions were changed and this one was made of the new list: where one is as it was, what
  // `before` was in the middle of goes on here (delays, windows, votes, silence), and freshness of
  // every tag. Whether a condition is active is taken from `before` too, as its transitions may
  // still be on their way to the database; but not for the `doubtful`. `before` is used up.
  void go_on_from(Evaluator& before, std::span<const RecordId> doubtful);
  // Samples of one tag must come in order of `at`; older ones than the last are not evaluated
  // (late data never alarm live). A time in the future counts as the time of receipt, so that a
  // wrong clock cannot make everything after it late. Bad and Stale samples and values that are no
  // numbers neither trip nor clear nor end a delay: unknown.
  // Where a definition has a judge every sample of its tag is looked at closely. A reference that
  // gave no good value for kFreshDefault is unknown. A delay runs by source time from sample to
  // sample, and by our time in tick().
  void evaluate(std::span<const history::Sample> samples, std::vector<Trip>& out);
  // Ends on- and off-delays and finds stale tags; call it about four times a second.
  void tick(Instant now, std::vector<Trip>& out);
  // Whether the tag gave a Good value within its stale limit (the shortest of its Stale
  // definitions, else kFreshDefault). Tags without a definition: false.
  bool is_fresh(history::TagIndex tag, Instant now) const;
  static constexpr Duration kFreshDefault = Duration::seconds(60);
  // Since when (our time) the definition waits for the other answer to last its delay.
  std::optional<Instant> waiting_since(uint32_t definition) const;
  // Of a formula, in the order of its text.
  std::vector<WindowNow> windows(uint32_t definition) const;

 private:
  Evaluator() = default;

  // What every sample touches, together in one place. Inside [low, high] a good value changes
  // nothing of any definition, and most samples end here.
  struct Tag {
    double low = 1, high = -1;
    int64_t last_at_ns = 0;  // source time, but never after receipt
    int64_t last_good_ns = -1;
    double value = 0;
  };
  // The last sample that was looked at closely.
  struct Closely {
    uint32_t first = 0;  // of its definitions in by_tag_; ends where the next tag begins
    history::Quality quality = history::Quality::Good;
    bool is_known = true;
    Instant at{}, received{};
  };
  // One definition in one cache line. `sign` turns low kinds into high ones: over at `trip` and
  // above, back at `clear` and below. `since_ns` tells since when the other answer waits for its
  // delay to end; -1: it doesn't.
  struct Limit {
    double sign, trip, clear;
    int64_t on_delay_ns, off_delay_ns;
    int64_t since_ns = -1, since_received_ns = 0;
    history::TagIndex tag;
    bool is_stale_kind, is_active;
    bool is_listed = false;  // in waiting_
    bool has_judge = false;

    int64_t delay_ns() const { return is_active ? off_delay_ns : on_delay_ns; }
    bool is_waiting() const { return since_ns >= 0; }
    // Whether `value` speaks for the answer that isn't given now.
    bool speaks_against(double value) const {
      return is_active ? sign * value <= clear : sign * value >= trip;
    }
  };

  static Limit limit_of(const Definition& definition, bool is_active);
  void arrange();
  void look_closely(const history::Sample& sample, int64_t at_ns, std::vector<Trip>& out);
  std::optional<bool> ask_judge(uint32_t definition, int64_t at_ns, int64_t received_ns);
  void note_window(uint32_t definition, history::TagIndex tag, int64_t at_ns);
  std::optional<bool> ask_formula(uint32_t definition, int64_t received_ns);
  std::optional<double> fresh_value(history::TagIndex tag, int64_t received_ns) const;
  // `by` is the tag whose sample speaks.
  void wait_or_flip(uint32_t definition, int64_t at_ns, history::TagIndex by,
                    std::vector<Trip>& out);
  void flip(uint32_t definition, history::TagIndex by, std::vector<Trip>& out);
  void go_on_with(uint32_t here, uint32_t there, Evaluator& before);
  void end_delays(Instant now, std::vector<Trip>& out);
  // Whether what waits for its delay still speaks; nothing: it is unknown now.
  std::optional<bool> ask_again(uint32_t definition, Instant now);
  bool is_silent(const Limit& limit, Instant now) const;
  void find_stale(Instant now, std::vector<Trip>& out);
  void draw_band(history::TagIndex tag);
  std::span<const uint32_t> of_tag(history::TagIndex tag) const;

  std::vector<Definition> definitions_;
  // By tag.
  std::vector<Tag> tags_;
  std::vector<Closely> closely_;
  std::vector<bool> is_reference_;
  std::vector<Limit> limits_;  // by definition
  std::unordered_map<uint32_t, Judge> judges_;
  std::unordered_map<uint32_t, Formula> formulas_;
  // Places of definitions.
  std::vector<uint32_t> by_tag_, waiting_;
  // One of kind Stale, and since when it listens.
  struct Listening {
    uint32_t definition = 0;
    int64_t since_ns = 0;
  };
  std::vector<Listening> stale_;
  int64_t next_stale_ns_ = 0;  // nothing goes stale before
};

}  // namespace anlan::alarms
