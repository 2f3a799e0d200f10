//! An explanation of links as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::article::{Article, Field};
use crate::link::{
    Dropped, EntityIx, EntityTable, Evidence, ExplainedMention, ExplainedRow, Explanation, Link, ScoredCandidate,
};
use crate::span::{CodePoints, Span};

/// What an explanation refers to.
#[derive(Clone, Copy, Debug)]
pub struct ExplanationView<'v> {
    /// The article that was linked.
    pub article: &'v Article,
    /// The table that it was linked to.
    pub table: &'v EntityTable,
}

impl ExplanationView<'_> {
    fn id(&self, entity: EntityIx) -> &str {
        self.table.entity(entity).id
    }

    fn surface(&self, field: Field, span: Span) -> &str {
        span.get(self.article.field(field)).unwrap_or_default()
    }

    /// Lines for people.
    pub fn text(&self, explanation: &Explanation) -> String {
        let mut text = format!("article {}", self.article.id);
        let date = self.article.date.map_or(", no date: rules about dates abstain".to_owned(), |date| {
            if date.first == date.last {
                format!(", {}", date.first)
            } else {
                format!(", {} to {}", date.first, date.last)
            }
        });
        text.push_str(&date);
        text.push('\n');
        for mention in &explanation.mentions {
            self.mention_text(mention, &mut text);
        }
        if !explanation.dropped.is_empty() {
            text.push_str("\nnot taken for mentions\n");
        }
        for dropped in &explanation.dropped {
            let ids: Vec<&str> = dropped.entities.iter().map(|&entity| self.id(entity)).collect();
            let Dropped { field, span, why, .. } = dropped;
            let surface = self.surface(*field, *span);
            let at = self.points(*field, *span);
            put(
                &mut text,
                "",
                &format!(
                    "{surface:?} {} {}..{}: {} ({})",
                    name(*field),
                    at.start,
                    at.end,
                    why.as_str(),
                    ids.join(", ")
                ),
            );
        }
        text
    }

    fn points(&self, field: Field, span: Span) -> std::ops::Range<usize> {
        CodePoints::new(self.article.field(field)).range(span)
    }

    fn mention_text(&self, explained: &ExplainedMention, text: &mut String) {
        let mention = &explained.mention;
        let (at, surface) = (self.points(mention.field, mention.span), self.surface(mention.field, mention.span));
        let _ = writeln!(
            text,
            "\n{surface:?}  {}  {} {}..{}, local id {}",
            mention.kind,
            name(mention.field),
            at.start,
            at.end,
            mention.local_id
        );
        put(text, "found by", mention.found_by.as_str());
        for found in &explained.found {
            let whole = self.surface(found.field, found.span);
            let cut = if found.span == mention.span { "" } else { ", cut to the name" };
            put(text, "model", &format!("{whole:?} {} {:.3}{cut}", found.kind, found.score));
        }
        for row in &explained.rows {
            let ExplainedRow { entity, alias, origin, match_kind, refused } = row;
            let refused = refused.map(|reason| format!(", refused: {reason}")).unwrap_or_default();
            let (id, file, line) = (self.id(*entity), &origin.file, origin.line);
            put(text, "row", &format!("{alias:?} of {id}, {file}:{line}, {match_kind}{refused}"));
        }
        for candidate in &explained.candidates {
            put(text, "candidate", &self.candidate_text(candidate));
        }
        for (step, link) in &explained.steps {
            put(text, step.as_str(), &self.link_text(link));
        }
    }

    fn candidate_text(&self, candidate: &ScoredCandidate) -> String {
        let mut text = format!("{}: prior {}", self.id(candidate.entity), short(candidate.prior));
        for (factor, value, detail) in &candidate.factors {
            let _ = write!(text, " × {} {factor}", short(*value));
            if !detail.is_empty() {
                let _ = write!(text, " ({detail})");
            }
        }
        let _ = write!(text, " = {}, {:.1}%", short(candidate.weight), 100.0 * candidate.share);
        text
    }

    fn link_text(&self, link: &Link) -> String {
        let mut text = link.status.to_string();
        if let Some(entity) = link.entity {
            let _ = write!(text, " {} ({})", self.id(entity), self.table.entity(entity).name);
        }
        let method = link.method.map(|method| format!(" by {method}"));
        let score = link.score.map(|score| format!(", score {score:.3}"));
        let reason = link.reason.map(|reason| format!(", {reason}"));
        [method, score, reason].into_iter().flatten().for_each(|part| text.push_str(&part));
        match &link.evidence {
            Some(Evidence::Row { alias, origin }) => {
                let _ = write!(text, ", row {alias:?} at {}:{}", origin.file, origin.line);
            }
            Some(Evidence::Text { field, span, text: words }) => {
                let at = self.points(*field, *span);
                let _ = write!(text, ", from {words:?} at {} {}..{}", name(*field), at.start, at.end);
            }
            None => {}
        }
        text
    }

    /// The same as one JSON object.
    pub fn json(&self, explanation: &Explanation) -> Value {
        let mentions: Vec<Value> = explanation.mentions.iter().map(|mention| self.mention_json(mention)).collect();
        let dropped = explanation.dropped.iter().map(|dropped| {
            let ids: Vec<&str> = dropped.entities.iter().map(|&entity| self.id(entity)).collect();
            let mut place = self.place(dropped.field, dropped.span);
            place["entities"] = json!(ids);
            place["reason"] = json!(dropped.why.as_str());
            place
        });
        json!({
            "doc_id": self.article.id,
            "date": self.article.date.map(|date| json!([date.first.to_string(), date.last.to_string()])),
            "mentions": mentions,
            "dropped": dropped.collect::<Vec<_>>(),
        })
    }

    fn place(&self, field: Field, span: Span) -> Value {
        let at = self.points(field, span);
        json!({"field": field, "start": at.start, "end": at.end, "text": self.surface(field, span)})
    }

    fn mention_json(&self, explained: &ExplainedMention) -> Value {
        let mention = &explained.mention;
        let mut value = self.place(mention.field, mention.span);
        let found = explained.found.iter().map(|found| {
            let mut place = self.place(found.field, found.span);
            place["type"] = json!(*found.kind);
            place["score"] = json!(found.score);
            place
        });
        let rows = explained.rows.iter().map(|row| {
            json!({"entity_id": self.id(row.entity), "alias": *row.alias, "table": *row.origin.file,
                   "line": row.origin.line, "match": row.match_kind, "refused": row.refused})
        });
        let candidates = explained.candidates.iter().map(|candidate| {
            let factors = candidate
                .factors
                .iter()
                .map(|(factor, value, detail)| json!({"factor": factor.as_str(), "value": value, "detail": detail}));
            json!({"entity_id": self.id(candidate.entity), "prior": candidate.prior,
                   "factors": factors.collect::<Vec<_>>(), "weight": candidate.weight, "share": candidate.share})
        });
        value["type"] = json!(*mention.kind);
        value["found_by"] = json!(mention.found_by);
        value["local_id"] = json!(mention.local_id);
        value["entity_id"] = json!(mention.link.entity.map(|entity| self.id(entity)));
        value["model"] = found.collect();
        value["rows"] = rows.collect();
        value["candidates"] = candidates.collect();
        value["steps"] = explained.steps.iter().map(|(step, link)| self.step_json(step.as_str(), link)).collect();
        value
    }

    fn step_json(&self, step: &str, link: &Link) -> Value {
        let evidence = link.evidence.as_ref().map(|evidence| match evidence {
            Evidence::Row { alias, origin } => json!({"table": *origin.file, "line": origin.line, "alias": **alias}),
            Evidence::Text { field, span, .. } => self.place(*field, *span),
        });
        json!({"step": step, "status": link.status, "entity_id": link.entity.map(|entity| self.id(entity)),
               "method": link.method, "score": link.score, "reason": link.reason, "evidence": evidence})
    }
}

fn put(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "  {label:>11}  {value}"); // writing to a String cannot fail
}

fn short(value: f32) -> String {
    format!("{:.3}", value).trim_end_matches('0').trim_end_matches('.').to_owned()
}

const fn name(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Text => "text",
    }
}
