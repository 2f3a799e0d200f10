//! Rules of linking on short texts, each with the trap that it exists for.

mod background;
mod kinds;
mod places;
mod properties;

use std::sync::Arc;

use super::*;
use crate::article::Field;
use crate::date::DateRange;
use crate::decode::NerSpan;
use crate::span::Span;

pub(super) const TABLE: &str = r#"
{"id":"org/islamic-state","name":"Islamic State","type":"ORG","aliases":["ISIS","ISIL","Daesh",{"text":"IS","case":"exact"},{"text":"Islamic State of Iraq and the Levant","valid_from":"2013-04-08"}],"relations":[{"type":"split_from","target":"org/al-qaeda"}]}
{"id":"org/al-qaeda","name":"al-Qaeda","type":"ORG","aliases":["al-Qaida"]}
{"id":"org/al-qaeda-in-iraq","name":"al-Qaeda in Iraq","type":"ORG","aliases":[{"text":"AQI","case":"exact"}],"relations":[{"type":"part_of","target":"org/al-qaeda"}]}
{"id":"org/ypg","name":"People's Protection Units","type":"ORG","aliases":[{"text":"YPG","case":"exact"}],"description":"Kurdish militia in Syria","relations":[{"type":"affiliate","target":"org/pkk"}]}
{"id":"org/pkk","name":"Kurdistan Workers' Party","type":"ORG","aliases":[{"text":"PKK","case":"exact"}]}
{"id":"per/bashar-al-assad","name":"Bashar al-Assad","type":"PER","aliases":[{"text":"Assad","prior":0.9}],"relations":[{"type":"president_of","target":"loc/syria"}]}
{"id":"per/hafez-al-assad","name":"Hafez al-Assad","type":"PER","aliases":[{"text":"Assad","prior":0.1}],"valid_to":"2000"}
{"id":"per/erdogan","name":"Recep Tayyip Erdoğan","type":"PER","aliases":["Erdogan","Tayyip Erdogan"]}
{"id":"per/theresa-may","name":"Theresa May","type":"PER","aliases":["May"]}
{"id":"org/syrian-national-coalition","name":"Syrian National Coalition","type":"ORG","aliases":[{"text":"SNC","case":"exact","prior":0.5}]}
{"id":"org/syrian-national-council","name":"Syrian National Council","type":"ORG","aliases":[{"text":"SNC","case":"exact","prior":0.5}]}
{"id":"org/sohr","name":"Syrian Observatory for Human Rights","type":"ORG","aliases":[{"text":"SOHR","case":"exact"}]}
{"id":"loc/syria","name":"Syria","type":"LOC","aliases":[{"text":"Syrian","type":"MISC"}]}
{"id":"loc/iraq","name":"Iraq","type":"LOC","aliases":[{"text":"Iraqi","type":"MISC"}]}
{"id":"loc/turkey","name":"Turkey","type":"LOC","aliases":[{"text":"Turkish","type":"MISC"}]}
{"id":"misc/turkish","name":"Turkish (language)","type":"MISC","description":"Language of Turkey"}
{"id":"loc/united-states","name":"United States","type":"LOC","aliases":[{"text":"US","case":"exact"},"U.S."]}
{"id":"org/us-army","name":"U.S. Army","type":"ORG"}
{"id":"org/nato","name":"NATO","type":"ORG"}
{"id":"loc/hit","name":"Hit","type":"LOC","relations":[{"type":"located_in","target":"loc/iraq"}]}
{"id":"loc/aleppo","name":"Aleppo","type":"LOC"}
{"id":"loc/aleppo-governorate","name":"Aleppo Governorate","type":"LOC"}
{"id":"loc/homs","name":"Homs","type":"LOC"}
{"id":"loc/homs-governorate","name":"Homs Governorate","type":"LOC"}
{"id":"loc/raqqa","name":"Raqqa","type":"LOC","aliases":["Ar Raqqah","Raqqah"]}
{"id":"loc/tripoli-libya","name":"Tripoli","type":"LOC","relations":[{"type":"located_in","target":"loc/libya"}]}
{"id":"loc/tripoli-lebanon","name":"Tripoli (Lebanon)","type":"LOC","relations":[{"type":"located_in","target":"loc/lebanon"}]}
{"id":"loc/libya","name":"Libya","type":"LOC"}
{"id":"loc/lebanon","name":"Lebanon","type":"LOC"}
{"id":"per/al-gore","name":"Al Gore","type":"PER"}
{"id":"org/green","name":"Green Battalion","type":"ORG","aliases":[{"text":"the Greens","requires":["battalion"]},{"text":"GB","case":"exact","excludes":["Britain"]}]}
"#;

pub(super) fn linker() -> Linker {
    Linker::new(EntityTable::parse(&[("table.jsonl", TABLE)]).unwrap(), LinkOptions::default())
}

/// Links `text`, in which the model's mentions are written `{PER:Name}`; each line is a block of one sentence.
fn link_marked(linker: &Linker, marked: &str, date: Option<&str>) -> (String, Vec<LinkedMention>) {
    let (mut text, mut found, mut rest) = (String::new(), Vec::new(), marked);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (kind, after) = after.split_once(':').unwrap();
        let (name, after) = after.split_once('}').unwrap();
        let start = text.len();
        text.push_str(name);
        let sentence = text[..start].matches('\n').count() as u32;
        found.push(NerSpan {
            field: Field::Text,
            span: Span::new(start, text.len()),
            kind: Arc::from(kind),
            score: 0.9,
            sentence,
        });
        rest = after;
    }
    text.push_str(rest);
    let document = Document { title: None, text: &text, date: date.and_then(DateRange::parse), sentences: &[] };
    let linked = linker.link(&document, found);
    (text, linked)
}

/// `Surface=id` for what is linked, `Surface?reason` for what is not.
fn shown(linker: &Linker, marked: &str, date: Option<&str>) -> Vec<String> {
    let (text, linked) = link_marked(linker, marked, date);
    linked
        .iter()
        .map(|mention| {
            let surface = mention.span.slice(&text);
            match mention.link.entity {
                Some(entity) => format!("{surface}={}", linker.table().entity(entity).id.split_once('/').unwrap().1),
                None => format!("{surface}?{}", mention.link.reason.unwrap()),
            }
        })
        .collect()
}

fn check(cases: &[(&str, &[&str])]) {
    let linker = linker();
    for (text, expected) in cases {
        assert_eq!(shown(&linker, text, None), *expected, "{text}");
    }
}

#[test]
fn one_entity_under_all_its_names() {
    check(&[
        (
            "ISIS, ISIL, IS and Daesh: the Islamic State.",
            &[
                "ISIS=islamic-state",
                "ISIL=islamic-state",
                "IS=islamic-state",
                "Daesh=islamic-state",
                "Islamic State=islamic-state",
            ],
        ),
        ("Isis and DAESH; Da’esh’s men.", &["Isis=islamic-state", "DAESH=islamic-state", "Da’esh=islamic-state"]),
        ("The YPG is not the PKK.", &["YPG=ypg", "PKK=pkk"]),
        ("Kurdistan Workers’ Party", &["Kurdistan Workers’ Party=pkk"]),
        (
            "al-Qaeda in Iraq, Al Qaida and Iraq",
            &["al-Qaeda in Iraq=al-qaeda-in-iraq", "Al Qaida=al-qaeda", "Iraq=iraq"],
        ),
    ]);
}

#[test]
fn capitals_decide_and_where_they_prove_nothing_the_article_does() {
    check(&[
        ("This is what it is.", &[]),
        ("Is The War Over In Every Town", &[]),
        ("Fight against IS – again", &["IS=islamic-state"]),
        ("THE WAR IS OVER NOW", &[]),
        (
            "THE WAR AGAINST IS IN SYRIA\nThe ISIS fighters fled.",
            &["IS=islamic-state", "SYRIA=syria", "ISIS=islamic-state"],
        ),
        ("We ate turkey; it was good for us. Who hit it?", &[]),
        ("Turkey and the US", &["Turkey=turkey", "US=united-states"]),
        ("Hit the road.\nMarch on.", &[]),
        ("They took Hit in Iraq.", &["Hit=hit", "Iraq=iraq"]),
        ("Nato met.", &["Nato=nato"]),
        ("On May 4 and in May, Us and them.", &[]),
        ("Theresa May spoke. May left.", &["Theresa May=theresa-may", "May=theresa-may"]),
    ]);
}

#[test]
fn spans_are_the_name_alone() {
    check(&[
        (
            "the {LOC:US-backed} rebels, {MISC:pro-Assad} men, {LOC:Northern Syria}",
            &["US=united-states", "Assad=bashar-al-assad", "Syria=syria"],
        ),
        (
            "{PER:President Bashar al-Assad}’s men; {ORG:the Islamic State}",
            &["Bashar al-Assad=bashar-al-assad", "Islamic State=islamic-state"],
        ),
        ("the {ORG:Government of Iraq} and {LOC:Syria-Iraq} border", &["Iraq=iraq", "Syria=syria", "Iraq=iraq"]),
        (
            "a {ORG:Syrian} {ORG:Islamic State of Iraq} and the {LOC:Levant}",
            &["Syrian=syria", "Islamic State of Iraq and the Levant=islamic-state"],
        ),
        ("{PER:Iraq Jones} of {ORG:Bank of Syria}", &["Iraq Jones?no_alias", "Bank of Syria?no_alias"]),
        (
            "U.S. Army and US-led; the United States Army",
            &["U.S. Army=us-army", "US=united-states", "United States Army=us-army"],
        ),
        ("al-Raqqa, Ar-Raqqah and raqqa", &["al-Raqqa=raqqa", "Ar-Raqqah=raqqa"]),
        ("Gore and Al Gore", &["Al Gore=al-gore"]),
        (
            "{MISC:jihadist} with an {MISC:IED} in {LOC:Dayr} {LOC:Az Zawr}",
            &["jihadist?no_alias", "Dayr Az Zawr?no_alias"],
        ),
        ("{ORG:3rd Battalion}, {ORG:6th Marines}", &["3rd Battalion, 6th Marines?no_alias"]),
    ]);
}

#[test]
fn a_head_in_small_letters_chooses_the_region() {
    check(&[
        ("Aleppo and its province", &["Aleppo=aleppo"]),
        ("in Aleppo province", &["Aleppo=aleppo-governorate"]),
        ("in Aleppo Province", &["Aleppo Province=aleppo-governorate"]),
        ("both Homs and Aleppo provinces", &["Homs=homs-governorate", "Aleppo=aleppo-governorate"]),
        ("the province of Homs", &["Homs=homs-governorate"]),
    ]);
}

#[test]
fn definitions_hold_for_their_article() {
    check(&[
        (
            "The Syrian National Council (SNC) met. The SNC left.",
            &[
                "Syrian National Council=syrian-national-council",
                "SNC=syrian-national-council",
                "SNC=syrian-national-council",
            ],
        ),
        ("The SNC met.", &["SNC?below_margin"]),
        (
            "The Syrian National Council said the SNC would meet the Syrian National Coalition.",
            &[
                "Syrian National Council=syrian-national-council",
                "SNC=syrian-national-council",
                "Syrian National Coalition=syrian-national-coalition",
            ],
        ),
        ("the {ORG:National Army of Syrian Kurdistan}, or YPG", &["National Army of Syrian Kurdistan=ypg", "YPG=ypg"]),
        ("[the {ORG:National Army of Syrian Kurdistan} [YPG]]", &["National Army of Syrian Kurdistan=ypg", "YPG=ypg"]),
        ("YPG ({ORG:National Army of Syrian Kurdistan})", &["YPG=ypg", "National Army of Syrian Kurdistan=ypg"]),
        (
            "{PER:Abu Ali}, also known as {PER:Bashar al-Assad}",
            &["Abu Ali=bashar-al-assad", "Bashar al-Assad=bashar-al-assad"],
        ),
        // None of these defines anything.
        ("{LOC:Manbij} (YPG) fell", &["Manbij?no_alias", "YPG=ypg"]),
        ("in Aleppo ({ORG:AFP}) and {ORG:AFP}", &["Aleppo=aleppo", "AFP?no_alias", "AFP?no_alias"]),
        ("{PER:Ali Hassan} (SOHR)", &["Ali Hassan?no_alias", "SOHR=sohr"]),
        ("Turkey (PKK)", &["Turkey=turkey", "PKK=pkk"]),
        ("in Iraq and Syria (IS)", &["Iraq=iraq", "Syria=syria", "IS=islamic-state"]),
        // Another organisation of the same letters.
        (
            "{ORG:Scottish Nature Club} (SNC); the SNC",
            &["Scottish Nature Club?no_alias", "SNC?defined_otherwise", "SNC?defined_otherwise"],
        ),
        ("{ORG:Party of Life} of Syria ({ORG:PLS})", &["Party of Life of Syria?no_alias", "PLS?no_alias"]),
        ("the {ORG:Free Army}\n(YPG)", &["Free Army?no_alias", "YPG=ypg"]),
    ]);
}

#[test]
fn short_names_follow_the_full_one() {
    check(&[
        ("Assad spoke.", &["Assad=bashar-al-assad"]),
        ("Assad said so. Hafez al-Assad ruled.", &["Assad=hafez-al-assad", "Hafez al-Assad=hafez-al-assad"]),
        (
            "Bashar al-Assad and Hafez Assad; Assad spoke.",
            &["Bashar al-Assad=bashar-al-assad", "Hafez Assad=hafez-al-assad", "Assad=bashar-al-assad"],
        ),
        (
            "Assad spoke. {PER:Asma al-Assad} came. {PER:Assad} left.",
            &["Assad=bashar-al-assad", "Asma al-Assad?no_alias", "Assad=bashar-al-assad"],
        ),
        ("{PER:Asma al-Assad} came. {PER:Assad} spoke.", &["Asma al-Assad?no_alias", "Assad?unknown_holder"]),
        ("{PER:John B. Smith IV} and {PER:Smith}", &["John B. Smith IV?no_alias", "Smith?unknown_holder"]),
        ("{PER:Omar Abu Anas} and {PER:Anas}", &["Omar Abu Anas?no_alias", "Anas?no_alias"]),
        (
            "The Syrian Observatory for Human Rights said; the {ORG:Observatory} added.",
            &["Syrian Observatory for Human Rights=sohr", "Observatory=sohr"],
        ),
        ("Recep Tayyip Erdogan. “Erdoğan’s men", &["Recep Tayyip Erdogan=erdogan", "Erdoğan=erdogan"]),
    ]);
    let linker = linker();
    let (_, linked) = link_marked(&linker, "Assad spoke.", None);
    assert_eq!((linked[0].link.reason, linked[0].found_by), (Some(Reason::PriorDecided), FoundBy::Table));
    assert_eq!(linked[0].link.candidates.len(), 2);
}

#[test]
fn unknown_people_are_one_person_in_the_article() {
    let (_, linked) = link_marked(
        &linker(),
        "{PER:John Smith} met {PER:Ann Doe}. {PER:Smith} left with {PER:Doe}; Syria’s {PER:John Smith}.",
        None,
    );
    let ids: Vec<u32> = linked.iter().map(|mention| mention.local_id).collect();
    assert_eq!(ids, [0, 1, 0, 1, 2, 0]);
}

#[test]
fn context_chooses_and_says_so() {
    check(&[
        ("In Tripoli, Libya said", &["Tripoli=tripoli-libya", "Libya=libya"]),
        ("In Tripoli, Lebanon said", &["Tripoli=tripoli-lebanon", "Lebanon=lebanon"]),
        ("In Tripoli they said", &["Tripoli?below_margin"]),
        (
            "They speak Turkish, not Kurdish. The Turkish army is in Turkey.",
            &["Turkish=turkish", "Turkish=turkey", "Turkey=turkey"],
        ),
        ("The Greens won.", &[]),
        ("{ORG:The Greens} won.", &["Greens?requires_missing"]),
        ("A battalion of the Greens", &["Greens=green"]),
        ("Britain and {LOC:GB}", &["GB?excluded_word"]),
    ]);
}

#[test]
fn a_list_of_places_is_no_name() {
    check(&[
        ("Today in {LOC:Syria Libya Lebanon World} online", &["Syria=syria", "Libya=libya", "Lebanon=lebanon"]),
        ("The {ORG:Syria Libya Council} met.", &["Syria Libya Council?no_alias"]),
        ("The {ORG:Syria World Forum} met.", &["Syria World Forum?no_alias"]),
    ]);
}

#[test]
fn dates_refuse_or_abstain() {
    let linker = linker();
    let text = "{ORG:Islamic State of Iraq and the Levant}";
    assert_eq!(shown(&linker, text, Some("2012-01-01")), ["Islamic State of Iraq and the Levant?date_refused"]);
    for date in [None, Some("2014-06-29"), Some("2013")] {
        assert_eq!(shown(&linker, text, date), ["Islamic State of Iraq and the Levant=islamic-state"]);
    }
}

#[test]
fn links_carry_their_evidence() {
    let linker = linker();
    let (text, linked) = link_marked(&linker, "Syrian National Council (SNC): “ISIS’", None);
    let Some(Evidence::Text { span, .. }) = &linked[1].link.evidence else { panic!("{:?}", linked[1]) };
    assert_eq!((span.slice(&text), linked[1].link.method), ("Syrian National Council", Some(Method::Acronym)));
    let Some(Evidence::Row { alias, origin }) = &linked[2].link.evidence else { panic!("{:?}", linked[2]) };
    assert_eq!((&**alias, &*origin.file, origin.line), ("ISIS", "table.jsonl", 2));
    assert_eq!(linked[2].link.score, Some(1.0));
}

#[test]
fn types_come_from_whoever_knows_better() {
    let linker = linker();
    let types = |marked: &str| {
        let (_, linked) = link_marked(&linker, marked, None);
        linked.iter().map(|mention| mention.kind.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(types("{LOC:Syrian} {ORG:Assad} and {PER:Homs}"), ["MISC", "PER", "LOC"]);
    assert_eq!(types("{MISC:Libya}, {GPE:Iraq}, {ORG:Foo Bar}"), ["LOC", "GPE", "ORG"]);
    assert_eq!(types("{MISC:Bashar al-Assad}, {MISC:YPG} and {MISC:Syrian}"), ["PER", "ORG", "MISC"]);
}

#[test]
fn a_linker_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Linker>();
}
