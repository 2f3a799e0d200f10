//! The stages of the inference loop, one by one and together, on a generated corpus with the sentence lengths of news.
//! Each bench asserts what it counts.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use namewire::batch::{Batch, plan};
use namewire::bench::generate;
use namewire::chunk::Chunk;
use namewire::config::Config;
use namewire::counters::Counters;
use namewire::decode::decode;
use namewire::infer::{Backend, Device, OnnxBackend, OnnxOptions, Runtime};
use namewire::mentions::RecordOutcome;
use namewire::model::{Model, ModelOptions};
use namewire::outcome::Outcome;
use namewire::pipeline::Pipeline;
use namewire::read::RawRecord;
use namewire::stitch::{TokenScores, content};

const ARTICLES: usize = 20;

fn records() -> Vec<RawRecord> {
    generate(ARTICLES, 1).collect()
}

fn model() -> Model {
    Model::bundled(&ModelOptions::default()).unwrap()
}

fn session(model: &Model) -> OnnxBackend {
    let runtime = Runtime::load(None, Device::Cpu.kind()).unwrap();
    OnnxBackend::new(runtime, model, OnnxOptions { device: Device::Cpu, threads: 1, gpu_memory: None }).unwrap()
}

fn prepare(model: &Model, config: &Config) -> Chunk {
    Chunk::prepare(
        records().into_iter().map(|record| Ok(record.into())).collect(),
        model,
        config,
        None,
        &Counters::default(),
    )
}

fn benches(criterion: &mut Criterion) {
    let (model, config) = (model(), Config::default());
    let mut session = session(&model);
    let chunk = prepare(&model, &config);
    let tokens: usize = chunk.articles.iter().map(|article| article.ids.len()).sum();
    assert!(tokens > 10_000, "{tokens}");
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Elements(tokens as u64)).sample_size(10);

    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            let chunk = prepare(&model, black_box(&config));
            assert_eq!(chunk.articles.iter().map(|article| article.ids.len()).sum::<usize>(), tokens);
        });
    });

    let mut batch = Batch::default();
    group.bench_function("batch", |bencher| {
        bencher.iter(|| {
            let special = model.tokenizer.special_tokens();
            let plans = plan(&chunk.windows, black_box(&chunk.repeats.fresh), special, config.batch);
            let mut rows = 0;
            for plan in &plans {
                batch.fill(plan, &chunk.windows, &chunk.articles, &model.tokenizer);
                rows += batch.rows;
            }
            assert_eq!(rows, chunk.repeats.fresh.len());
        });
    });

    group.bench_function("infer", |bencher| {
        bencher.iter(|| {
            let mut rows = 0;
            for plan in &chunk.plans {
                batch.fill(plan, &chunk.windows, &chunk.articles, &model.tokenizer);
                rows += session.infer(&batch).unwrap().view().dim().0;
            }
            assert_eq!(rows, chunk.repeats.fresh.len());
        });
    });

    let scores = infer_all(&chunk, &model, &mut session);
    let mentions = decode_all(&chunk, &scores, &model, &config);
    assert!(mentions > 100, "{mentions}");
    group.bench_function("decode", |bencher| {
        bencher.iter(|| assert_eq!(decode_all(black_box(&chunk), &scores, &model, &config), mentions));
    });
    group.finish();
    whole_loop(criterion, tokens);
}

/// Two sessions, as on a machine of two cores; nothing is remembered from one round to the next.
fn whole_loop(criterion: &mut Criterion, tokens: usize) {
    let model = model();
    let backends = (0..2).map(|_| Box::new(session(&model)) as Box<dyn Backend>).collect();
    let pipeline = Pipeline::new(model, None, backends, Config::default()).unwrap();
    let mut group = criterion.benchmark_group("loop");
    group.throughput(Throughput::Elements(tokens as u64)).sample_size(10);
    group.bench_function("whole", |bencher| {
        bencher.iter(|| {
            pipeline.clear_cache();
            let count = |outcome: &RecordOutcome<'_>| Ok(matches!(outcome, Outcome::Processed(_)));
            let report = pipeline.run(records().into_iter().map(Ok), &pipeline.handle(), count, |_| Ok(())).unwrap();
            assert_eq!((report.articles, report.tokens_inferred), (ARTICLES as u64, tokens as u64));
        });
    });
    group.finish();
}

fn infer_all(chunk: &Chunk, model: &Model, session: &mut OnnxBackend) -> Vec<TokenScores> {
    let empty = |article: &namewire::encode::EncodedArticle| TokenScores::new(article.ids.len(), model.labels.len());
    let mut scores: Vec<TokenScores> = chunk.articles.iter().map(empty).collect();
    let mut batch = Batch::default();
    for plan in &chunk.plans {
        batch.fill(plan, &chunk.windows, &chunk.articles, &model.tokenizer);
        let logits = session.infer(&batch).unwrap();
        for (row, &fresh) in plan.windows.iter().enumerate() {
            let tokens = chunk.windows[fresh as usize].tokens.len();
            let content = content(logits.view(), row, tokens, &model.tokenizer).unwrap();
            for copy in chunk.repeats.all_of(fresh) {
                let window = &chunk.windows[copy as usize];
                scores[window.article as usize].stitch(window, content);
            }
        }
    }
    scores
}

fn decode_all(chunk: &Chunk, scores: &[TokenScores], model: &Model, config: &Config) -> usize {
    let decode = |(article, scores)| decode(article, scores, model, config.rule).len();
    chunk.articles.iter().zip(scores).map(decode).sum()
}

criterion_group!(stages, benches);
criterion_main!(stages);
