//! Cutting of web archives and XML into records, without parsing them. Each bench asserts what it counts.

#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use namewire::read::{ReadOptions, Records, discover};

const RECORDS: usize = 2000;

/// Text without much repetition, as pages have it.
fn text(bytes: usize, seed: usize) -> String {
    let mut random = fastrand::Rng::with_seed(seed as u64);
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        let length = random.usize(2..9);
        text.extend((0..length).map(|_| random.lowercase()));
        text.push(if random.u8(..) < 20 { '\n' } else { ' ' });
    }
    text
}

fn response(number: usize, media_type: &str, body: &str) -> Vec<u8> {
    let http = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nServer: x\r\nCache-Control: max-age=600\r\n\
         Date: Sun, 29 Jun 2014 10:00:00 GMT\r\nX-Crawler-Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let header = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2014-06-29T10:00:00Z\r\n\
         WARC-Record-ID: <urn:uuid:d0f3018c-9694-4f77-8c0d-{number:012}>\r\nContent-Length: {}\r\n\
         Content-Type: application/http; msgtype=response\r\nWARC-Target-URI: http://news.example/{number}\r\n\
         WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\nWARC-IP-Address: 10.0.0.1\r\n\r\n",
        http.len() + body.len()
    );
    [header.as_bytes(), http.as_bytes(), body.as_bytes(), b"\r\n\r\n"].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn wiki_page(number: usize) -> String {
    format!(
        "  <page>\n    <title>Page {number}</title>\n    <ns>0</ns>\n    <id>{number}</id>\n    <revision>\n      \
         <id>{number}</id>\n      <timestamp>2014-06-29T10:00:00Z</timestamp>\n      <text xml:space=\"preserve\">{}</text>\n    \
         </revision>\n  </page>\n",
        text(3000, number)
    )
}

fn count(path: &Path) -> usize {
    let options = ReadOptions::default();
    Records::new(discover(&[path.into()], &options).unwrap(), &options).filter(Result::is_ok).count()
}

fn benches(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let bodies: Vec<String> = (0..16).map(|seed| text(50_000, seed)).collect();
    let all = |make: &dyn Fn(usize, &str) -> Vec<u8>| -> Vec<u8> {
        (0..RECORDS).flat_map(|number| make(number, &bodies[number % bodies.len()])).collect()
    };
    let pages = all(&|number, body| response(number, "text/html", body));
    let images = all(&|number, body| response(number, "image/png", body));
    let packed = all(&|number, body| gzip(&response(number, "text/html", body)));
    let wiki: String = (0..10 * RECORDS).map(wiki_page).collect();
    let wiki = format!("<mediawiki xml:lang=\"en\">\n{wiki}</mediawiki>\n");
    let mut group = criterion.benchmark_group("cutting");
    group.sample_size(10);
    for (name, content, size, records) in [
        ("warc_pages.warc", &pages[..], pages.len(), RECORDS),
        ("warc_images.warc", &images, images.len(), 0),
        ("warc_gzip.warc.gz", &packed, pages.len(), RECORDS),
        ("mediawiki.xml", wiki.as_bytes(), wiki.len(), 10 * RECORDS),
    ] {
        let path: PathBuf = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(name, |bencher| bencher.iter(|| assert_eq!(count(&path), records)));
    }
    group.finish();
}

criterion_group!(cutting, benches);
criterion_main!(cutting);
