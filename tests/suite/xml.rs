//! XML: the formats of news and any other, whole, broken and hostile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::common::{Desk, column, extract_articles, namewire, tiny};
use super::sharded_run::{assert_same_files, contents, end_of, shards, signal, wait_for_shards};
use super::shared_data::shared;

const TEXTS: [&str; 3] = [
    "Angela Merkel flew to Ankara on Monday. She met Ahmet Davutoğlu, the Turkish foreign minister, at AT&T.",
    "Recep Tayyip Erdoğan spoke in Istanbul. The United Nations called for talks in Geneva, and Erdoğan declined.",
    "The president of France, François Hollande, arrived in Baghdad on Friday. Hollande will stay until Sunday.",
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A document of one record for each text.
fn document(start: &str, record: impl Fn(usize, &str) -> String, end: &str) -> String {
    let records = TEXTS.iter().enumerate().map(|(number, text)| record(number, &escaped(text)));
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{start}\n{}\n{end}\n", records.collect::<Vec<_>>().join("\n"))
}

fn rss() -> String {
    let item = |number: usize, text: &str| {
        format!(
            "<item><guid>n{number}</guid><title>Day {number}</title><description>{text}</description>\
             <pubDate>Sun, 29 Jun 2014 10:00:00 GMT</pubDate></item>"
        )
    };
    document("<rss version=\"2.0\"><channel><title>News</title><language>en</language>", item, "</channel></rss>")
}

fn atom() -> String {
    let entry = |number: usize, text: &str| {
        format!(
            "<entry><id>n{number}</id><title>Day {number}</title><published>2014-06-29T10:00:00Z</published>\
             <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{text}</p></div></content></entry>"
        )
    };
    document("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><title>News</title>", entry, "</feed>")
}

fn nitf(number: usize, text: &str) -> String {
    format!(
        "<nitf><head><docdata><doc-id id-string=\"n{number}\"/><date.issue norm=\"20140629T100000Z\"/></docdata></head>\
         <body xml:lang=\"en\"><body.head><hedline><hl1>Day {number}</hl1></hedline></body.head>\
         <body.content><p>{text}</p></body.content></body></nitf>"
    )
}

fn newsml() -> String {
    let item = |number: usize, text: &str| {
        format!(
            "<newsItem guid=\"n{number}\" xml:lang=\"en\"><itemMeta><itemClass qcode=\"ninat:text\"/></itemMeta>\
             <contentMeta><contentCreated>2014-06-29T10:00:00Z</contentCreated><headline>Day {number}</headline>\
             </contentMeta><contentSet><inlineXML>{}</inlineXML></contentSet></newsItem>",
            nitf(number, text)
        )
    };
    let picture = "<newsItem guid=\"p\"><itemMeta><itemClass qcode=\"ninat:picture\"/></itemMeta></newsItem>";
    document(&format!("<newsMessage><itemSet>{picture}<packageItem guid=\"q\"/>"), item, "</itemSet></newsMessage>")
}

fn mediawiki() -> String {
    let page = |number: usize, text: &str| {
        format!(
            "<page><title>Day {number}</title><ns>0</ns><id>n{number}</id><revision>\
             <timestamp>2014-06-29T10:00:00Z</timestamp><text xml:space=\"preserve\">{text}</text></revision></page>"
        )
    };
    let others = "<page><title>Talk:x</title><ns>1</ns><revision><text>x</text></revision></page>\
                  <page><title>y</title><ns>0</ns><redirect title=\"x\" /><revision><text>x</text></revision></page>";
    document(&format!("<mediawiki xml:lang=\"en\"><siteinfo/>{others}"), page, "</mediawiki>")
}

fn own_format() -> String {
    let story = |number: usize, text: &str| {
        format!(
            "<story number=\"n{number}\"><head><title>Day {number}</title><when>2014-06-29</when></head>\
             <body><para>{text}</para></body></story>"
        )
    };
    document("<archive>", story, "</archive>")
}

const OWN_FLAGS: [&str; 10] = [
    "--record",
    "story",
    "--id-field",
    "@number",
    "--title-field",
    "head.title",
    "--date-field",
    "head.when",
    "--text-field",
    "body",
];

/// Text, type, entity and offsets of each mention.
fn mentions(desk: &Desk, input: &str, flags: &[&str]) -> Vec<Vec<Value>> {
    let out = desk.path("m.jsonl");
    namewire(&[&["extract", input, "--out", &out, "-q"], flags].concat()).exits(0);
    let keys = ["doc_id", "field", "start", "end", "text", "type", "entity_id", "score"];
    desk.lines("m.jsonl").iter().map(|line| keys.iter().map(|key| line[key].clone()).collect()).collect()
}

#[test]
fn xml_gives_the_mentions_of_the_same_articles_as_json() {
    let desk = Desk::new();
    let records: Vec<Value> = TEXTS
        .iter()
        .enumerate()
        .map(
            |(n, text)| json!({"id": format!("n{n}"), "title": format!("Day {n}"), "text": text, "date": "2014-06-29"}),
        )
        .collect();
    let expected = mentions(&desk, &desk.write_lines("a.jsonl", &records), &[]);
    assert!(expected.len() >= 8, "{expected:?}");
    for (name, content, flags) in [
        ("a.xml", rss(), &[][..]),
        ("b.txt", rss(), &[]),
        ("c.xml", atom(), &[]),
        ("d.xml", newsml(), &[]),
        ("e.xml", mediawiki(), &[]),
        ("f.xml", own_format(), &OWN_FLAGS),
    ] {
        assert_eq!(mentions(&desk, &desk.write(name, content), flags), expected, "{name}");
    }
    let one = desk.write("g.xml", nitf(0, &escaped(TEXTS[0])));
    let of_first: Vec<_> = expected.iter().filter(|mention| mention[0] == "n0").cloned().collect();
    assert_eq!(mentions(&desk, &one, &[]), of_first);
    let utf16: Vec<u8> = format!("\u{FEFF}{}", rss()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(mentions(&desk, &desk.write("h.xml", utf16), &[]), expected);
    let turkish = rss().replace("UTF-8", "windows-1254");
    let turkish = encoding_rs::WINDOWS_1254.encode(&turkish).0.into_owned();
    assert_eq!(mentions(&desk, &desk.write("i.xml", turkish), &[]), expected);
}

#[test]
fn records_that_are_not_articles_are_counted() {
    let desk = Desk::new();
    for (name, content, expected) in [
        ("a.xml", newsml(), json!({"newsml_package": 1, "newsml_picture": 1})),
        ("b.xml", mediawiki(), json!({"wiki_namespace": 1, "wiki_redirect": 1})),
    ] {
        let articles = extract_articles(&desk, &[&desk.write(name, content), "--summary", &desk.path("s.json")], 0);
        assert_eq!(column(&articles, "doc_id"), ["n0", "n1", "n2"]);
        assert_eq!(column(&articles, "language"), ["en"; 3]);
        assert_eq!(desk.json("s.json")["run"]["not_articles"], expected);
    }
}

#[test]
fn other_xml_has_to_name_its_records() {
    let desk = Desk::new();
    let input = desk.write("a.xml", own_format());
    let out = desk.path("out.jsonl");
    let run = namewire(&["extract", &input, "--out", &out, "--model", &tiny()]).exits(2);
    run.says(&["XML of a kind that is not known", "--record ELEMENT"]);
    let fields = ["--record", "story", "--text-field", "body", "--keep", "head.when,@number"];
    let run =
        namewire(&[&["extract", &input, "--out", "-", "--entities", "none", "-q"], &fields[..]].concat()).exits(0);
    let first: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["meta"], json!({"head.when": "2014-06-29", "@number": "n0"}));
    assert_eq!(first["doc_id"], format!("{input}#3"));
    let articles = extract_articles(&desk, &[&input, "--record", "story", "--text-field", "missing"], 1);
    assert_eq!(column(&articles, "status"), ["rejected"; 3]);
    assert!(
        desk.lines("out.jsonl.rejects.jsonl")[0]["message"].as_str().unwrap().contains("the record has `head`, `body`")
    );
}

#[test]
fn elements_may_hold_html() {
    let desk = Desk::new();
    let story =
        "<list><story><body>&lt;p&gt;AT&amp;amp;T left &lt;b&gt;Geneva&lt;/b&gt;.&lt;/p&gt;</body></story></list>";
    let input = desk.write("a.xml", story);
    let fields = ["--record", "story", "--articles-text", "--summary", &desk.path("s.json")];
    let text = |flag: &str| {
        let articles = extract_articles(&desk, &[&[input.as_str(), flag, "body"], &fields[..]].concat(), 0);
        (articles[0]["text"].clone(), desk.json("s.json")["run"]["warnings"]["html_in_text"].clone())
    };
    assert_eq!(text("--html-field"), (json!("AT&T left Geneva."), Value::Null));
    assert_eq!(text("--text-field"), (json!("<p>AT&amp;T left <b>Geneva</b>.</p>"), json!(1)));
}

#[test]
fn hostile_xml_is_bounded_and_the_other_records_are_read() {
    let desk = Desk::new();
    let feed = |inside: &str| rss().replace("<item><guid>n1</guid>", &format!("<item>{inside}<guid>n1</guid>"));
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
                <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let many = 100_000;
    for (name, content, ids, code) in [
        ("bomb.xml", feed("<note>&c;&x;</note>").replace("<rss", &format!("{bomb}<rss")), &["n0", "n1", "n2"][..], 0),
        ("deep.xml", feed(&format!("{}{}", "<b>".repeat(many), "</b>".repeat(many))), &["n0", "n1", "n2"], 0),
        ("unclosed.xml", feed(&"<b>".repeat(many)), &["n0", "-", "n2"], 1),
        ("unopened.xml", feed(&"</b>".repeat(many)), &["n0", "n1", "n2"], 0),
        ("mixed.xml", feed(&format!("{}{}", "<b>".repeat(many), "</c>".repeat(many))), &["n0", "-", "n2"], 1),
        ("attributes.xml", feed(&format!("<b {}/>", "a='1' ".repeat(many))), &["n0", "n1", "n2"], 0),
        ("elements.xml", feed(&"<b/>".repeat(1 << 20)), &["n0", "-", "n2"], 1),
        ("references.xml", feed(&format!("<note>{}</note>", "&gt;&unknown;&".repeat(many))), &["n0", "n1", "n2"], 0),
        ("comment.xml", feed("<!-- never closed"), &["n0", "-"], 1),
        ("section.xml", feed("<![CDATA[ never closed"), &["n0", "-"], 1),
        ("quote.xml", feed("<b x='never closed"), &["n0", "-"], 1),
    ] {
        let input = desk.write(name, content);
        let start = Instant::now();
        let articles = extract_articles(&desk, &[&input], code);
        assert!(start.elapsed() < Duration::from_secs(10), "{name}: {:?}", start.elapsed());
        assert_eq!(column(&articles, "doc_id"), ids, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_run_over_a_dump_that_was_killed_is_resumed() {
    let desk = Desk::new();
    let (model, out, undisturbed) = (tiny(), desk.path("out"), desk.path("undisturbed"));
    let page = |number: usize| {
        let namespace = number % 3 % 2;
        format!(
            "<page><title>Day {number}</title><ns>{namespace}</ns><id>{number}</id><revision>\
             <text>{}</text></revision></page>\n",
            TEXTS[1].repeat(20)
        )
    };
    let pages: String = (0..600).map(page).collect();
    let input = desk.write("a.xml", format!("<mediawiki xml:lang='en'>{pages}</mediawiki>"));
    namewire(&shards(&input, &model, &undisturbed, &[])).exits(0);
    let mut child = super::common::command(&shards(&input, &model, &out, &[])).spawn().unwrap();
    wait_for_shards(&mut child, &out, 3);
    signal(&child, "KILL");
    end_of(child);
    namewire(&shards(&input, &model, &out, &["--resume"])).exits(0);
    assert_same_files(&out, &contents(&undisturbed));
    let manifest = desk.json("out/manifest.json");
    assert_eq!(manifest["inputs"][0]["read"]["not_articles"], json!({"wiki_namespace": 200}));
}

#[test]
fn real_documents_are_read() {
    let Some(folder) = shared("data/pages") else { return };
    let desk = Desk::new();
    let wiki = "mediawiki/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2";
    for (name, flags, articles, rejects) in
        [(wiki, &["--format", "xml"][..], 106, 0), ("newsml-g2/examples", &[], 7, 12), ("feeds", &[], 80, 3)]
    {
        let input = folder.join(name).display().to_string();
        let found = extract_articles(&desk, &[&[&*input, "--device", "stub"], flags].concat(), i32::from(rejects > 0));
        let of_xml = found.iter().filter(|article| article["input"].as_str().unwrap().contains(".xml"));
        let (ok, rejected): (Vec<_>, Vec<_>) = of_xml.partition(|article| article["status"] == "ok");
        assert_eq!((ok.len(), rejected.len()), (articles, rejects), "{name}");
    }
}
