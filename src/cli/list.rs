//! `namewire model list`: the known models, and which of them are on this machine.

use std::fmt::Write;

use clap::Args;
use namewire::error::Result;
use namewire::hub::{HubCache, HubName};
use namewire::model::{KnownModel, known};
use serde_json::{Value, json};

use super::{End, print, print_json};

#[derive(Debug, Args)]
#[command(after_help = "Facts are from public pages, which --json lists, and may have changed since. What no page
confirmed is \"not verified\"; — stands for what is not known. Scores are those that the model
cards claim. `namewire model fetch` shows the licence that the hub states.

Examples:
  namewire model list
  namewire model list --json | jq -r '.[] | select(.languages | index(\"de\")) | .name'")]
pub(super) struct ListArgs {
    /// Print the list as a JSON array.
    #[arg(long)]
    json: bool,
}

/// One model of the list.
struct Entry {
    name: String,
    /// `None` for a model that was fetched and of which nothing else is known.
    known: Option<KnownModel>,
    /// The commit in the cache.
    commit: Option<String>,
    /// The licence that the hub stated when it was fetched.
    stated: Option<String>,
}

pub(super) fn run(args: &ListArgs) -> Result<End> {
    let cache = HubCache::from_environment();
    let mut entries: Vec<Entry> = Vec::new();
    for model in known()? {
        entries.push(Entry::new(model.name.clone(), Some(model), &cache));
    }
    for name in cache.fetched() {
        let name = name.repository();
        if !entries.iter().any(|entry| entry.name == name) {
            entries.push(Entry::new(name, None, &cache));
        }
    }
    if args.json { print_json(&as_json(&entries)) } else { print(&describe(&entries, &cache)) }
}

impl Entry {
    fn new(name: String, known: Option<KnownModel>, cache: &HubCache) -> Self {
        let snapshot = name.parse::<HubName>().ok().and_then(|name| cache.find(&name).ok());
        let (commit, stated) = snapshot.map(|snapshot| (snapshot.commit, snapshot.licence)).unzip();
        Self { name, known, commit, stated: stated.flatten() }
    }

    fn is_bundled(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.bundled) && cfg!(bundled_model)
    }

    fn licence(&self) -> Option<&str> {
        self.known.as_ref().and_then(|known| known.licence.as_deref()).or(self.stated.as_deref())
    }

    /// Where it is, in a word or two.
    fn place(&self) -> String {
        match &self.commit {
            _ if self.is_bundled() => "bundled".to_owned(),
            Some(commit) => format!("in the cache, commit {}", &commit[..12]),
            None => "not here".to_owned(),
        }
    }
}

fn as_json(entries: &[Entry]) -> String {
    let value = |entry: &Entry| {
        let known = entry.known.as_ref();
        json!({
            "name": entry.name,
            "bundled": entry.is_bundled(),
            "cached_commit": entry.commit,
            "licence": entry.licence(),
            "revision": known.and_then(|known| known.revision.as_deref()),
            "types": known.and_then(|known| known.types().ok()),
            "labels": known.map(|known| &known.labels),
            "languages": known.map(|known| &known.languages),
            "million_weights": known.and_then(|known| known.million_weights),
            "claim": known.and_then(|known| known.claim.as_ref()),
            "base": known.and_then(|known| known.base.as_deref()),
            "onnx": known.and_then(|known| known.onnx),
            "onnx_export": known.and_then(|known| known.onnx_export.as_deref()),
            "notes": known.and_then(|known| known.notes.as_deref()),
            "sources": known.map(|known| &known.sources),
            "unverified": known.map(|known| &known.unverified),
        })
    };
    format!("{:#}\n", Value::Array(entries.iter().map(value).collect()))
}

fn describe(entries: &[Entry], cache: &HubCache) -> String {
    let mut text = String::new();
    for entry in entries {
        let _ = writeln!(text, "{}  ({})", entry.name, entry.place()); // writing to a String cannot fail
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(text, "{label:>12}  {value}"); // nor here
        };
        if let Some(known) = &entry.known {
            line("types", &known.types().map_or_else(|_| "—".to_owned(), |types| types.join(" ")));
            line("languages", &known.languages.join(" "));
            line("size", &size(known));
            let claim = known.claim.as_ref();
            line("claimed F1", &claim.map_or("—".to_owned(), |claim| format!("{:.1} ({})", claim.f1, claim.test_set)));
        }
        line("licence", entry.licence().unwrap_or("—"));
        if let Some(known) = &entry.known {
            line("ONNX", &onnx(known));
            known.notes.iter().for_each(|notes| line("", notes));
            known.unverified.iter().for_each(|fact| line("not verified", fact));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "The cache is {}.", cache.root().display());
    text
}

fn size(known: &KnownModel) -> String {
    let weights = known.million_weights.map_or("—".to_owned(), |count| format!("{count} million weights"));
    known.base.iter().fold(weights, |size, base| format!("{size}, made from {base}"))
}

fn onnx(known: &KnownModel) -> String {
    let own = match known.onnx {
        Some(true) => "yes".to_owned(),
        Some(false) => format!("needs export: scripts/export_onnx {}", known.name),
        None => "—".to_owned(),
    };
    known.onnx_export.iter().fold(own, |own, export| format!("{own}; exported as {export}"))
}
