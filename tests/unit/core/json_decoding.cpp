#define CAF_SUITE json_decoding

#include "unit/core/json_fixture.hpp"

#include <cmath>
#include <string>

using namespace json_tests;
using namespace std::literals;

CAF_TEST_FIXTURE_SCOPE(json_decoding_tests, fixture)

CAF_TEST(numbers) {
  CAF_CHECK_EQUAL(decode("0"), "0");
  CAF_CHECK_EQUAL(decode("-0"), "0");
  CAF_CHECK_EQUAL(decode("-0.0"), "-0.0");
  CAF_CHECK_EQUAL(decode("1.0"), "1.0");
  CAF_CHECK_EQUAL(decode("1e2"), "100.0");
  CAF_CHECK_EQUAL(decode("1E+2"), "100.0");
  CAF_CHECK_EQUAL(decode("0.1"), "0.1");
  CAF_CHECK_EQUAL(decode("9007199254740993"), "9007199254740993");
  CAF_CHECK_EQUAL(decode("-9223372036854775808"), "-9223372036854775808");
  CAF_CHECK_EQUAL(decode("9223372036854775808"), "9223372036854775808");
  CAF_CHECK_EQUAL(decode("18446744073709551615"), "18446744073709551615");
  CAF_CHECK_EQUAL(decode("18446744073709551616.0"), "1.8446744073709552e+19");
  CAF_CHECK_EQUAL(decode("1.7976931348623157e308"), "1.7976931348623157e+308");
  CAF_CHECK_EQUAL(decode("2.2250738585072011e-308"), "2.225073858507201e-308");
  CAF_CHECK_EQUAL(decode("5e-324"), "5e-324");
  CAF_CHECK_EQUAL(decode("1e-400"), "0.0");
  CAF_CHECK_EQUAL(decode("-1e-99999999999999999999"), "-0.0");
  CAF_CHECK_EQUAL(decode("0." + std::string(400, '0') + "1e-10"), "0.0");
  CAF_CHECK_EQUAL(decode("0." + std::string(700, '0') + "1e300"), "0.0");
  CAF_CHECK_EQUAL(decode("0." + std::string(400, '0') + "1e401"), "1.0");
  CAF_CHECK_EQUAL(decode("NaN"), "nan");
  CAF_CHECK_EQUAL(decode("[Infinity,-Infinity]"), "[inf, -inf]");
}

CAF_TEST(bad numbers) {
  auto integer
    = "deserialization_error: integer does not fit into 64 bits at "
      "byte 0";
  CAF_CHECK_EQUAL(decode("18446744073709551616"), integer);
  CAF_CHECK_EQUAL(decode("-9223372036854775809"), integer);
  CAF_CHECK_EQUAL(decode(std::string(400, '9')), integer);
  CAF_CHECK_EQUAL(decode("-" + std::string(5000, '9')), integer);
  auto range
    = "deserialization_error: number is beyond the range of a float "
      "at byte 0";
  CAF_CHECK_EQUAL(decode("1e400"), range);
  CAF_CHECK_EQUAL(decode("-1e99999999999999999999"), range);
  CAF_CHECK_EQUAL(decode("1.7976931348623159e308"), range);
  CAF_CHECK_EQUAL(decode("17.976931348623159e307"), range);
  CAF_CHECK_EQUAL(decode("0.17976931348623159E+309"), range);
  CAF_CHECK_EQUAL(decode(std::string(400, '9') + ".5"), range);
  CAF_CHECK_EQUAL(decode("-Inf"),
                  "deserialization_error: invalid number at byte 0");
  for (auto bad : {"Inf", "-Inf", "-NaN",  "nan", "inf",  "Infinit", "Nan",
                   "+1",  "01",   "-01",   "1.",  ".5",   "1e",      "1e+",
                   "-",   "0x10", "1_000", "- 1", "NaNs", "--1"}) {
    CAF_MESSAGE(bad);
    CAF_CHECK(decode(bad).starts_with("deserialization_error: "));
    CAF_CHECK(decode("[1, "s + bad + "]").starts_with("deserialization_error"));
  }
}

CAF_TEST(text with escapes) {
  CAF_CHECK_EQUAL(decode(R"("\"\\\/\b\f\n\r\t'")"),
                  R"('"\\/\x08\x0c\n\r\t\'')");
  CAF_CHECK_EQUAL(decode(R"("\u0041\u00e4\u20AC\ud83d\ude00")"),
                  "'A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80'");
  CAF_CHECK_EQUAL(decode(R"("a\u0000b")"), R"('a\x00b')");
  CAF_CHECK_EQUAL(decode(R"("\ud7ff\ue000\uffff")"),
                  "'\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF'");
  CAF_CHECK_EQUAL(decode("\"\xC3\xA4\xED\x9F\xBF\""), "'\xC3\xA4\xED\x9F\xBF'");
}

CAF_TEST(lone surrogates) {
  for (auto bad : {R"("\ud800")", R"("x\ud800y")", R"("\udbff\u0041")",
                   R"("\ud800\ud800")", R"("\udc00")", R"("a\udfffb")",
                   R"("\ude00\ud83d")", R"({"\udc00":1})", R"("\ud800\n")"}) {
    CAF_MESSAGE(bad);
    CAF_CHECK(decode(bad).starts_with("deserialization_error: lone surrogate"));
  }
  for (auto bad :
       {"\"\xED\xA0\x80\"", "\"\xED\xB0\x80\"", "\"\\n\xED\xB0\x80\""})
    CAF_CHECK(decode(bad).starts_with("deserialization_error: invalid UTF-8"));
}

CAF_TEST(invalid text) {
  CAF_CHECK_EQUAL(decode("[\"abc\xFF\"]"),
                  "deserialization_error: invalid UTF-8 at byte 5");
  CAF_CHECK_EQUAL(decode("[1]\xFF"),
                  "deserialization_error: invalid UTF-8 at byte 3");
  CAF_CHECK_EQUAL(decode("\xFF"),
                  "deserialization_error: invalid UTF-8 at byte 0");
  CAF_CHECK_EQUAL(decode(R"(["a)"),
                  "deserialization_error: Missing a closing "
                  "quotation mark in string at byte 3");
  CAF_CHECK_EQUAL(decode(""),
                  "deserialization_error: The document is empty at byte 0");
  CAF_CHECK_EQUAL(decode("1\0"sv),
                  "deserialization_error: unexpected NUL at byte 1");
  CAF_CHECK_EQUAL(decode("1 \0 2"sv),
                  "deserialization_error: unexpected NUL at byte 2");
  for (auto bad : {" "sv,
                   "\xEF\xBB\xBF"
                   "1"sv,
                   "\0"sv,
                   "1\0 "sv,
                   "\"\0\""sv,
                   "\"\n\""sv,
                   "\"\x1F\""sv,
                   "[1,]"sv,
                   "[,1]"sv,
                   "[1 2]"sv,
                   "{\"a\":1,}"sv,
                   "{\"a\"}"sv,
                   "{1:2}"sv,
                   "{'a':1}"sv,
                   "1 2"sv,
                   "[1]]"sv,
                   "[1"sv,
                   "{\"a\":"sv,
                   "/**/1"sv,
                   "1//"sv,
                   "1#"sv,
                   "'a'"sv,
                   "True"sv,
                   "None"sv,
                   "tru"sv,
                   "nul"sv,
                   "\"\\x41\""sv,
                   "\"\\u12\""sv,
                   "\"\\u00g0\""sv,
                   "\"\\\""sv,
                   "]"sv,
                   "1\x0C"sv,
                   "1\xC2\xA0"sv,
                   "[\xE2\x80\xA8]"sv,
                   "1\0\0"sv,
                   "\xFF\xFE[\0]\0"sv}) {
    auto error = decode(bad);
    CAF_MESSAGE(error);
    CAF_CHECK(error.starts_with("deserialization_error: "));
    CAF_CHECK(error.find(" at byte ") != error.npos);
  }
}

CAF_TEST(white space) {
  CAF_CHECK_EQUAL(decode(" \t\r\n[ 1 ,\n{ \"a\" : null } ] \n"),
                  "[1, {'a': None}]");
}

CAF_TEST(all prefixes of a document are errors) {
  auto text = R"([1,-2.5e3,"a\u00e4\n",{"k":[true,false,null,NaN]},"x"])"sv;
  CAF_CHECK(decode(text).starts_with("[1, -2500.0, "));
  for (size_t n = 0; n < text.size(); ++n)
    CAF_CHECK(decode(text.substr(0, n)).starts_with("deserialization_error"));
}

CAF_TEST(the last of equal keys wins) {
  CAF_CHECK_EQUAL(decode(R"({"a":1,"b":2,"a":3,"":4})"),
                  "{'a': 3, 'b': 2, '': 4}");
}

CAF_TEST(reading keeps the nesting limit) {
  check_reading_keeps_the_nesting_limit(std::byte{'['}, 1);
}

// -- objects ------------------------------------------------------------------

CAF_TEST(objects are resolved) {
  check_objects_are_resolved();
  CAF_CHECK_EQUAL(decode(R"({"__type__":3,"__type__":[0,1]})"),
                  "<object of type 0: 1>");
}

CAF_TEST(bad objects) {
  check_bad_objects(18);
}

CAF_TEST(objects are kept) {
  check_objects_are_kept();
}

CAF_TEST_FIXTURE_SCOPE_END()
