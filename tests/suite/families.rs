//! One small model of each family of encoders: the tokens, offsets and logits of transformers and PyTorch, and whole
//! names from the built program. `scripts/make_family_models` wrote them, and what is expected of them.

use std::path::PathBuf;

use namewire::batch::Batch;
use namewire::infer::{Backend, OnnxBackend};
use namewire::model::{Model, ModelOptions, Scheme};
use namewire::span::{CodePoints, Span};
use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{Desk, column, in_repository, namewire, parse_lines, session};

const FAMILIES: [&str; 9] = [
    "bert-cased",
    "bert-uncased",
    "deberta-v3",
    "distilbert",
    "electra",
    "modernbert",
    "roberta",
    "roberta-prefix-space",
    "xlm-roberta",
];

/// What transformers and PyTorch make of a sentence.
#[derive(Deserialize)]
struct Expected {
    text: String,
    /// In its frame of special tokens.
    ids: Vec<u32>,
    /// Of the tokens between, in code points.
    offsets: Vec<[usize; 2]>,
    /// `[token, label]`, special tokens included.
    logits: Vec<Vec<f32>>,
}

fn folder(family: &str) -> PathBuf {
    in_repository("tests/fixtures/families").join(family)
}

fn expected(family: &str) -> Vec<Expected> {
    serde_json::from_slice(&std::fs::read(folder(family).join("expected.json")).unwrap()).unwrap()
}

fn open(family: &str, variant: &str) -> Model {
    let options = ModelOptions { variant: Some(variant.to_owned()), ..ModelOptions::default() };
    Model::open(folder(family), &options).unwrap()
}

/// The logits of the sentences, each `[token, label]` with its special tokens, computed in one batch.
fn logits(model: &Model, backend: &mut OnnxBackend, sentences: &[Expected]) -> Vec<Vec<Vec<f32>>> {
    let special = model.tokenizer.special_tokens();
    let start = model.tokenizer.prefix().len();
    let rows: Vec<&[u32]> =
        sentences.iter().map(|sentence| &sentence.ids[start..sentence.ids.len() - (special - start)]).collect();
    let longest = rows.iter().map(|row| row.len()).max().unwrap();
    let logits = backend.infer(&Batch::of_rows(&rows, longest, &model.tokenizer)).unwrap();
    let row = |(row, sentence): (usize, &Expected)| {
        (0..sentence.ids.len())
            .map(|token| logits.view().slice(ndarray::s![row, token, ..]).iter().copied().collect())
            .collect()
    };
    sentences.iter().enumerate().map(row).collect()
}

/// The greatest difference, and the share of tokens whose best label is the same.
fn compare(found: &[Vec<Vec<f32>>], sentences: &[Expected]) -> (f32, f64) {
    let best = |scores: &[f32]| (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
    let (mut difference, mut same, mut tokens) = (0f32, 0, 0);
    for (found, sentence) in found.iter().zip(sentences) {
        assert_eq!(found.len(), sentence.logits.len(), "{}", sentence.text);
        for (left, right) in found.iter().zip(&sentence.logits) {
            assert_eq!(left.len(), right.len());
            difference = left.iter().zip(right).fold(difference, |most, (a, b)| most.max((a - b).abs()));
            same += usize::from(best(left) == best(right));
            tokens += 1;
        }
    }
    (difference, same as f64 / tokens as f64)
}

#[test]
fn tokens_and_offsets_are_those_of_transformers() {
    for family in FAMILIES {
        let model = open(family, "model.onnx");
        let sentences = expected(family);
        assert!(sentences.len() >= 40);
        for sentence in &sentences {
            let encoding = model.tokenizer.encode(&sentence.text).unwrap();
            let (prefix, suffix) = (model.tokenizer.prefix(), model.tokenizer.suffix());
            assert_eq!([prefix, encoding.get_ids(), suffix].concat(), sentence.ids, "{family}: {}", sentence.text);
            let mut points = CodePoints::new(&sentence.text);
            let mut offsets = encoding.get_offsets().iter().map(|&(start, end)| {
                assert!(Span::new(start, end).get(&sentence.text).is_some(), "{family}: {start}..{end}");
                let range = points.range(Span::new(start, end));
                [range.start, range.end]
            });
            for expected in &sentence.offsets {
                assert_eq!(offsets.next().as_ref(), Some(expected), "{family}: {}", sentence.text);
            }
            assert_eq!(offsets.next(), None);
        }
    }
}

#[test]
fn logits_are_those_of_torch_alone_and_padded() {
    for family in FAMILIES {
        let (model, sentences) = (open(family, "model.onnx"), expected(family));
        let mut backend = session(&model);
        let (padded, _) = compare(&logits(&model, &mut backend, &sentences), &sentences);
        assert!(padded <= 1e-3, "{family}: {padded}");
        for sentence in sentences.chunks(1).step_by(5) {
            let (alone, _) = compare(&logits(&model, &mut backend, sentence), sentence);
            assert!(alone <= 1e-3, "{family}: {alone}");
        }
    }
}

#[test]
fn half_precision_and_8_bits_stay_close() {
    for (family, variant, furthest, least) in [
        ("bert-cased", "model_fp16", 0.1, 0.99),
        ("modernbert", "model_fp16", 0.1, 0.99),
        ("bert-cased", "model_quantized", 2.0, 0.9),
        // 32-bit inputs in another order, half-precision logits called "scores".
        ("distilbert", "model_odd", 0.02, 0.99),
    ] {
        let (model, sentences) = (open(family, variant), expected(family));
        let (difference, same) = compare(&logits(&model, &mut session(&model), &sentences), &sentences);
        assert!(difference <= furthest && same >= least, "{family} {variant}: {difference}, {same}");
        assert!(model.graph.variant.rows_are_independent());
    }
}

#[test]
fn windows_padding_and_labels_are_read_for_each_family() {
    let of = |family: &str| open(family, "model.onnx");
    for family in FAMILIES {
        let model = of(family);
        assert_eq!(model.window, if family == "modernbert" { 512 } else { 128 }, "{family}");
        let pad = model.tokenizer.token(model.tokenizer.pad());
        let expected = if family.contains("roberta") { "<pad>" } else { "[PAD]" };
        assert_eq!(pad.as_deref(), Some(expected), "{family}");
        assert_eq!(model.hidden_size, Some(16), "{family}");
    }
    assert_eq!(of("roberta").tokenizer.pad(), 1);
    for (family, scheme) in [
        ("bert-uncased", Scheme::Iob1),
        ("distilbert", Scheme::Io),
        ("electra", Scheme::Bioes),
        ("roberta-prefix-space", Scheme::Bio),
    ] {
        assert_eq!(of(family).labels.scheme(), scheme, "{family}");
    }
}

/// The sentences, and one that is longer than any window.
fn articles(family: &str) -> Vec<Value> {
    let mut texts: Vec<String> = expected(family).into_iter().map(|sentence| sentence.text).collect();
    texts.push(texts[..9].join(" and ").replace(['.', ';', '…'], ",").repeat(6));
    texts.iter().enumerate().map(|(at, text)| json!({"id": at.to_string(), "text": text})).collect()
}

/// Scripts without spaces have words of one character.
fn goes_on(before: Option<char>, after: Option<char>) -> bool {
    let letter =
        |char: char| char.is_alphanumeric() && !matches!(char, '\u{e00}'..='\u{eff}' | '\u{3000}'..='\u{9fff}');
    before.zip(after).is_some_and(|(before, after)| letter(before) && letter(after))
}

#[test]
fn the_program_finds_whole_words_with_every_family() {
    for family in FAMILIES {
        let (desk, articles) = (Desk::new(), articles(family));
        let (input, model) = (desk.write_lines("in.jsonl", &articles), folder(family).display().to_string());
        // Greedy, since few random labels make a legal sequence.
        let common = ["--model", &model, "--entities", "none", "--out", "-", "--quiet", "--decode", "greedy"];
        let run = namewire(&[&["extract", &input, "--variant", "model.onnx"], &common[..]].concat()).exits(0);
        let mentions = parse_lines(&run.stdout);
        assert!(mentions.len() >= 20, "{family}: {}", mentions.len());
        for mention in &mentions {
            let document: usize = mention["doc_id"].as_str().unwrap().parse().unwrap();
            let text = articles[document]["text"].as_str().unwrap();
            let at = |key: &str| mention[key].as_u64().unwrap() as usize;
            let (start, end) = (at("start_byte"), at("end_byte"));
            assert_eq!(&text[start..end], mention["text"].as_str().unwrap(), "{family}");
            let slice: String = text.chars().skip(at("start")).take(at("end") - at("start")).collect();
            assert_eq!(slice, text[start..end], "{family}");
            let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
            let (first, last) = (slice.chars().next(), slice.chars().next_back());
            assert!(!goes_on(before, first) && !goes_on(last, after), "{family}: {mention}");
            assert!(!after.is_some_and(|next| ('\u{300}'..'\u{370}').contains(&next)), "{family}: {mention}");
        }
        // The last article is stitched from several windows, and its end has been read too.
        let last = (articles.len() - 1).to_string();
        let places = mentions.iter().filter(|mention| mention["doc_id"] == last.as_str());
        let text = articles[articles.len() - 1]["text"].as_str().unwrap();
        let furthest = places.map(|mention| mention["end_byte"].as_u64().unwrap()).max().unwrap();
        assert!(furthest as usize > text.len() * 4 / 5, "{family}: {furthest} of {}", text.len());
    }
}

#[test]
fn labels_without_names_are_given_on_the_command_line() {
    let (desk, family) = (Desk::new(), folder("bert-cased"));
    for file in ["tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"] {
        desk.write(&format!("model/{file}"), std::fs::read(family.join(file)).unwrap());
    }
    let mut config: Value = serde_json::from_slice(&std::fs::read(family.join("config.json")).unwrap()).unwrap();
    let names: Vec<String> = (0..7).map(|id| config["id2label"][id.to_string()].as_str().unwrap().to_owned()).collect();
    for id in 0..7 {
        config["id2label"][id.to_string()] = json!(format!("LABEL_{id}"));
    }
    desk.write("model/config.json", config.to_string());
    let list = names.join(",");
    let file = desk.write("labels.txt", names.join("\n") + "\n");
    let input = desk.write_lines("in.jsonl", &articles("bert-cased"));
    let extract = |model: &str, labels: &[&str]| {
        let args = ["extract", &input, "--model", model, "--entities", "none", "--out", "-", "--quiet"];
        namewire(&[&args[..], &["--variant", "model.onnx"], labels].concat())
    };
    let (unnamed, named) = (desk.path("model"), family.display().to_string());
    let expected = parse_lines(&extract(&named, &[]).exits(0).stdout);
    assert!(column(&expected, "type").contains(&"PER".to_owned()));
    for labels in [&list, &file] {
        assert_eq!(parse_lines(&extract(&unnamed, &["--labels", labels]).exits(0).stdout), expected);
    }
    extract(&unnamed, &[]).exits(2).says(&["\"LABEL_0\" says nothing", "--labels O,B-PER,I-PER"]);
    extract(&unnamed, &["--labels", "O,B-PER,I-PER"]).exits(2).says(&["3 labels are given", "`id2label`", "has 7"]);
    extract(&unnamed, &["--labels", "nowhere.txt"]).exits(2).says(&["--labels nowhere.txt", "no such file"]);
}
