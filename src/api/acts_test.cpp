// The acts of approval over HTTP, with a small pack of their own (tests/data/approvals).

#include "api/api_fixture.h"
#include "api/schema.h"

namespace anlan::api {
namespace {

// A picture of two by two dots.
constexpr std::string_view kPng =
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000000e49"
    "44415478da63f80f060c1000003ecf05fbc612c89b0000000049454e44ae426082";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

class ActsTest : public ApiTest {
 protected:
  ActsTest() { more_packs_ = {"tests/data/approvals"}; }

  std::string id_of(const std::string& login) {
    log_in(login);
    return body_of(ask(get("/api/me"))).text_or("id", "");
  }

  // A request of worker111 that stands at leader11.
  void begin() {
    std::string leader = id_of("leader11");
    log_in("worker111");
    Json fields = Json::object({{"subject", "one"}, {"unit", "T11"}, {"owner", leader}});
    Answer made = ask(post("/api/records/request", Json::object({{"fields", fields}})));
    ASSERT_EQ(made.status, 201) << made.body;
    record_ = body_of(made)["record"].text_or("id", "");
    EXPECT_EQ(complete("worker111", "fill", "send"), "");
  }

  Json view() { return body_of(ask(get("/api/records/request/" + record_))); }
  Json task(const std::string& node, const std::string& state = "claimed") {
    Json seen = view();
    for (const Json& task : seen["tasks"].as_array()) {
      if (task["node"] == Json(node) && task["state"] == Json(state)) return task;
    }
    return {};
  }
  bool has_act(const Json& task, const char* act) {
    if (!task["acts"].is_array()) return false;
    for (const Json& one : task["acts"].as_array()) {
      if (one == Json(act)) return true;
    }
    return false;
  }
  // The code of the refusal, or nothing.
  std::string act(const std::string& login, const Json& task, const std::string& act,
                  const Json& body) {
    log_in(login);
    Answer answer = ask(post("/api/tasks/" + task.text_or("id", "none") + "/" + act, body));
    return answer.status == 200 ? "" : code_of(answer);
  }
  std::string complete(const std::string& login, const std::string& node,
                       const std::string& outcome) {
    log_in(login);
    Json mine = body_of(ask(get("/api/tasks")));
    for (const Json& task : mine["rows"].as_array()) {
      bool is_meant = task["node"] == Json(node) && task["record_id"] == Json(record_);
      if (!is_meant) continue;
      return act(login, task, "complete", Json::object({{"outcome", outcome}, {"comment", "ok"}}));
    }
    return "no task";
  }
  Json to(const std::string& person) {
    return Json::object({{"to", person}, {"comment", "please"}});
  }
  std::string state() { return view()["record"].text_or("state", ""); }
  Json people(std::initializer_list<std::string> ids) {
    Json list = Json::array();
    for (const std::string& id : ids) list.push(id);
    return list;
  }

  std::string record_;
};

TEST_F(ActsTest, ATransferredTaskIsDecidedByTheReceiver) {
  begin();
  std::string head = id_of("head1");
  std::string outsider = id_of("repair1");
  log_in("leader11");
  Json mine = task("check");
  EXPECT_TRUE(has_act(mine, "transfer"));
  EXPECT_EQ(act("leader11", mine, "transfer", to("nobody")), "bad_field");
  EXPECT_EQ(act("leader11", mine, "transfer", to(outsider)), "bad_field") << "may not read it";
  EXPECT_EQ(act("worker112", mine, "transfer", to(head)), "forbidden");
  EXPECT_EQ(act("leader11", mine, "transfer", to(head)), "");
  EXPECT_EQ(act("leader11", mine, "complete", Json::object({{"outcome", "yes"}})), "forbidden");
  EXPECT_EQ(complete("head1", "check", "yes"), "");
}

TEST_F(ActsTest, ADelegateGivesAnOpinionAndTheOwnerDecides) {
  begin();
  std::string head = id_of("head1");
  log_in("leader11");
  Json mine = task("check");
  EXPECT_EQ(act("leader11", mine, "delegate", to(head)), "");
  EXPECT_EQ(act("head1", mine, "complete", Json::object({{"outcome", "yes"}})), "wrong_state");
  log_in("head1");
  EXPECT_TRUE(has_act(task("check"), "resolve"));
  EXPECT_EQ(act("head1", mine, "resolve", Json::object({{"comment", "fine"}})), "");
  EXPECT_EQ(complete("leader11", "check", "yes"), "");
  Json rows = body_of(ask(get("/api/records/request/" + record_ + "/timeline")))["rows"];
  bool is_named = false;
  for (const Json& row : rows.as_array()) {
    if (row["act"] == Json("task.delegate"))
      is_named = !row["detail"].text_or("to_name", "").empty();
  }
  EXPECT_TRUE(is_named);
}

TEST_F(ActsTest, SignaturesAreAddedAndTakenAway) {
  begin();
  std::string head = id_of("head1");
  std::string other = id_of("leader12");
  log_in("leader11");
  Json mine = task("check");
  Json add = Json::object({{"when", "before"},
                           {"mode", "all"},
                           {"to", people({head, other})},
                           {"comment", "you first"}});
  EXPECT_EQ(act("leader11", mine, "add-sign", add), "");
  EXPECT_EQ(act("leader11", mine, "complete", Json::object({{"outcome", "yes"}})), "wrong_state");
  log_in("leader11");
  EXPECT_TRUE(has_act(task("check", "suspended"), "remove_sign"));
  Json remove = Json::object({{"person", other}, {"comment", "enough"}});
  EXPECT_EQ(act("head1", mine, "remove-sign", remove), "forbidden");
  EXPECT_EQ(act("leader11", mine, "remove-sign", remove), "");
  EXPECT_EQ(complete("leader12", "check", "yes"), "no task");
  EXPECT_EQ(complete("head1", "check", "yes"), "");
  EXPECT_EQ(complete("leader11", "check", "yes"), "");
  Json short_add = Json::object({{"when", "sideways"}, {"to", people({head})}, {"comment", "x"}});
  EXPECT_EQ(act("leader11", mine, "add-sign", short_add), "bad_field");
}

TEST_F(ActsTest, AReturnComesStraightBackAndARejectionEndsIt) {
  begin();
  log_in("leader11");
  Json mine = task("check");
  EXPECT_EQ(act("leader11", mine, "return", Json::object({{"to", "fill"}, {"comment", "more"}})),
            "");
  EXPECT_EQ(complete("worker111", "fill", "send"), "");
  log_in("leader11");
  Json again = task("check");
  EXPECT_TRUE(again.bool_or("is_mine", false));
  EXPECT_EQ(act("leader11", again, "reject", Json::object()), "missing_field");
  EXPECT_EQ(act("worker111", again, "reject", Json::object({{"comment", "no"}})), "forbidden");
  EXPECT_EQ(act("leader11", again, "reject", Json::object({{"comment", "no"}})), "");
  EXPECT_EQ(state(), "rejected");
}

TEST_F(ActsTest, TheInitiatorUrgesAndWithdraws) {
  begin();
  Json theirs = task("check");
  EXPECT_TRUE(has_act(theirs, "urge"));
  EXPECT_EQ(act("worker112", theirs, "urge", Json::object()), "forbidden");
  EXPECT_EQ(act("worker111", theirs, "urge", Json::object()), "");
  EXPECT_EQ(act("worker111", theirs, "urge", Json::object()), "too_many_requests");
  EXPECT_EQ(view()["acts"], Json::array({"withdraw"}));
  std::string path = "/api/records/request/" + record_ + "/withdraw";
  log_in("worker112");
  EXPECT_EQ(code_of(ask(post(path, Json::object()))), "forbidden");
  log_in("repair1");
  EXPECT_EQ(code_of(ask(post(path, Json::object()))), "not_found");
  log_in("worker111");
  EXPECT_EQ(ask(post(path, Json::object({{"comment", "a mistake"}}))).status, 200);
  EXPECT_EQ(state(), "withdrawn");
}

TEST_F(ActsTest, ADecisionIsTakenBackAndOthersAreToldOfIt) {
  begin();
  std::string head = id_of("head1");
  log_in("leader11");
  EXPECT_EQ(act("leader11", task("check"), "cc", Json::object({{"to", people({head})}})), "");
  EXPECT_EQ(complete("leader11", "check", "yes"), "");
  EXPECT_EQ(view()["acts"], Json::array({"retract"}));
  std::string path = "/api/records/request/" + record_ + "/retract";
  EXPECT_EQ(ask(post(path, Json::object())).status, 200);
  EXPECT_EQ(code_of(ask(post(path, Json::object()))), "wrong_state");
  EXPECT_TRUE(task("check").bool_or("is_mine", false));
  log_in("head1");
  bool is_told = false;
  Json notices = body_of(ask(get("/api/notices")));
  for (const Json& notice : notices["rows"].as_array()) {
    is_told |= notice.text_or("kind", "").ends_with(".notice.cc");
  }
  EXPECT_TRUE(is_told);
}

TEST_F(ActsTest, ASignatureSignsWhatThePersonSaw) {
  begin();
  EXPECT_EQ(complete("leader11", "check", "yes"), "");
  EXPECT_EQ(complete("head1", "close", "close"), "missing_field");
  std::string png = bytes_of(kPng);
  std::string file = to_hex(sha256(png));
  Request put{.method = Method::Put,
              .path = "/api/blobs/" + file,
              .query = "offset=0&total=" + std::to_string(png.size()),
              .body = png};
  add_session(put);
  ASSERT_EQ(ask(put).status, 200);
  Json mine = task("close", "open");
  EXPECT_EQ(mine.text_or("signature", ""), "required");
  int64_t version = view()["record"].int_or("version", 0);
  std::string content = canonical_json(Json::object({{"task", mine["id"]},
                                                     {"record", record_},
                                                     {"version", version},
                                                     {"outcome", "close"},
                                                     {"comment", "seen"},
                                                     {"fields", Json::object()}}));
  auto body = [&](const std::string& hash, const std::string& comment) {
    return Json::object({{"outcome", "close"},
                         {"comment", comment},
                         {"version", version},
                         {"signature", Json::object({{"file", file}, {"content_sha256", hash}})}});
  };
  std::string hash = to_hex(sha256(content));
  EXPECT_EQ(act("head1", mine, "complete", body(hash, "other")), "hash_mismatch");
  EXPECT_EQ(act("head2", mine, "complete", body(hash, "seen")), "bad_field") << "not his picture";
  EXPECT_EQ(act("head1", mine, "complete", body(hash, "seen")), "");
  EXPECT_EQ(state(), "done");
}

// An order of worker111 whose reviewer he chose himself; it is signed and has a paper with it.
class OrderTest : public ActsTest {
 protected:
  std::string put_file(const std::string& bytes) {
    std::string file = to_hex(sha256(bytes));
    Request put{.method = Method::Put,
                .path = "/api/blobs/" + file,
                .query = "offset=0&total=" + std::to_string(bytes.size()),
                .body = bytes};
    add_session(put);
    EXPECT_EQ(ask(put).status, 200);
    return file;
  }
  Json order_view() { return body_of(ask(get(path()))); }
  std::string path() const { return "/api/records/order/" + record_; }
  Json order_task(const std::string& node) {
    Json seen = order_view();
    for (const Json& task : seen["tasks"].as_array()) {
      if (task["node"] == Json(node)) return task;
    }
    return {};
  }
  int status_of(const std::string& road) { return ask(get(path() + road)).status; }

  void begin_order() {
    std::string leader = id_of("leader11");
    log_in("worker111");
    Json fields = Json::object({{"subject", "pumps"}, {"unit", "T11"}, {"price", 9.5}});
    Json body = Json::object(
        {{"fields", fields}, {"chosen", Json::object({{"review", people({leader})}})}});
    Answer made = ask(post("/api/records/order", body));
    ASSERT_EQ(made.status, 201) << made.body;
    record_ = body_of(made)["record"].text_or("id", "");
    ASSERT_EQ(complete("worker111", "fill", "send"), "");
  }
  void sign_order() {
    log_in("worker111");
    picture_ = put_file(bytes_of(kPng));
    paper_ = put_file("%PDF-1.4 an offer %%EOF");
    Json mine = order_task("keep");
    EXPECT_EQ(mine.text_or("attachment", ""), "required");
    int64_t version = order_view()["record"].int_or("version", 0);
    std::string content = canonical_json(Json::object({{"task", mine["id"]},
                                                       {"record", record_},
                                                       {"version", version},
                                                       {"outcome", "filed"},
                                                       {"comment", ""},
                                                       {"fields", Json::object()}}));
    Json signature =
        Json::object({{"file", picture_}, {"content_sha256", to_hex(sha256(content))}});
    Json body =
        Json::object({{"outcome", "filed"}, {"version", version}, {"signature", signature}});
    EXPECT_EQ(act("worker111", mine, "complete", body), "missing_field");
    body.set("attachments", Json::array({paper_}));
    EXPECT_EQ(act("worker111", mine, "complete", body), "");
  }

  std::string picture_;
  std::string paper_;
};

TEST_F(OrderTest, TheInitiatorIsToldWhomHeChooses) {
  log_in("worker111");
  Json choices = body_of(ask(get("/api/forms/order")))["choices"];
  ASSERT_EQ(choices.as_array().size(), 1U);
  EXPECT_EQ(choices.as_array()[0].text_or("node", ""), "review");
  EXPECT_TRUE(choices.as_array()[0].bool_or("several", false));
  log_in("leader11");
  EXPECT_FALSE(body_of(ask(get("/api/forms/order"))).has("choices")) << "he makes none";
}

TEST_F(OrderTest, FilesOfADecisionAreReadByWhoeverReadsTheRecord) {
  begin_order();
  EXPECT_EQ(complete("leader11", "review", "yes"), "");
  sign_order();
  log_in("leader12");
  for (const std::string& file : {picture_, paper_}) EXPECT_EQ(status_of("/files/" + file), 200);
  Answer paper = ask(get(path() + "/files/" + paper_));
  EXPECT_TRUE(paper.header("Content-Disposition").starts_with("attachment"));
  Json rows = body_of(ask(get(path() + "/timeline")))["rows"];
  Json detail = rows.as_array()[rows.as_array().size() - 2]["detail"];
  for (const Json& row : rows.as_array()) {
    if (row["detail"].has("files")) detail = row["detail"];
  }
  EXPECT_EQ(detail["signature"].text_or("file", ""), picture_);
  EXPECT_EQ(detail["files"].as_array().at(0).text_or("kind", ""), "application/pdf");
  for (const char* other : {"worker112", "repair1"}) {
    log_in(other);
    for (const std::string& file : {picture_, paper_}) {
      EXPECT_EQ(status_of("/files/" + file), 404) << other;
    }
  }
}

TEST_F(OrderTest, WhomNoRoleShowsItIsToldAndSeesNoMoreThanThatThereIsOne) {
  begin_order();
  log_in("safety1");
  EXPECT_EQ(status_of(""), 404) << "not yet copied";
  EXPECT_EQ(complete("leader11", "review", "yes"), "");
  sign_order();
  log_in("safety1");
  Json seen = order_view();
  EXPECT_TRUE(seen["copy"].bool_or("is_brief", false));
  EXPECT_EQ(seen["record"].text_or("state", ""), "done");
  EXPECT_EQ(seen["copy"]["state"].text_or("en", ""), "Done");
  for (const char* hidden : {"subject", "price", "created_by", "updated_by"}) {
    EXPECT_FALSE(seen["record"].has(hidden)) << hidden;
  }
  Json rows = body_of(ask(get(path() + "/timeline")))["rows"];
  ASSERT_EQ(rows.as_array().size(), 1U);
  EXPECT_EQ(rows.as_array()[0].text_or("act", ""), "task.cc");
  EXPECT_EQ(rows.as_array()[0]["detail"]["people"].as_array().size(), 1U) << "himself alone";
  for (const std::string& road :
       {"/files/" + paper_, std::string("/proof"), std::string("/flow"), std::string("/history")}) {
    EXPECT_EQ(status_of(road), 404) << road;
  }
}

TEST_F(OrderTest, ACopyShowsWhatTheRoleShowsAndNeverASecretAndChangesNothing) {
  begin_order();
  std::string head = id_of("head1");
  log_in("head1");
  EXPECT_EQ(status_of(""), 404) << "his role reaches no order";
  log_in("leader11");
  Json to_head = Json::object({{"to", people({head})}, {"comment", "look"}});
  EXPECT_EQ(act("leader11", order_task("review"), "cc", to_head), "");
  log_in("head1");
  Json seen = order_view();
  EXPECT_FALSE(seen["copy"].bool_or("is_brief", true));
  EXPECT_EQ(seen["record"].text_or("subject", ""), "pumps");
  EXPECT_FALSE(seen["record"].has("price")) << "what no task opens, no copy opens";
  EXPECT_TRUE(seen["tasks"].as_array().empty());
  EXPECT_EQ(status_of("/timeline"), 200);
  EXPECT_EQ(status_of("/history"), 200);
  EXPECT_EQ(code_of(ask(post(path() + "/comment", Json::object({{"text", "hm"}})))), "not_found");
  log_in("head2");
  EXPECT_EQ(status_of(""), 404) << "copied to somebody else";
  log_in("head1");
  Json list = body_of(ask(get("/api/records/order")));
  EXPECT_TRUE(list["rows"].as_array().empty()) << "one record, no list";
}

TEST_F(ActsTest, TheHeadOfAUnitStandsInTheOrganisation) {
  std::string head = id_of("head1");
  log_in("admin");
  EXPECT_EQ(ask(post("/api/org/W1/head", Json::object({{"person", head}}))).status, 200);
  Json units = body_of(ask(get("/api/org")))["units"];
  bool is_named = false;
  for (const Json& unit : units.as_array()) {
    if (unit["code"] == Json("W1")) is_named = unit["head"]["id"] == Json(head);
  }
  EXPECT_TRUE(is_named);
}

TEST_F(ActsTest, ADraftIsItsOwnersAlone) {
  begin();
  log_in("leader11");
  Json mine = task("check");
  std::string path = "/api/tasks/" + mine.text_or("id", "") + "/draft";
  Json draft = Json::object({{"fields", Json::object({{"note", "half"}})}, {"comment", "hm"}});
  EXPECT_TRUE(body_of(ask(get(path)))["draft"].is_null());
  EXPECT_EQ(ask(post(path, draft)).status, 200);
  EXPECT_EQ(body_of(ask(get(path)))["draft"]["content"], draft);
  EXPECT_TRUE(view()["record"]["note"].is_null());
  log_in("worker111");
  EXPECT_TRUE(body_of(ask(get(path)))["draft"].is_null());
  EXPECT_EQ(code_of(ask(post(path, draft))), "forbidden");
}

TEST_F(ActsTest, APersonNamesWhoGetsHisTasks) {
  std::string head = id_of("head1");
  log_in("leader11");
  Json wish = Json::object({{"deputy", head},
                            {"forms", Json::array({"request"})},
                            {"until", format_instant(clock_.now() + Duration::days(2))}});
  Answer made = ask(post("/api/me/delegations", wish));
  ASSERT_EQ(made.status, 201) << made.body;
  Json rows = body_of(ask(get("/api/me/delegations")))["rows"];
  ASSERT_EQ(rows.as_array().size(), 1U);
  EXPECT_FALSE(rows.as_array()[0].text_or("deputy_name", "").empty());
  begin();
  EXPECT_EQ(complete("leader11", "check", "yes"), "no task");
  EXPECT_EQ(complete("head1", "check", "yes"), "");
  log_in("head1");
  std::string end = "/api/me/delegations/" + body_of(made).text_or("id", "") + "/end";
  EXPECT_EQ(ask(post(end, Json::object())).status, 404) << "not his own";
  log_in("leader11");
  EXPECT_EQ(ask(post(end, Json::object())).status, 200);
  wish.set("forms", Json::array({"nothing"}));
  EXPECT_EQ(code_of(ask(post("/api/me/delegations", wish))), "bad_field");
}

TEST_F(ActsTest, OnlyWhoAdministersPeopleSaysWhoIsHead) {
  std::string head = id_of("head1");
  Json body = Json::object({{"person", head}});
  EXPECT_EQ(code_of(ask(post("/api/org/W1/head", body))), "forbidden");
  log_in("admin");
  EXPECT_EQ(ask(post("/api/org/W1/head", body)).status, 200);
  EXPECT_EQ(code_of(ask(post("/api/org/NONE/head", body))), "not_found");
  EXPECT_EQ(ask(post("/api/org/W1/head", Json::object({{"person", nullptr}}))).status, 200);
}

}  // namespace
}  // namespace anlan::api
