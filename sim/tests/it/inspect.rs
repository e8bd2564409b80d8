//! `wavert inspect` on the shipped scenarios.

use crate::support::Folder;
use scenario::shipped;

/// What the page and the object were when they were last looked at. `WAVERT_BLESS=1` writes them
/// anew.
fn compare(name: &str, found: &str) {
    let path = format!("{}/tests/it/inspect/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, expected,
        "{path}: `cargo xtask bless` writes it anew"
    );
}

#[test]
fn the_page_of_the_reference_device_is_as_it_was() {
    let ended = Folder::new("inspect-k0").wavert(&["inspect", "late-wake-up"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    compare("late-wake-up.txt", &ended.out);
}

#[test]
fn the_page_of_an_hd_audio_device_is_as_it_was() {
    let ended = Folder::new("inspect-hd-audio").wavert(&["inspect", "hd-audio"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    compare("hd-audio.txt", &ended.out);
}

#[test]
fn the_page_of_a_microphone_is_as_it_was() {
    let scenario = "s31-capture-inside-the-slack";
    let ended = Folder::new("inspect-microphone").wavert(&["inspect", scenario]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    compare("microphone.txt", &ended.out);
}

#[test]
fn the_page_of_a_virtual_microphone_is_as_it_was() {
    let scenario = "virtual-microphone-sample";
    let ended = Folder::new("inspect-virtual").wavert(&["inspect", scenario]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    compare("virtual-microphone.txt", &ended.out);
}

#[test]
fn the_page_of_a_device_that_mixes_is_as_it_was() {
    let ended = Folder::new("inspect-offload").wavert(&["inspect", "offload"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    compare("offload.txt", &ended.out);
}

/// Sound that is played and recorded takes two devices, the speaker first.
#[test]
fn a_scenario_that_plays_and_records_shows_both_devices() {
    let ended = Folder::new("inspect-both").wavert(&["inspect", "--json", "s74a-round-trip"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let devices = ended.json()["devices"].clone();
    let told = |name: &str| -> Vec<String> {
        let devices = devices.as_array().unwrap().iter();
        let told = devices.map(|device| device["endpoints"][0][name].as_str().unwrap().to_owned());
        told.collect()
    };
    assert_eq!(told("flow"), ["render", "capture"]);
    assert_eq!(
        told("category"),
        ["KSNODETYPE_SPEAKER", "KSNODETYPE_MICROPHONE"]
    );
    assert_eq!(told("state"), ["active", "active"]);
}

#[test]
fn every_device_of_a_shipped_scenario_has_an_endpoint_that_is_active_and_a_pin_that_opens() {
    let names: Vec<&str> = shipped().iter().map(|each| each.name).collect();
    let arguments: Vec<&str> = ["inspect", "--json"].into_iter().chain(names).collect();
    let ended = Folder::new("inspect-all").wavert(&arguments);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let results = ended.json();
    let results = results["results"].as_array().unwrap();
    assert_eq!(results.len(), shipped().len());
    assert!(results.iter().all(|result| result["schema"] == 1));
    let devices = |result: &serde_json::Value| result["devices"].as_array().unwrap().clone();
    assert!(results.iter().all(|result| !devices(result).is_empty()));
    let whose = shipped().iter().zip(results);
    let whose =
        whose.flat_map(|(each, result)| devices(result).into_iter().map(move |it| (each, it)));
    for (each, result) in whose {
        let endpoints = result["endpoints"].as_array().unwrap();
        let active = |endpoint: &&serde_json::Value| endpoint["state"] == "active";
        assert!(endpoints.iter().any(|each| active(&each)), "{result:#}");
        let stream = &result["stream"];
        assert_eq!(stream["status"], "STATUS_SUCCESS", "{result:#}");
        // Latencies are a property of WaveRT.
        let is_handed_over = each.text.contains("transport = \"wave-cyclic\"");
        assert_eq!(
            stream["latency"]["fifo_bytes"].is_u64(),
            !is_handed_over,
            "{}",
            each.path
        );
        let properties = stream["properties"].as_array().unwrap();
        let state = properties
            .iter()
            .find(|property| property["name"] == "KSPROPERTY_CONNECTION_STATE");
        assert_eq!(state.unwrap()["number"], 0, "nothing runs");
    }
}

#[test]
fn a_bad_file_is_refused_and_the_others_are_inspected() {
    let folder = Folder::new("inspect-bad");
    folder.file("bad.toml", "name = 3\n");
    let ended = folder.wavert(&["inspect", "bad.toml", "late-wake-up"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("bad.toml:1:8"), "{}", ended.err);
    assert!(ended.out.contains("endpoint Speakers"), "{}", ended.out);
}
