//! Kinds of cases from general news, each with names that the rule must leave alone.

use super::{link_marked, shown};
use crate::link::{EntityTable, LinkOptions, Linker};

const TABLE: &str = r#"
{"id":"per/mbs","name":"Mohammed bin Salman","type":"Person","aliases":["MBS"]}
{"id":"per/king-salman","name":"Salman of Saudi Arabia","type":"Person","aliases":["King Salman"]}
{"id":"per/charles-iii","name":"Charles III","type":"Person","aliases":["King Charles"]}
{"id":"per/charles-michel","name":"Charles Michel","type":"Person"}
{"id":"per/colin-powell","name":"Colin Powell","type":"Person","aliases":["Powell"]}
{"id":"per/joe-biden","name":"Joe Biden","type":"Person","aliases":[{"text":"Biden","prior":0.95}],"description":"President of the United States"}
{"id":"per/george-w-bush","name":"George W. Bush","type":"Person","aliases":["George Bush",{"text":"Bush","prior":0.9}]}
{"id":"per/donald-trump","name":"Donald Trump","type":"Person","aliases":["Trump"]}
{"id":"per/maduro","name":"Nicolás Maduro","type":"Person","aliases":["Maduro"]}
{"id":"per/tamim","name":"Tamim bin Hamad","type":"Person","aliases":["Sheikh Tamim"]}
{"id":"per/mike-johnson","name":"Mike Johnson","type":"Person","relations":[{"type":"member_of","target":"org/house"}]}
{"id":"org/house","name":"House of Representatives","type":"Organization"}
{"id":"org/un","name":"United Nations","type":"Organization","aliases":[{"text":"UN","case":"exact"}]}
{"id":"org/who","name":"World Health Organization","type":"Organization","aliases":[{"text":"WHO","case":"exact"}]}
{"id":"org/is","name":"Islamic State","type":"Organization","aliases":[{"text":"IS","case":"exact"}]}
{"id":"org/let","name":"Lashkar-e-Taiba","type":"Organization","aliases":[{"text":"LeT","case":"exact"}]}
{"id":"org/pkk","name":"Kurdistan Workers' Party","type":"Organization","aliases":[{"text":"PKK","case":"exact"}],"description":"Kurdish militant group"}
{"id":"org/march-14","name":"March 14 Alliance","type":"Organization","aliases":["March 14"]}
{"id":"org/foreign-affairs","name":"Foreign Affairs (magazine)","type":"Organization"}
{"id":"org/left","name":"The Left","type":"Organization"}
{"id":"org/mcd","name":"McDonald's","type":"Organization"}
{"id":"loc/australia","name":"Australia","type":"GPE"}
{"id":"loc/syria","name":"Syria","type":"GPE"}
{"id":"loc/manchester","name":"Manchester","type":"GPE"}
{"id":"loc/damascus","name":"Damascus","type":"GPE"}
{"id":"loc/lyon","name":"Lyon","type":"GPE","description":"City in France","relations":[{"type":"country","target":"loc/france"}]}
{"id":"loc/hague","name":"The Hague","type":"GPE"}
{"id":"loc/north-korea","name":"North Korea","type":"GPE"}
{"id":"loc/china","name":"China","type":"GPE"}
{"id":"loc/us","name":"United States","type":"GPE"}
{"id":"loc/paris","name":"Paris","type":"GPE","relations":[{"type":"located_in","target":"loc/france"}]}
{"id":"loc/france","name":"France","type":"GPE"}
{"id":"loc/dc","name":"Washington, D.C.","type":"GPE","aliases":[{"text":"Washington","prior":0.97}],"relations":[{"type":"located_in","target":"loc/us"}]}
{"id":"loc/wa","name":"Washington (state)","type":"GPE","aliases":[{"text":"Washington","prior":0.03}],"relations":[{"type":"part_of","target":"loc/us"}],"description":"State of the USA"}
{"id":"loc/seattle","name":"Seattle","type":"GPE","relations":[{"type":"located_in","target":"loc/wa"},{"type":"country","target":"loc/us"}]}
"#;

fn linker(options: LinkOptions) -> Linker {
    Linker::new(EntityTable::parse(&[("table.jsonl", TABLE)]).unwrap(), options)
}

fn check(cases: &[(&str, &[&str])]) {
    let linker = linker(LinkOptions::default());
    for (text, expected) in cases {
        assert_eq!(shown(&linker, text, None), *expected, "{text}");
    }
}

#[test]
fn a_title_with_a_name_is_no_part_of_another_name() {
    check(&[
        ("{PER:Mohammed bin Salman} met {PER:King Salman}.", &["Mohammed bin Salman=mbs", "King Salman=king-salman"]),
        (
            "{PER:King Charles} met {PER:Charles Michel}.",
            &["King Charles=charles-iii", "Charles Michel=charles-michel"],
        ),
        ("Queen {PER:Elizabeth} met {PER:Elizabeth Warren}.", &["Elizabeth?no_alias", "Elizabeth Warren?no_alias"]),
        (
            "Crown Prince {PER:Mohammed bin Salman} came. Prince {PER:Mohammed} spoke.",
            &["Mohammed bin Salman=mbs", "Mohammed=mbs"],
        ),
    ]);
}

#[test]
fn priors_and_salience_choose_among_relatives() {
    check(&[
        (
            "{PER:Joe Biden} pardoned {PER:Hunter Biden}. {PER:Biden} left.",
            &["Joe Biden=joe-biden", "Hunter Biden?no_alias", "Biden=joe-biden"],
        ),
        (
            "{PER:Ahmed Salem}, {PER:Leila Salem} and {PER:Omar Salem}. {PER:Salem} left.",
            &["Ahmed Salem?no_alias", "Leila Salem?no_alias", "Omar Salem?no_alias", "Salem?two_holders"],
        ),
        (
            "{PER:Neil Bush}, brother of {PER:George W. Bush}, came. {PER:Neil Bush} sat. {PER:Bush} left.",
            &["Neil Bush?no_alias", "George W. Bush=george-w-bush", "Neil Bush?no_alias", "Bush?two_holders"],
        ),
        (
            "Mrs. {PER:Trump} met {PER:Donald Trump} and {PER:Melania Trump}.",
            &["Trump?two_holders", "Donald Trump=donald-trump", "Melania Trump?no_alias"],
        ),
    ]);
}

#[test]
fn initials_suffixes_and_hyphens_count() {
    check(&[
        ("{PER:George P. Bush} runs.", &["George P. Bush?no_alias"]),
        (
            "{PER:Donald Trump Jr.} came. {PER:Trump Jr.} left. {PER:Donald Trump} stayed.",
            &["Donald Trump Jr.?no_alias", "Trump Jr.?unknown_holder", "Donald Trump=donald-trump"],
        ),
        (
            "{PER:Moon Jae-in} met {PER:Ban Ki-moon}; {PER:Moon} left.",
            &["Moon Jae-in?no_alias", "Ban Ki-moon?no_alias", "Moon?unknown_holder"],
        ),
        ("{PER:Kim Jong-un} spoke; the UN was silent.", &["Kim Jong-un?no_alias", "UN=un"]),
        (
            "{PER:Ricardo Anaya Cortés} lost; {PER:Anaya} left.",
            &["Ricardo Anaya Cortés?no_alias", "Anaya?unknown_holder"],
        ),
    ]);
}

#[test]
fn a_definition_takes_its_acronym_from_the_table() {
    check(&[
        (
            "the {ORG:Public Knowledge Kiosk} (PKK); the PKK",
            &["Public Knowledge Kiosk?no_alias", "PKK?defined_otherwise", "PKK?defined_otherwise"],
        ),
        ("the {ORG:Kurdistan Worker Party} (PKK)", &["Kurdistan Worker Party=pkk", "PKK=pkk"]),
        (
            "the {ORG:World Housing Office} (WHO and its allies)",
            &["World Housing Office?no_alias", "WHO?defined_otherwise"],
        ),
    ]);
}

#[test]
fn a_sentence_over_two_lines_is_read_as_one() {
    let linker = linker(LinkOptions::default());
    let linked = |text: &str| {
        let sentence = crate::segment::Sentence {
            field: crate::article::Field::Text,
            span: crate::span::Span::new(0, text.len()),
            block: 0,
        };
        let document = crate::link::Document { title: None, text, date: None, sentences: &[sentence] };
        let mentions = linker.link(&document, Vec::new());
        mentions.iter().map(|mention| mention.span.slice(text).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(linked("in North\nKorea"), ["North\nKorea"]);
    assert_eq!(linked("in North\n\nKorea"), [""; 0]);
}

#[test]
fn words_are_not_cut_from_names() {
    check(&[
        (
            "{LOC:Western Australia} and {LOC:Greater Manchester}",
            &["Western Australia?no_alias", "Greater Manchester?no_alias"],
        ),
        ("{LOC:Western Syria}, {LOC:eastern Damascus}", &["Syria=syria", "Damascus=damascus"]),
        ("the {ORG:Southern Poverty Law Center}", &["Southern Poverty Law Center?no_alias"]),
        ("{ORG:McDonald}’s and {ORG:Moody}'s rose", &["McDonald’s=mcd", "Moody's?no_alias"]),
        ("{LOC:Syria}¹ and {LOC:Damascus²}", &["Syria=syria", "Damascus=damascus"]),
        ("Sheikh {PER:Tamim bin Khalifa Al Thani}", &["Tamim bin Khalifa Al Thani?no_alias"]),
    ]);
}

#[test]
fn dates_offices_and_emphasis_are_no_names() {
    check(&[
        ("on March 14 and March 14, 2019; the March 14 Alliance", &["March 14 Alliance=march-14"]),
        ("the Minister of {ORG:Foreign Affairs} reads Foreign Affairs", &["Foreign Affairs=foreign-affairs"]),
        ("“This IS the end,” he said. WHO cares? The WHO does.", &["WHO=who"]),
        ("Let us see. Left-handed men joined LeT.", &["LeT=let"]),
        ("a Sino-Russian pact", &["Sino=china"]),
    ]);
}

#[test]
fn a_place_lies_where_the_article_puts_it() {
    check(&[
        ("in {LOC:Paris}, Texas, and in {LOC:Paris}", &["Paris?other_place", "Paris=paris"]),
        ("in {LOC:Seattle}, {LOC:Washington}, on Monday", &["Seattle=seattle", "Washington=wa"]),
        ("{LOC:Washington} said no", &["Washington=dc"]),
        ("a carrier, the {LOC:Lyon}, sailed", &["Lyon?other_place"]),
        ("the {LOC:Lyon} government has a carrier", &["Lyon=lyon"]),
        ("a carrier off {LOC:The Hague}", &["Hague=hague"]),
    ]);
}

#[test]
fn addresses_hold_no_names() {
    check(&[("see www.example.com/Syria or mail un@who.example of {LOC:Syria}", &["Syria=syria"])]);
}

#[test]
fn a_couple_shares_its_surname() {
    check(&[
        ("{PER:Joe} and {PER:Jill Biden}", &["Joe=joe-biden", "Jill Biden?no_alias"]),
        ("{PER:Bob} and {PER:Jill Biden}", &["Bob?no_alias", "Jill Biden?no_alias"]),
    ]);
}

#[test]
fn another_spelling_needs_support() {
    check(&[
        ("{PER:Mike Johnston} sells cars", &["Mike Johnston?no_alias"]),
        (
            "{PER:Mike Johnston} of the House of Representatives",
            &["Mike Johnston=mike-johnson", "House of Representatives=house"],
        ),
    ]);
}

#[test]
fn sure_links_only_or_a_link_always() {
    let sure = linker(LinkOptions { link_threshold: 0.99, ..LinkOptions::default() });
    assert_eq!(shown(&sure, "{LOC:Syria} and {LOC:Washington}", None), ["Syria=syria", "Washington?below_threshold"]);
    let (_, linked) = link_marked(&sure, "{LOC:Washington}", None);
    assert_eq!(linked[0].link.candidates.len(), 2);
}

#[test]
fn names_with_inner_punctuation_are_found_as_written() {
    let table = r#"
{"id":"org/toys","name":"Toys \"R\" Us","type":"ORG"}
{"id":"org/yahoo","name":"Yahoo! Inc.","type":"ORG","aliases":["Yahoo!"]}
{"id":"org/one","name":"One / Two","type":"ORG"}"#;
    let linker = Linker::new(EntityTable::parse(&[("table.jsonl", table)]).unwrap(), LinkOptions::default());
    for (text, expected) in [
        ("Toys “R” Us and Yahoo! Inc. met.", &["Toys “R” Us=toys", "Yahoo! Inc=yahoo"][..]),
        ("One / Two, One (Two) and One. Two", &["One / Two=one"]),
        ("Toys, R, Us", &[]),
    ] {
        assert_eq!(shown(&linker, text, None), expected, "{text}");
    }
}

#[test]
fn common_names_of_national_bodies_stay_in_their_country() {
    let table = r#"
{"id":"loc/us","name":"United States","type":"LOC","aliases":[{"text":"American","type":"MISC"}]}
{"id":"loc/peru","name":"Peru","type":"LOC"}
{"id":"loc/ohio","name":"Ohio","type":"LOC","relations":[{"type":"part_of","target":"loc/us"}]}
{"id":"loc/lima","name":"Lima","type":"LOC","relations":[{"type":"country","target":"loc/peru"}]}
{"id":"org/court","name":"Supreme Court","type":"ORG","relations":[{"type":"country","target":"loc/us"}]}
{"id":"org/fbi","name":"FBI","type":"ORG","relations":[{"type":"country","target":"loc/us"}]}"#;
    let linker = Linker::new(EntityTable::parse(&[("table.jsonl", table)]).unwrap(), LinkOptions::default());
    for (text, expected) in [
        ("The Supreme Court met.", &["Supreme Court=court"][..]),
        ("The {ORG:Supreme Court} of Peru met.", &["Supreme Court?other_place", "Peru=peru"]),
        ("They asked in Lima why the {ORG:Supreme Court} met again.", &["Lima=lima", "Supreme Court?other_place"]),
        ("Peru asked an American; the Supreme Court", &["Peru=peru", "American=us", "Supreme Court=court"]),
        ("Ohio asked Peru and the Supreme Court", &["Ohio=ohio", "Peru=peru", "Supreme Court=court"]),
        ("Peru asked the FBI", &["Peru=peru", "FBI=fbi"]),
        ("the {ORG:Lima Supreme Court}", &["Lima Supreme Court?no_alias"]),
    ] {
        assert_eq!(shown(&linker, text, None), expected, "{text}");
    }
}

#[test]
fn types_of_the_table_become_those_of_the_model() {
    let of_model = ["PER", "ORG", "LOC", "MISC"].map(Into::into);
    let linker = linker(LinkOptions::default()).with_types(&of_model);
    let (_, linked) = link_marked(&linker, "{MISC:Joe Biden} left Syria for the UN.", None);
    assert_eq!(linked.iter().map(|mention| &*mention.kind).collect::<Vec<_>>(), ["PER", "LOC", "ORG"]);
}

#[test]
fn a_state_is_told_from_the_capital_by_its_city() {
    check(&[
        ("{LOC:Spokane}, {LOC:Washington}, has a river.", &["Spokane?no_alias", "Washington=wa"]),
        ("talks in {LOC:Paris}, {LOC:Washington} and Damascus", &["Paris=paris", "Washington=dc", "Damascus=damascus"]),
        ("{LOC:Vancouver}, {LOC:Washington}, and Salem, Oregon", &["Vancouver?no_alias", "Washington=wa"]),
    ]);
}
