//! Mentions to canonical entities.
//!
//! Linking is a list of steps in order of trust, each in a file of its own, and each link carries its evidence:
//!
//! 1. `scan.rs` finds the aliases of the table in the text, longest first; `regions.rs` tells provinces from cities;
//!    `join.rs`, `trim.rs` and `long_forms.rs` cut the model's mentions to whole names; `sites.rs` merges the two;
//! 2. `definitions.rs`: names that the article explains;
//! 3. `coreference.rs`: shorter names for what the article names more fully;
//! 4. `choose.rs`: the choice among several entities of one name;
//! 5. `fuzzy.rs`: spellings one letter away from a long, rare name;
//! 6. `clusters.rs`: one number for each entity of the article, known or not.
//!
//! What speaks for and against a candidate is in `weigh.rs`; [`Linker::explain`] (`explain.rs`) keeps it all.
//! It needs a table and mentions, from whatever model: see `examples/link_mentions.rs`.

pub mod check;
mod choose;
mod clusters;
mod coreference;
mod definitions;
mod explain;
mod fuzzy;
pub mod import;
mod join;
mod keys;
mod lexicon;
mod lists;
mod long_forms;
pub mod normalise;
mod outcome;
mod page;
mod record;
mod regions;
mod scan;
mod sites;
pub mod suggest;
mod table;
mod trim;
mod weigh;
mod words;

use std::sync::{Arc, OnceLock};

use ahash::{AHashMap, AHashSet};

pub use explain::{DropReason, Dropped, ExplainedMention, ExplainedRow, Explanation, Step, Weighed};
pub use outcome::{Candidate, Evidence, FoundBy, Link, LinkedMention, Method, Reason, Status};
pub use table::{Entity, EntityIx, EntityTable, RowOrigin};
pub use weigh::Factor;

use crate::article::{Article, Field};
use crate::date::DateRange;
use crate::decode::NerSpan;
use crate::segment::Sentence;
use explain::Watch;
use fuzzy::{FuzzyIndex, Pass};
use lexicon::Row;
use page::Page;
use scan::Doubt;
use sites::Site;
use weigh::Context;

/// What may be set about linking.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkOptions {
    /// Adds names of the table that the model missed.
    pub add_missed: bool,
    /// Gives linked mentions the type that the table knows: of the alias ("Syrian", MISC), else of the entity, but for
    /// what the model takes for MISC, since demonyms link to places. Only where the model's types are the table's.
    pub types_from_table: bool,
    /// How many times the best candidate must outweigh the next; below, the mention is ambiguous. At 1.5 a
    /// prior of 0.6 against 0.4 just decides where nothing else does.
    pub margin: f32,
    /// Links misspelt long names to the one entity whose name is a letter away.
    pub fuzzy: bool,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self { add_missed: true, types_from_table: true, margin: 1.5, fuzzy: true }
    }
}

/// What the linker reads of an article.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The headline, raw.
    pub title: Option<&'a str>,
    /// The body, raw.
    pub text: &'a str,
    /// When it was published; without it, rules about dates abstain.
    pub date: Option<DateRange>,
    /// Its sentences, in order of field and start. Where there are none, each line is taken for one.
    pub sentences: &'a [Sentence],
}

impl<'a> Document<'a> {
    /// An article and its sentences.
    pub fn of(article: &'a Article, sentences: &'a [Sentence]) -> Self {
        Self { title: article.title.as_deref(), text: &article.text, date: article.date, sentences }
    }

    /// The raw text of one field; empty where there is none.
    pub fn field(&self, field: Field) -> &'a str {
        match field {
            Field::Title => self.title.unwrap_or_default(),
            Field::Text => self.text,
        }
    }
}

/// Links mentions to the entities of one table. Shared freely between threads.
#[derive(Debug)]
pub struct Linker {
    table: EntityTable,
    options: LinkOptions,
    none: Arc<str>,
    /// Made when the first name asks for it.
    fuzzy: OnceLock<FuzzyIndex>,
}

impl Linker {
    /// A linker over a table.
    pub fn new(table: EntityTable, options: LinkOptions) -> Self {
        Self { table, options, none: "MISC".into(), fuzzy: OnceLock::new() }
    }

    /// The table.
    pub fn table(&self) -> &EntityTable {
        &self.table
    }

    /// Links what a model found in an article, and adds what it missed. The mentions come back in order of field
    /// and start, cut to the names, and none overlaps another.
    pub fn link(&self, document: &Document<'_>, found: Vec<NerSpan>) -> Vec<LinkedMention> {
        self.run(document, found, &mut ())
    }

    /// The steps, in order.
    fn run(&self, document: &Document<'_>, found: Vec<NerSpan>, watch: &mut impl Watch) -> Vec<LinkedMention> {
        let page = Page::new(document);
        let mut sites = sites::collect(&self.table, &page, found, self.options.add_missed);
        long_forms::join(&self.table, &page, &mut sites);
        self.drop_doubtful(&page, &mut sites, watch);
        let mut context = self.context(&page, &sites);
        watch.weighing(&self.table, &page, &sites, &context, false);
        let mut links: Vec<Link> = sites.iter().enumerate().map(|site| self.decide(&page, site, &context)).collect();
        watch.done(Step::Table, &links);
        let mut same = Vec::new();
        self.apply_definitions(&page, &sites, &mut links, &mut same);
        watch.done(Step::Definition, &links);
        self.apply_fuzzy(&page, &sites, &mut links, (Pass::Long, &context), watch);
        same.extend(coreference::apply(&self.table, &page, &sites, &mut links));
        watch.done(Step::Coreference, &links);
        self.apply_fuzzy(&page, &sites, &mut links, (Pass::Lone, &context), watch);
        self.decide_again(&page, &sites, &mut links, &mut context, watch);
        let local_ids = clusters::number(&page, &sites, &links, &same);
        let joined = sites.into_iter().zip(links).zip(local_ids);
        joined.map(|((site, link), local_id)| self.mention(site, link, local_id)).collect()
    }

    fn apply_fuzzy(
        &self,
        page: &Page<'_>,
        sites: &[Site],
        links: &mut [Link],
        (pass, context): (Pass, &Context),
        watch: &mut impl Watch,
    ) {
        if self.options.fuzzy {
            let index = || self.fuzzy.get_or_init(|| FuzzyIndex::new(&self.table.lexicon));
            fuzzy::apply(&self.table, index, page, sites, links, (pass, context, self.options.margin));
            watch.done(Step::Fuzzy, links);
        }
    }

    fn decide(&self, page: &Page<'_>, site: (usize, &Site), context: &Context) -> Link {
        choose::decide(&self.table, page, site, context, self.options.margin)
    }

    /// The entities of names that can mean only one.
    fn context(&self, page: &Page<'_>, sites: &[Site]) -> Context {
        let mut context = Context::default();
        let certain = |site: &Site| site.doubt.is_none() && !page.is_furniture(site.sentence);
        for (at, site) in sites.iter().enumerate().filter(|(_, site)| certain(site)) {
            if let Ok([only]) = choose::candidates(&self.table, page, site).as_deref() {
                context.add(only.entity, at);
            }
        }
        context
    }

    /// Drops what only the table found where its own rules speak against it, or where capitals prove nothing and the
    /// article does not surely name the entity elsewhere.
    fn drop_doubtful(&self, page: &Page<'_>, sites: &mut Vec<Site>, watch: &mut impl Watch) {
        let context =
            if sites.iter().any(|site| site.doubt.is_some()) { self.context(page, sites) } else { Context::default() };
        sites.retain(|site| {
            let keeps = match (site.found_by, site.doubt) {
                (FoundBy::Table, doubt) if doubt != Some(Doubt::LongerName) => {
                    let is_named = |senses: Vec<choose::Sense>| senses.iter().any(|sense| context.names(sense.entity));
                    choose::candidates(&self.table, page, site).is_ok_and(|senses| doubt.is_none() || is_named(senses))
                }
                (_, doubt) => doubt.is_none(),
            };
            if !keeps {
                watch.dropped(&self.table, page, site);
            }
            keeps
        });
    }

    /// Applies the article's definitions, to the sites that state them and to all others of the same name.
    fn apply_definitions(&self, page: &Page<'_>, sites: &[Site], links: &mut [Link], same: &mut Vec<(usize, usize)>) {
        let definitions = definitions::find(page, sites);
        if definitions.is_empty() {
            return;
        }
        let stated: AHashSet<usize> = definitions.iter().flat_map(|pair| [pair.short, pair.long]).collect();
        let keys = clusters::keys(page, sites);
        let mut by_key: AHashMap<&str, Vec<usize>> = AHashMap::new();
        for (at, key) in keys.iter().enumerate() {
            by_key.entry(key).or_default().push(at);
        }
        for definition in definitions {
            if !definitions::apply(&self.table, page, sites, links, definition) {
                continue;
            }
            same.push((definition.short, definition.long));
            for defined in [definition.short, definition.long] {
                // The first definition of a name holds for the whole of its part of the page.
                let others = by_key.remove(&*keys[defined]).unwrap_or_default();
                let link = links[defined].clone();
                if link.method != Some(Method::Acronym) && link.reason != Some(Reason::DefinedOtherwise) {
                    continue;
                }
                for other in others.into_iter().filter(|other| !stated.contains(other)) {
                    if page.is_furniture(sites[other].sentence) == page.is_furniture(sites[defined].sentence) {
                        links[other] = link.clone();
                    }
                }
            }
        }
    }

    /// A second look at what stayed ambiguous, with all that has been linked since.
    fn decide_again(
        &self,
        page: &Page<'_>,
        sites: &[Site],
        links: &mut [Link],
        context: &mut Context,
        watch: &mut impl Watch,
    ) {
        let open = |link: &Link| link.reason == Some(Reason::BelowMargin);
        if !links.iter().any(open) {
            return;
        }
        for (at, link) in
            links.iter().enumerate().filter(|(_, link)| link.method.is_some_and(|method| method >= Method::Acronym))
        {
            link.entity.into_iter().for_each(|entity| context.add(entity, at));
        }
        watch.weighing(&self.table, page, sites, context, true);
        for (site, link) in sites.iter().enumerate().zip(&mut *links).filter(|(_, link)| open(link)) {
            *link = self.decide(page, site, context);
        }
        watch.done(Step::SecondLook, links);
    }

    fn mention(&self, site: Site, link: Link, local_id: u32) -> LinkedMention {
        LinkedMention {
            label: self.label(&site, &link),
            field: site.field,
            span: site.span,
            score: site.score,
            found_by: site.found_by,
            sentence: site.sentence,
            local_id,
            link,
        }
    }

    /// The type of a mention, by model and table.
    fn label(&self, site: &Site, link: &Link) -> Arc<str> {
        let of_entity = |row: &Row| link.entity.is_none_or(|entity| entity == row.entity);
        let row = site.hits.iter().map(|hit| self.table.lexicon.row(hit.row)).find(|row| of_entity(row));
        let entity = link.entity.or(row.map(|row| row.entity)).map(|entity| self.table.entity(entity));
        let of_alias = row.and_then(|row| row.rules().kind.as_ref());
        let by_table = of_alias.or(entity.map(|entity| &entity.kind));
        match (&site.label, by_table) {
            (None, by_table) => by_table.unwrap_or(&self.none).clone(),
            (Some(label), Some(kind)) => {
                let is_known = self.options.types_from_table && link.entity.is_some() && self.table.has_kind(label);
                let corrects = is_known && (of_alias.is_some() || &**label != "MISC");
                if corrects { kind.clone() } else { label.clone() }
            }
            (Some(label), None) => label.clone(),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
