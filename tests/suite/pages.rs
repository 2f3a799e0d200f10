//! Web pages: what is extracted, what is left out, and offsets into the page.

use serde_json::{Value, json};

use super::common::{Desk, column, command, in_repository, namewire, parse_lines, tiny};
use super::sharded_run::{assert_same_files, contents, end_of, shards, wait_for_shards};

fn page(name: &str) -> String {
    in_repository("tests/fixtures/pages").join(name).display().to_string()
}

/// The articles, with their texts, that the model with random weights makes of `inputs`.
fn articles(desk: &Desk, args: &[&str], code: i32) -> Vec<Value> {
    let (out, articles) = (desk.path("out.jsonl"), desk.path("articles.jsonl"));
    let common = ["extract", "--out", &out, "--articles", &articles, "--articles-text", "--model", &tiny()];
    namewire(&[&common[..], &["--entities", "none", "--quiet"], args].concat()).exits(code);
    desk.lines("articles.jsonl")
}

#[test]
fn the_article_of_a_page_is_extracted() {
    let desk = Desk::new();
    let found = articles(&desk, &[&page("news.html")], 0);
    let article = &found[0];
    assert_eq!(article["doc_id"], "news.html");
    assert_eq!(article["title"], "Quaygate harbour board approves a second crane");
    assert_eq!((&article["date"], &article["language"]), (&json!("2024-03-05"), &json!("en")));
    let paragraphs: Vec<&str> = article["text"].as_str().unwrap().split("\n\n").collect();
    assert_eq!(
        paragraphs,
        [
            "The board's chair, Émile Tessier, said the crane would be at work by autumn.",
            "QUAYGATE — The harbour board voted on Tuesday to buy a second crane from Berg & Söhne, a firm in Dorvale, \
             after two years of talks with the port of Ardmouth.",
            "Anna Berg, who runs the firm, called the vote “a long time coming”.",
            "What the crane will do",
            "It will unload ships of up to 14,000 tonnes, the board said, twice as fast as the old one, which the Quaygate \
             Dock Company built in 1961.",
            "Ships from Ardmouth and Dorvale will go first, by an agreement that the three ports signed in May.",
            "Grain: two berths, from October.",
            "Timber: one berth, from January.",
            "The board meets again on 2 April.",
        ]
    );
}

#[test]
fn modes_differ_in_what_they_leave_out() {
    let desk = Desk::new();
    let text = |mode: &str| {
        let found = articles(&desk, &[&page("news.html"), "--html", mode], 0);
        found[0]["text"].as_str().unwrap().to_owned()
    };
    let (main, precise, fast, all) = (text("main"), text("precise"), text("fast"), text("all"));
    assert!(main.contains("Timber: one berth") && !precise.contains("Timber: one berth"));
    assert!(fast.contains("Anna Berg, who runs the firm") && !fast.contains("Share this"));
    for boilerplate in ["Share this", "A gull watches", "Most read", "We use cookies", "Port fees to rise"] {
        assert!(all.contains(boilerplate) && !main.contains(boilerplate), "{boilerplate}");
    }
    assert!(!all.contains("var page") && !all.contains("color: red"));
    namewire(&["extract", &page("news.html"), "--out", "-", "--html", "some"]).exits(2).says(&["main, precise, fast"]);
}

/// The bytes that a mention names, without tags and with the references of the fixtures resolved.
fn plain(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        rest = rest[start..].split_once('>').unwrap().1;
    }
    text.push_str(rest);
    [
        ("&eacute;", "é"),
        ("&#201;", "É"),
        ("&Eacute;", "É"),
        ("&ouml;", "ö"),
        ("&ccedil;", "ç"),
        ("&#305;", "ı"),
        ("&#x11f;", "ğ"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text, |text, (reference, char)| text.replace(reference, char))
}

#[test]
fn mentions_have_their_bytes_in_the_page() {
    for name in ["news.html", "broken.html", "rtl.html"] {
        let html = std::fs::read_to_string(page(name)).unwrap();
        let run = namewire(&["extract", &page(name), "--out", "-", "--entities", "none", "--workers", "1", "-q"]);
        let mentions = parse_lines(&run.exits(0).stdout);
        assert!(mentions.len() > 2, "{name}");
        for mention in &mentions {
            let byte = |key: &str| mention[key].as_u64().map(|byte| byte as usize);
            let (start, end) = byte("raw_start_byte").zip(byte("raw_end_byte")).unwrap_or_else(|| panic!("{mention}"));
            assert_eq!(plain(&html[start..end]), mention["text"].as_str().unwrap(), "{name}: {mention}");
        }
    }
}

#[test]
fn pages_in_folders_and_on_standard_input_are_read() {
    let desk = Desk::new();
    let html = std::fs::read(page("news.html")).unwrap();
    for name in ["in/a.html", "in/deep/b.htm", "in/c.xhtml"] {
        desk.write(name, &html);
    }
    assert_eq!(column(&articles(&desk, &[&desk.path("in")], 0), "doc_id"), ["a.html", "c.xhtml", "deep/b.htm"]);
    // By its content, a file of another name is a page, too.
    let text = desk.write("page.txt", &html);
    let by_content = articles(&desk, &[&text], 0);
    let given = articles(&desk, &[&text, "--format", "html"], 0);
    assert_eq!(by_content, given);
    assert_eq!(by_content[0]["title"], "Quaygate harbour board approves a second crane");
    let as_text = articles(&desk, &[&text, "--format", "text"], 0);
    assert!(as_text[0]["text"].as_str().unwrap().contains("<nav"));
}

#[test]
fn a_folder_of_pages_is_estimated_sampled_and_resumed() {
    let desk = Desk::new();
    let html = std::fs::read_to_string(page("news.html")).unwrap();
    for number in 0..500 {
        desk.write(&format!("pages/{number:03}.html"), html.replace("crane", &format!("crane {number}")));
    }
    let (folder, tiny, out, undisturbed) = (desk.path("pages"), tiny(), desk.path("out"), desk.path("undisturbed"));
    let sample = ["--sample", "0.6"];
    let run = |out: &str, more: &[&str]| namewire(&shards(&folder, &tiny, out, &[&sample[..], more].concat())).exits(0);
    assert!(run(&out, &["--check"]).stdout.contains("records"));
    assert!(!std::path::Path::new(&out).exists());
    run(&undisturbed, &[]);
    let mut child = command(&shards(&folder, &tiny, &out, &sample)).spawn().unwrap();
    wait_for_shards(&mut child, &out, 2);
    let _ = child.kill();
    end_of(child);
    run(&out, &["--resume"]);
    assert_same_files(&out, &contents(&undisturbed));
    let records = desk.json("out/manifest.json")["totals"]["records"].as_u64();
    assert!(records.is_some_and(|records| (250..350).contains(&records)), "{records:?}");
}

#[test]
fn a_page_without_text_is_a_reject_that_can_be_retried() {
    let desk = Desk::new();
    let empty =
        desk.write("empty.html", "<html><head><title>Loading</title></head><body><div id=app></div></body></html>");
    let found = articles(&desk, &[&empty, &page("news.html")], 1);
    assert_eq!(column(&found, "status"), ["rejected", "ok"]);
    let rejects = desk.lines("out.jsonl.rejects.jsonl");
    assert_eq!((&rejects[0]["id"], &rejects[0]["reason"]), (&json!("empty.html"), &json!("empty_article")));
    assert!(rejects[0]["record"].as_str().unwrap().contains("id=app"));
    let file = desk.write_lines("rejects.jsonl", &rejects);
    let again = articles(&desk, &["--retry", &file, "--html", "all"], 1);
    assert_eq!(column(&again, "doc_id"), ["empty.html"]);
}

#[test]
fn the_encoding_of_a_page_is_the_declared_one() {
    let desk = Desk::new();
    let text = "<meta charset=windows-1254><p>Başbakan Ahmet Davutoğlu, Ankara'da açıklama yaptı.";
    let (bytes, ..) = encoding_rs::WINDOWS_1254.encode(text);
    let found = articles(&desk, &[&desk.write("a.html", &bytes)], 0);
    assert_eq!(found[0]["text"], "Başbakan Ahmet Davutoğlu, Ankara'da açıklama yaptı.");
}

#[test]
fn url_and_authors_of_a_page_can_be_kept() {
    let run = namewire(&[
        "extract",
        &page("news.html"),
        "--out",
        "-",
        "--entities",
        "none",
        "--keep",
        "url,authors",
        "--workers",
        "1",
        "-q",
    ]);
    let mentions = parse_lines(&run.exits(0).stdout);
    assert_eq!(mentions[0]["meta"], json!({"url": "https://news.example/crane", "authors": ["Zebulon Wray"]}));
}

#[test]
fn fields_may_hold_html() {
    let desk = Desk::new();
    let html = std::fs::read_to_string(page("news.html")).unwrap();
    let records = [
        json!({"id": "part", "title": "AT&amp;T &ndash; <b>new</b>", "html": "<p>Ahmet Davuto&#287;lu left.</p><p>AT&amp;T did not.</p>"}),
        json!({"id": "page", "html": html}),
        json!({"id": "plain", "html": "3 < 4 & 5 > 2"}),
        json!({"id": "blank", "html": "<div> </div>"}),
    ];
    let input = desk.write_lines("in.jsonl", &records);
    let found = articles(&desk, &[&input, "--html-field", "html"], 1);
    assert_eq!(found[0]["text"], "Ahmet Davutoğlu left.\n\nAT&T did not.");
    assert_eq!(found[0]["title"], "AT&T – new");
    assert_eq!(found[1]["title"], "Quaygate harbour board approves a second crane");
    assert_eq!(found[1]["date"], "2024-03-05");
    assert_eq!(found[2]["text"], "3 < 4 & 5 > 2");
    assert_eq!(found[3]["status"], "rejected");
    namewire(&["extract", &input, "--out", "-", "--html-field", "a", "--text-field", "b"]).exits(2);
}

#[test]
fn html_in_a_plain_field_is_counted() {
    let desk = Desk::new();
    let records =
        [json!({"text": "AT&amp;T left Geneva."}), json!({"text": "R&D; 3 < 4."}), json!({"text": "<p>Kyiv"})];
    let (input, summary) = (desk.write_lines("in.jsonl", &records), desk.path("s.json"));
    articles(&desk, &[&input, "--summary", &summary], 0);
    assert_eq!(desk.json("s.json")["run"]["warnings"]["html_in_text"], 2);
}
