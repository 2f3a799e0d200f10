//! Properties that hold for any bytes. The fuzz targets check them without end, the tests on seeded random bytes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use namewire::article::{Article, Field};
use namewire::clean::CleanText;
use namewire::decode::{Aggregation, Decoding, NerSpan, Rule, Strategy, decode};
use namewire::encode::EncodedArticle;
use namewire::eval::{Corpus, GoldFormat, Kinds, TagOptions, TokenSpan};
use namewire::link::import::{ImportOptions, Source};
use namewire::link::{self, BuildOptions, Document, EntityTable, LinkOptions, LinkedMention, Linker, TableBuilder};
use namewire::model::{Model, ModelOptions};
use namewire::page::{PageMode, PageOptions, SourceMap, decode as decode_page, extract};
use namewire::read::{ExpansionLimits, Format, Input, RawRecord, ReadOptions, Records, Retry, discover};
use namewire::segment::sentences;
use namewire::span::Span;
use namewire::stitch::TokenScores;
use namewire::window::cut;
use namewire::write::SpanReader;

/// Records of any file: none exceeds its limit, each becomes an article or a reject, and reading ends.
pub fn read(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let names = ["a.jsonl", "a.txt", "a.jsonl.gz", "a.txt.gz", "a.jsonl.zst", "a.ndjson.zst"];
    read_file(names[usize::from(kind) % names.len()], bytes, None);
}

/// The same of web archives.
pub fn warc(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let names = ["a.warc", "a.arc", "a.warc.gz", "a.warc.zst"];
    read_file(names[usize::from(kind) % names.len()], bytes, None);
}

/// The same of XML.
pub fn xml(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let record = [None, Some("item"), Some("page")][usize::from(kind) % 3];
    read_file("a.xml", bytes, record);
}

/// The same of pages; and where a word of the text has bytes in the page, they are that word.
pub fn html(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    read_file(["a.html", "a.htm.gz", "a.xhtml"][usize::from(kind) % 3], bytes, None);
    let html = decode_page(bytes, None).html;
    for mode in [PageMode::Main, PageMode::Precise, PageMode::Fast, PageMode::All] {
        let Ok(page) = extract(&html, &PageOptions::with_mode(mode)) else { continue };
        for (text, source) in [(Some(&page.text), &page.sources.text), (page.title.as_ref(), &page.sources.title)] {
            text.into_iter().for_each(|text| check_words(text, source, &html));
        }
    }
}

fn check_words(text: &str, source: &SourceMap, html: &str) {
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let Some(raw) = source.raw(start..start + word.len()) else { continue };
        let raw = &html[raw];
        assert!(raw.contains(['<', '&', '\r']) || raw == word, "{word:?} is {raw:?} in the page");
    }
}

/// The same of tables with separated columns.
pub fn csv(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    read_file(["a.csv", "a.csv.bz2", "a.csv.xz", "a.csv.lz4"][usize::from(kind) % 4], bytes, None);
}

/// The same of Parquet.
pub fn parquet(data: &[u8]) {
    read_file("a.parquet", data, None);
}

/// The same of archives.
pub fn archive(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    read_file(["a.tar", "a.zip", "a.tgz"][usize::from(kind) % 3], bytes, None);
}

fn read_file(name: &str, bytes: &[u8], record: Option<&str>) {
    let path = scratch(name, bytes);
    let mut options = ReadOptions::default();
    options.max_article_bytes = 1000;
    options.keep = vec!["a.b".to_owned()];
    options.record = record.map(str::to_owned);
    options.expansion = ExpansionLimits { ratio: 100, bytes: Some(1 << 20) };
    let Some(inputs) = discovered(path, &options) else { return };
    for record in Records::new(inputs, &options) {
        let Ok(record) = record else { continue };
        assert!(record.bytes.len() <= options.max_line_bytes());
        if let Ok(article) = record.parse(&options) {
            assert!(article.text_bytes() <= options.max_article_bytes && !article.is_blank());
        }
    }
}

/// Lines of a rejects file become records or rejects, whatever they contain, and reading ends.
pub fn rejects(data: &[u8]) {
    let file = scratch("rejects.jsonl", data);
    let mut options = ReadOptions::default();
    (options.max_article_bytes, options.format) = (1000, Some(Format::Json));
    let Some(inputs) = discovered(file, &options) else { return };
    let lines = || Records::new(inputs.clone(), &options);
    // They may name inputs; those of this machine have no part in it.
    let is_about_itself = |record: &RawRecord| !record.bytes.contains(&b'/');
    if lines().all(|record| record.is_ok_and(|record| is_about_itself(&record))) {
        let again = Retry::new(lines(), &options);
        let outcomes: Vec<_> = again.map(|record| record.and_then(|record| record.parse(&options))).collect();
        assert!(outcomes.len() >= lines().count());
    }
}

/// Lines of a spans file are mentions of the article, or the error names the line.
pub fn spans(data: &[u8]) {
    let text = "Anna Berg left Dorvale. The Harbour Board stayed.";
    let article = Article { id: "a".into(), title: Some("Rain".into()), text: text.into(), ..Article::default() };
    let mut parts = sentences("Rain", Field::Title, 0);
    parts.extend(sentences(text, Field::Text, 0));
    let outcome = SpanReader::new(data, Path::new("spans.jsonl")).and_then(|mut spans| {
        let found = spans.of_article(&article, &parts)?;
        spans.finish().map(|()| found)
    });
    match outcome {
        Ok(found) => {
            let document = Document { title: article.title.as_deref(), text, date: None, sentences: &parts };
            for mention in LINKER.link(&document, found) {
                let field = if mention.field == Field::Title { "Rain" } else { text };
                assert!(mention.span.get(field).is_some(), "{mention:?}");
            }
        }
        Err(error) => assert!(error.path().is_some(), "{error}"),
    }
}

/// The file as an input; `None` where its first bytes are neither text nor JSON, so that it is refused by name.
fn discovered(path: PathBuf, options: &ReadOptions) -> Option<Vec<Input>> {
    match discover(&[path], options) {
        Ok(inputs) => Some(inputs),
        Err(error) => {
            assert_eq!(error.kind(), namewire::ErrorKind::Input, "{error}");
            None
        }
    }
}

/// Writes a file of this thread alone.
fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
    let folder = FOLDER.path().join(format!("{:?}", std::thread::current().id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

/// Each visible character of a clean text is in one sentence, and each sentence in the raw text.
pub fn segment(data: &[u8]) {
    let raw = String::from_utf8_lossy(data);
    let clean = CleanText::new(&raw);
    let text = clean.text(&raw);
    let (mut end, mut block) = (0, 0);
    let invisible = |part: &str| part.chars().all(char::is_whitespace);
    for sentence in sentences(text, Field::Text, 0) {
        let Span { start, end: next } = sentence.span;
        assert!(start >= end && next > start && sentence.block >= block);
        assert!(invisible(&text[end..start]) && !invisible(&text[start..next]));
        let back = clean.to_raw(sentence.span).get(&raw).expect("a raw span");
        let of_names = |part: &str| part.chars().filter(|char| char.is_alphanumeric()).collect::<String>();
        assert_eq!(of_names(CleanText::new(back).text(back)), of_names(sentence.span.slice(text)));
        (end, block) = (next, sentence.block);
    }
    assert!(invisible(&text[end..]));
}

/// Mentions of any scores are within sentences, in order, and do not overlap.
pub fn decode_scores(data: &[u8]) {
    static MODEL: LazyLock<Model> = LazyLock::new(|| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR").trim_end_matches("/fuzz")).join("tests/fixtures/tiny");
        Model::open(folder, &ModelOptions::default()).expect("the tiny model")
    });
    let Some((&[how, split], rest)) = data.split_first_chunk::<2>() else { return };
    let (logits, text) = rest.split_at(usize::from(split).min(rest.len()));
    let article = Article { text: String::from_utf8_lossy(text).into_owned(), ..Article::default() };
    let Ok(encoded) = EncodedArticle::new(article, &MODEL.tokenizer) else { return };
    let (tokens, labels) = (encoded.ids.len(), MODEL.labels.len());
    let mut scores = TokenScores::new(tokens, labels);
    let logit = |at: usize| f32::from(logits.get(at % logits.len().max(1)).map_or(0, |&byte| byte as i8));
    for window in encoded.sentence_tokens.iter().flat_map(|tokens| cut(0, tokens.clone(), 8)) {
        let content: Vec<f32> =
            (0..window.tokens.len() * labels).map(|at| logit(window.tokens.start * labels + at)).collect();
        scores.stitch(&window, &content);
    }
    assert_eq!(scores.missing(), 0);
    let aggregation = [Aggregation::First, Aggregation::Max, Aggregation::Average][usize::from(how) % 3];
    let decoding = [Decoding::Viterbi, Decoding::Greedy][usize::from(how / 3) % 2];
    let consistency = how / 6 % 2 == 1;
    let strategies = [Strategy::None, Strategy::Simple, Strategy::First, Strategy::Average, Strategy::Max];
    let mut start = 0;
    for mention in decode(&encoded, &scores, &MODEL, Rule::Transformers(strategies[usize::from(how) % 5])) {
        assert!(mention.span.get(&encoded.article.text).is_some() && mention.span.start >= start, "{mention:?}");
        start = mention.span.start;
    }
    let mut end = 0;
    for mention in decode(&encoded, &scores, &MODEL, Rule::Words { aggregation, decoding, consistency }) {
        let surface = mention.span.get(&encoded.article.text).expect("a span of the text");
        assert!(mention.span.start >= end && !surface.trim().is_empty());
        assert!((0.0..=1.0).contains(&mention.score), "{}", mention.score);
        end = mention.span.end;
    }
}

/// A table loads or the error names the line; a table that loads can link its own text.
pub fn table(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match EntityTable::parse(&[("table.jsonl", &text)]) {
        Ok(table) => drop(link_text(&Linker::new(table, LinkOptions::default()), &text)),
        Err(error) => assert!(error.path().is_some(), "{error}"),
    }
}

/// A compiled table of any bytes opens or is refused with its name, and one with changed bytes links without a panic.
pub fn nwt(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let mut table = Vec::new();
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    match kind % 2 {
        0 => table.extend_from_slice(bytes),
        _ => {
            // A place of two bytes and a new byte each; the trailer, which has a sum, stays.
            table.extend_from_slice(&COMPILED);
            let body = table.len() - 1024 - 8;
            for change in bytes.chunks_exact(3) {
                table[8 + usize::from(u16::from_le_bytes([change[0], change[1]])) % body] = change[2];
            }
            text = "Davutoglu met John Smith of the PKK (Kurdistan Workers' Party) in Mosul, Iraq.".into();
        }
    }
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(&table).expect("the file takes bytes");
    match EntityTable::load(&[file.path().to_owned()]) {
        Ok(table) => {
            for id in ["loc/mosul", "org/pkk"] {
                table.find(id).into_iter().for_each(|ix| drop(table.row_json(ix)));
            }
            drop(link_text(&Linker::new(table, LinkOptions::default()), &text));
        }
        Err(error) => assert!(error.path().is_some(), "{error}"),
    }
}

/// A small compiled table.
static COMPILED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let rows = r#"{"id":"loc/iraq","name":"Iraq","type":"LOC","description":"country in Asia"}
{"id":"loc/mosul","name":"Mosul","type":"LOC","aliases":["al-Mawsil"],"relations":[{"type":"country","target":"loc/iraq"}]}
{"id":"org/pkk","name":"Kurdistan Workers’ Party","type":"ORG","aliases":[{"text":"PKK","case":"exact","requires":["Iraq"],"valid_from":"1978"}]}
{"id":"per/smith","name":"John Smith","type":"PER","aliases":["Smith"],"tier":"background","popularity":5}
{"id":"per/smith-2","name":"John Smith","type":"PER","tier":"background","popularity":3}
"#;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut builder = TableBuilder::new(folder.path(), BuildOptions::default());
    builder.add("table.jsonl", rows.as_bytes()).expect("the rows are right");
    let mut table = Vec::new();
    builder.finish(&mut table, "table.nwt").expect("memory takes bytes");
    table
});

/// What an import writes is a table that loads.
pub fn import(data: &[u8]) {
    const SOURCES: [Source; 8] = [
        Source::Petrarch,
        Source::Csv,
        Source::Geonames,
        Source::Wikidata,
        Source::Ftm,
        Source::Gleif,
        Source::Ror,
        Source::Cldr,
    ];
    let Some((&kind, bytes)) = data.split_first() else { return };
    let source = SOURCES[usize::from(kind) % SOURCES.len()];
    let kind = (source == Source::Csv).then(|| "PER".to_owned());
    let options = ImportOptions { kind, ..ImportOptions::default() };
    let mut lines = Vec::new();
    let imported = link::import::import(source, &[scratch("import", bytes)], &options, &mut |row| {
        lines.push(serde_json::to_string(row).expect("a row is JSON"));
        Ok(())
    });
    match imported {
        Ok(tally) if tally.entities > 0 => {
            assert_eq!(lines.len() as u64, tally.entities);
            EntityTable::parse(&[("imported.jsonl", &lines.join("\n"))]).expect("a table that loads");
        }
        Ok(_) => assert!(lines.is_empty()),
        Err(error) => assert!(error.path().is_some(), "{error}"),
    }
}

/// A gold standard is read, or the error names the line; entities are within their sentences.
pub fn gold(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let formats = [None, Some(GoldFormat::Columns), Some(GoldFormat::Sentences), Some(GoldFormat::Mentions)];
    let file = scratch("gold", bytes);
    match Corpus::read(&[file], formats[usize::from(kind) % 4], TagOptions::default(), &mut Kinds::default()) {
        Ok(corpus) => {
            for sentence in corpus.documents.iter().flat_map(|document| &document.sentences) {
                let is_within =
                    |entity: &TokenSpan| entity.first < entity.end && entity.end as usize <= sentence.tokens.len();
                assert!(sentence.entities.iter().all(is_within), "{sentence:?}");
            }
            assert!(corpus.mentions().all(|mention| mention.start < mention.end));
        }
        Err(error) => assert!(error.path().is_some(), "{error}"),
    }
}

/// Links with the starter table.
static LINKER: LazyLock<Linker> = LazyLock::new(|| {
    let seeds = include_str!("../seeds/entities.jsonl");
    Linker::new(EntityTable::parse(&[("seeds", seeds)]).expect("the starter table"), LinkOptions::default())
});

/// Links of any article: in order, without overlap, and each with its reason.
pub fn link(data: &[u8]) {
    link_text(&LINKER, &String::from_utf8_lossy(data));
}

/// Links a text in which a model found every run of capitalised words.
fn link_text(linker: &Linker, text: &str) -> Vec<LinkedMention> {
    let sentences = sentences(text, Field::Text, 0);
    let mut found: Vec<NerSpan> = Vec::new();
    for (number, sentence) in sentences.iter().enumerate() {
        for (at, word) in
            sentence.span.slice(text).split(' ').map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
        {
            let kind = ["PER", "ORG", "LOC", "MISC"][word.len() % 4];
            if !word.starts_with(char::is_uppercase) {
                continue;
            }
            match found.last_mut() {
                Some(last) if last.span.end + 1 == at && last.sentence == number as u32 => {
                    last.span.end = at + word.len()
                }
                _ => found.push(NerSpan {
                    field: Field::Text,
                    span: Span::new(at, at + word.len()),
                    kind: kind.into(),
                    score: 0.9,
                    sentence: number as u32,
                }),
            }
        }
    }
    let linked = linker.link(&Document { title: None, text, date: None, sentences: &sentences }, found);
    let mut end = 0;
    for mention in &linked {
        assert!(mention.span.start >= end && mention.span.get(text).is_some_and(|surface| !surface.is_empty()));
        assert!(mention.link.entity.is_some() || mention.link.reason.is_some(), "{mention:?}");
        end = mention.span.end;
    }
    linked
}
