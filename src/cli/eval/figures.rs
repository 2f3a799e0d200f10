//! The figures of an evaluation, for the table and for programs.

use std::path::PathBuf;
use std::sync::Arc;

use namewire::eval::{
    Aligned, Bootstrap, Corpus, Difference, Evaluation, Fault, FrequentError, Hits, Interval, LEVEL, Metric, Scores,
    Share,
};
use serde_json::{Map, Value, json};

/// What is known of predictions besides their mentions.
pub(super) struct Predictions {
    pub(super) name: String,
    mentions: u64,
    schemes: Vec<String>,
    stray_tags: u64,
    first_stray: Option<String>,
    /// The types that the model knows, where it predicted here.
    model_types: Option<Vec<Arc<str>>>,
    /// Types of `--map` that no mention has.
    pub(super) unused_rules: Vec<String>,
    pub(super) outside: u64,
    pub(super) inside_tokens: u64,
}

impl Predictions {
    pub(super) fn new(name: String, corpus: &Corpus) -> Self {
        Self {
            name,
            mentions: corpus.mentions().count() as u64,
            schemes: schemes(corpus),
            stray_tags: corpus.stray_tags.0,
            first_stray: corpus.stray_tags.1.as_ref().map(ToString::to_string),
            model_types: None,
            unused_rules: Vec::new(),
            outside: 0,
            inside_tokens: 0,
        }
    }

    /// Takes over what is known once they were brought onto the gold.
    pub(super) fn add_counts(
        &mut self,
        aligned: &Aligned,
        model_types: Option<Vec<Arc<str>>>,
        unused_rules: Vec<String>,
    ) {
        (self.outside, self.inside_tokens) = (aligned.outside, aligned.inside_tokens);
        (self.model_types, self.unused_rules) = (model_types, unused_rules);
    }
}

/// A number with its interval.
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) interval: Option<Interval>,
    pub(super) difference: Option<Difference>,
}

/// Type, and how many mentions of it there are.
pub(super) type KindCount = (String, u64);

pub(super) struct Figures {
    pub(super) gold_name: String,
    pub(super) gold: Value,
    pub(super) predictions: Predictions,
    pub(super) other: Option<(String, Evaluation)>,
    pub(super) evaluation: Evaluation,
    pub(super) has_links: bool,
    pub(super) bootstrap: Bootstrap,
    /// The unit of the bootstrap: documents, or sentences where the gold marks no documents.
    pub(super) unit: &'static str,
    pub(super) measured: Vec<Measured>,
    pub(super) frequent: Vec<FrequentError>,
    /// Types of the gold that the model does not know.
    pub(super) lacking: Vec<KindCount>,
    /// Other types of the gold that were never predicted.
    pub(super) unpredicted: Vec<KindCount>,
    /// Types that are predicted and that the gold never has.
    pub(super) unknown: Vec<KindCount>,
}

impl Figures {
    pub(super) fn new(
        (files, gold): (&[PathBuf], &Corpus),
        predictions: Predictions,
        evaluation: Evaluation,
        other: Option<(String, Evaluation)>,
        bootstrap: Bootstrap,
        errors: usize,
    ) -> Self {
        let measured = measure(&evaluation, other.as_ref().map(|(_, other)| other), gold.has_links, bootstrap);
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let kinds = |pick: &dyn Fn(&Arc<str>, Hits) -> Option<u64>| -> Vec<KindCount> {
            let types = evaluation.types.iter().enumerate();
            types
                .filter_map(|(number, kind)| Some((kind.to_string(), pick(kind, evaluation.total.of_type(number))?)))
                .filter(|(_, count)| *count > 0)
                .collect()
        };
        let lacks = |kind: &Arc<str>| predictions.model_types.as_ref().is_some_and(|known| !known.contains(kind));
        let lacking = kinds(&|kind, hits| lacks(kind).then_some(hits.gold));
        let unpredicted = kinds(&|kind, hits| (hits.predicted == 0 && !lacks(kind)).then_some(hits.gold));
        let unknown = kinds(&|_, hits| (hits.gold == 0).then_some(hits.predicted));
        Self {
            gold_name: names.join(", "),
            gold: describe(gold, &names),
            has_links: gold.has_links,
            unit: if gold.by_sentence { "sentences" } else { "documents" },
            frequent: evaluation.errors.most_frequent(errors),
            other,
            predictions,
            evaluation,
            bootstrap,
            measured,
            lacking,
            unpredicted,
            unknown,
        }
    }

    pub(super) fn interval(&self, name: &str) -> Option<Interval> {
        self.measured.iter().find(|measured| measured.name == name)?.interval
    }

    /// How many errors of each kind there are.
    pub(super) fn faults(&self) -> impl Iterator<Item = (Fault, u64)> {
        let shown = Fault::ALL.into_iter().filter(|fault| *fault != Fault::Link || self.has_links);
        shown.map(|fault| (fault, self.evaluation.errors.total(fault)))
    }

    pub(super) fn json_text(&self) -> String {
        format!("{:#}\n", self.json())
    }

    fn json(&self) -> Value {
        let Self { evaluation, predictions, .. } = self;
        let mut value = json!({
            "gold": self.gold,
            "predictions": {
                "name": predictions.name,
                "mentions": predictions.mentions,
                "schemes": predictions.schemes,
                "stray_tags": predictions.stray_tags,
                "counted": evaluation.total.micro().predicted,
                "ignored": evaluation.ignored,
                "outside_documents": predictions.outside,
                "inside_tokens": predictions.inside_tokens,
            },
            "ner": ner_json(evaluation),
            "errors": {
                "totals": self.faults().map(|(fault, total)| (fault.as_str().to_owned(), json!(total))).collect::<Map<_, _>>(),
                "most_frequent": self.frequent,
            },
            "types_unknown_to_model": counts_json(&self.lacking),
            "types_never_predicted": counts_json(&self.unpredicted),
            "types_not_in_gold": counts_json(&self.unknown),
            "unused_map": predictions.unused_rules,
        });
        if self.has_links {
            value["linking"] = linking_json(evaluation);
        }
        let intervals: Map<_, _> = self
            .measured
            .iter()
            .filter_map(|measured| Some((measured.name.clone(), json!(measured.interval?))))
            .collect();
        if !intervals.is_empty() {
            value["bootstrap"] = json!({"unit": self.unit, "resamples": self.bootstrap.resamples,
                "seed": self.bootstrap.seed, "level": LEVEL, "intervals": intervals});
        }
        if let Some((name, other)) = &self.other {
            let differences = self.measured.iter().filter_map(|measured| {
                let Difference { value, interval, above } = measured.difference?;
                Some((
                    measured.name.clone(),
                    json!({"difference": value, "interval": interval, "share_above_0": above}),
                ))
            });
            value["comparison"] = json!({"name": name, "ner": ner_json(other),
                "differences": differences.collect::<Map<_, _>>()});
            if self.has_links {
                value["comparison"]["linking"] = linking_json(other);
            }
        }
        value
    }
}

/// The metrics with their intervals, and with their differences where there are others.
fn measure(one: &Evaluation, other: Option<&Evaluation>, links: bool, bootstrap: Bootstrap) -> Vec<Measured> {
    let mut metrics = vec![
        ("precision".to_owned(), Metric::Precision),
        ("recall".to_owned(), Metric::Recall),
        ("f1".to_owned(), Metric::F1),
        ("macro_f1".to_owned(), Metric::MacroF1),
        ("boundary_f1".to_owned(), Metric::SpanF1),
    ];
    metrics.extend(one.types.iter().enumerate().map(|(at, kind)| (format!("f1_{kind}"), Metric::TypeF1(at))));
    if links {
        metrics.extend([
            ("linking_accuracy".to_owned(), Metric::LinkingAccuracy),
            ("end_to_end_f1".to_owned(), Metric::EndToEndF1),
            ("end_to_end_linked_f1".to_owned(), Metric::LinkedF1),
        ]);
    }
    let (names, metrics): (Vec<String>, Vec<Metric>) = metrics.into_iter().unzip();
    let intervals = bootstrap.intervals(one, &metrics);
    let differences = other.and_then(|other| bootstrap.compare(one, other, &metrics));
    let measured = names.into_iter().enumerate();
    measured
        .map(|(at, name)| Measured {
            name,
            interval: intervals.as_ref().map(|intervals| intervals[at]),
            difference: differences.as_ref().map(|differences| differences[at]),
        })
        .collect()
}

fn describe(gold: &Corpus, names: &[String]) -> Value {
    let mut value = json!({"files": names, "documents": gold.documents.len(), "mentions": gold.mentions().count()});
    if gold.is_tagged() {
        let sentences = || gold.documents.iter().flat_map(|document| &document.sentences);
        value["documents_marked"] = json!(!gold.by_sentence);
        value["sentences"] = json!(sentences().count());
        value["tokens"] = json!(sentences().map(|sentence| sentence.tokens.len()).sum::<usize>());
        value["schemes"] = json!(schemes(gold));
        value["stray_tags"] = json!(gold.stray_tags.0);
    }
    value
}

/// The schemes of the tags, each once.
fn schemes(corpus: &Corpus) -> Vec<String> {
    let mut schemes: Vec<String> = corpus.schemes.iter().map(ToString::to_string).collect();
    schemes.dedup();
    schemes
}

fn counts_json(counts: &[KindCount]) -> Value {
    counts.iter().map(|(kind, count)| (kind.clone(), json!(count))).collect::<Map<_, _>>().into()
}

fn scored(hits: Hits, vacuous: f64) -> Value {
    let Scores { precision, recall, f1 } = hits.scores(vacuous);
    let Hits { right, predicted, gold } = hits;
    json!({"precision": precision, "recall": recall, "f1": f1, "tp": right, "predicted": predicted, "gold": gold})
}

/// The types that occur at all, with their numbers.
pub(super) fn occurring(evaluation: &Evaluation) -> impl Iterator<Item = (&str, Hits)> {
    let hits = |at| evaluation.total.of_type(at);
    let types = evaluation.types.iter().enumerate().map(move |(at, kind)| (&**kind, hits(at)));
    types.filter(|(_, hits)| hits.predicted + hits.gold > 0)
}

fn ner_json(evaluation: &Evaluation) -> Value {
    let Evaluation { total, vacuous, .. } = evaluation;
    let types = occurring(evaluation).map(|(kind, hits)| (kind.to_owned(), scored(hits, *vacuous)));
    json!({"micro": scored(total.micro(), *vacuous), "macro": total.macro_scores(*vacuous),
           "by_type": types.collect::<Map<_, _>>(), "boundary": scored(total.spans(), *vacuous)})
}

fn linking_json(evaluation: &Evaluation) -> Value {
    let Evaluation { total, vacuous, .. } = evaluation;
    let [all, linked, nil] = total.linking().map(|share| {
        let Share { right, of } = share;
        json!({"right": right, "of": of, "accuracy": share.accuracy()})
    });
    json!({"accuracy": {"all": all, "gold_in_catalogue": linked, "gold_nil": nil},
           "end_to_end": {"micro": scored(total.end_to_end(), *vacuous),
                          "linked_only": scored(total.end_to_end_linked(), *vacuous)}})
}

impl Predictions {
    /// What a reader of the table should know of how tags were read.
    pub(super) fn remark(&self) -> String {
        let schemes = if self.schemes.is_empty() { String::new() } else { format!(" ({})", self.schemes.join(", ")) };
        format!("{}: {} mentions{schemes}", self.name, self.mentions)
    }

    /// Tags that belong to no entity.
    pub(super) fn stray(&self) -> Option<String> {
        let first = self.first_stray.as_ref()?;
        let tags = self.stray_tags;
        Some(format!("{tags} predicted tags are ill formed and belong to no entity, the first at {first}"))
    }
}
