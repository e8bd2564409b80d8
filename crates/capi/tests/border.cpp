// What the border does with what it is given, and that every callback of the table is reached. Prints what is wrong; exit status 1.

#include "wavert.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <cstddef>

static int failures = 0;

#define CHECK(holds)                                          \
  do {                                                        \
    if (!(holds)) {                                           \
      std::printf("line %d: %s\n", __LINE__, #holds);         \
      ++failures;                                             \
    }                                                         \
  } while (false)

// How often each callback was called, and streams that live.
static struct {
  int state, plain, buffer, format, delay, store, load, heard, reg, unreg, position, linear, presentation, count, write, read, due, timer, alive;
  uint64_t now;
} seen;

static bool Forward(uint64_t now) {
  const bool forward = now >= seen.now;
  seen.now = now;
  return forward;
}

static int stream_of_all;

static void *Make(void *, const wavert_setup *setup) {
  CHECK(setup->size == sizeof *setup);
  ++seen.alive;
  seen.now = setup->start;
  return &stream_of_all;
}
static void Destroy(void *stream) {
  CHECK(stream == &stream_of_all);
  --seen.alive;
}
static uint32_t State(void *, uint64_t now, uint32_t state) {
  CHECK(state <= WAVERT_RUN);
  CHECK(Forward(now));
  ++seen.state;
  return 0;
}
static uint32_t Plain(void *, uint64_t, uint64_t requested, uint64_t *actual) {
  *actual = requested;
  ++seen.plain;
  return 0;
}
static uint32_t Buffer(void *, uint64_t, uint32_t, uint64_t requested, uint64_t *actual) {
  *actual = requested;
  ++seen.buffer;
  return 0;
}
static uint32_t Format(void *, uint64_t, const wavert_setup *setup, uint64_t *actual) {
  CHECK(setup->size == sizeof *setup);
  *actual = setup->packet_frames * setup->packets * setup->frame_bytes;
  ++seen.format;
  return 0;
}
static uint32_t Delay(void *, uint64_t, uint64_t, uint64_t *frames) { return *frames = 0, ++seen.delay, 0; }
static uint32_t Store(void *, uint64_t, uint64_t, uint64_t, uint32_t mark) {
  CHECK(mark != WAVERT_NOBODY && mark != WAVERT_RECORDED);
  return ++seen.store, 0;
}
static uint32_t Load(void *, uint64_t, uint64_t, uint32_t *mark) { return *mark = WAVERT_NOBODY, ++seen.load, 0; }
static uint32_t Heard(void *, uint64_t, uint64_t, uint64_t *frame, uint32_t *mark) {
  *frame = 0;
  *mark = WAVERT_NOBODY;
  return ++seen.heard, 0;
}
static uint32_t Register(void *, uint64_t, uint32_t) { return ++seen.reg, 0; }
static uint32_t Unregister(void *, uint64_t, uint32_t) { return ++seen.unreg, 0; }
static uint32_t Position(void *, uint64_t now, uint64_t *play, uint64_t *write) {
  CHECK(Forward(now));
  *play = *write = 0;
  return ++seen.position, 0;
}
static uint32_t Linear(void *, uint64_t, uint64_t *bytes) { return *bytes = 0, ++seen.linear, 0; }
static uint32_t Presentation(void *, uint64_t now, uint64_t *frames, uint64_t *counter) {
  *frames = 0;
  *counter = now;
  return ++seen.presentation, 0;
}
static uint32_t Count(void *, uint64_t, uint32_t *packets) { return *packets = 0, ++seen.count, 0; }
static uint32_t Write(void *, uint64_t, uint32_t, uint32_t, uint32_t) { return ++seen.write, WAVERT_STATUS_NOT_SUPPORTED; }
static uint32_t Read(void *, uint64_t, wavert_read_packet *packet) { return packet->packet = 7, ++seen.read, 0; }
// It stays where it is, and must not hold the kit up.
static uint64_t Due(void *) { return ++seen.due, 5; }
static uint64_t Timer(void *, uint64_t) { return ++seen.timer, 1; }
static void *MakeNone(void *, const wavert_setup *) { return nullptr; }

static wavert_subject All() {
  wavert_subject all = {};
  all.size = sizeof all;
  all.abi_version = WAVERT_ABI_VERSION;
  all.name = "all";
  all.make = Make;
  all.destroy = Destroy;
  all.set_state = State;
  all.allocate_buffer = Plain;
  all.allocate_buffer_with_notification = Buffer;
  all.set_format = Format;
  all.get_delay = Delay;
  all.store = Store;
  all.load = Load;
  all.heard = Heard;
  all.register_event = Register;
  all.unregister_event = Unregister;
  all.get_position = Position;
  all.get_linear_position = Linear;
  all.get_presentation_position = Presentation;
  all.get_packet_count = Count;
  all.set_write_packet = Write;
  all.get_read_packet = Read;
  all.timer_due = Due;
  all.timer = Timer;
  return all;
}

static int32_t Run(const wavert_subject &subject) {
  wavert_options options = {};
  options.size = sizeof options;
  options.cases = 1;
  wavert_report *report = nullptr;
  const int32_t result = wavert_kit_run(&subject, &options, &report);
  CHECK((report != nullptr) == (result == WAVERT_OK));
  wavert_report_free(report);
  return result;
}

static void Refusals() {
  wavert_report *report = nullptr;
  wavert_subject all = All();
  CHECK(wavert_kit_run(nullptr, nullptr, &report) == WAVERT_NULL_POINTER);
  CHECK(wavert_kit_run(&all, nullptr, nullptr) == WAVERT_NULL_POINTER);
  all.size -= 8;
  CHECK(Run(all) == WAVERT_BAD_SIZE);
  all = All();
  all.abi_version = WAVERT_ABI_VERSION + 1;
  CHECK(Run(all) == WAVERT_BAD_VERSION);
  all = All();
  all.make = nullptr;
  CHECK(Run(all) == WAVERT_NULL_POINTER);
  all = All();
  all.name = nullptr;
  CHECK(Run(all) == WAVERT_NULL_POINTER);
  all.name = "\xff";
  CHECK(Run(all) == WAVERT_BAD_TEXT);
  all = All();
  wavert_options options = {};
  options.size = sizeof options;
  options.rule = "P999";
  CHECK(wavert_kit_run(&all, &options, &report) == WAVERT_NO_RULE);
  CHECK(report == nullptr);
  CHECK(wavert_report_counts(nullptr, nullptr) == WAVERT_NULL_POINTER);
  CHECK(wavert_report_text(nullptr) == nullptr);
  CHECK(wavert_report_junit(nullptr) == nullptr);
  CHECK(wavert_report_json(nullptr) == nullptr);
  wavert_report_free(nullptr);
}

// A subject that makes no stream, and one that has no callback, offer nothing: no rule is broken.
static void Nothing() {
  for (int round = 0; round < 2; ++round) {
    wavert_subject none = {};
    none.size = sizeof none;
    none.abi_version = WAVERT_ABI_VERSION;
    none.name = "none";
    none.make = round == 0 ? Make : MakeNone;
    wavert_report *report = nullptr;
    CHECK(wavert_kit_run(&none, nullptr, &report) == WAVERT_OK);
    wavert_counts counts = {};
    CHECK(wavert_report_counts(report, &counts) == WAVERT_BAD_SIZE);
    counts.size = sizeof counts;
    CHECK(wavert_report_counts(report, &counts) == WAVERT_OK);
    CHECK(counts.broken == 0 && counts.histories > 0);
    CHECK(counts.rules == counts.held + counts.not_applicable);
    wavert_report_free(report);
  }
  seen.alive = 0; // those streams had no `destroy`
}

static void Everything() {
  const wavert_subject all = All();
  wavert_options options = {};
  options.size = sizeof options;
  options.cases = 4;
  wavert_report *report = nullptr;
  CHECK(wavert_kit_run(&all, &options, &report) == WAVERT_OK);
  CHECK(seen.state && seen.buffer && seen.reg && seen.unreg && seen.position && seen.linear && seen.presentation);
  CHECK(seen.count && seen.write && seen.read && seen.due && seen.timer && seen.plain && seen.format && seen.delay);
  CHECK(seen.store && seen.heard);
  CHECK(seen.alive == 0);
  // A position that stands breaks P16, and its table says what should have been there.
  wavert_rule rule = {};
  rule.size = sizeof rule;
  bool found = false;
  for (uint32_t index = 0; wavert_report_rule(report, index, &rule) == WAVERT_OK; ++index) {
    if (std::strcmp(rule.number, "P16") == 0) {
      found = true;
      CHECK(rule.verdict == WAVERT_BROKEN && *rule.text && *rule.history && *rule.says);
      CHECK(std::strcmp(rule.group, "position") == 0);
    }
    if (rule.verdict == WAVERT_NOT_APPLICABLE) CHECK(*rule.text);
    if (rule.verdict == WAVERT_HELD) CHECK(!*rule.text && !*rule.history);
  }
  CHECK(found);
  CHECK(std::strstr(wavert_report_junit(report), "<testsuite name=\"all\""));
  CHECK(std::strstr(wavert_report_junit(report), "<failure message="));
  const std::string json = wavert_report_json(report);
  CHECK(json.find("\"subject\":\"all\"") != json.npos && json.find("\"verdict\":\"broken\"") != json.npos);
  wavert_report_free(report);
  // What lies in memory is asked of streams that record.
  wavert_subject records = all;
  records.flags = WAVERT_CAPTURES;
  CHECK(Run(records) == WAVERT_OK);
  CHECK(seen.load);
}

// Sizes, offsets and flags, for the test to hold against those of Rust.
static void Layout() {
  std::printf("%zu %zu %zu %zu %zu %zu\n", sizeof(wavert_setup), sizeof(wavert_read_packet), sizeof(wavert_subject),
              sizeof(wavert_options), sizeof(wavert_counts), sizeof(wavert_rule));
  std::printf("%zu %zu %zu %zu %zu %zu\n", offsetof(wavert_setup, start), offsetof(wavert_read_packet, more_data),
              offsetof(wavert_subject, timer), offsetof(wavert_options, rule), offsetof(wavert_counts, calls),
              offsetof(wavert_rule, history));
  std::printf("%u %u %u\n", WAVERT_CAPTURES, WAVERT_INSIDE_FRAMES, WAVERT_COUNTS_IN_MEMORY);
  std::printf("%u %u\n", WAVERT_NOBODY, WAVERT_RECORDED);
}

int main(int argc, char **argv) {
  if (argc > 1 && std::strcmp(argv[1], "layout") == 0) {
    Layout();
    return 0;
  }
  Refusals();
  Nothing();
  Everything();
  return failures != 0;
}
