//! How far scores would vary with other documents: resampling of documents, with repetition.

use fastrand::Rng;
use rayon::prelude::*;

use super::Evaluation;
use super::counts::{Counts, width};

/// The share of resamples that lies within an interval.
pub const LEVEL: f64 = 0.95;

/// The share on either side of it.
const TAIL: f64 = 0.025;

/// How resamples are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    /// How many.
    pub resamples: usize,
    /// Equal seeds draw equal documents.
    pub seed: u64,
}

/// One number that follows from counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Micro precision of span and type.
    Precision,
    /// Micro recall of span and type.
    Recall,
    /// Micro F1 of span and type.
    F1,
    /// Mean F1 of the types.
    MacroF1,
    /// F1 of spans, whatever the type.
    SpanF1,
    /// F1 of one type, by its number.
    TypeF1(usize),
    /// Share of right entities among the mentions found.
    LinkingAccuracy,
    /// F1 of span and entity.
    EndToEndF1,
    /// F1 of span and entity, among mentions with an entity.
    LinkedF1,
}

/// An interval that holds [`LEVEL`] of the resamples.
pub type Interval = [f64; 2];

/// One number of two predictions for the same documents.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// The first one's less the other's.
    pub value: f64,
    /// Of the difference.
    pub interval: Interval,
    /// Share of the resamples in which the first is better.
    pub above: f64,
}

impl Metric {
    /// Its value; NaN where it is a share of nothing.
    pub fn of(self, counts: &Counts, vacuous: f64) -> f64 {
        match self {
            Self::Precision => counts.micro().scores(vacuous).precision,
            Self::Recall => counts.micro().scores(vacuous).recall,
            Self::F1 => counts.micro().scores(vacuous).f1,
            Self::MacroF1 => counts.macro_scores(vacuous).f1,
            Self::SpanF1 => counts.spans().scores(vacuous).f1,
            Self::TypeF1(kind) => counts.of_type(kind).scores(vacuous).f1,
            Self::LinkingAccuracy => counts.linking()[0].accuracy().unwrap_or(f64::NAN),
            Self::EndToEndF1 => counts.end_to_end().scores(vacuous).f1,
            Self::LinkedF1 => counts.end_to_end_linked().scores(vacuous).f1,
        }
    }
}

impl Bootstrap {
    /// An interval for each metric; nothing for a single document, which says nothing about others.
    pub fn intervals(self, evaluation: &Evaluation, metrics: &[Metric]) -> Option<Vec<Interval>> {
        let rows = Rows::of(evaluation);
        let vacuous = evaluation.vacuous;
        let resampled = self.resample(&[&rows], |sums| {
            metrics.iter().map(|metric| metric.of(&sums[0], vacuous)).collect::<Vec<f64>>()
        })?;
        Some((0..metrics.len()).map(|at| interval(resampled.iter().map(|values| values[at]).collect())).collect())
    }

    /// The difference of each metric between two predictions for the same documents, each resample the same for
    /// both. Both count the same types.
    pub fn compare(self, one: &Evaluation, other: &Evaluation, metrics: &[Metric]) -> Option<Vec<Difference>> {
        let (rows, other_rows) = (Rows::of(one), Rows::of(other));
        let value = |metric: &Metric, one_sum: &Counts, other_sum: &Counts| {
            metric.of(one_sum, one.vacuous) - metric.of(other_sum, other.vacuous)
        };
        let resampled = self.resample(&[&rows, &other_rows], |sums| {
            metrics.iter().map(|metric| value(metric, &sums[0], &sums[1])).collect::<Vec<f64>>()
        })?;
        let one = |(at, metric): (usize, &Metric)| {
            let values: Vec<f64> = resampled.iter().map(|values| values[at]).collect();
            let above = values.iter().filter(|&&value| value > 0.0).count() as f64 / values.len() as f64;
            Difference { value: value(metric, &one.total, &other.total), interval: interval(values), above }
        };
        Some(metrics.iter().enumerate().map(one).collect())
    }

    /// Hands the sums of each resample to `take`: the same documents of every table.
    fn resample<T: Send>(self, tables: &[&Rows], take: impl Fn(&[Counts]) -> T + Sync) -> Option<Vec<T>> {
        let documents = tables[0].len();
        if documents < 2 || self.resamples == 0 {
            return None;
        }
        let mut seeds = Rng::with_seed(self.seed);
        let seeds: Vec<u64> = (0..self.resamples).map(|_| seeds.u64(..)).collect();
        let draw = |sums: &mut Vec<Counts>, seed: u64| {
            let mut rng = Rng::with_seed(seed);
            sums.iter_mut().for_each(Counts::clear);
            for _ in 0..documents {
                let document = rng.usize(..documents);
                sums.iter_mut().zip(tables).for_each(|(sum, table)| sum.add_cells(table.row(document)));
            }
            take(sums)
        };
        let sums = || tables.iter().map(|table| Counts::new(table.types)).collect();
        Some(seeds.into_par_iter().map_init(sums, draw).collect())
    }
}

/// The counts of all documents, side by side.
struct Rows {
    types: usize,
    cells: Vec<u32>,
}

impl Rows {
    fn of(evaluation: &Evaluation) -> Self {
        let cells = evaluation.by_document.iter().flat_map(|counts| counts.cells().iter().map(|&cell| cell as u32));
        Self { types: evaluation.types.len(), cells: cells.collect() }
    }

    fn len(&self) -> usize {
        self.cells.len() / width(self.types)
    }

    fn row(&self, document: usize) -> impl Iterator<Item = u64> {
        let width = width(self.types);
        self.cells[document * width..][..width].iter().map(|&cell| u64::from(cell))
    }
}

/// The middle of the values; resamples in which the metric has none are left out.
fn interval(mut values: Vec<f64>) -> Interval {
    values.retain(|value| !value.is_nan());
    values.sort_by(f64::total_cmp);
    [TAIL, 1.0 - TAIL].map(|share| quantile(&values, share))
}

/// Interpolates between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = share * last as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(interval(values.into_iter().rev().collect()), [2.5, 97.5]);
        assert_eq!(interval(vec![1.0, f64::NAN, 1.0]), [1.0, 1.0]);
        assert_eq!(quantile(&[1.0, 2.0], 0.25), 1.25);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
