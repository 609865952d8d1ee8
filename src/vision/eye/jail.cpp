#include "vision/eye/jail.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace anlan::vision::eye {
namespace {

bool bound(__rlimit_resource what, rlim_t to) {
  rlimit limit{.rlim_cur = to, .rlim_max = to};
  return setrlimit(what, &limit) == 0;
}

// What memory, locks and a clean end need.
constexpr int kFree[] = {
    SCMP_SYS(munmap),        SCMP_SYS(mremap),       SCMP_SYS(madvise),
    SCMP_SYS(brk),           SCMP_SYS(futex),        SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(sched_yield),  SCMP_SYS(getrandom),
};

bool allow(scmp_filter_ctx filter) {
  int bad = 0;
  for (int call : kFree) bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
  bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, 0));
  bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 1));
  // Memory of its own that is never code.
  bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                          SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
  bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return bad == 0;
}

}  // namespace

bool bound_resources(std::size_t memory_mb) {
  return bound(RLIMIT_AS, rlim_t{memory_mb} << 20) && bound(RLIMIT_FSIZE, 0) &&
         bound(RLIMIT_CORE, 0) && bound(RLIMIT_NOFILE, 3) &&
         prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;  // people's photos stay out of core dumps
}

bool shut_in() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) return false;
  bool is_in = allow(filter) && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return is_in;
}

}  // namespace anlan::vision::eye
