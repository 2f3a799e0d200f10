//! A backend from outside the crate: what it may do, and what becomes of its errors.

use namewire::batch::Batch;
use namewire::config::Config;
use namewire::error::{Error, ErrorKind, Result};
use namewire::infer::{Backend, CapitalsBackend, Logits};
use ndarray::Array3;

use super::common::{pipeline, records, tiny_model};

/// A device with room for so many rows.
struct SmallDevice {
    inner: CapitalsBackend,
    rows: usize,
}

impl Backend for SmallDevice {
    fn infer(&mut self, batch: &Batch) -> Result<Logits> {
        if batch.rows > self.rows {
            return Err(Error::out_of_memory(format!("{} rows do not fit", batch.rows)).because("the device is small"));
        }
        self.inner.infer(batch)
    }
}

const ARTICLES: [(&str, &str); 3] = [
    ("Ferry to Dorvale", "The ferry to Dorvale left at noon. Anna Keller waved from Pier Nine."),
    ("", "Rain in Ostmark. Snow in Westmark. Sun in Nordmark. Fog in Suedmark."),
    ("Minister", "Minister Petra Vance spoke. She left for Kelm. The Kelm Council met."),
];

/// The mentions of the articles on a device with room for `rows` rows, and how often a batch was halved; or the error.
fn run(rows: usize) -> Result<(Vec<String>, u64)> {
    let model = tiny_model();
    let device = SmallDevice { inner: CapitalsBackend::new(&model.tokenizer, &model.labels), rows };
    let mut config = Config::default();
    config.batch.equal_lengths = false;
    let pipeline = pipeline(model, None, device, config);
    let mut all = Vec::new();
    let report = pipeline.run(
        records(&ARTICLES).into_iter(),
        &pipeline.handle(),
        |outcome| Ok(format!("{outcome:?}")),
        |outcome| {
            all.push(outcome);
            Ok(())
        },
    )?;
    Ok((all, report.batches_halved))
}

#[test]
fn batches_are_halved_until_they_fit_and_the_output_is_the_same() {
    let (expected, halved) = run(64).unwrap();
    assert_eq!((expected.len(), halved), (3, 0));
    for rows in [1, 2, 5] {
        let (found, halved) = run(rows).unwrap();
        assert_eq!(found, expected, "room for {rows} rows");
        assert!(halved > 0, "room for {rows} rows");
    }
}

#[test]
fn a_device_without_room_for_one_row_ends_the_run_with_the_cause() {
    let error = run(0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfMemory);
    assert!(error.to_string().contains("1 rows do not fit: the device is small"), "{error}");
}

#[test]
fn logits_of_another_shape_end_the_run() {
    struct WrongShape;
    impl Backend for WrongShape {
        fn infer(&mut self, batch: &Batch) -> Result<Logits> {
            Ok(Logits::new(Array3::zeros((batch.rows, batch.width, 1))))
        }
    }
    let pipeline = pipeline(tiny_model(), None, WrongShape, Config::default());
    let outcome = pipeline.run(records(&ARTICLES).into_iter(), &pipeline.handle(), |_| Ok(()), |()| Ok(()));
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert!(error.to_string().contains("the backend returned logits of shape"), "{error}");
}
