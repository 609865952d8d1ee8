#include "connect/opcua_book.h"

#include <gtest/gtest.h>

namespace anlan::connect {
namespace {

using Verdict = NotificationBook::Verdict;
using Numbers = std::vector<uint32_t>;

TEST(OpcuaBook, ReadsStatusCodes) {
  EXPECT_EQ(opcua_quality(0), history::Quality::Good);
  EXPECT_EQ(opcua_quality(0x00960000), history::Quality::Good);       // GoodLocalOverride
  EXPECT_EQ(opcua_quality(0x40900000), history::Quality::Uncertain);  // UncertainLastUsableValue
  EXPECT_EQ(opcua_quality(0x808c0000), history::Quality::Bad);        // BadSensorFailure
  EXPECT_EQ(opcua_quality(0xffffffff), history::Quality::Bad);
  EXPECT_FALSE(is_overflow(0));
  EXPECT_TRUE(is_overflow(0x00000480));
  EXPECT_FALSE(is_overflow(0x00000080)) << "the bit says that only beside its type";
  EXPECT_FALSE(is_overflow(0x00000400));
}

TEST(OpcuaBook, CountsMessages) {
  NotificationBook book;
  EXPECT_EQ(book.note(1, false).verdict, Verdict::Next);
  EXPECT_TRUE(book.note(2, true).missing.empty()) << "a keep-alive uses up no number";
  EXPECT_TRUE(book.note(2, false).missing.empty());
  EXPECT_EQ(book.note(2, false).verdict, Verdict::Repeated);
  EXPECT_EQ(book.note(5, false).missing, (Numbers{3, 4}));
  EXPECT_EQ(book.note(7, true).missing, (Numbers{6})) << "it tells that a message was missed";
  EXPECT_TRUE(book.note(7, false).missing.empty());
}

TEST(OpcuaBook, GoesRoundWithoutZero) {
  NotificationBook book;
  book.note(UINT32_MAX - 1, false);
  EXPECT_TRUE(book.note(UINT32_MAX, false).missing.empty());
  EXPECT_TRUE(book.note(1, false).missing.empty());
  EXPECT_EQ(book.note(4, false).missing, (Numbers{2, 3}));
  EXPECT_EQ(book.note(UINT32_MAX, false).verdict, Verdict::Repeated);
}

TEST(OpcuaBook, GivesUpWhereTooMuchIsMissing) {
  NotificationBook book;
  book.note(1, false);
  EXPECT_EQ(book.note(1000, false).verdict, Verdict::Lost);
  EXPECT_EQ(book.note(1001, false).verdict, Verdict::Next);
  EXPECT_EQ(book.note(0, false).verdict, Verdict::Lost);
  book.reset();
  EXPECT_EQ(book.note(77, false).verdict, Verdict::Next);
}

}  // namespace
}  // namespace anlan::connect
