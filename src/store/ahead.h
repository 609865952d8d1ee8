#pragma once
// Acts of one group mostly ask the same questions of different subjects. Whoever knows the subjects
// reads for all of them together, in a few statements; when an act asks, the answer is there. The
// acts stay as they are, and don't know of it.
//
//   constexpr Lookup kTokens{"SELECT * FROM flow_token", "case_id", " ORDER BY id"};
//   TRY(store::read_ahead(view, {{kTokens, cases}}));              // the group, once
//   Rows tokens = TRY(view.query(store::lookup(kTokens, case_id)));  // each act
//
// An answer is forgotten as soon as a Change of the group names its subject, be it as a key or in a
// cell: who changes rows that belong to a subject names it in the same Change.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store.h"

namespace anlan::store {

// A question for the rows of one subject: `select`, then " WHERE key = ?", then `rest`. The column
// of the key stands among those that are selected.
struct Lookup {
  std::string_view select;
  std::string_view key;
  std::string_view rest{};
};
Sql lookup(const Lookup& question, std::string id);

struct AheadAsk {
  Lookup question;
  std::vector<std::string> ids;
};
// Whether what is read ahead will be kept: else it is not worth the way.
bool reads_ahead(View& view);
// The rows of all ids for each question, in one or more parts; every part is kept. Only where
// reads_ahead.
Result<std::vector<Rows>> read_ahead(View& view, std::span<const AheadAsk> asks);

// The same for questions that name more than one subject, all by texts: exactly these are answered,
// until anything is changed that anybody decided.
Result<void> ask_ahead(View& view, std::vector<Sql> questions);
// A Work that can't do its part of a group that is done together: it is all done again, one by one.
void give_up_together(View& view);

class Ahead {
 public:
  void keep(const Sql& asked, Rows rows);
  void keep_whole(const Sql& asked, Rows rows);
  const Rows* find(const Sql& asked) const;  // until the next call of keep or forget
  void forget(const Change& change);

 private:
  struct Answer {
    std::string text;
    Rows rows;
  };
  ByText<std::vector<Answer>> answers_;  // by subject
  ByText<Rows> wholes_;                  // by all that is asked and named
};

// What a View can do beside being asked one question after the other; the writer's can.
class AheadReading {
 public:
  virtual ~AheadReading() = default;
  // Several questions; a server is waited for once.
  virtual Result<std::vector<Rows>> query_all(std::span<const Sql> all) = 0;
  // Null where Works are done one by one: nothing is kept then.
  virtual Ahead* ahead() = 0;
  virtual void give_up() = 0;
};

}  // namespace anlan::store
