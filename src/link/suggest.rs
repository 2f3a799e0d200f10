//! What a table lacks: the unlinked mentions of a run, in groups, as rows for the table.

use std::io::BufRead;
use std::path::Path;

use ahash::{AHashMap, AHashSet};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clean::CleanText;
use crate::error::{Error, ErrorKind, Result};
use crate::link::table::spellings::is_near;
use crate::link::table::{EntityIx, EntityTable};
use crate::link::text::normalise::fold;

/// Sentences that are kept of each group.
const EXAMPLES: usize = 3;
/// Entities that are named for each group.
const PROBABLE: usize = 3;

/// What is read of a line of a mentions file.
#[derive(Debug, Deserialize)]
struct MentionRecord {
    doc_id: String,
    text: String,
    #[serde(rename = "type")]
    kind: String,
    entity_id: Option<String>,
    link: LinkRecord,
    context: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LinkRecord {
    reason: Option<String>,
    #[serde(default)]
    candidates: Vec<CandidateRecord>,
}

#[derive(Debug, Deserialize)]
struct CandidateRecord {
    entity_id: String,
    score: f64,
}

/// Mentions of one name and type that have no entity.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// The name as most mentions write it.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many mentions there are.
    pub mentions: u64,
    /// In how many articles.
    pub articles: u64,
    /// All spellings with their counts, most frequent first.
    pub spellings: Vec<(String, u64)>,
    /// Why they have no entity, with counts.
    pub reasons: Vec<(String, u64)>,
    /// Sentences, where the mentions were written with `--context`.
    pub examples: Vec<String>,
    /// Entities of the table that may be meant, most probable first.
    pub probable: Vec<Probable>,
}

/// An entity to which a group may belong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Probable {
    /// Its id.
    pub entity_id: String,
    /// How probable it is beside the others, in [0, 1].
    pub score: f64,
    /// What speaks for it: `candidate`, `one_letter`, `part_of_name`.
    pub why: &'static str,
}

/// A mention without an entity.
#[derive(Clone, Debug)]
pub struct Unlinked<'m> {
    /// The surface form.
    pub text: &'m str,
    /// The type.
    pub kind: &'m str,
    /// Why it has no entity.
    pub reason: Option<&'m str>,
    /// The candidate entities with their scores.
    pub candidates: Vec<(String, f64)>,
    /// Its sentence.
    pub context: Option<&'m str>,
}

/// Counts of a group while mentions are read.
#[derive(Debug, Default)]
struct Gathered {
    mentions: u64,
    articles: u64,
    last_article: Option<u64>,
    spellings: AHashMap<String, u64>,
    reasons: AHashMap<String, u64>,
    examples: Vec<String>,
    candidates: AHashMap<String, f64>,
}

/// Groups the unlinked mentions of a mentions file.
#[derive(Debug)]
pub struct Suggestions {
    groups: AHashMap<(String, String), Gathered>,
    max_groups: usize,
    /// Mentions of groups that were dropped.
    dropped: u64,
    article: u64,
    doc_id: String,
    number: u64,
}

impl Default for Suggestions {
    fn default() -> Self {
        Self::with_limit(usize::MAX)
    }
}

impl Suggestions {
    /// Reads a mentions file; errors name `path`.
    pub fn read(&mut self, mut lines: impl BufRead, path: &Path) -> Result<()> {
        let mut line = String::new();
        self.number = 0;
        loop {
            line.clear();
            if lines.read_line(&mut line).map_err(|error| Error::reading(path, error))? == 0 {
                return Ok(());
            }
            self.number += 1;
            if line.trim().is_empty() {
                continue;
            }
            let mention: MentionRecord = serde_json::from_str(&line).map_err(|error| {
                Error::new(ErrorKind::Input, format!("the line is not a mention: {error}"))
                    .at(path)
                    .line(self.number)
                    .help("give a file that `namewire extract` wrote")
            })?;
            self.add_record(mention);
        }
    }

    fn add_record(&mut self, mention: MentionRecord) {
        if self.article == 0 || mention.doc_id != self.doc_id {
            self.begin_article();
            self.doc_id.clone_from(&mention.doc_id);
        }
        if mention.entity_id.is_none() {
            let candidates = mention.link.candidates.into_iter();
            self.add(&Unlinked {
                text: &mention.text,
                kind: &mention.kind,
                reason: mention.link.reason.as_deref(),
                candidates: candidates.map(|candidate| (candidate.entity_id, candidate.score)).collect(),
                context: mention.context.as_deref(),
            });
        }
    }

    /// No groups yet, and never more than `max_groups`: beyond that, the smallest are dropped.
    pub fn with_limit(max_groups: usize) -> Self {
        Self { groups: AHashMap::new(), max_groups, dropped: 0, article: 0, doc_id: String::new(), number: 0 }
    }

    /// Mentions added next are of another article.
    pub fn begin_article(&mut self) {
        self.article += 1;
    }

    /// Adds an unlinked mention of the current article.
    pub fn add(&mut self, mention: &Unlinked<'_>) {
        let clean = CleanText::new(mention.text);
        let key = fold(clean.text(mention.text));
        if key.is_empty() {
            return;
        }
        let group = self.groups.entry((key, mention.kind.to_owned())).or_default();
        group.mentions += 1;
        if group.last_article.replace(self.article) != Some(self.article) {
            group.articles += 1;
        }
        count(&mut group.spellings, mention.text);
        count(&mut group.reasons, mention.reason.unwrap_or("none"));
        for (entity_id, score) in &mention.candidates {
            *group.candidates.entry(entity_id.clone()).or_default() += score;
        }
        if let Some(context) = mention.context
            && group.examples.len() < EXAMPLES
            && !group.examples.iter().any(|example| example == context)
        {
            group.examples.push(context.to_owned());
        }
        if self.groups.len() > self.max_groups {
            self.drop_smallest();
        }
    }

    /// Drops the groups of fewest mentions until at most half of the limit are left.
    fn drop_smallest(&mut self) {
        let mut least = 1;
        while self.groups.len() > self.max_groups / 2 {
            self.groups.retain(|_, group| {
                let keep = group.mentions > least;
                self.dropped += if keep { 0 } else { group.mentions };
                keep
            });
            least += 1;
        }
    }

    /// Number of mentions in groups that were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The groups of at least `least` mentions: those of most articles first, then of most mentions, then by name.
    pub fn groups(self, table: Option<&EntityTable>, least: u64) -> Vec<Group> {
        let parts = table.map(NameParts::new);
        let groups = self.groups.into_iter().filter(|(_, group)| group.mentions >= least);
        let mut groups: Vec<Group> =
            groups.map(|((key, kind), gathered)| gathered.finish(&key, kind, parts.as_ref())).collect();
        groups.sort_by(|left, right| {
            let rank = |group: &Group| (std::cmp::Reverse(group.articles), std::cmp::Reverse(group.mentions));
            rank(left).cmp(&rank(right)).then_with(|| (&left.name, &left.kind).cmp(&(&right.name, &right.kind)))
        });
        groups
    }
}

impl Gathered {
    fn finish(self, key: &str, kind: String, parts: Option<&NameParts<'_>>) -> Group {
        let spellings = ranked(self.spellings);
        let probable = match self.candidates.is_empty() {
            false => {
                let total: f64 = self.candidates.values().sum();
                let share =
                    |(entity_id, score): (String, f64)| Probable { entity_id, score: score / total, why: "candidate" };
                let mut probable: Vec<Probable> = self.candidates.into_iter().map(share).collect();
                probable.sort_by(|left, right| {
                    right.score.total_cmp(&left.score).then(left.entity_id.cmp(&right.entity_id))
                });
                probable
            }
            true => parts.map(|parts| parts.probable(key, &kind)).unwrap_or_default(),
        };
        Group {
            name: spellings[0].0.clone(),
            kind,
            mentions: self.mentions,
            articles: self.articles,
            spellings,
            reasons: ranked(self.reasons),
            examples: self.examples,
            probable: probable.into_iter().take(PROBABLE).collect(),
        }
    }
}

/// Adds one; allocates for a new key only.
fn count(counts: &mut AHashMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => drop(counts.insert(key.to_owned(), 1)),
    }
}

fn ranked(counts: AHashMap<String, u64>) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    counts
}

/// The entities of a table by the words of their names and aliases.
struct NameParts<'t> {
    table: &'t EntityTable,
    by_word: AHashMap<&'t str, Vec<(EntityIx, &'t str)>>,
}

impl<'t> NameParts<'t> {
    fn new(table: &'t EntityTable) -> Self {
        let mut by_word: AHashMap<&str, Vec<(EntityIx, &str)>> = AHashMap::new();
        for (key, rows) in table.curated_keys() {
            let entities: AHashSet<EntityIx> = rows.map(|row| table.row(row).entity).collect();
            for word in key.split(' ').filter(|word| word.len() > 3) {
                by_word.entry(word).or_default().extend(entities.iter().map(|&entity| (entity, key)));
            }
        }
        Self { table, by_word }
    }

    /// Entities of the type whose name has all words of the key, or most words with it.
    fn probable(&self, key: &str, kind: &str) -> Vec<Probable> {
        let words: Vec<&str> = key.split(' ').collect();
        let mut best: AHashMap<EntityIx, (f64, &'static str)> = AHashMap::new();
        // A word of half the table says nothing.
        let rare = words.iter().filter_map(|word| self.by_word.get(word)).filter(|holders| holders.len() < 64);
        for &(entity, name) in rare.flatten().filter(|(entity, _)| self.table.kind(*entity) == kind) {
            let of_name: Vec<&str> = name.split(' ').collect();
            let same = words.iter().filter(|word| of_name.contains(word)).count();
            let near = words.iter().filter(|word| of_name.iter().any(|other| is_near(word, other))).count();
            let all = words.len().max(of_name.len()) as f64;
            let why = if near > 0 { "one_letter" } else { "part_of_name" };
            let score = (same as f64 + 0.9 * near as f64) / all;
            let known = best.entry(entity).or_insert((0.0, why));
            if score > known.0 {
                *known = (score, why);
            }
        }
        // A surname is half of a name; half of a place or a body is mostly another one.
        let least = if kind == "PER" { 0.5 } else { 0.6 };
        let mut probable: Vec<(EntityIx, (f64, &str))> =
            best.into_iter().filter(|(_, (score, _))| *score >= least).collect();
        probable.sort_by(|left, right| right.1.0.total_cmp(&left.1.0).then(left.0.cmp(&right.0)));
        let shown = |(entity, (score, why)): (EntityIx, (f64, &'static str))| Probable {
            entity_id: self.table.entity(entity).id.to_string(),
            score: (score * 1e4).round() / 1e4,
            why,
        };
        probable.into_iter().map(shown).collect()
    }
}

impl Group {
    /// The group as a row of a table: a new entity with all spellings.
    pub fn row(&self) -> Value {
        let prefix = self.kind.to_lowercase();
        let aliases: Vec<&str> = self.spellings[1..].iter().map(|(spelling, _)| spelling.as_str()).collect();
        json!({
            "id": format!("{prefix}/{}", slug(&self.name)),
            "name": self.name,
            "type": self.kind,
            "aliases": aliases,
            "source": format!("{} mentions in {} articles", self.mentions, self.articles),
        })
    }

    /// A row that adds the spellings of this group to an entity of a compiled table.
    pub fn extending(&self, id: &str) -> Value {
        let aliases: Vec<&str> = self.spellings.iter().map(|(spelling, _)| spelling.as_str()).collect();
        json!({"id": id, "extends": true, "aliases": aliases})
    }

    /// The line of an entity of the table with the spellings of this group among its aliases.
    pub fn added_to(&self, line: &str) -> Option<Value> {
        let mut row: Value = serde_json::from_str(line).ok()?;
        let aliases = row.as_object_mut()?.entry("aliases").or_insert_with(|| json!([]));
        for (spelling, _) in &self.spellings {
            aliases.as_array_mut()?.push(json!(spelling));
        }
        Some(row)
    }
}

/// A name as part of an id: folded, with hyphens.
pub(crate) fn slug(name: &str) -> String {
    let folded = fold(name);
    let words = folded.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
