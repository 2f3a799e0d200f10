//! The compiled table under the user's rows, and what they change of it.

use std::path::{Path, PathBuf};

use ahash::AHashMap;

use super::entity::{BASE, EntityIx};
use super::image::Image;
use super::layer::Layer;
use super::record::EntityRecord;
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

    /// What a neighbour of an entity is now; none where it was one only by a row that is replaced or removed, or where
    /// it is one of the added neighbours.
    pub(super) fn still_related(&self, ix: EntityIx, other: EntityIx) -> Option<EntityIx> {
        match self.replaced.get(&other) {
            None => Some(other),
            Some(new) => {
                new.filter(|new| self.states(ix, other) && !self.added_neighbours(ix).any(|added| added == *new))
            }
        }
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
            let states = |other: &EntityIx| !self.replaced.contains_key(other) && self.states(*other, old);
            let incoming: Vec<EntityIx> = self.layer.neighbours(old.0 - BASE).filter(states).collect();
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
        entity.0 >= BASE
            && self.layer.entity(entity.0 - BASE).relations.any(|(_, other)| self.layer.ix(other.0) == target)
    }

    /// The record from which an entity was compiled.
    pub(super) fn record(&self, id: &str) -> Option<EntityRecord> {
        self.layer
            .find(id)
            .map(|number| self.layer.entity_record(number, |target| self.layer.id(target.0 - BASE).to_owned()))
    }
}
