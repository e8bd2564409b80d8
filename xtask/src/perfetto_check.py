"""Holds traces against the schema in the PyPI package `perfetto`."""
import collections
import sys

from google.protobuf import unknown_fields
from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as schema


def no_unknown_field(message, path):
    unknown = unknown_fields.UnknownFieldSet(message)
    assert len(unknown) == 0, f"{path}: unknown field {unknown[0].field_number}"
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for inner in value if field.is_repeated else [value]:
            no_unknown_field(inner, f"{path}.{field.name}")


for path in sys.argv[1:]:
    trace = schema.Trace()
    with open(path, "rb") as file:
        trace.ParseFromString(file.read())
    tracks, last = {}, collections.defaultdict(int)
    depth, counts, flows = collections.Counter(), collections.Counter(), collections.Counter()
    for packet in trace.packet:
        no_unknown_field(packet, "packet")
        if packet.HasField("track_descriptor"):
            described = packet.track_descriptor
            assert described.uuid not in tracks, f"track {described.uuid} described twice"
            assert not described.parent_uuid or described.parent_uuid in tracks, "parent comes later"
            tracks[described.uuid] = described
            continue
        event, track = packet.track_event, packet.track_event.track_uuid
        assert track in tracks, f"event on track {track}, which nothing described"
        assert packet.timestamp >= last[track], f"time runs back on {tracks[track].name}"
        last[track] = packet.timestamp
        counts[event.Type.Name(event.type)] += 1
        flows.update(event.flow_ids)
        counter = event.type == event.TYPE_COUNTER
        assert counter == tracks[track].HasField("counter"), f"wrong kind of event on {tracks[track].name}"
        depth[track] += {event.TYPE_SLICE_BEGIN: 1, event.TYPE_SLICE_END: -1}.get(event.type, 0)
        assert depth[track] >= 0, f"end without begin on {tracks[track].name}"
    assert not any(depth.values()), f"not ended: {[tracks[t].name for t in depth if depth[t]]}"
    assert all(n > 1 for n in flows.values()), "a flow that leads nowhere"
    print(f"{path}: {len(trace.packet)} packets, {len(tracks)} tracks, {dict(counts)}, {len(flows)} flows: ok")
