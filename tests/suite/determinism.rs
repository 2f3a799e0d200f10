//! The output depends neither on the number of threads nor on which sentences share a batch.

use namewire::article::{Article, Field};
use namewire::batch::{Batch, BatchLimits};
use namewire::config::{ChunkLimits, Config};
use namewire::decode::{NerSpan, decode};
use namewire::encode::EncodedArticle;
use namewire::infer::{Backend, Logits, OnnxBackend};
use namewire::mentions::RecordOutcome;
use namewire::model::Model;
use namewire::outcome::Outcome;
use namewire::stitch::TokenScores;
use namewire::window::cut;
use ndarray::s;

use super::common::{Desk, in_repository, namewire, pipeline, records, session, tiny, tiny_model};

/// Runs the sample articles in small chunks; returns the bytes of mentions, articles and spans.
fn outputs(workers: &str, model: &[&str]) -> [Vec<u8>; 3] {
    let desk = Desk::new();
    let [out, articles, spans] = ["m.jsonl", "a.jsonl", "s.jsonl"].map(|name| desk.path(name));
    let mut args = vec!["extract", "seeds/articles", "--quiet", "--chunk-articles", "4", "--workers", workers];
    args.extend(["--out", &out, "--articles", &articles, "--spans", &spans]);
    args.extend(model);
    namewire(&args).exits(0);
    [out, articles, spans].map(|path| std::fs::read(path).unwrap())
}

#[test]
fn any_number_of_workers_gives_the_same_bytes() {
    let tiny = tiny();
    for model in [&["--model", &tiny, "--entities", "none"][..], &[]] {
        let one = outputs("1", model);
        assert!(one.iter().all(|bytes| bytes.len() > 2000));
        for workers in ["2", "5"] {
            assert!(outputs(workers, model) == one, "{workers} workers, {model:?}");
        }
    }
}

/// The bundled model's scores depend on the sentence alone, not on its batch or on cached scores.
#[test]
fn the_output_of_the_bundled_model_does_not_depend_on_batches() {
    let expected = outputs("2", &[]);
    for way in [&["--batch-rows", "1"][..], &["--no-dedup", "--batch-tokens", "4000"], &["--batch-tokens", "100"]] {
        assert!(outputs("2", way) == expected, "{way:?}");
    }
}

/// The sample articles with separate titles, one of them twice, and an article with sentences of extreme lengths.
fn articles() -> Vec<(String, String)> {
    let mut files: Vec<_> =
        std::fs::read_dir(in_repository("seeds/articles")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let (title, body) = text.split_once('\n').unwrap();
        (title.to_owned(), body.to_owned())
    };
    let mut articles: Vec<_> = files.iter().map(read).collect();
    let edge = |letters: usize| format!("{} o.\n\n", "ab ".repeat(letters / 2)).repeat(3);
    articles.push(articles[0].clone());
    articles.push(("A".to_owned(), [1, 47, 93, 94, 95, 96, 187, 188, 400].map(edge).concat()));
    articles
}

fn all_found(config: Config) -> Vec<Vec<NerSpan>> {
    let model = tiny_model();
    let backend = session(&model);
    let pipeline = pipeline(model, None, backend, config);
    let articles = articles();
    let pairs: Vec<(&str, &str)> = articles.iter().map(|(title, text)| (&**title, &**text)).collect();
    let found = |outcome: &RecordOutcome<'_>| match outcome {
        Outcome::Processed(done) => Ok(done.found.clone()),
        other => panic!("{other:?}"),
    };
    let mut all = Vec::new();
    pipeline
        .run(records(&pairs).into_iter(), &pipeline.handle(), found, |found| {
            all.push(found);
            Ok(())
        })
        .unwrap();
    all
}

#[track_caller]
fn assert_same(seen: &[Vec<NerSpan>], expected: &[Vec<NerSpan>], what: &str) {
    assert_eq!(seen.len(), expected.len(), "{what}");
    for (seen, expected) in seen.iter().zip(expected) {
        let shape = |mention: &NerSpan| (mention.field, mention.span, mention.kind.clone(), mention.sentence);
        let shapes = |mentions: &[NerSpan]| mentions.iter().map(shape).collect::<Vec<_>>();
        assert_eq!(shapes(seen), shapes(expected), "{what}");
        for (seen, expected) in seen.iter().zip(expected) {
            assert!((seen.score - expected.score).abs() < 1e-4, "{what}: {seen:?}, {expected:?}");
        }
    }
}

/// A naive implementation: one window of one sentence at a time, without padding.
fn oracle(model: &Model, backend: &mut OnnxBackend, title: &str, text: &str) -> Vec<NerSpan> {
    let article = Article { title: Some(title.to_owned()), text: text.to_owned(), ..Article::default() };
    let encoded = EncodedArticle::new(article, &model.tokenizer).unwrap();
    let prefix = model.tokenizer.prefix().len();
    let mut scores = TokenScores::new(encoded.ids.len(), model.labels.len());
    for tokens in &encoded.sentence_tokens {
        for window in cut(0, tokens.clone(), model.content_window()) {
            let content = &encoded.ids[window.tokens.clone()];
            let row = model.tokenizer.prefix().iter().chain(content).chain(model.tokenizer.suffix());
            let ids: Vec<i64> = row.map(|&id| i64::from(id)).collect();
            let logits = infer(backend, &[ids], None);
            let content: Vec<f32> =
                logits.view().slice(s![0, prefix..prefix + content.len(), ..]).iter().copied().collect();
            scores.stitch(&window, &content);
        }
    }
    assert_eq!(scores.missing(), 0);
    decode(&encoded, &scores, model, Config::default().rule)
}

/// Infers rows of equal length. `mask` is 0 for padding; without it, nothing is padding.
fn infer(backend: &mut OnnxBackend, rows: &[Vec<i64>], mask: Option<Vec<i64>>) -> Logits {
    let ids = rows.concat();
    let mask = mask.unwrap_or_else(|| vec![1; ids.len()]);
    backend.infer(&Batch { rows: rows.len(), width: rows[0].len(), ids, mask }).unwrap()
}

#[test]
fn batches_give_the_results_of_one_sentence_at_a_time() {
    let model = tiny_model();
    let mut backend = session(&model);
    let expected: Vec<_> = articles().iter().map(|(title, text)| oracle(&model, &mut backend, title, text)).collect();
    assert!(expected.iter().map(Vec::len).sum::<usize>() > 300, "too few mentions to compare");
    assert!(expected.iter().flatten().any(|mention| mention.field == Field::Title));
    for (tokens, rows, articles) in
        [(1, 1, 64), (512, 1, 3), (150, 64, 1), (512, 3, 5), (512, 64, 64), (1 << 20, 64, 64), (1 << 20, 5000, 64)]
    {
        // A score cache of 20,000 bytes evicts most entries.
        for (equal_lengths, dedup, memory_bytes) in
            [(false, false, 0), (true, false, 0), (false, true, 1 << 20), (true, true, 20_000), (true, true, 1 << 20)]
        {
            let config = Config {
                batch: BatchLimits { tokens, rows, equal_lengths },
                chunk: ChunkLimits { articles, ..Config::default().chunk },
                dedup,
                memory_bytes,
                ..Config::default()
            };
            let what = format!("{:?}, chunks of {articles}, dedup {dedup} in {memory_bytes}", config.batch);
            assert_same(&all_found(config), &expected, &what);
        }
    }
}

/// The comparison above is only valid if a wrong mask, row or position changes this model's output.
#[test]
fn the_tiny_model_depends_on_padding_rows_and_positions() {
    let model = tiny_model();
    let mut backend = session(&model);
    let row = |text: &str| -> Vec<i64> {
        let encoding = model.tokenizer.encode(text).unwrap();
        let framed = model.tokenizer.prefix().iter().chain(encoding.get_ids()).chain(model.tokenizer.suffix());
        framed.map(|&id| i64::from(id)).collect()
    };
    let (short, long) = (row("A short one."), row("A sentence that is longer."));
    let length = short.len();
    let padded = [&short[..], &vec![0; long.len() - length]].concat();
    let masked: Vec<i64> = [vec![1; length], vec![0; long.len() - length], vec![1; long.len()]].concat();
    let alone = infer(&mut backend, std::slice::from_ref(&short), None);
    let batched = infer(&mut backend, &[padded.clone(), long.clone()], Some(masked));
    let unmasked = infer(&mut backend, &[padded, long], None);
    let shifted = infer(&mut backend, &[[&[0], &short[..]].concat()], None);
    let distance = |other: &Logits, from: usize| {
        let other = other.view();
        let difference = &alone.view().slice(s![0, .., ..]) - &other.slice(s![0, from..from + length, ..]);
        difference.iter().fold(0f32, |most, value| most.max(value.abs()))
    };
    assert!(distance(&batched, 0) < 1e-4, "{}", distance(&batched, 0));
    assert!(distance(&unmasked, 0) > 0.05, "{}", distance(&unmasked, 0));
    assert!(distance(&shifted, 1) > 0.05, "{}", distance(&shifted, 1));
}
