//! Confidence intervals of scores: bootstrap over documents.

use fastrand::Rng;
use rayon::prelude::*;

use super::Evaluation;
use super::counts::{MatchCounts, width};

/// The confidence level: the share of resamples within an interval.
pub const LEVEL: f64 = 0.95;

/// The share of resamples below an interval, and above it.
const TAIL: f64 = 0.025;

/// How documents are resampled.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    /// Number of resamples.
    pub resamples: usize,
    /// Seed of the random numbers; equal seeds draw equal resamples.
    pub seed: u64,
}

/// A score that follows from counts.
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
    /// F1 of spans, of any type.
    SpanF1,
    /// F1 of one type, by its index.
    TypeF1(usize),
    /// Share of correct entities among the mentions found.
    LinkingAccuracy,
    /// F1 of span and entity.
    EndToEndF1,
    /// F1 of span and entity, among mentions with an entity.
    LinkedF1,
}

/// Lower and upper bound of a confidence interval at [`LEVEL`].
pub type Interval = [f64; 2];

/// The difference of a metric between two predictions for the same documents.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// The first minus the other.
    pub value: f64,
    /// The interval of the difference.
    pub interval: Interval,
    /// Share of the resamples in which the first is better.
    pub above: f64,
}

impl Metric {
    /// Its value; NaN where there are no cases.
    pub fn of(self, counts: &MatchCounts, vacuous: f64) -> f64 {
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
    /// An interval for each metric; `None` for fewer than two documents.
    pub fn intervals(self, evaluation: &Evaluation, metrics: &[Metric]) -> Option<Vec<Interval>> {
        let rows = Rows::of(evaluation);
        let vacuous = evaluation.vacuous;
        let resampled = self.resample(&[&rows], |sums| {
            metrics.iter().map(|metric| metric.of(&sums[0], vacuous)).collect::<Vec<f64>>()
        })?;
        Some((0..metrics.len()).map(|at| interval(resampled.iter().map(|values| values[at]).collect())).collect())
    }

    /// The difference of each metric between two predictions for the same documents, on the same resamples (a paired
    /// bootstrap). Both must count the same types.
    pub fn compare(self, one: &Evaluation, other: &Evaluation, metrics: &[Metric]) -> Option<Vec<Difference>> {
        let (rows, other_rows) = (Rows::of(one), Rows::of(other));
        let value = |metric: &Metric, one_sum: &MatchCounts, other_sum: &MatchCounts| {
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

    /// Passes the sums of each resample to `take`: the same documents of every table.
    fn resample<T: Send>(self, tables: &[&Rows], take: impl Fn(&[MatchCounts]) -> T + Sync) -> Option<Vec<T>> {
        let documents = tables[0].len();
        if documents < 2 || self.resamples == 0 {
            return None;
        }
        let mut seeds = Rng::with_seed(self.seed);
        let seeds: Vec<u64> = (0..self.resamples).map(|_| seeds.u64(..)).collect();
        let draw = |sums: &mut Vec<MatchCounts>, seed: u64| {
            let mut rng = Rng::with_seed(seed);
            sums.iter_mut().for_each(MatchCounts::clear);
            for _ in 0..documents {
                let document = rng.usize(..documents);
                sums.iter_mut().zip(tables).for_each(|(sum, table)| sum.add_cells(table.row(document)));
            }
            take(sums)
        };
        let sums = || tables.iter().map(|table| MatchCounts::new(table.types)).collect();
        Some(seeds.into_par_iter().map_init(sums, draw).collect())
    }
}

/// The counts of all documents, one row each.
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

/// The interval of the values; NaN is left out.
fn interval(mut values: Vec<f64>) -> Interval {
    values.retain(|value| !value.is_nan());
    values.sort_by(f64::total_cmp);
    [TAIL, 1.0 - TAIL].map(|share| quantile(&values, share))
}

/// The quantile at `share` of sorted values, linearly interpolated.
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
