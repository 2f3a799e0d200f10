//! Which inputs took longest, and which had most rejects.
//!
//! Records of an input are adjacent, so that only the current input and the extremes so far are held, however many
//! inputs there are.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

/// Inputs named in each list.
const MAX_SHOWN: usize = 3;

/// Figures of one input.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct InputFigures {
    /// The input as it was named.
    #[serde(serialize_with = "as_text")]
    pub path: Arc<str>,
    /// Records, good or bad.
    pub records: u64,
    /// Of these, those that were rejected.
    pub rejected: u64,
    /// Seconds on the clock from chunk to chunk, shared by the articles of a chunk in proportion to their tokens.
    pub seconds: f64,
}

/// The extremes among the inputs of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inputs {
    /// Inputs that had records, good or bad.
    pub count: u64,
    /// Those that took longest, the longest first.
    pub slowest: Vec<InputFigures>,
    /// Those with most rejects; inputs without rejects are left out.
    pub most_rejected: Vec<InputFigures>,
    #[serde(skip)]
    current: Option<InputFigures>,
    /// The inputs of the current chunk, with their weight.
    #[serde(skip)]
    chunk: Vec<(InputFigures, usize)>,
    #[serde(skip)]
    last: Option<Instant>,
}

impl Inputs {
    /// Starts the clock.
    pub(crate) fn start(&mut self) {
        self.last = Some(Instant::now());
    }

    /// Counts one record of the current chunk.
    pub(crate) fn add(&mut self, path: &Arc<str>, rejected: bool, tokens: usize) {
        match self.chunk.last_mut() {
            Some((figures, weight)) if figures.path == *path => {
                figures.records += 1;
                figures.rejected += u64::from(rejected);
                *weight += tokens + 1;
            }
            _ => {
                let path = Arc::clone(path);
                let figures = InputFigures { path, records: 1, rejected: u64::from(rejected), seconds: 0.0 };
                self.chunk.push((figures, tokens + 1));
            }
        }
    }

    /// The chunk is written: its time is shared by its inputs.
    pub(crate) fn end_chunk(&mut self) {
        let now = Instant::now();
        let time = self.last.replace(now).map_or(Duration::ZERO, |last| now - last).as_secs_f64();
        let total: usize = self.chunk.iter().map(|(_, weight)| weight).sum();
        for (mut figures, weight) in std::mem::take(&mut self.chunk) {
            figures.seconds = time * weight as f64 / total.max(1) as f64;
            match &mut self.current {
                Some(current) if current.path == figures.path => {
                    current.records += figures.records;
                    current.rejected += figures.rejected;
                    current.seconds += figures.seconds;
                }
                _ => {
                    self.end_input();
                    self.current = Some(figures);
                }
            }
        }
    }

    /// Everything is written.
    pub(crate) fn end(&mut self) {
        self.end_input();
    }

    fn end_input(&mut self) {
        let Some(done) = self.current.take() else { return };
        self.count += 1;
        if done.rejected > 0 {
            insert(&mut self.most_rejected, done.clone(), |figures| figures.rejected as f64);
        }
        insert(&mut self.slowest, done, |figures| figures.seconds);
    }
}

fn as_text<S: serde::Serializer>(path: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(path)
}

/// Puts figures into a short list with the highest first; of equals, the earlier.
fn insert(list: &mut Vec<InputFigures>, figures: InputFigures, by: impl Fn(&InputFigures) -> f64) {
    let at = list.iter().position(|other| by(other) < by(&figures)).unwrap_or(list.len());
    list.insert(at, figures);
    list.truncate(MAX_SHOWN);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_inputs_are_kept() {
        let mut inputs = Inputs::default();
        inputs.start();
        // Inputs a to f; c goes on in a second chunk; d has the most rejects, then c.
        for chunk in ["aabcc", "ccddddef"] {
            for name in chunk.chars() {
                let path: Arc<str> = name.to_string().into();
                inputs.add(&path, matches!(name, 'c' | 'd'), if name == 'b' { 5000 } else { 1 });
            }
            std::thread::sleep(Duration::from_millis(5));
            inputs.end_chunk();
        }
        inputs.end();
        let rejected: Vec<_> =
            inputs.most_rejected.iter().map(|figures| (&*figures.path, figures.rejected, figures.records)).collect();
        assert_eq!((inputs.count, &rejected[..]), (6, &[("c", 4, 4), ("d", 4, 4)][..]));
        let slowest: Vec<_> = inputs.slowest.iter().map(|figures| &*figures.path).collect();
        assert_eq!((slowest.len(), slowest[0]), (3, "b"));
        assert!(inputs.slowest.iter().map(|figures| figures.seconds).sum::<f64>() >= 0.005);
    }
}
