//! An evaluation as text for people.

use std::fmt::Write;

use namewire::eval::{Fault, FrequentError, Hits, Scores, Side};

use super::figures::{Figures, KindCount, occurring};

impl Figures {
    /// Scores, errors and what is remarkable about the files.
    pub(super) fn table(&self) -> String {
        let mut text = self.head();
        self.ner(&mut text);
        if self.has_links {
            self.linking(&mut text);
        }
        self.errors(&mut text);
        self.comparison(&mut text);
        let notes = self.notes();
        if !notes.is_empty() {
            text.push('\n');
            notes.iter().for_each(|note| line(&mut text, format_args!("note: {note}")));
        }
        text
    }

    fn head(&self) -> String {
        let number = |key: &str| self.gold.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default();
        let mut text = format!("gold         {}: ", self.gold_name);
        match self.gold.get("sentences") {
            None => write!(text, "{} documents, ", number("documents")),
            Some(_) if self.unit == "sentences" => write!(text, "{} sentences, ", number("sentences")),
            Some(_) => write!(text, "{} documents, {} sentences, ", number("documents"), number("sentences")),
        }
        .ok(); // writing to a String cannot fail
        let schemes = self.gold.get("schemes").and_then(|schemes| schemes.as_array());
        let schemes: Vec<&str> = schemes.into_iter().flatten().filter_map(|scheme| scheme.as_str()).collect();
        let schemes = if schemes.is_empty() { String::new() } else { format!(" ({})", schemes.join(", ")) };
        line(&mut text, format_args!("{} mentions{schemes}", number("mentions")));
        line(&mut text, format_args!("predictions  {}", self.predictions.remark()));
        text
    }

    fn ner(&self, text: &mut String) {
        let (total, vacuous) = (&self.evaluation.total, self.evaluation.vacuous);
        line(
            text,
            format_args!(
                "\n{:<18}{:>10}{:>8}{:>8}  {:<15}{:>8}{:>11}{:>8}",
                "span and type", "precision", "recall", "F1", "95% interval", "right", "predicted", "gold"
            ),
        );
        self.row(text, "micro", total.micro().scores(vacuous), "f1", Some(total.micro()));
        self.row(text, "macro", total.macro_scores(vacuous), "macro_f1", None);
        for (kind, hits) in occurring(&self.evaluation) {
            self.row(text, kind, hits.scores(vacuous), &format!("f1_{kind}"), Some(hits));
        }
        self.row(text, "boundary only", total.spans().scores(vacuous), "boundary_f1", Some(total.spans()));
    }

    fn row(&self, text: &mut String, label: &str, scores: Scores, metric: &str, hits: Option<Hits>) {
        let Scores { precision, recall, f1 } = scores;
        let _ = write!(text, "{label:<18}{precision:>10.4}{recall:>8.4}{f1:>8.4}  {:<15}", self.range(metric));
        if let Some(Hits { right, predicted, gold }) = hits {
            let _ = write!(text, "{right:>8}{predicted:>11}{gold:>8}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }

    fn range(&self, metric: &str) -> String {
        self.interval(metric).map(|[low, high]| format!("{low:.4}–{high:.4}")).unwrap_or_default()
    }

    fn linking(&self, text: &mut String) {
        let (total, vacuous) = (&self.evaluation.total, self.evaluation.vacuous);
        line(text, format_args!("\n{:<18}{:>10}{:>18}{:>9}{:>8}", "linking, of found", "accuracy", "", "right", "of"));
        for (label, share) in ["all", "in the catalogue", "not in it"].into_iter().zip(total.linking()) {
            let accuracy = share.accuracy().map_or("-".to_owned(), |accuracy| format!("{accuracy:.4}"));
            let range = if label == "all" { self.range("linking_accuracy") } else { String::new() };
            line(text, format_args!("{label:<18}{accuracy:>10}{range:>18}{:>9}{:>8}", share.right, share.of));
        }
        line(text, format_args!("\n{:<18}{:>10}{:>8}{:>8}", "span and entity", "precision", "recall", "F1"));
        let (all, linked) = (total.end_to_end(), total.end_to_end_linked());
        self.row(text, "end to end", all.scores(vacuous), "end_to_end_f1", Some(all));
        self.row(text, "  linked only", linked.scores(vacuous), "end_to_end_linked_f1", Some(linked));
    }

    fn errors(&self, text: &mut String) {
        let totals: Vec<String> = self.faults().map(|(fault, total)| format!("{} {total}", fault.as_str())).collect();
        line(text, format_args!("\nerrors: {}", totals.join(", ")));
        for FrequentError { error, gold, predicted, count, example } in &self.frequent {
            let what = match (gold, predicted) {
                (Some(gold), Some(predicted)) => paired(*error, gold, predicted),
                (Some(gold), None) => format!("{:?} {} → none", gold.text, gold.kind),
                (None, predicted) => {
                    predicted.as_ref().map_or(String::new(), |it| format!("none → {:?} {}", it.text, it.kind))
                }
            };
            let place = format!("{} {}..{}, {}", example.doc, example.start, example.end, example.at);
            line(text, format_args!("{count:>5}  {:<9}  {what}  [{place}]", error.as_str()));
        }
    }

    fn comparison(&self, text: &mut String) {
        let Some((name, other)) = &self.other else { return };
        let vacuous = other.vacuous;
        let scores = other.total.micro().scores(vacuous);
        line(text, format_args!("\ncompared with {name}: F1 {:.4}", scores.f1));
        if self.measured.iter().any(|measured| measured.difference.is_some()) {
            line(text, format_args!("{:<22}{:>10}  {:<17}{:>15}", "", "difference", "95% interval", "resamples > 0"));
        }
        for measured in &self.measured {
            let Some(difference) = measured.difference else { continue };
            let [low, high] = difference.interval;
            line(
                text,
                format_args!(
                    "{:<22}{:>+10.4}  {:<17}{:>14.1}%",
                    measured.name.replace('_', " "),
                    difference.value,
                    format!("{low:+.4}–{high:+.4}"),
                    100.0 * difference.above
                ),
            );
        }
    }

    /// What would else be read off the scores wrongly.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut types = |kinds: &[KindCount], what: &str| {
            if let Some((from, _)) = kinds.first() {
                let help = format!("--map {from}=TYPE counts one as another, --map {from}= leaves it out");
                notes.push(format!("{what}: {}; {help}", list(kinds)));
            }
        };
        types(&self.lacking, "types of the gold that the model does not know");
        types(&self.unpredicted, "types of the gold that were never predicted");
        types(&self.unknown, "types predicted that the gold never has");
        let unused = &self.predictions.unused_rules;
        if !unused.is_empty() {
            notes.push(format!("--map names types that no mention has: {}", unused.join(", ")));
        }
        let mut count = |count: u64, what: &str| {
            if count > 0 {
                notes.push(format!("{count} {what}"));
            }
        };
        count(
            self.predictions.inside_tokens,
            "predictions begin or end within a token of the gold: boundary errors, every one",
        );
        count(self.evaluation.ignored, "predictions in ignore zones were not counted");
        count(self.predictions.outside, "predictions of documents that the gold does not have were not counted");
        notes.extend(self.predictions.stray());
        if let Some(stray) = self.gold.get("stray_tags").and_then(serde_json::Value::as_u64).filter(|&stray| stray > 0)
        {
            notes.push(format!("{stray} tags of the gold are ill formed and belong to no entity; see --scheme"));
        }
        match self.measured.first().and_then(|measured| measured.interval) {
            Some(_) => {
                let (unit, times, seed) = (self.unit, self.bootstrap.resamples, self.bootstrap.seed);
                notes.push(format!("intervals: bootstrap over {unit}, {times} resamples, seed {seed}"));
            }
            None if self.bootstrap.resamples > 0 => notes.push("no intervals: the gold is one document".to_owned()),
            None => {}
        }
        notes
    }
}

fn paired(fault: Fault, gold: &Side, predicted: &Side) -> String {
    let id = |side: &Side| side.entity.clone().flatten().map_or("none".to_owned(), |id| id.to_string());
    match fault {
        Fault::Link => format!("{:?} {} → {}", gold.text, id(gold), id(predicted)),
        Fault::Type => format!("{:?} {} → {}", gold.text, gold.kind, predicted.kind),
        _ => format!("{:?} {} → {:?} {}", gold.text, gold.kind, predicted.text, predicted.kind),
    }
}

fn list(kinds: &[KindCount]) -> String {
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    kinds.join(", ")
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{what}"); // writing to a String cannot fail
}
