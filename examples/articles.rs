//! Articles of a JSON Lines file through the pipeline of the library, and the entities that they name most.
//!
//! `cargo run --release --example articles news.jsonl`

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};

use namewire::{Article, Namewire};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: articles FILE.jsonl")?;
    let namewire = Namewire::builder().build()?;
    let lines = BufReader::new(std::fs::File::open(path)?).lines();
    let articles = lines.map_while(Result::ok).filter_map(|line| {
        let record: serde_json::Value = serde_json::from_str(&line).ok()?;
        let (id, text) = (record["id"].as_str()?.to_owned(), record["text"].as_str()?.to_owned());
        Some(Article { id, text, ..Article::default() })
    });
    let mut counts: HashMap<String, u64> = HashMap::new();
    for extracted in namewire.extract_all(articles) {
        match extracted {
            Ok(extracted) => {
                for id in extracted.mentions.into_iter().filter_map(|mention| mention.entity_id) {
                    *counts.entry(id).or_default() += 1;
                }
            }
            Err(error) => eprintln!("{error}"), // one article; the others follow
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), id.clone()));
    let mut out = std::io::stdout().lock();
    counts.iter().take(10).try_for_each(|(id, count)| writeln!(out, "{count:6}  {id}"))?;
    Ok(())
}
