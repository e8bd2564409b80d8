//! What a person wants to read first of a recording.

use std::fmt::{self, Write as _};

use truth::{CaptureClass, CaptureGlitch, CaptureLedger};

use super::{
    glitches, margin, margins, ms, place, plural, reason, reported, write_changes, write_parts,
    write_wakes,
};
use crate::result::{ClientResult, EndpointResult};

/// One paragraph per question.
pub(super) fn conclusion(
    out: &mut String,
    endpoint: &EndpointResult,
    truth: Option<&CaptureLedger>,
) -> fmt::Result {
    let name = &endpoint.name;
    let Some(truth) = truth else {
        return writeln!(out, "NOTHING RECORDED\n  Nobody opened \"{name}\".\n");
    };
    match (&endpoint.glitches[..], truth.glitches()) {
        ([first, ..], [first_truth, ..]) => {
            let count = plural(endpoint.glitches.len() as u64, "glitch", "glitches");
            let events = plural(endpoint.audible_events, "audible event", "audible events");
            let lost = ms(endpoint.lost_ns);
            writeln!(
                out,
                "THE RECORDING GLITCHED\n  \"{name}\" had {count} in {events}, {lost} missing or \
                 wrong in all."
            )?;
            writeln!(out, "  Where     {}", place(first))?;
            writeln!(out, "  What      {}", what(first_truth))?;
            writeln!(out, "  Why       {}", reason(first, false))?;
            write_parts(out, first)?;
        }
        _ if endpoint.frames == 0 => writeln!(
            out,
            "NOTHING RECORDED\n  \"{name}\" was opened and never ran."
        )?,
        _ => writeln!(
            out,
            "NO GLITCH\n  Every frame that was read from \"{name}\" is what was recorded, and none \
             is missing."
        )?,
    }
    writeln!(out, "  Reported  {}", reported(endpoint))?;
    write_changes(out, endpoint)?;
    let what = margin(endpoint, truth.headroom(), "read");
    writeln!(out, "  Margin    {what}")?;
    write_wakes(out, endpoint)?;
    writeln!(out)
}

fn what(glitch: &CaptureGlitch) -> String {
    let kind = glitch.kind;
    let became = match glitch.class {
        CaptureClass::Lost => "never read",
        CaptureClass::ClientOverrun => "read, and a client had no room for it",
        CaptureClass::Torn => "written over before it was read",
        CaptureClass::Early => "read before it was there",
        CaptureClass::Ok | CaptureClass::Dup | CaptureClass::Unread => "as it should be",
    };
    let instead = glitch
        .holds
        .map(|from| format!("; in its place: what was recorded from frame {from} on"))
        .unwrap_or_default();
    format!("{}: {became} ({}){instead}", kind.describe(), kind.name())
}

pub(super) fn microphone(
    out: &mut String,
    endpoint: &EndpointResult,
    truth: Option<&CaptureLedger>,
) -> fmt::Result {
    let (name, rate) = (&endpoint.name, endpoint.rate_hz);
    writeln!(out, "\"{name}\": {rate} Hz, {} channels", endpoint.channels)?;
    let frames = endpoint.frames;
    writeln!(
        out,
        "  {frames:>10}  frames came from the converter, of which"
    )?;
    for (class, count) in &endpoint.frames_by_class {
        if *count > 0 {
            writeln!(out, "  {count:>10}    {class}")?;
        }
    }
    let many = &endpoint.notifications;
    for (count, what) in [
        (many.interrupts, "interrupts"),
        (many.dpc_runs, "DPCs ran"),
        (many.event_sets, "settings of the notification event"),
        (many.wakes, "wake-ups of whoever reads the packets"),
        (many.lost, "notifications lost"),
        (many.coalesced, "notifications coalesced"),
    ] {
        if count > 0 {
            writeln!(out, "  {count:>10}  {what}")?;
        }
    }
    writeln!(out)?;
    glitches(out, endpoint)?;
    truth.map_or(Ok(()), |truth| margins(out, truth.headroom()))
}

/// What a client got, and how long that was on its way to the speaker.
pub(super) fn recorded(out: &mut String, client: &ClientResult) -> fmt::Result {
    let Some(tape) = &client.recorded else {
        return Ok(());
    };
    write!(out, ", got {}", plural(tape.frames, "frame", "frames"))?;
    if tape.discontinuities > 0 {
        let flags = plural(tape.discontinuities, "discontinuity", "discontinuities");
        write!(out, " with {flags}")?;
    }
    if tape.overrun_frames > 0 {
        let frames = plural(tape.overrun_frames, "frame", "frames");
        write!(out, ", had no room for {frames}")?;
    }
    if let Some(trip) = client.round_trip {
        let (min, max) = (ms(trip.min_ns), ms(trip.max_ns));
        let way = if trip.min_ns == trip.max_ns {
            min
        } else {
            format!("{min} to {max}")
        };
        write!(out, ", {way} from converter to converter")?;
    }
    Ok(())
}
