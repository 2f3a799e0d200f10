//! Counts of correct, predicted and gold mentions, and the scores that follow from them.

use std::ops::AddAssign;

use serde::Serialize;

/// Numbers of correct, predicted and gold mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hits {
    /// True positives.
    #[serde(rename = "tp")]
    pub right: u64,
    /// All predictions.
    pub predicted: u64,
    /// All mentions of the gold standard.
    pub gold: u64,
}

/// Precision, recall and F1, each in [0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
    /// Share of the predictions that are correct.
    pub precision: f64,
    /// Share of the gold standard that was found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

/// A number of correct cases out of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The correct cases.
    pub right: u64,
    /// All cases.
    pub of: u64,
}

impl Hits {
    /// The scores. `vacuous` is the score where nothing was predicted and nothing is in the gold standard; other ratios
    /// with a denominator of 0 are 0.
    pub fn scores(self, vacuous: f64) -> Scores {
        let share = |of: u64, other: u64| match (of, other) {
            (0, 0) => vacuous,
            (0, _) => 0.0,
            (of, _) => self.right as f64 / of as f64,
        };
        let (precision, recall) = (share(self.predicted, self.gold), share(self.gold, self.predicted));
        let sum = precision + recall;
        Scores { precision, recall, f1: if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum } }
    }
}

impl Share {
    /// The share of correct cases; `None` where there are no cases.
    pub fn accuracy(self) -> Option<f64> {
        (self.of > 0).then(|| self.right as f64 / self.of as f64)
    }
}

impl AddAssign for Hits {
    fn add_assign(&mut self, other: Self) {
        self.right += other.right;
        self.predicted += other.predicted;
        self.gold += other.gold;
    }
}

/// Counts that are kept besides the hits of each type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell {
    /// Predictions with the span of a gold mention, of any type.
    Span,
    /// Gold mentions with an entity that were found: all, and those with the correct entity.
    FoundLinked,
    RightLinked,
    /// Gold mentions without an entity that were found: all, and those without a predicted one.
    FoundNil,
    RightNil,
    /// Correct span and entity, NIL included.
    EndToEnd,
    /// Correct span and entity, not NIL.
    EndToEndLinked,
    /// Predictions with an entity.
    PredictedLinked,
    /// Gold mentions with an entity.
    GoldLinked,
}

/// Number of cells in a row after those of the types.
const CELLS: usize = Cell::GoldLinked as usize + 1;

/// All counts of one or more documents as a row of numbers, so that resampling can add rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchCounts {
    /// `[type, (right, predicted, gold)]`, then [`Cell`]s.
    cells: Vec<u64>,
}

impl MatchCounts {
    pub(super) fn new(types: usize) -> Self {
        Self { cells: vec![0; width(types)] }
    }

    pub(super) fn add_right(&mut self, kind: usize) {
        self.cells[3 * kind] += 1;
    }

    pub(super) fn add_predicted(&mut self, kind: usize) {
        self.cells[3 * kind + 1] += 1;
    }

    pub(super) fn add_gold(&mut self, kind: usize) {
        self.cells[3 * kind + 2] += 1;
    }

    pub(super) fn count(&mut self, cell: Cell) {
        let at = self.at(cell);
        self.cells[at] += 1;
    }

    /// Number of types.
    pub fn types(&self) -> usize {
        (self.cells.len() - CELLS) / 3
    }

    /// Correct span and type, for one type.
    pub fn of_type(&self, kind: usize) -> Hits {
        let [right, predicted, gold] = [0, 1, 2].map(|at| self.cells[3 * kind + at]);
        Hits { right, predicted, gold }
    }

    /// Correct span and type, over all types.
    pub fn micro(&self) -> Hits {
        (0..self.types()).fold(Hits::default(), |mut sum, kind| {
            sum += self.of_type(kind);
            sum
        })
    }

    /// The means of precision, recall and F1 over the types that occur.
    pub fn macro_scores(&self, vacuous: f64) -> Scores {
        let occurring = (0..self.types()).map(|kind| self.of_type(kind)).filter(|hits| hits.predicted + hits.gold > 0);
        let (mut sum, mut types) = (Scores::default(), 0.0);
        for scores in occurring.map(|hits| hits.scores(vacuous)) {
            sum.precision += scores.precision;
            sum.recall += scores.recall;
            sum.f1 += scores.f1;
            types += 1.0;
        }
        match types {
            0.0 => Scores { precision: vacuous, recall: vacuous, f1: vacuous },
            types => Scores { precision: sum.precision / types, recall: sum.recall / types, f1: sum.f1 / types },
        }
    }

    /// Correct span, of any type.
    pub fn spans(&self) -> Hits {
        Hits { right: self.get(Cell::Span), ..self.micro() }
    }

    /// The correct links among the gold mentions that were found: of all, of those with an entity, of those without.
    pub fn linking(&self) -> [Share; 3] {
        let share = |right, of| Share { right: self.get(right), of: self.get(of) };
        let (linked, nil) = (share(Cell::RightLinked, Cell::FoundLinked), share(Cell::RightNil, Cell::FoundNil));
        [Share { right: linked.right + nil.right, of: linked.of + nil.of }, linked, nil]
    }

    /// Correct span and entity, NIL included, of all mentions.
    pub fn end_to_end(&self) -> Hits {
        Hits { right: self.get(Cell::EndToEnd), ..self.micro() }
    }

    /// Correct span and entity, of mentions with an entity.
    pub fn end_to_end_linked(&self) -> Hits {
        Hits {
            right: self.get(Cell::EndToEndLinked),
            predicted: self.get(Cell::PredictedLinked),
            gold: self.get(Cell::GoldLinked),
        }
    }

    pub(super) fn cells(&self) -> &[u64] {
        &self.cells
    }

    pub(super) fn clear(&mut self) {
        self.cells.fill(0);
    }

    pub(super) fn add_cells(&mut self, cells: impl Iterator<Item = u64>) {
        self.cells.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
    }

    fn get(&self, cell: Cell) -> u64 {
        self.cells[self.at(cell)]
    }

    fn at(&self, cell: Cell) -> usize {
        self.cells.len() - CELLS + cell as usize
    }
}

/// Number of cells in a row.
pub(super) const fn width(types: usize) -> usize {
    3 * types + CELLS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_empty_counts() {
        let scores = |right, predicted, gold, vacuous| Hits { right, predicted, gold }.scores(vacuous);
        assert_eq!(scores(0, 0, 0, 0.0), Scores { precision: 0.0, recall: 0.0, f1: 0.0 });
        assert_eq!(scores(0, 0, 0, 1.0), Scores { precision: 1.0, recall: 1.0, f1: 1.0 });
        assert_eq!(scores(0, 0, 3, 1.0), Scores { precision: 0.0, recall: 0.0, f1: 0.0 });
        assert_eq!(scores(1, 2, 4, 1.0), Scores { precision: 0.5, recall: 0.25, f1: 1.0 / 3.0 });
        assert_eq!(Share::default().accuracy(), None);
    }

    #[test]
    fn types_that_never_occur_do_not_count_in_the_mean() {
        let mut counts = MatchCounts::new(3);
        counts.add_right(0);
        counts.add_predicted(0);
        counts.add_gold(0);
        counts.add_predicted(2);
        assert_eq!(counts.macro_scores(0.0).f1, 0.5);
        assert_eq!(counts.micro(), Hits { right: 1, predicted: 2, gold: 1 });
        assert_eq!(MatchCounts::new(2).macro_scores(1.0).f1, 1.0);
    }
}
