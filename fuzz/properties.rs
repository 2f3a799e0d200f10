//! What must hold for any bytes whatever. The fuzz targets run these without end, the tests on seeded ones.

use std::path::PathBuf;
use std::sync::LazyLock;

use namewire::article::{Article, Field};
use namewire::clean::CleanText;
use namewire::decode::{Aggregation, Decoding, Mention, Rule, decode};
use namewire::encode::EncodedArticle;
use namewire::link::{Document, EntityTable, LinkOptions, LinkedMention, Linker};
use namewire::model::{Model, ModelOptions};
use namewire::read::{ExpansionLimits, Input, ReadOptions, Records, discover};
use namewire::segment::sentences;
use namewire::span::Span;
use namewire::stitch::Scores;
use namewire::window::cut;

/// Records of any file: none is over its limit, each becomes an article or a reject, and reading ends.
pub fn read(data: &[u8]) {
    static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
    let Some((&kind, bytes)) = data.split_first() else { return };
    let names = ["a.jsonl", "a.txt", "a.jsonl.gz", "a.txt.gz", "a.jsonl.zst", "a.ndjson.zst"];
    // Threads of a test do not share a file.
    let folder = FOLDER.path().join(format!("{:?}", std::thread::current().id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(names[usize::from(kind) % names.len()]);
    std::fs::write(&path, bytes).expect("a file");
    let options = ReadOptions {
        max_article_bytes: 1000,
        keep: vec!["a.b".to_owned()],
        expansion: ExpansionLimits { ratio: 100, bytes: Some(1 << 20) },
        ..ReadOptions::default()
    };
    let inputs: Vec<Input> = discover(&[path], &options).expect("the file is there");
    for record in Records::new(inputs, &options) {
        let Ok(record) = record else { continue };
        assert!(record.bytes.len() <= options.max_line_bytes());
        if let Ok(article) = record.parse(&options) {
            assert!(article.text_bytes() <= options.max_article_bytes && !article.is_blank());
        }
    }
}

/// Each visible character of a clean text lies in one sentence, and each sentence in the raw text.
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
        assert_eq!(CleanText::new(back).text(back), sentence.span.slice(text));
        (end, block) = (next, sentence.block);
    }
    assert!(invisible(&text[end..]));
}

/// Mentions of any scores are names within sentences, in order and apart.
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
    let mut scores = Scores::new(tokens, labels);
    let logit = |at: usize| f32::from(logits.get(at % logits.len().max(1)).map_or(0, |&byte| byte as i8));
    for window in encoded.sentence_tokens.iter().flat_map(|tokens| cut(0, tokens.clone(), 8)) {
        let content: Vec<f32> =
            (0..window.tokens.len() * labels).map(|at| logit(window.tokens.start * labels + at)).collect();
        scores.stitch(&window, &content);
    }
    assert_eq!(scores.missing(), 0);
    let aggregation = [Aggregation::First, Aggregation::Max, Aggregation::Average][usize::from(how) % 3];
    let decoding = [Decoding::Viterbi, Decoding::Greedy][usize::from(how / 3) % 2];
    let mut end = 0;
    for mention in decode(&encoded, &scores, &MODEL, Rule::Words { aggregation, decoding }) {
        let surface = mention.span.get(&encoded.article.text).expect("a span of the text");
        assert!(mention.span.start >= end && !surface.trim().is_empty());
        assert!((0.0..=1.0).contains(&mention.score), "{}", mention.score);
        end = mention.span.end;
    }
}

/// A table loads or says which line is wrong; what loads can link its own text.
pub fn table(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match EntityTable::parse(&[("table.jsonl", &text)]) {
        Ok(table) => drop(link_text(&Linker::new(table, LinkOptions::default()), &text)),
        Err(error) => assert!(error.path().is_some(), "{error}"),
    }
}

/// Links of any article: in order, apart, and each with its reason.
pub fn link(data: &[u8]) {
    static LINKER: LazyLock<Linker> = LazyLock::new(|| {
        let seeds = include_str!("../seeds/entities.jsonl");
        Linker::new(EntityTable::parse(&[("seeds", seeds)]).expect("the starter table"), LinkOptions::default())
    });
    link_text(&LINKER, &String::from_utf8_lossy(data));
}

/// Links a text in which a model found every run of capitalised words.
fn link_text(linker: &Linker, text: &str) -> Vec<LinkedMention> {
    let sentences = sentences(text, Field::Text, 0);
    let mut found: Vec<Mention> = Vec::new();
    for (number, sentence) in sentences.iter().enumerate() {
        for (at, word) in
            sentence.span.slice(text).split(' ').map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
        {
            let label = ["PER", "ORG", "LOC", "MISC"][word.len() % 4];
            if !word.starts_with(char::is_uppercase) {
                continue;
            }
            match found.last_mut() {
                Some(last) if last.span.end + 1 == at && last.sentence == number as u32 => {
                    last.span.end = at + word.len()
                }
                _ => found.push(Mention {
                    field: Field::Text,
                    span: Span::new(at, at + word.len()),
                    label: label.into(),
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
