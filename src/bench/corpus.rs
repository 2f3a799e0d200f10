//! A generated corpus with the sentence lengths of real news.

use std::sync::Arc;

use crate::article::Origin;
use crate::read::{Format, RawRecord};

/// Sentences per article, on average.
const SENTENCES: usize = 25;

const NAMES: &[&str] = &[
    "Ahmet Davutoglu",
    "Bashar al-Assad",
    "the United Nations",
    "Ankara",
    "Damascus",
    "ISIS",
    "the YPG",
    "Geneva",
    "Haider al-Abadi",
    "Mosul",
    "the Syrian National Coalition (SNC)",
    "Erdogan",
    "Turkish",
    "Kurds",
    "Raqqa",
    "Reuters",
    "Mireille Tanner",
    "Kobani",
    "the Red Crescent",
    "Baghdad",
    "US",
    "Iran",
    "Aleppo",
    "Hisham Sabbouni",
    "Beirut",
];

const WORDS: &[&str] = &[
    "the",
    "a",
    "of",
    "in",
    "to",
    "and",
    "said",
    "that",
    "on",
    "for",
    "with",
    "was",
    "by",
    "as",
    "at",
    "from",
    "officials",
    "talks",
    "border",
    "towns",
    "forces",
    "after",
    "week",
    "people",
    "their",
    "were",
    "had",
    "has",
    "its",
    "which",
    "government",
    "opposition",
    "fighters",
    "water",
    "bridge",
    "report",
    "convoy",
    "ministers",
    "delegates",
    "near",
    "military",
    "between",
    "several",
    "villages",
    "schools",
    "aid",
    "new",
    "two",
    "three",
    "local",
    "years",
    "but",
    "who",
    "residents",
    "agreed",
    "reopened",
    "announced",
    "crossing",
    "carried",
    "meeting",
    "under",
    "during",
    "against",
    "humanitarian",
    "negotiations",
    "neighbourhood",
    "infrastructure",
    "spokeswoman",
    "reconstruction",
    "ceasefire",
];

/// `articles` articles as JSON records; equal seeds give equal articles. Sentence lengths are log-normal with a median of
/// 27 tokens and a 90th percentile of 46, from 3 to 120, as measured on newswire.
pub fn generate(articles: usize, seed: u64) -> impl Iterator<Item = RawRecord> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut byte = 0;
    (0..articles).map(move |number| {
        let sentences = random.usize(SENTENCES / 2..SENTENCES * 3 / 2 + 1);
        let text: Vec<String> = (0..sentences).map(|_| sentence(&mut random)).collect();
        let record = serde_json::json!({"id": format!("generated-{number}"), "text": text.join(" ")});
        let bytes = record.to_string().into_bytes();
        let origin = Origin { path: Arc::from("generated"), line: Some(number as u64 + 1), byte, ..Origin::default() };
        byte += bytes.len() as u64 + 1;
        RawRecord { origin, name: Arc::from("generated"), format: Format::Json, is_abridged: false, bytes }
    })
}

fn sentence(random: &mut fastrand::Rng) -> String {
    // The logarithm of the length is normal: ln 27 in the middle, (ln 46 - ln 27) / 1.2816 its deviation.
    let length = (27f64.ln() + 0.4157 * normal(random)).exp().clamp(3.0, 120.0) as usize;
    // Words are one token each, names two on average, the full stop one.
    let mut tokens = 1;
    let mut words: Vec<&str> = Vec::new();
    while tokens < length {
        let is_name = random.u8(0..100) < 9;
        let list = if is_name { NAMES } else { WORDS };
        words.push(list[random.usize(0..list.len())]);
        tokens += if is_name { 2 } else { 1 };
    }
    let mut text = words.join(" ");
    text[..1].make_ascii_uppercase(); // all words begin with an ASCII letter
    text.push('.');
    text
}

/// A standard normal number, by the sum of twelve uniform ones.
fn normal(random: &mut fastrand::Rng) -> f64 {
    (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_lengths_are_those_of_news_and_depend_on_the_seed() {
        let texts = |seed| -> Vec<String> {
            generate(200, seed).map(|record| String::from_utf8(record.bytes).unwrap()).collect()
        };
        let corpus = texts(7);
        assert_eq!(corpus, texts(7));
        assert_ne!(corpus, texts(8));
        // Words and full stops are counted as tokens.
        let mut lengths: Vec<usize> = corpus
            .iter()
            .flat_map(|record| record.split("\"text\":\"").nth(1).unwrap().split(". "))
            .map(|sentence| sentence.split(' ').count() + 1)
            .collect();
        lengths.sort_unstable();
        let at = |share: usize| lengths[lengths.len() * share / 100];
        assert!((23..30).contains(&at(50)) && (40..50).contains(&at(90)), "{} {}", at(50), at(90));
    }
}
