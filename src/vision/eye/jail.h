#pragma once
// After shut_in() this process can compute, read its one question pipe and write its one answer
// pipe, and nothing else: the kernel ends it at the first other call.

#include <cstddef>

namespace anlan::vision::eye {

// Address space, no files, no core dump; before anything foreign is read.
bool bound_resources(std::size_t memory_mb);
bool shut_in();

}  // namespace anlan::vision::eye
