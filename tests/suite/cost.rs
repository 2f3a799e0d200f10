//! Work grows with an article's size, whatever it is made of: ten times the text costs ten times the time.
//!
//! Measured is processor time by stage, so that a busy machine does not matter, of an article and of one eight times
//! as long. Where work grew with the square, the second would take sixty-four times as long.

use std::collections::BTreeMap;
use std::time::Instant;

use namewire::article::Field;
use namewire::clean::CleanText;
use namewire::config::Config;
use namewire::infer::CapitalsBackend;
use namewire::link::Linker;
use namewire::pipeline::Pipeline;
use namewire::read::{ReadOptions, Records, discover};
use namewire::segment::sentences;
use namewire::write::{LineOptions, render};

use super::common::{Desk, bundled_model, in_repository, pipeline, records};

const SMALL: usize = 16 << 10;
const TIMES: usize = 8;
/// Of the time in proportion: caches, hash tables that grow, clocks.
const SLACK: f64 = 3.5;
/// Seconds below which a stage is not looked at.
const FLOOR: f64 = 0.1;

/// A text of about so many bytes.
type Shape = Box<dyn Fn(usize) -> String>;

/// Texts that once cost, or could cost, more than their size.
fn shapes() -> Vec<(&'static str, Shape)> {
    fn repeated(part: &'static str) -> Shape {
        Box::new(move |bytes| part.repeat(bytes / part.len() + 1))
    }
    fn numbered(part: impl Fn(usize) -> String + 'static) -> Shape {
        Box::new(move |bytes| {
            let mut text = String::with_capacity(bytes + 64);
            let mut number = 0;
            while text.len() < bytes {
                text += &part(number);
                number += 1;
            }
            text
        })
    }
    /// A name of letters alone for each number.
    fn name(mut number: usize) -> String {
        let mut name = String::from("Q");
        for _ in 0..4 {
            name.push((b'a' + (number % 26) as u8) as char);
            number /= 26;
        }
        name
    }
    vec![
        (
            "prose",
            repeated("The minister of Turkey, Ahmet Davutoglu, met the Syrian National Coalition (SNC) in Geneva. "),
        ),
        ("one word", repeated("x")),
        ("one capital word", repeated("X")),
        ("capitals", repeated("SYRIA AND IRAQ SAID THAT ")),
        ("spaces", repeated(" x                                                               ")),
        ("new lines", repeated("a\n")),
        ("wrapped lines", repeated("the fighters of what is known as the Syrian force\n")),
        ("opening brackets", repeated("(")),
        ("closing brackets", repeated(")")),
        ("brackets after a capital", Box::new(|bytes| format!("A{}", "((".repeat(bytes / 2)))),
        ("quotes", repeated("“\"’'")),
        ("quotes and stops", repeated(".'.\" ")),
        ("full stops", repeated("A. ")),
        ("initialism without end", Box::new(|bytes| format!("{}AB", "A.".repeat(bytes / 2)))),
        ("combining marks", repeated("\u{301}")),
        ("marks on capitals", repeated("E\u{301}\u{323} ")),
        ("dropped characters", repeated("\u{fffd} a ")),
        ("invisible characters", repeated("A\u{ad}\u{200b}b ")),
        ("articles", repeated("the al-")),
        ("titles", repeated("President ")),
        ("lower-case tails", repeated("A of the in ")),
        ("compounds", Box::new(|bytes| format!("Xa{}", "-backed".repeat(bytes / 7)))),
        ("list of places", repeated("Homs, Aleppo, ")),
        ("places in one name", repeated("Syria Iraq ")),
        ("definitions", numbered(|n| format!("{} {} ({}{}). ", name(n), name(n + 9), "Q", "Q"))),
        ("pieces of a long form", repeated("National of Coalition of Force (NF) ")),
        ("one surname, many holders", numbered(|n| format!("{} Tanner left. Tanner spoke. ", name(n)))),
        ("one given name, many holders", numbered(|n| format!("Mireille {} left. Mireille spoke. ", name(n)))),
        (
            "holders at first, mentions at last",
            Box::new(|bytes| {
                let holders = numbered(|n| format!("{} Tanner left. ", name(n)))(bytes / 2);
                holders + &"Tanner spoke. ".repeat(bytes / 28)
            }),
        ),
        ("phrases of rules", repeated("IS said the national army of the Guardian. ")),
        ("hyphens", repeated("A-b-")),
        ("unspaced script", repeated("在北京")),
        ("emoji", repeated("👩\u{200d}🚒")),
        ("special tokens", repeated("[CLS][SEP]")),
    ]
}

fn stages(pipeline: &Pipeline, title: &str, text: &str) -> BTreeMap<&'static str, f64> {
    let mut options = LineOptions::default();
    (options.context, options.articles, options.spans) = (true, true, true);
    let table = pipeline.linker().map(Linker::table);
    pipeline.clear_cache();
    let report = pipeline
        .run(
            records(&[(title, text)]).into_iter(),
            &pipeline.handle(),
            |outcome| render(outcome, table, &options),
            |_| Ok(()),
        )
        .unwrap();
    assert_eq!((report.articles, report.tokens_encoded), (1, report.tokens_inferred));
    report.stage_cpu_seconds
}

#[test]
fn no_shape_of_text_costs_more_than_its_size() {
    let model = bundled_model();
    let backend = CapitalsBackend::new(&model.tokenizer, &model.labels);
    let table = std::fs::read_to_string(in_repository("seeds/entities.jsonl")).unwrap();
    let pipeline = pipeline(model, Some(&table), backend, Config::default());
    let only = std::env::var("NAMEWIRE_COST_SHAPE").unwrap_or_default();
    let mut failures = Vec::new();
    for (shape, text) in shapes().into_iter().filter(|(shape, _)| shape.contains(&only)) {
        // A title is read as a text is; what differs is how sentences are counted behind it.
        for in_title in [false, true].into_iter().take(if shape == "prose" { 2 } else { 1 }) {
            let run = |bytes: usize| {
                if in_title { stages(&pipeline, &text(bytes), "Rain.") } else { stages(&pipeline, "", &text(bytes)) }
            };
            let (small, large) = (run(SMALL), run(SMALL * TIMES));
            for (stage, &seconds) in &large {
                let fair = small[stage].max(FLOOR / TIMES as f64) * TIMES as f64;
                if !only.is_empty() && seconds > 0.001 {
                    eprintln!("{shape}: {stage} {:.4} s, then {seconds:.4} s", small[stage]);
                }
                if seconds > FLOOR && seconds > SLACK * fair {
                    failures.push(format!("{shape}: {stage} took {:.3} s, then {seconds:.3} s", small[stage]));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Reading, parsing, cleaning and cutting into sentences, on the clock.
fn seconds_to_sentences(lines: &str, expected: usize) -> f64 {
    let desk = Desk::new();
    let input = desk.write("in.jsonl", lines);
    let options = ReadOptions::default();
    let (begun, mut articles) = (Instant::now(), 0);
    for record in Records::new(discover(&[input.into()], &options).unwrap(), &options) {
        let article = record.and_then(|record| record.parse(&options)).unwrap();
        let clean = CleanText::new(&article.text);
        assert!(!sentences(clean.text(&article.text), Field::Text, 0).is_empty());
        articles += 1;
    }
    assert_eq!(articles, expected);
    begun.elapsed().as_secs_f64()
}

/// A line of about so many bytes.
type Line = fn(usize) -> String;

#[test]
fn a_line_of_ten_megabytes_costs_what_ten_of_one_cost() {
    let shapes: [(&str, Line); 3] = [
        ("prose", |bytes| format!(r#"{{"text":"{}"}}"#, "The ferry to Dorvale left at noon. ".repeat(bytes / 35))),
        ("escapes", |bytes| format!(r#"{{"text":"{}."}}"#, r#"\u00e9\n\""#.repeat(bytes / 10))),
        ("other fields", |bytes| {
            let other: String = (0..bytes / 24).map(|number| format!(r#""f{number:08}":[1,[2]],"#)).collect();
            format!(r#"{{{other}"text":"The ferry left."}}"#)
        }),
    ];
    for (shape, line) in shapes {
        let (one, ten) = (line(10_000_000), format!("{}\n", line(1_000_000)).repeat(10));
        // In turns, so that what else the machine does falls on both.
        let both = || (seconds_to_sentences(&one, 1), seconds_to_sentences(&ten, 10));
        let (first, second) = (both(), both());
        let (whole, parts) = (first.0.min(second.0), first.1.min(second.1));
        assert!(whole < 4.0 * parts, "{shape}: {whole:.3} s in one line, {parts:.3} s in ten");
    }
}
