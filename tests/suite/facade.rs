//! The facade: texts and articles in memory, from any number of threads.

use std::sync::OnceLock;

use namewire::infer::CapitalsBackend;
use namewire::model::{Model, ModelOptions};
use namewire::{Article, Backend, Builder, EntityTable, ErrorKind, ExtractAll, Linker, Namewire, Run, RunOptions};

use super::common::{Desk, namewire};

const TABLE: &str = r#"{"id": "loc/dorvale", "name": "Dorvale", "type": "LOC"}"#;

/// Two backends that take every capitalised word for a name: quick, and the same everywhere.
fn capitals() -> &'static Namewire {
    static NAMEWIRE: OnceLock<Namewire> = OnceLock::new();
    NAMEWIRE.get_or_init(|| builder().build().unwrap())
}

fn builder() -> Builder {
    let model = Model::bundled(&ModelOptions::default()).unwrap();
    let backend = || Box::new(CapitalsBackend::new(&model.tokenizer, &model.labels)) as Box<dyn Backend>;
    let backends = vec![backend(), backend()];
    let table = EntityTable::parse(&[("table", TABLE)]).unwrap();
    Namewire::builder().opened_model(model).backends(backends).table(table)
}

fn article(number: usize) -> Article {
    let text = format!("The ferry number {number} to Dorvale left without Arvin.");
    Article { id: format!("a{number}"), text, ..Article::default() }
}

#[test]
fn what_programs_hold_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Namewire>();
    shared::<Linker>();
    shared::<EntityTable>();
    shared::<RunOptions>();
    sent::<ExtractAll>();
    sent::<Builder>();
    sent::<Run>();
}

#[test]
fn mentions_are_slices_of_the_text_with_their_entities() {
    let text = "İzmir’den 🚢 to Dorvale.";
    let mentions = capitals().extract(text).unwrap();
    let found = mentions.iter().find(|mention| mention.text == "Dorvale").unwrap();
    assert_eq!(&text[found.start_byte..found.end_byte], "Dorvale");
    assert_eq!(text.chars().skip(found.start).take(found.end - found.start).collect::<String>(), "Dorvale");
    assert_eq!(found.entity_id.as_deref(), Some("loc/dorvale"));
    assert!(capitals().extract(" \n").unwrap().is_empty());
}

#[test]
fn every_article_has_one_result_in_order_and_a_bad_one_is_an_error() {
    let blank = Article { id: "blank".into(), text: " ".into(), ..Article::default() };
    let articles = (0..200).map(move |number| if number == 70 { blank.clone() } else { article(number) });
    let results: Vec<_> = capitals().extract_all(articles.collect::<Vec<_>>()).collect();
    assert_eq!(results.len(), 200);
    for (number, result) in results.into_iter().enumerate() {
        match result {
            Ok(extracted) => {
                assert_eq!(extracted.id, format!("a{number}"));
                assert_eq!(extracted, capitals().extract_article(article(number)).unwrap());
            }
            Err(error) => {
                assert_eq!((number, error.kind()), (70, ErrorKind::Article));
                assert!(error.to_string().contains("\"blank\""), "{error}");
            }
        }
    }
}

#[test]
fn single_texts_may_be_extracted_while_results_arrive() {
    let namewire = capitals();
    for result in namewire.extract_all((0..150).map(article)) {
        assert_eq!(namewire.extract("Arvin left.").unwrap().len(), 1);
        result.unwrap();
    }
}

#[test]
fn many_threads_share_one_namewire() {
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for number in 0..20 {
                    let extracted = capitals().extract_article(article(100 * thread + number)).unwrap();
                    assert!(extracted.mentions.iter().any(|mention| mention.text == "Arvin"));
                }
                assert_eq!(capitals().extract_all((0..70).map(article)).filter(Result::is_ok).count(), 70);
            });
        }
    });
}

#[test]
fn a_stopped_pipeline_can_be_used_again() {
    let mut results = capitals().extract_all((0..).map(article));
    assert_eq!(results.next().unwrap().unwrap().id, "a0");
    drop(results);
    assert_eq!(capitals().extract_all((0..3).map(article)).count(), 3);
}

#[test]
fn the_facade_finds_what_the_command_writes() {
    let desk = Desk::new();
    let lines: String = (0..5)
        .map(|number| format!("{}\n", serde_json::json!({"id": format!("a{number}"), "text": article(number).text})))
        .collect();
    let (input, table) = (desk.write("in.jsonl", &lines), desk.write("table.jsonl", TABLE));
    let out = desk.path("out.jsonl");
    namewire(&["extract", &input, "--entities", &table, "--out", &out]).exits(0);
    let namewire = Namewire::builder().entities(&table).build().unwrap();
    let extracted = namewire.extract_all((0..5).map(article)).map(Result::unwrap);
    let mut written = std::fs::read_to_string(&out).unwrap();
    for extracted in extracted {
        for mention in extracted.mentions {
            let (line, rest) = written.split_once('\n').unwrap();
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let mention = serde_json::to_value(mention).unwrap();
            for key in ["field", "start", "end", "start_byte", "text", "type", "score", "entity_id", "local_id"] {
                assert_eq!(line[key], mention[key], "{key}");
            }
            assert_eq!(line["link"]["method"], mention["link"]["method"]);
            written = rest.to_owned();
        }
    }
    assert!(written.is_empty());
}
