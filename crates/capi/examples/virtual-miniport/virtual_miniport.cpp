// A small virtual miniport under the kit: no hardware, positions from the performance counter.
//
// It brings its position up to date at every call, as many a virtual driver does. Time does not divide evenly into frames; what is
// left over has to be carried to the next update. `virtual_miniport carried` does so; `virtual_miniport dropped` forgets it, and loses a part of a
// frame at each call.
//
// Exit status: 0 if no rule is broken, 1 if one is, 2 if the kit was not run.

#include "wavert.h"

#include <cstdio>
#include <cstring>

namespace {

constexpr uint64_t kCounterHz = 10'000'000;

struct Stream {
  bool carries;
  uint64_t rate;
  uint64_t frame_bytes;
  uint64_t packet_bytes;
  uint64_t buffer_bytes;
  uint32_t state = WAVERT_STOP;
  uint64_t updated = 0; // the counter at the last update
  uint64_t frames = 0;  // since STOP
  uint64_t carry = 0;   // of a frame, in parts of kCounterHz

  void Update(uint64_t now) {
    if (state == WAVERT_RUN) {
      // 128 bits: the counter times the rate is too long for 64 after some days.
      const unsigned __int128 parts = static_cast<unsigned __int128>(now - updated) * rate + carry;
      frames += static_cast<uint64_t>(parts / kCounterHz);
      carry = carries ? static_cast<uint64_t>(parts % kCounterHz) : 0;
    }
    updated = now;
  }

  uint64_t Linear(uint64_t now) {
    Update(now);
    return frames * frame_bytes;
  }
};

Stream *Of(void *stream) { return static_cast<Stream *>(stream); }

void *Make(void *context, const wavert_setup *setup) {
  auto *stream = new Stream;
  stream->carries = *static_cast<bool *>(context);
  stream->rate = setup->rate_hz;
  stream->frame_bytes = setup->frame_bytes;
  stream->packet_bytes = setup->packet_frames * setup->frame_bytes;
  stream->buffer_bytes = stream->packet_bytes * setup->packets;
  stream->updated = setup->start;
  return stream;
}

void Destroy(void *stream) { delete Of(stream); }

uint32_t SetState(void *stream, uint64_t now, uint32_t state) {
  Of(stream)->Update(now);
  Of(stream)->state = state;
  if (state == WAVERT_STOP) {
    Of(stream)->frames = 0;
    Of(stream)->carry = 0;
  }
  return WAVERT_STATUS_SUCCESS;
}

uint32_t GetPosition(void *stream, uint64_t now, uint64_t *play, uint64_t *write) {
  *play = *write = Of(stream)->Linear(now) % Of(stream)->buffer_bytes;
  return WAVERT_STATUS_SUCCESS;
}

uint32_t GetLinearPosition(void *stream, uint64_t now, uint64_t *bytes) {
  *bytes = Of(stream)->Linear(now);
  return WAVERT_STATUS_SUCCESS;
}

uint32_t GetPacketCount(void *stream, uint64_t now, uint32_t *packets) {
  *packets = static_cast<uint32_t>(Of(stream)->Linear(now) / Of(stream)->packet_bytes);
  return WAVERT_STATUS_SUCCESS;
}

uint32_t GetPresentationPosition(void *stream, uint64_t now, uint64_t *frames, uint64_t *counter) {
  Of(stream)->Update(now);
  *frames = Of(stream)->frames;
  *counter = now;
  return WAVERT_STATUS_SUCCESS;
}

wavert_subject Subject(bool *carries) {
  wavert_subject subject = {};
  subject.size = sizeof subject;
  subject.abi_version = WAVERT_ABI_VERSION;
  subject.name = *carries ? "carried" : "dropped";
  subject.context = carries;
  subject.make = Make;
  subject.destroy = Destroy;
  subject.set_state = SetState;
  subject.get_position = GetPosition;
  subject.get_linear_position = GetLinearPosition;
  subject.get_packet_count = GetPacketCount;
  subject.get_presentation_position = GetPresentationPosition;
  return subject;
}

} // namespace

#ifdef AS_LIBRARY

// For `wavert conformance --library`: -DCARRIES=true or false says which.
const wavert_subject *wavert_get_subject() {
  static bool carries = CARRIES;
  static const wavert_subject subject = Subject(&carries);
  return &subject;
}

#else

int main(int argc, char **argv) {
  bool carries = argc < 2 || std::strcmp(argv[1], "dropped") != 0;
  const wavert_subject subject = Subject(&carries);

  wavert_options options = {};
  options.size = sizeof options;
  options.seed = 1;
  options.cases = 8;

  wavert_report *report = nullptr;
  const int32_t result = wavert_kit_run(&subject, &options, &report);
  if (result != WAVERT_OK) {
    std::fprintf(stderr, "the kit was not run: result %d\n", result);
    return 2;
  }
  std::fputs(wavert_report_text(report), stdout);
  wavert_counts counts = {};
  counts.size = sizeof counts;
  wavert_report_counts(report, &counts);
  wavert_report_free(report);
  return counts.broken == 0 ? 0 : 1;
}

#endif
