//! Loading and looking up a table, and linking whole articles. Each bench asserts what it counts.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use namewire::link::{Document, EntityTable, LinkOptions, LinkedMention, Linker};

const STARTER: &str = include_str!("../seeds/entities.jsonl");
const ARTICLE: &str = include_str!("../seeds/articles/04-raqqa-bakeries.txt");

/// The starter table and `more` entities that no article names.
fn table(more: usize) -> EntityTable {
    let generated: String = (0..more)
        .map(|at| {
            format!("{{\"id\":\"zz/{at}\",\"name\":\"Qqzw{at} Vvkjh\",\"type\":\"ORG\",\"aliases\":[\"Wwxy{at}\"]}}\n")
        })
        .collect();
    EntityTable::parse(&[("starter", STARTER), ("generated", if more > 0 { &generated } else { "" })]).unwrap()
}

fn link(linker: &Linker, text: &str) -> Vec<LinkedMention> {
    linker.link(&Document { title: None, text, date: None, sentences: &[] }, Vec::new())
}

fn benches(criterion: &mut Criterion) {
    let small = Linker::new(table(0), LinkOptions::default());
    let large = Linker::new(table(100_000), LinkOptions::default());
    let found = link(&small, ARTICLE);
    let linked = |mentions: &[LinkedMention]| mentions.iter().filter(|mention| mention.link.entity.is_some()).count();
    assert!(linked(&found) >= 20, "{}", linked(&found));
    assert_eq!(link(&large, ARTICLE).len(), found.len(), "unrelated entities change nothing");

    let mut group = criterion.benchmark_group("article");
    group.throughput(Throughput::Bytes(ARTICLE.len() as u64));
    for (name, linker) in [("starter", &small), ("starter and 100,000 others", &large)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mentions = link(linker, black_box(ARTICLE));
                assert_eq!(mentions.len(), found.len());
            });
        });
    }
    group.bench_function("explained", |bencher| {
        let document = Document { title: None, text: ARTICLE, date: None, sentences: &[] };
        bencher.iter(|| assert_eq!(small.explain(black_box(&document), Vec::new()).mentions.len(), found.len()));
    });
    group.finish();

    let ids: Vec<String> = (0..100_000).step_by(97).map(|at| format!("zz/{at}")).collect();
    let mut group = criterion.benchmark_group("table");
    group.throughput(Throughput::Elements(ids.len() as u64));
    group.bench_function("find by id", |bencher| {
        bencher.iter(|| {
            assert_eq!(ids.iter().filter(|id| large.table().find(black_box(id)).is_some()).count(), ids.len())
        });
    });
    // One word a line: every word is looked up, half of them begin an alias.
    let names: String = (0..2000).map(|at| format!("Wwxy{} nothing\n", at * 7)).collect();
    group.throughput(Throughput::Elements(2000));
    group.bench_function("find by alias", |bencher| {
        bencher.iter(|| assert_eq!(link(&large, black_box(&names)).len(), 2000));
    });
    group.throughput(Throughput::Bytes(STARTER.len() as u64));
    group.bench_function("load starter", |bencher| {
        bencher.iter(|| assert!(table(0).len() > 500));
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
