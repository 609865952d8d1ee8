#pragma once
// Where the tables of this room lie, and its transactions. One thread at a time. Inside the room
// only.

#include "core/result.h"

namespace anlan::history {

class TableFile {
 public:
  virtual ~TableFile() = default;

  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;
  // After begin(): whether it isn't known if what was committed last is there. Once.
  virtual bool is_doubtful() { return false; }
};

}  // namespace anlan::history
