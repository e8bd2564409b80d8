//! What a person wants to read first.

mod capture;
mod detectors;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use machine::Component;
use truth::{Glitch, GlitchType, Headroom, Ledger};
use units::SimDuration;

use crate::history::FORMAT_CHANGE;
use crate::notes::{CAPTURE_AHEAD, SERVER_INPUT_STARVATION, SERVER_OUTPUT_QUEUE_FULL};
use crate::result::{EndpointResult, GlitchResult, RunResult};
use crate::run::Run;

/// Glitches that are listed one by one.
const LISTED_MAX: usize = 20;

impl Run {
    /// What a person wants to read first: did it glitch, where, how long, why, what did Windows
    /// report, what margin was left. Then the tables, and how to get the same run again.
    pub fn report(&self) -> String {
        let mut text = String::new();
        self.write_report(&mut text)
            .expect("a text takes whatever is written into it");
        text
    }

    fn write_report(&self, out: &mut String) -> fmt::Result {
        let result = &self.result;
        writeln!(out, "{}\n", result.scenario)?;
        let of = |flow: &'static str| {
            let all = result.endpoints.iter();
            all.filter(move |endpoint| endpoint.flow == flow)
        };
        for (endpoint, truth) in of("render").zip(&self.truth) {
            conclusion(out, endpoint, truth.as_ref())?;
        }
        for (endpoint, truth) in of("capture").zip(&self.captured) {
            capture::conclusion(out, endpoint, truth.as_ref())?;
        }
        if !self.is_live {
            expectations(out, result)?;
        }
        for (endpoint, truth) in of("render").zip(&self.truth) {
            speaker(out, endpoint, truth.as_ref())?;
        }
        for (endpoint, truth) in of("capture").zip(&self.captured) {
            capture::microphone(out, endpoint, truth.as_ref())?;
        }
        clients(out, result)?;
        violations(out, result)?;
        footer(out, result, self.is_live)
    }
}

/// One paragraph per question.
fn conclusion(out: &mut String, endpoint: &EndpointResult, truth: Option<&Ledger>) -> fmt::Result {
    let name = &named(endpoint);
    let Some(truth) = truth else {
        return writeln!(out, "NOTHING PLAYED\n  Nobody opened \"{name}\".\n");
    };
    match (&endpoint.glitches[..], truth.glitches()) {
        ([first, ..], [first_truth, ..]) => {
            let count = plural(endpoint.glitches.len() as u64, "glitch", "glitches");
            let events = plural(endpoint.audible_events, "audible event", "audible events");
            let lost = ms(endpoint.lost_ns);
            writeln!(
                out,
                "IT GLITCHED\n  \"{name}\" had {count} in {events}, {lost} of wrong sound in all."
            )?;
            writeln!(out, "  Where     {}", place(first))?;
            let is_offloaded = endpoint.offload.is_some();
            writeln!(
                out,
                "  What      {}",
                what(first, first_truth, is_offloaded)
            )?;
            writeln!(out, "  Why       {}", reason(first, is_offloaded))?;
            write_parts(out, first)?;
        }
        _ if endpoint.frames == 0 => {
            writeln!(
                out,
                "NOTHING PLAYED\n  \"{name}\" was opened and never ran."
            )?;
        }
        _ => writeln!(
            out,
            "NO GLITCH\n  Every frame that left \"{name}\" was as intended."
        )?,
    }
    writeln!(out, "  Reported  {}", reported(endpoint))?;
    write_changes(out, endpoint)?;
    let what = margin(endpoint, truth.headroom(), "written");
    writeln!(out, "  Margin    {what}")?;
    write_wakes(out, endpoint)?;
    writeln!(out)
}

/// Where the time of the wake-up behind `glitch` went.
fn write_parts(out: &mut String, glitch: &GlitchResult) -> fmt::Result {
    if glitch.parts_ns.is_empty() {
        return Ok(());
    }
    writeln!(out, "            In full: {}", in_order(&glitch.parts_ns))
}

/// How long wake-ups took, and where their time went.
fn write_wakes(out: &mut String, endpoint: &EndpointResult) -> fmt::Result {
    let Some(wakes) = &endpoint.wake_ns else {
        return Ok(());
    };
    writeln!(
        out,
        "  Wake-ups  median {}, p99 {}, p99.9 {}, longest {}, of {}\n            In all: {}",
        ms(wakes.p50),
        ms(wakes.p99),
        ms(wakes.p999),
        ms(wakes.max),
        wakes.count,
        in_order(&wakes.parts),
    )
}

/// Parts of wake-ups in the order in which they pass.
fn in_order(parts: &BTreeMap<&'static str, u64>) -> String {
    let named = Component::ALL.iter().filter_map(|component| {
        let nanos = parts.get(component.name())?;
        Some(format!("{} {}", component.name(), ms(*nanos)))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// What an endpoint is called, or which stream of it this is.
fn named(endpoint: &EndpointResult) -> String {
    let name = &endpoint.name;
    match &endpoint.offload {
        Some(stream) => format!("{name}, offloaded: {}", stream.client),
        None => name.clone(),
    }
}

/// What was plugged in or pulled out, or likes another format best.
fn write_changes(out: &mut String, endpoint: &EndpointResult) -> fmt::Result {
    for change in &endpoint.changes {
        let at = ms(change.at_ns);
        let (state, event) = (change.state.replace('_', " "), change.event);
        let liked = match (change.rate_hz, change.channels) {
            (Some(rate), Some(channels)) if change.event == FORMAT_CHANGE => {
                let channels = plural(channels, "channel", "channels");
                format!(", likes {rate} Hz and {channels} best")
            }
            _ => String::new(),
        };
        writeln!(out, "  Endpoint  {state}{liked}, from {at} on ({event})")?;
    }
    Ok(())
}

fn place(glitch: &GlitchResult) -> String {
    let first = glitch.first_frame;
    let which = match glitch.frames {
        0 => format!("before frame {first}"),
        frames => format!(
            "{} from frame {first} on",
            plural(frames, "frame", "frames")
        ),
    };
    let (start, length) = (ms(glitch.start_ns), ms(glitch.duration_ns));
    format!("{which}, at {start}, for {length}")
}

fn what(glitch: &GlitchResult, truth: &Glitch, is_offloaded: bool) -> String {
    let what = match (truth.kind, glitch.class) {
        (GlitchType::Tail, None) => "content that was cut off before it was heard".to_owned(),
        (GlitchType::Discontinuity, _) => "a jump in the content".to_owned(),
        (GlitchType::DeviceStall, _) => "the device stood still".to_owned(),
        (_, Some("zero_fill")) if is_offloaded => {
            "silence of the device: the client had written nothing that was valid".to_owned()
        }
        (_, Some("zero_fill")) => {
            "zeros of the device: its FIFO ran dry, because the bus was too slow".to_owned()
        }
        (kind, class) => format!("{}: {}", kind.describe(), class.unwrap_or("-")),
    };
    let instead = glitch
        .heard_from
        .filter(|from| *from != glitch.first_frame)
        .map(|from| format!("; heard instead: the content from frame {from} on"))
        .unwrap_or_default();
    format!("{what} ({}){instead}", glitch.kind)
}

fn reason(glitch: &GlitchResult, is_offloaded: bool) -> String {
    let fault = glitch
        .fault
        .as_ref()
        .map(|fault| format!("the fault \"{fault}\" of the scenario"));
    let cause = glitch.cause.map(|cause| {
        let length = ms(glitch.cause_ns.unwrap_or(0));
        format!("{length} of {cause} ({})", meaning(cause))
    });
    match (cause, fault) {
        (Some(cause), Some(fault)) => format!("{cause}, from {fault}"),
        (Some(cause), None) => format!("{cause}; no fault was injected there"),
        (None, Some(fault)) => fault,
        (None, None) if glitch.class == Some("zero_fill") && !is_offloaded => {
            "the bus, and nothing that a client could have done".to_owned()
        }
        (None, None) => "no delay and no fault: what the clients did, or left undone".to_owned(),
    }
}

/// What a component of a wake-up is, in words.
fn meaning(cause: &str) -> &'static str {
    match cause {
        "mask_wait" => "the interrupt was masked",
        "cstate_exit" => "the core came out of an idle state",
        "isr_self" => "the interrupt service routine ran",
        "dpc_queue_wait" => "the DPC waited in its queue",
        "dpc_self" => "the DPC ran",
        "ready_wait" => "the thread was ready and did not get to run",
        "switch" => "the context switch",
        "run_self" => "the thread's own work",
        "run_preempted" => "the thread was preempted",
        "lock_wait" => "the thread waited for a lock",
        "fault_wait" => "the thread waited for a page",
        "tick_wait" => "the timer was due and the clock had not ticked",
        "interrupt_to_process" => {
            "from the interrupt to the thread, drawn from the table of the machine"
        }
        _ => "unknown",
    }
}

fn reported(endpoint: &EndpointResult) -> String {
    let said = endpoint.reported.iter().map(|(what, count)| {
        let meaning = match what.as_str() {
            SERVER_INPUT_STARVATION => " (server input endpoint starvation)",
            SERVER_OUTPUT_QUEUE_FULL => " (server output endpoint: queue full)",
            CAPTURE_AHEAD => " (capture: stream position ahead of hardware)",
            _ => "",
        };
        match count {
            1 => format!("{what}{meaning} once"),
            count => format!("{what}{meaning} {count} times"),
        }
    });
    let said: Vec<_> = said.collect();
    match (said.is_empty(), endpoint.glitches.is_empty()) {
        (false, _) => said.join(", "),
        (true, true) => "nothing".to_owned(),
        (true, false) => "nothing: Windows would not have known".to_owned(),
    }
}

fn margin(endpoint: &EndpointResult, all: &Headroom, done: &str) -> String {
    let Some(headroom) = endpoint.headroom_ns else {
        return format!("no packet was {done} while the device ran");
    };
    let worst = match headroom.min {
        late if late < 0 => format!(
            "none: the worst packet was {} late",
            ms(late.unsigned_abs())
        ),
        early => format!("{} at the worst packet", ms(early.unsigned_abs())),
    };
    format!(
        "{worst}; median {}, of {}",
        signed_ms(headroom.p50),
        plural(all.count() as u64, "packet", "packets"),
    )
}

fn expectations(out: &mut String, result: &RunResult) -> fmt::Result {
    let missed: Vec<_> = result.expect.iter().filter(|each| !each.met).collect();
    match (result.expect.len(), missed.len()) {
        (0, _) => writeln!(out, "The scenario expects nothing in particular.\n"),
        (all, 0) => writeln!(
            out,
            "As expected: {}.\n",
            plural(all as u64, "figure", "figures")
        ),
        (all, count) => {
            writeln!(out, "NOT AS EXPECTED: {count} of {all} figures")?;
            for each in missed {
                let (expected, actual) = (&each.expected, &each.actual);
                writeln!(out, "  {}: expected {expected}, got {actual}", each.what)?;
            }
            writeln!(out)
        }
    }
}

fn speaker(out: &mut String, endpoint: &EndpointResult, truth: Option<&Ledger>) -> fmt::Result {
    let name = named(endpoint);
    let EndpointResult {
        rate_hz,
        channels,
        frames,
        ..
    } = endpoint;
    writeln!(out, "\"{name}\": {rate_hz} Hz, {channels} channels")?;
    writeln!(out, "  {frames:>10}  frames left the speaker, of which")?;
    for (class, count) in &endpoint.frames_by_class {
        if *count > 0 {
            writeln!(out, "  {count:>10}    {class}")?;
        }
    }
    if endpoint.dropped_frames > 0 {
        let dropped = endpoint.dropped_frames;
        writeln!(out, "  {dropped:>10}  frames of content were never heard")?;
    }
    let many = &endpoint.notifications;
    for (count, what) in [
        (many.interrupts, "interrupts"),
        (many.dpc_runs, "DPCs ran"),
        (many.event_sets, "settings of the notification event"),
        (many.wakes, "wake-ups of whoever writes the packets"),
        (many.lost, "notifications lost"),
        (many.coalesced, "notifications coalesced"),
        (many.duplicate_writes, "packets announced twice"),
    ] {
        if count > 0 {
            writeln!(out, "  {count:>10}  {what}")?;
        }
    }
    writeln!(out)?;
    glitches(out, endpoint)?;
    detectors::write(out, endpoint)?;
    truth.map_or(Ok(()), |truth| margins(out, truth.headroom()))
}

fn glitches(out: &mut String, endpoint: &EndpointResult) -> fmt::Result {
    if endpoint.glitches.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "  {:<4} {:<15} {:>10} {:>8} {:>14} {:>12}  {:<15} fault",
        "type", "class", "first", "frames", "start", "length", "cause"
    )?;
    for glitch in endpoint.glitches.iter().take(LISTED_MAX) {
        writeln!(
            out,
            "  {:<4} {:<15} {:>10} {:>8} {:>14} {:>12}  {:<15} {}",
            glitch.kind,
            glitch.class.unwrap_or("-"),
            glitch.first_frame,
            glitch.frames,
            ms(glitch.start_ns),
            ms(glitch.duration_ns),
            glitch.cause.unwrap_or("-"),
            glitch.fault.as_deref().unwrap_or("-"),
        )?;
    }
    let more = endpoint.glitches.len().saturating_sub(LISTED_MAX);
    if more > 0 {
        writeln!(out, "  and {more} more")?;
    }
    writeln!(out)
}

/// Nanoseconds in a millisecond.
const MS: i64 = 1_000_000;

/// How many packets had which margin.
fn margins(out: &mut String, headroom: &Headroom) -> fmt::Result {
    if headroom.count() == 0 {
        return Ok(());
    }
    let bounds = [
        (i64::MIN, 0, "late"),
        (0, MS, "less than 1 ms early"),
        (MS, 2 * MS, "1 to 2 ms early"),
        (2 * MS, 5 * MS, "2 to 5 ms early"),
        (5 * MS, 10 * MS, "5 to 10 ms early"),
        (10 * MS, i64::MAX, "10 ms early or more"),
    ];
    writeln!(out, "  Packets by margin")?;
    for (from, to, what) in bounds {
        let count = headroom.count_between(from, to);
        if count > 0 {
            writeln!(out, "  {count:>10}  {what}")?;
        }
    }
    writeln!(out)
}

fn clients(out: &mut String, result: &RunResult) -> fmt::Result {
    for client in &result.clients {
        let (name, mode) = (&client.name, client.mode);
        let woken = plural(client.wakes, "time", "times");
        write!(out, "Client \"{name}\", {mode}: woken {woken}")?;
        if client.recorded.is_none() || client.frames_written > 0 {
            let written = plural(client.frames_written, "frame", "frames");
            write!(out, ", wrote {written}")?;
        }
        capture::recorded(out, client)?;
        if client.starved_passes > 0 {
            let passes = plural(client.starved_passes, "pass", "passes");
            write!(out, ", starved {passes} ({} frames)", client.starved_frames)?;
        }
        if let Some(belief) = &client.belief {
            let played = plural(belief.played_frames, "frame was", "frames were");
            write!(out, "; believes that {played} played")?;
            if belief.detected > 0 {
                let glitches = plural(belief.detected, "glitch", "glitches");
                write!(out, ", and in {glitches}")?;
            }
        }
        writeln!(out)?;
    }
    for each in &result.conversions {
        let (path, from, to) = (&each.path, each.from_hz, each.to_hz);
        writeln!(out, "\"{path}\" was converted from {from} Hz to {to} Hz.")?;
    }
    Ok(())
}

/// What the verifier of the port found.
fn violations(out: &mut String, result: &RunResult) -> fmt::Result {
    for violation in &result.violations {
        let at = ms(violation.at_ns);
        writeln!(
            out,
            "The driver broke a rule at {at}: {}",
            violation.message
        )?;
    }
    Ok(())
}

fn footer(out: &mut String, result: &RunResult, is_live: bool) -> fmt::Result {
    let (seed, digest, events) = (result.seed, &result.digest, result.events);
    let length = ms(result.sim_ns);
    if is_live {
        return writeln!(
            out,
            "\n{length} of the wall clock in {events} events; another run differs."
        );
    }
    writeln!(out, "\n{length} of model time in {events} events.")?;
    writeln!(
        out,
        "digest {digest}; the same scenario with seed {seed} gives it again."
    )
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn ms(nanos: u64) -> String {
    SimDuration::from_nanos(nanos).to_string()
}

fn signed_ms(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    format!("{sign}{}", ms(nanos.unsigned_abs()))
}
