#pragma once
// A descriptor for a library that waits by select(2), which knows none from FD_SETSIZE on: glibc
// ends the whole process over such a one, and a server with a thousand open streams has no others
// left. The place is taken while low ones are free (before the server listens) and kept.

namespace anlan::connect {

class LowPlace {
 public:
  LowPlace();
  ~LowPlace();
  LowPlace(const LowPlace&) = delete;
  LowPlace& operator=(const LowPlace&) = delete;

  // Moves the descriptor here and closes what stood here; -1 where the place is no low one.
  int put(int descriptor);
  // Closes what stands here.
  void clear();

 private:
  int place_ = -1;
};

}  // namespace anlan::connect
