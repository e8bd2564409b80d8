/* The conformance kit of wavert for C and C++.
 *
 * A miniport stream is a table of callbacks. The kit makes streams of it, calls them, and tells which numbered rules they break
 * and by which shortest sequence of calls.
 *
 * Time is `now`, a reading of a performance counter of 10 MHz that the kit keeps; it never goes back. A stream asks no other clock.
 * Calls come one by one, from the thread that called wavert_kit_run. No callback may throw or longjmp.
 * Structs that cross the border begin with their size, which their maker sets; what is too small is refused.
 */
#ifndef WAVERT_H
#define WAVERT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WAVERT_ABI_VERSION 2u

/* Statuses of callbacks: 0, or an NTSTATUS. STATUS_NOT_SUPPORTED says that the stream has no such thing, as does a null pointer. */
#define WAVERT_STATUS_SUCCESS 0u
#define WAVERT_STATUS_NOT_SUPPORTED 0xC00000BBu

/* Results of the functions of this library. */
#define WAVERT_OK 0
#define WAVERT_NULL_POINTER 1  /* a pointer is null that must not be */
#define WAVERT_BAD_SIZE 2      /* `size` is not that of this header: set it to sizeof */
#define WAVERT_BAD_VERSION 3   /* `abi_version` is not WAVERT_ABI_VERSION: compile with the header of this library */
#define WAVERT_NO_RULE 4       /* there is no rule of that number, or no row of that index */
#define WAVERT_BAD_TEXT 5      /* a text is not UTF-8 */
#define WAVERT_PANICKED 6      /* a defect of the kit; its message is on standard error */

/* States, as KSSTATE. */
#define WAVERT_STOP 0u
#define WAVERT_ACQUIRE 1u
#define WAVERT_PAUSE 2u
#define WAVERT_RUN 3u

/* Flags of a subject. */
#define WAVERT_CAPTURES 1u         /* the stream records */
#define WAVERT_INSIDE_FRAMES 2u    /* positions may lie inside a frame */
#define WAVERT_COUNTS_IN_MEMORY 4u /* a packet is done when it has left memory, not the link */

/* Marks of frames, beside the numbers of the kit's stores, which count from 1. */
#define WAVERT_NOBODY 0u            /* silence, or never written */
#define WAVERT_RECORDED 0xFFFFFFFFu /* by the device */

/* Verdicts. */
#define WAVERT_HELD 0u
#define WAVERT_BROKEN 1u
#define WAVERT_NOT_APPLICABLE 2u

/* What a stream is made with. Valid during `make`. */
typedef struct wavert_setup {
  uint32_t size;
  uint32_t rate_hz;
  uint32_t channels;
  uint32_t frame_bytes;
  uint64_t packet_frames;
  uint32_t packets; /* in the cyclic buffer, of packets * packet_frames * frame_bytes bytes */
  uint32_t reserved;
  uint64_t start;   /* the counter now */
} wavert_setup;

typedef struct wavert_read_packet {
  uint32_t packet;
  uint32_t flags;
  uint64_t performance_counter;
  uint32_t more_data;
  uint32_t reserved;
} wavert_read_packet;

/* A kind of stream. `name`, `context` and the callbacks must live as long as a run. Null callbacks, but for `make`, are things that
 * the stream does not have. */
typedef struct wavert_subject {
  uint32_t size;
  uint32_t abi_version;
  const char *name; /* UTF-8, in reports */
  void *context;    /* handed to `make` */
  uint32_t flags;
  uint32_t grain_frames; /* by how many frames positions rise at a time; 0 is 1 */
  uint64_t lag;          /* how long ago a reported position may have been true, in 100 ns */
  uint64_t delay_frames; /* how far presentation is behind */

  /* A fresh stream, in STOP and at position 0, owned by the kit until `destroy`; null ends the run of that stream: it offers nothing. */
  void *(*make)(void *context, const wavert_setup *setup);
  void (*destroy)(void *stream);
  /* Every state between is gone through, too. */
  uint32_t (*set_state)(void *stream, uint64_t now, uint32_t state);
  /* Without notifications. */
  uint32_t (*allocate_buffer)(void *stream, uint64_t now, uint64_t requested, uint64_t *actual);
  uint32_t (*allocate_buffer_with_notification)(void *stream, uint64_t now, uint32_t count, uint64_t requested, uint64_t *actual);
  /* In STOP: the buffer goes, the format changes, a buffer of as many frames and packets as it had comes. Events stay. */
  uint32_t (*set_format)(void *stream, uint64_t now, const wavert_setup *setup, uint64_t *actual);
  uint32_t (*register_event)(void *stream, uint64_t now, uint32_t event);
  uint32_t (*unregister_event)(void *stream, uint64_t now, uint32_t event);
  uint32_t (*get_position)(void *stream, uint64_t now, uint64_t *play, uint64_t *write);
  uint32_t (*get_linear_position)(void *stream, uint64_t now, uint64_t *bytes);
  uint32_t (*get_presentation_position)(void *stream, uint64_t now, uint64_t *frames, uint64_t *counter);
  uint32_t (*get_packet_count)(void *stream, uint64_t now, uint32_t *packets);
  uint32_t (*set_write_packet)(void *stream, uint64_t now, uint32_t packet, uint32_t flags, uint32_t eos_length);
  uint32_t (*get_read_packet)(void *stream, uint64_t now, wavert_read_packet *packet);
  /* Frames until what is written next is heard, for a client that has written so many since STOP. */
  uint32_t (*get_delay)(void *stream, uint64_t now, uint64_t written, uint64_t *frames);
  /* For streams whose device is there, too: what lies in the buffer, and what left it, as a mark per frame instead of samples. The
   * client stores marks; the device moves them, or stores WAVERT_RECORDED. Frames of the buffer are counted modulo its size. */
  uint32_t (*store)(void *stream, uint64_t now, uint64_t first, uint64_t frames, uint32_t mark);
  uint32_t (*load)(void *stream, uint64_t now, uint64_t frame, uint32_t *mark);
  /* The last frame but `before` that has left since STOP; STATUS_NOT_SUPPORTED if fewer have. At most a buffer is asked back. */
  uint32_t (*heard)(void *stream, uint64_t now, uint64_t before, uint64_t *frame, uint32_t *mark);
  /* When the timer of the stream is due next; 0 if it is not set. Called again after each `timer`, which must move it on. */
  uint64_t (*timer_due)(void *stream);
  /* The timer, and the DPC behind it. Bit n of what it returns: event n, below 64, was set. */
  uint64_t (*timer)(void *stream, uint64_t now);
} wavert_subject;

typedef struct wavert_options {
  uint32_t size;
  uint32_t cases;   /* histories of each kind; 0 is 32 */
  uint64_t seed;    /* the same seed draws the same histories on every machine */
  const char *rule; /* one rule alone, such as "P16"; null for all */
} wavert_options;

/* What came of it. Owned by the caller, to be given to wavert_report_free; may be read from any thread. */
typedef struct wavert_report wavert_report;

typedef struct wavert_counts {
  uint32_t size;
  uint32_t rules; /* rows that wavert_report_rule knows */
  uint32_t held;
  uint32_t broken;
  uint32_t not_applicable;
  uint32_t reserved;
  uint64_t histories;
  uint64_t calls;
} wavert_counts;

/* One rule. Texts belong to the report. */
typedef struct wavert_rule {
  uint32_t size;
  uint32_t verdict;
  uint64_t histories;
  const char *number;
  const char *group;
  const char *says;
  const char *text;    /* broken: the shortest table; not applicable: why; held: empty */
  const char *history; /* broken: the file for `wavert conformance --history`; else empty */
} wavert_rule;

/* Puts streams of `subject` under the rules. `options` may be null. Sets *report if the result is WAVERT_OK, else sets it to null. That rules
 * are broken is no error. */
int32_t wavert_kit_run(const wavert_subject *subject, const wavert_options *options, wavert_report **report);
/* Null is allowed. */
void wavert_report_free(wavert_report *report);
/* `counts->size` is to be set. */
int32_t wavert_report_counts(const wavert_report *report, wavert_counts *counts);
/* `rule->size` is to be set. */
int32_t wavert_report_rule(const wavert_report *report, uint32_t index, wavert_rule *rule);
/* Everything, for people; null for null. Belongs to the report. */
const char *wavert_report_text(const wavert_report *report);
/* A JUnit document, a case per rule, for build servers; null for null. Belongs to the report. */
const char *wavert_report_junit(const wavert_report *report);

/* Rule by rule as a JSON object; null for null. Belongs to the report. */
const char *wavert_report_json(const wavert_report *report);

/* What a shared library exports to be put under the rules by `wavert conformance --library`, which needs nothing but this header.
 * Called once; what it returns lives as long as the library. */
#if defined(_WIN32)
#define WAVERT_EXPORT __declspec(dllexport)
#else
#define WAVERT_EXPORT __attribute__((visibility("default")))
#endif
WAVERT_EXPORT const wavert_subject *wavert_get_subject(void);

#ifdef __cplusplus
}
#endif

#endif
