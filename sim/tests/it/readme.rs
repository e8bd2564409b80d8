//! What the pages say about the command is what it does.

use crate::support::Folder;
use std::fs;
use std::path::Path;

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// Holds the first transcript of a page against what the command prints, or writes it anew.
fn hold_transcript(name: &str) {
    let text = page(name);
    let transcript = text.split("```console\n$ wavert ").nth(1).unwrap();
    let transcript = transcript.split("```").next().unwrap();
    let (command, shown) = transcript.split_once('\n').unwrap();
    let arguments: Vec<&str> = command.split(' ').collect();
    let printed = Folder::new("readme").wavert(&arguments).out;
    if std::env::var_os("BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        fs::write(path, text.replace(shown, &printed)).unwrap();
    } else {
        assert_eq!(printed, shown, "`cargo xtask bless` writes it anew");
    }
}

#[test]
fn the_transcript_in_the_readme_is_what_the_command_prints() {
    hold_transcript("README.md");
}

#[test]
fn the_transcript_of_a_sweep_is_what_the_command_prints() {
    hold_transcript("docs/sweep.md");
}

#[test]
fn the_transcript_of_an_advice_is_what_the_command_prints() {
    hold_transcript("docs/advise.md");
}

#[test]
fn the_transcript_of_detectors_is_what_the_command_prints() {
    hold_transcript("docs/detectors.md");
}

/// Every page of the repository, as a path from its root.
fn pages() -> Vec<String> {
    let mut pages = vec![
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect::<Vec<_>>();
    for folder in ["docs", "docs/decisions", "docs/rules"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(folder);
        let paths = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let written = paths.filter(|path| path.extension().is_some_and(|end| end == "md"));
        pages.extend(written.map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            format!("{folder}/{name}")
        }));
    }
    pages
}

#[test]
fn every_file_that_a_page_links_to_is_there() {
    for name in pages() {
        let text = page(&name);
        let folder = Path::new(&name).parent().unwrap();
        for link in text
            .split("](")
            .skip(1)
            .map(|rest| rest.split([')', '#']).next().unwrap())
        {
            let there = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("..")
                .join(folder)
                .join(link);
            assert!(
                link.starts_with("http") || there.exists(),
                "{name} links to {link}"
            );
        }
    }
}

#[test]
fn the_scenarios_that_the_pages_name_are_shipped() {
    let shipped: Vec<&str> = scenario::shipped().iter().map(|each| each.name).collect();
    for name in ["README.md", "docs/tour.md"] {
        let text = page(name);
        for named in text.split("wavert run ").skip(1) {
            let named = named.split([' ', '`', '\n']).next().unwrap();
            assert!(
                shipped.contains(&named) || named.contains('/'),
                "{name} runs {named}"
            );
        }
    }
}
