// A virtual miniport with everything that the kit can ask a stream for: buffers, events, packets, a timer, formats, and a device whose memory can
// be looked into. Everything is a closed form of the time spent in RUN.
//
// packet_miniport render | capture [DEFECT]
//
// Without a defect no rule is broken. With one, the kit names what it breaks:
//   window   a packet in transfer is accepted                         P33, R119
//   tick     an expiry of the timer counts one packet, however late   P30
//   early    positions are 32 frames ahead of the data                P18
//   memory   what is heard is what lies in memory when it is asked    P19
//   tail     the buffer is played on behind the end of the stream     P34
//   stamp    a captured packet is stamped with its end                P31, R134
//   rate     a change of format leaves the rate as it was             P43
//   delay    the delay of a late client is a huge number              P46
//
// Exit status: 0 if no rule is broken, 1 if one is, 2 if the kit was not run.

#include "wavert.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr uint64_t kCounterHz = 10'000'000;
constexpr uint32_t kEndOfStream = 0x200;

constexpr uint32_t kUnsuccessful = 0xC0000001;
constexpr uint32_t kInvalidParameter = 0xC000000D;
constexpr uint32_t kInvalidDeviceRequest = 0xC0000010;
constexpr uint32_t kDataOverrun = 0xC000003C;
constexpr uint32_t kDataLateError = 0xC000003D;
constexpr uint32_t kDeviceNotReady = 0xC00000A3;
constexpr uint32_t kInvalidDeviceState = 0xC0000184;
constexpr uint32_t kNotFound = 0xC0000225;

struct Kind {
  bool captures = false;
  std::string defect;
  bool Has(const char *name) const { return defect == name; }
};

uint64_t MulDiv(uint64_t a, uint64_t b, uint64_t c) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b / c);
}

// A stretch of RUN: where it begins on the counter, and in time in RUN.
struct Stretch {
  uint64_t counter;
  uint64_t run;
};

class Stream {
public:
  Stream(const Kind &kind, const wavert_setup &setup) : kind_(kind) { Use(setup); }

  void Use(const wavert_setup &setup) {
    if (rate_ == 0 || !kind_.Has("rate")) rate_ = setup.rate_hz;
    frame_bytes_ = setup.frame_bytes;
    packet_frames_ = setup.packet_frames;
  }

  uint32_t SetState(uint64_t now, uint32_t to) {
    Catch(now);
    if (to == WAVERT_RUN && state_ != WAVERT_RUN) {
      if (ring_ == 0) {
        state_ = WAVERT_PAUSE;
        return kInvalidDeviceRequest;
      }
      stretches_.push_back({now, RunTime(now)});
      runs_ = true;
    } else if (to != WAVERT_RUN && runs_) {
      run_before_ = RunTime(now);
      runs_ = false;
    }
    if (to == WAVERT_STOP) {
      run_before_ = moved_ = signalled_ = counted_ = unread_ = 0;
      end_.reset();
      stretches_.clear();
    }
    state_ = to;
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t Allocate(uint64_t requested, std::optional<uint32_t> count, uint64_t *actual) {
    if (state_ != WAVERT_STOP) return kInvalidDeviceState;
    if (ring_ != 0) return kInvalidDeviceRequest;
    if (count && (*count < 1 || *count > 2)) return kInvalidParameter;
    if (requested < frame_bytes_) return kUnsuccessful;
    const uint64_t whole = count.value_or(1) * frame_bytes_;
    *actual = (requested + whole - 1) / whole * whole;
    Make(*actual / frame_bytes_, count);
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t SetFormat(const wavert_setup &setup, uint64_t *actual) {
    if (state_ != WAVERT_STOP || ring_ == 0) return WAVERT_STATUS_NOT_SUPPORTED;
    Use(setup);
    Make(ring_, packets_);
    *actual = ring_ * frame_bytes_;
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t Register(uint32_t event) {
    if (!packets_) return kDeviceNotReady;
    if (events_ >> event & 1) return kUnsuccessful;
    events_ |= uint64_t{1} << event;
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t Unregister(uint32_t event) {
    if (!(events_ >> event & 1)) return kNotFound;
    events_ &= ~(uint64_t{1} << event);
    return WAVERT_STATUS_SUCCESS;
  }

  uint64_t Frames(uint64_t now) const { return MulDiv(RunTime(now), rate_, kCounterHz); }

  uint64_t Linear(uint64_t now) const {
    const uint64_t ahead = kind_.Has("early") && runs_ ? 32 : 0;
    return (Frames(now) + ahead) * frame_bytes_;
  }

  uint64_t Position(uint64_t now) const { return ring_ == 0 ? 0 : Linear(now) % (ring_ * frame_bytes_); }

  uint32_t PacketCount(uint64_t now, uint32_t *count) const {
    if (!packets_) return WAVERT_STATUS_NOT_SUPPORTED;
    *count = static_cast<uint32_t>(Count(now));
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t Write(uint64_t now, uint32_t packet, uint32_t flags, uint32_t length) {
    if (!packets_) return WAVERT_STATUS_NOT_SUPPORTED;
    const bool ends = flags & kEndOfStream;
    if (end_) return kInvalidDeviceState;
    if (flags & ~kEndOfStream) return kInvalidParameter;
    if (ends && length > Packet() * frame_bytes_) return kInvalidParameter;
    const uint64_t count = Count(now);
    const int32_t ahead = static_cast<int32_t>(packet - static_cast<uint32_t>(count));
    const bool in_transfer = runs_ || Frames(now) % Packet() != 0;
    const int32_t first = in_transfer && !kind_.Has("window") ? 1 : 0;
    const int32_t last = std::max<int32_t>(in_transfer ? 1 : 0, static_cast<int32_t>(*packets_) - 1);
    if (ahead < first) return kDataLateError;
    if (ahead > last) return kDataOverrun;
    if (ends) {
      Catch(now);
      end_ = (count + ahead) * Packet() + length / frame_bytes_;
    }
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t Read(uint64_t now, wavert_read_packet *read) {
    if (!packets_) return WAVERT_STATUS_NOT_SUPPORTED;
    if (state_ < WAVERT_PAUSE) return kInvalidDeviceState;
    const uint64_t done = Count(now);
    const bool in_transfer = runs_ || Frames(now) % Packet() != 0;
    const uint64_t whole = *packets_ - (in_transfer && *packets_ > 1 ? 1 : 0);
    const uint64_t oldest = std::max(done > whole ? done - whole : 0, unread_);
    if (oldest >= done) return kDeviceNotReady;
    unread_ = oldest + 1;
    read->packet = static_cast<uint32_t>(oldest);
    read->flags = 0;
    read->performance_counter = CounterAt((oldest + (kind_.Has("stamp") ? 1 : 0)) * Packet());
    read->more_data = unread_ < done;
    return WAVERT_STATUS_SUCCESS;
  }

  uint64_t Delay(uint64_t now, uint64_t written) const {
    const uint64_t heard = Frames(now);
    if (kind_.Has("delay")) return static_cast<uint32_t>(written - heard);
    return written > heard ? written - heard : 0;
  }

  uint32_t Store(uint64_t now, uint64_t first, uint64_t frames, uint32_t mark) {
    if (ring_ == 0) return WAVERT_STATUS_NOT_SUPPORTED;
    Catch(now);
    for (uint64_t frame = first; frame < first + frames; ++frame) memory_[frame % ring_] = mark;
    return WAVERT_STATUS_SUCCESS;
  }

  uint32_t Load(uint64_t now, uint64_t frame) {
    Catch(now);
    return memory_[frame % ring_];
  }

  uint32_t Heard(uint64_t now, uint64_t before, uint64_t *frame, uint32_t *mark) {
    Catch(now);
    if (moved_ <= before || before >= ring_) return WAVERT_STATUS_NOT_SUPPORTED;
    *frame = moved_ - 1 - before;
    *mark = kind_.Has("memory") ? memory_[*frame % ring_] : heard_[*frame % ring_];
    return WAVERT_STATUS_SUCCESS;
  }

  // When the packet after those that were signalled is done.
  uint64_t Due() const {
    if (!packets_ || !runs_) return 0;
    return CounterAt((signalled_ + 1) * Packet());
  }

  uint64_t Expire(uint64_t now) {
    ++counted_;
    signalled_ = Frames(now) / Packet();
    return events_;
  }

private:
  uint64_t RunTime(uint64_t now) const { return run_before_ + (runs_ ? now - stretches_.back().counter : 0); }

  uint64_t Packet() const { return packets_ ? ring_ / *packets_ : ring_; }

  uint64_t Count(uint64_t now) const {
    const uint64_t done = Frames(now) / Packet();
    return kind_.Has("tick") ? std::min(counted_, done) : done;
  }

  // The first counter at which so many frames have moved.
  uint64_t CounterAt(uint64_t frames) const {
    const unsigned __int128 parts = static_cast<unsigned __int128>(frames) * kCounterHz;
    const uint64_t run = static_cast<uint64_t>((parts + rate_ - 1) / rate_);
    for (auto stretch = stretches_.rbegin(); stretch != stretches_.rend(); ++stretch)
      if (stretch->run <= run) return stretch->counter + run - stretch->run;
    return 0;
  }

  void Make(uint64_t frames, std::optional<uint32_t> packets) {
    ring_ = frames;
    packets_ = packets;
    memory_.assign(ring_, WAVERT_NOBODY);
    heard_ = memory_;
  }

  // The device has moved what is due by now. A frame is fetched when it begins, and recorded when it is over.
  void Catch(uint64_t now) {
    const uint64_t begun = Frames(now) + (runs_ && !kind_.captures ? 1 : 0);
    if (ring_ == 0 || begun <= moved_) return;
    // What went before the last turn can no longer be told.
    for (uint64_t frame = std::max(moved_, begun > ring_ ? begun - ring_ : 0); frame < begun; ++frame) {
      const bool over = end_ && frame >= *end_ && !kind_.Has("tail");
      if (kind_.captures)
        memory_[frame % ring_] = WAVERT_RECORDED;
      else
        heard_[frame % ring_] = over ? WAVERT_NOBODY : memory_[frame % ring_];
    }
    moved_ = begun;
  }

  const Kind &kind_;
  uint64_t rate_ = 0;
  uint64_t frame_bytes_ = 0;
  uint64_t packet_frames_ = 0;
  uint32_t state_ = WAVERT_STOP;
  bool runs_ = false;
  uint64_t run_before_ = 0; // time in RUN before the latest stretch
  std::vector<Stretch> stretches_;
  uint64_t ring_ = 0; // frames in the buffer
  std::optional<uint32_t> packets_;
  uint64_t events_ = 0; // bit n: event n
  uint64_t signalled_ = 0;
  uint64_t counted_ = 0;
  uint64_t unread_ = 0;
  std::optional<uint64_t> end_; // the first frame behind the stream
  uint64_t moved_ = 0;
  std::vector<uint32_t> memory_;
  std::vector<uint32_t> heard_;
};

Stream &Of(void *stream) { return *static_cast<Stream *>(stream); }

wavert_subject Subject(Kind *kind) {
  wavert_subject it = {};
  it.size = sizeof it;
  it.abi_version = WAVERT_ABI_VERSION;
  it.name = kind->captures ? "capture" : "render";
  it.context = kind;
  it.flags = kind->captures ? WAVERT_CAPTURES : 0;
  it.make = [](void *context, const wavert_setup *setup) -> void * { return new Stream(*static_cast<Kind *>(context), *setup); };
  it.destroy = [](void *stream) { delete &Of(stream); };
  it.set_state = [](void *s, uint64_t now, uint32_t state) { return Of(s).SetState(now, state); };
  it.allocate_buffer = [](void *s, uint64_t, uint64_t requested, uint64_t *actual) {
    return Of(s).Allocate(requested, std::nullopt, actual);
  };
  it.allocate_buffer_with_notification = [](void *s, uint64_t, uint32_t count, uint64_t requested, uint64_t *actual) {
    return Of(s).Allocate(requested, count, actual);
  };
  it.set_format = [](void *s, uint64_t, const wavert_setup *setup, uint64_t *actual) { return Of(s).SetFormat(*setup, actual); };
  it.register_event = [](void *s, uint64_t, uint32_t event) { return Of(s).Register(event); };
  it.unregister_event = [](void *s, uint64_t, uint32_t event) { return Of(s).Unregister(event); };
  it.get_position = [](void *s, uint64_t now, uint64_t *play, uint64_t *write) {
    *play = *write = Of(s).Position(now);
    return WAVERT_STATUS_SUCCESS;
  };
  it.get_linear_position = [](void *s, uint64_t now, uint64_t *bytes) { return *bytes = Of(s).Linear(now), WAVERT_STATUS_SUCCESS; };
  it.get_packet_count = [](void *s, uint64_t now, uint32_t *count) { return Of(s).PacketCount(now, count); };
  it.store = [](void *s, uint64_t now, uint64_t first, uint64_t frames, uint32_t mark) { return Of(s).Store(now, first, frames, mark); };
  it.timer_due = [](void *s) { return Of(s).Due(); };
  it.timer = [](void *s, uint64_t now) { return Of(s).Expire(now); };
  if (kind->captures) {
    it.get_read_packet = [](void *s, uint64_t now, wavert_read_packet *read) { return Of(s).Read(now, read); };
    it.load = [](void *s, uint64_t now, uint64_t frame, uint32_t *mark) { return *mark = Of(s).Load(now, frame), WAVERT_STATUS_SUCCESS; };
  } else {
    it.get_presentation_position = [](void *s, uint64_t now, uint64_t *frames, uint64_t *counter) {
      *frames = Of(s).Frames(now);
      *counter = now;
      return WAVERT_STATUS_SUCCESS;
    };
    it.get_delay = [](void *s, uint64_t now, uint64_t written, uint64_t *frames) {
      return *frames = Of(s).Delay(now, written), WAVERT_STATUS_SUCCESS;
    };
    it.set_write_packet = [](void *s, uint64_t now, uint32_t packet, uint32_t flags, uint32_t length) {
      return Of(s).Write(now, packet, flags, length);
    };
    it.heard = [](void *s, uint64_t now, uint64_t before, uint64_t *frame, uint32_t *mark) { return Of(s).Heard(now, before, frame, mark); };
  }
  return it;
}

} // namespace

int main(int argc, char **argv) {
  Kind kind;
  kind.captures = argc > 1 && std::strcmp(argv[1], "capture") == 0;
  kind.defect = argc > 2 ? argv[2] : "";
  const wavert_subject subject = Subject(&kind);

  wavert_options options = {};
  options.size = sizeof options;
  options.seed = 1;
  options.cases = 32;

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
