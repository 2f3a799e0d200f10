//! Reading alone, on one core: the same articles in several formats, from a file to parsed articles.

#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use namewire::bench::generate;
use namewire::read::{ReadOptions, Records, discover};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const ARTICLES: usize = 8000;

fn read(path: &Path) -> (usize, usize) {
    let options = ReadOptions::default();
    let records = Records::new(discover(&[path.to_path_buf()], &options).unwrap(), &options);
    records.fold((0, 0), |(count, bytes), record| {
        (count + 1, bytes + record.unwrap().parse(&options).unwrap().text_bytes())
    })
}

fn csv(articles: &[(String, String)]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "text"]).unwrap();
    articles.iter().for_each(|(id, text)| writer.write_record([id, text]).unwrap());
    writer.into_inner().unwrap()
}

fn parquet(articles: &[(String, String)], compression: Compression) -> Vec<u8> {
    let schema = parse_message_type("message dump { required binary id (UTF8); required binary text (UTF8); }");
    let properties = WriterProperties::builder().set_compression(compression).set_dictionary_enabled(false).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema.unwrap()), Arc::new(properties)).unwrap();
    for rows in articles.chunks(2000) {
        let mut group = writer.next_row_group().unwrap();
        for at in 0..2 {
            let mut column = group.next_column().unwrap().unwrap();
            let value = |(id, text): &(String, String)| ByteArray::from(if at == 0 { &**id } else { &**text });
            let values: Vec<ByteArray> = rows.iter().map(value).collect();
            column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn benches(criterion: &mut Criterion) {
    let lines: Vec<Vec<u8>> = generate(ARTICLES, 1).map(|record| record.bytes).collect();
    let articles: Vec<(String, String)> = lines
        .iter()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_slice(line).unwrap();
            (record["id"].as_str().unwrap().to_owned(), record["text"].as_str().unwrap().to_owned())
        })
        .collect();
    let text: usize = articles.iter().map(|(_, text)| text.len()).sum();
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("read_tables");
    group.throughput(Throughput::Bytes(text as u64)).sample_size(10);
    for (name, content) in [
        ("articles.jsonl", lines.join(&b'\n')),
        ("array.json", [b"[".to_vec(), lines.join(&b",\n  "[..]), b"]".to_vec()].concat()),
        ("articles.csv", csv(&articles)),
        ("plain.parquet", parquet(&articles, Compression::UNCOMPRESSED)),
        ("zstd.parquet", parquet(&articles, Compression::ZSTD(ZstdLevel::default()))),
        ("snappy.parquet", parquet(&articles, Compression::SNAPPY)),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        group.bench_function(name, |bencher| bencher.iter(|| assert_eq!(read(&path), (ARTICLES, text))));
    }
}

criterion_group!(tables, benches);
criterion_main!(tables);
