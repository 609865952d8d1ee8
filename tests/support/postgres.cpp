#include "tests/support/postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <vector>

namespace anlan::test {

namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/17/bin/";
constexpr int kStartTriesMax = 1500;  // of 20 ms

// PostgreSQL refuses to run as root.
void become_postgres() {
  if (getuid() != 0) return;
  const passwd* user = getpwnam("postgres");
  if (!user || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(126);
}

pid_t spawn(std::vector<std::string> words, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0) return child;
  become_postgres();
  // Also after our own crash no server stays behind. Set after the change of user, which clears it.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent) _exit(125);
  int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

bool give_to_postgres(const std::string& folder) {
  if (getuid() != 0) return true;
  const passwd* user = getpwnam("postgres");
  return user && chown(folder.c_str(), user->pw_uid, user->pw_gid) == 0;
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::start(Durability durability) {
  if (access((std::string(kPrograms) + "postgres").c_str(), X_OK) != 0) return nullptr;
  std::unique_ptr<PostgresServer> server(new PostgresServer);
  server->durability_ = durability;
  if (server->make_cluster() && server->launch()) return server;
  std::fprintf(stderr, "PostgreSQL did not start, see %s/log\n", server->folder_.c_str());
  return nullptr;
}

PostgresServer::~PostgresServer() {
  halt(SIGINT);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bool PostgresServer::make_cluster() {
  std::string folder = (std::filesystem::temp_directory_path() / "anlan-pg-XXXXXX").string();
  if (!mkdtemp(folder.data()) || !give_to_postgres(folder)) return false;
  folder_ = folder;
  pid_t pid = spawn({std::string(kPrograms) + "initdb", "-D", folder_ + "/data", "-A", "trust",
                     "-U", "postgres", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8",
                     "--locale-provider=icu", "--icu-locale=en-US"},
                    folder_ + "/log");
  int status = 0;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool PostgresServer::launch() {
  std::vector<std::string> words{std::string(kPrograms) + "postgres",
                                 "-D",
                                 folder_ + "/data",
                                 "-k",
                                 folder_,
                                 "-c",
                                 "listen_addresses=",
                                 "-c",
                                 "shared_buffers=32MB"};
  if (durability_ == Durability::Fast) {
    for (const char* word : {"-c", "fsync=off", "-c", "full_page_writes=off"})
      words.push_back(word);
  }
  pid_ = spawn(std::move(words), folder_ + "/log");
  for (int i = 0; i < kStartTriesMax; ++i) {
    if (PQping(connect_to("postgres").c_str()) == PQPING_OK) return true;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    timespec pause{0, 20'000'000};
    nanosleep(&pause, nullptr);
  }
  return false;
}

void PostgresServer::halt(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string PostgresServer::connect_to(const std::string& database) const {
  return "host=" + folder_ + " user=postgres dbname=" + database;
}

std::string PostgresServer::fresh_database() {
  std::string name = "test" + std::to_string(++databases_);
  PGconn* connection = PQconnectdb(connect_to("postgres").c_str());
  PQclear(PQexec(connection, ("CREATE DATABASE " + name + " TEMPLATE template0").c_str()));
  PQfinish(connection);
  return connect_to(name);
}

bool PostgresServer::crash_and_restart() {
  halt(SIGQUIT);
  return launch();
}

PostgresServer* postgres_server() {
  static std::unique_ptr<PostgresServer> server = PostgresServer::start();
  return server.get();
}

}  // namespace anlan::test
