//! The compiled table under the user's rows, and what they change of it.

use std::path::{Path, PathBuf};

use ahash::AHashMap;
use jiff::civil::Date;

use super::entity::{BASE, EntityIx};
use super::image::Image;
use super::layer::Layer;
use super::record::{AliasRecord, CaseRule, EntityRecord, RelationRecord};
use crate::error::Result;

/// A compiled table in a file.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) layer: Layer,
    path: PathBuf,
    /// Entities that rows of the user replace, and by what; none where they are removed.
    replaced: AHashMap<EntityIx, Option<EntityIx>>,
    /// Entities that are related to others by rows of the user, or that the base relates to what rows replace.
    added: AHashMap<EntityIx, Vec<EntityIx>>,
}

impl Base {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let layer = Layer::new(Image::open(path)?, BASE);
        Ok(Self { layer, path: path.to_owned(), replaced: AHashMap::new(), added: AHashMap::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn digest(&self) -> String {
        self.layer.image.digest()
    }

    /// How many entities rows of the user leave as they are.
    pub(super) fn len(&self) -> usize {
        (self.layer.len() as usize).saturating_sub(self.replaced.len())
    }

    /// The entity with an id, whether rows replace it or not.
    pub(super) fn find(&self, id: &str) -> Option<EntityIx> {
        self.layer.find(id).map(|number| self.layer.ix(number))
    }

    /// What stands in place of an entity; none where it is removed.
    pub(super) fn current(&self, ix: EntityIx) -> Option<EntityIx> {
        if self.replaced.is_empty() {
            return Some(ix);
        }
        self.replaced.get(&ix).copied().unwrap_or(Some(ix))
    }

    /// Related entities that the compiled table does not have.
    pub(super) fn added_neighbours(&self, ix: EntityIx) -> impl Iterator<Item = EntityIx> + '_ {
        self.added.get(&ix).into_iter().flatten().copied()
    }

    /// The base with what the user's rows change: the ids that they give entities of their own or remove, and which of
    /// its entities are related to theirs.
    pub(super) fn changed<'r>(
        mut self,
        rows: impl Iterator<Item = (&'r str, Option<EntityIx>)>,
        related: &[(EntityIx, EntityIx)],
    ) -> Self {
        for (id, own) in rows {
            if let Some(old) = self.find(id) {
                self.replaced.insert(old, own);
            }
        }
        for &(of_base, own) in related {
            self.added.entry(of_base).or_default().push(own);
        }
        // What the base relates to a replaced entity is related to what stands in its place.
        for (&old, &new) in &self.replaced {
            let Some(new) = new else { continue };
            let incoming = self.layer.neighbours(old.0 - BASE).filter(|other| self.states(*other, old));
            let incoming: Vec<EntityIx> = incoming.filter_map(|other| self.current(other)).collect();
            self.added.entry(new).or_default().extend(incoming);
        }
        self.added.values_mut().for_each(|others| {
            others.sort_unstable();
            others.dedup();
        });
        self
    }

    /// True where the row of an entity has a relation to another.
    fn states(&self, entity: EntityIx, target: EntityIx) -> bool {
        self.layer.entity(entity.0 - BASE).relations.any(|(_, other)| self.layer.ix(other.0) == target)
    }

    /// The record from which an entity was compiled.
    pub(super) fn record(&self, id: &str) -> Option<EntityRecord> {
        let number = self.layer.find(id)?;
        let entity = self.layer.entity(number);
        let rows = self.layer.rows_of(number).map(|row| self.layer.row(row - BASE)).filter(|row| !row.derived);
        let aliases = rows.map(|row| {
            let rules = row.rules();
            AliasRecord {
                text: row.alias.to_owned(),
                case: if row.exact_case { CaseRule::Exact } else { CaseRule::Fold },
                valid_from: rules.valid_from.map(written),
                valid_to: rules.valid_to.map(written),
                prior: row.prior,
                requires: rules.requires.map(str::to_owned).collect(),
                excludes: rules.excludes.map(str::to_owned).collect(),
                kind: rules.kind.map(str::to_owned),
                is_weak: row.is_weak,
            }
        });
        let relations = entity.relations.map(|(kind, target)| RelationRecord {
            kind: self.layer.relation(kind).to_owned(),
            target: self.layer.id(target.0).to_owned(),
        });
        Some(EntityRecord {
            id: entity.id.to_owned(),
            name: entity.name.to_owned(),
            kind: entity.kind.to_owned(),
            aliases: aliases.collect(),
            relations: relations.collect(),
            valid_from: entity.valid_from.map(written),
            valid_to: entity.valid_to.map(written),
            description: entity.description.map(str::to_owned),
            wikidata: entity.wikidata.map(str::to_owned),
            source: entity.source.map(str::to_owned),
            popularity: Some(entity.popularity),
            tier: Some(entity.tier),
            extends: false,
            removed: false,
        })
    }
}

/// A day as tables write it; before the common era, its year.
fn written(day: Date) -> String {
    if day.year() < 0 { format!("-{:04}", -day.year()) } else { day.to_string() }
}
