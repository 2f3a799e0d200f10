//! Links as a user sees them: the program, the bundled model, and a small table.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::common::{Desk, extract_records};

/// The table of these tests.
pub(crate) const TABLE: &str = r#"
{"id":"org/islamic-state","name":"Islamic State","type":"ORG","aliases":["ISIS","ISIL","Daesh",{"text":"IS","case":"exact"},{"text":"Islamic State of Iraq and the Levant","valid_from":"2013-04-08"}],"relations":[{"type":"split_from","target":"org/al-qaeda"}]}
{"id":"org/al-qaeda","name":"al-Qaeda","type":"ORG","aliases":["al-Qaida"]}
{"id":"org/ypg","name":"People's Protection Units","type":"ORG","aliases":[{"text":"YPG","case":"exact"}],"relations":[{"type":"affiliate","target":"org/pkk"}]}
{"id":"org/pkk","name":"Kurdistan Workers' Party","type":"ORG","aliases":[{"text":"PKK","case":"exact"}]}
{"id":"per/bashar-al-assad","name":"Bashar al-Assad","type":"PER","aliases":[{"text":"Assad","prior":0.9}],"relations":[{"type":"president_of","target":"loc/syria"}]}
{"id":"per/hafez-al-assad","name":"Hafez al-Assad","type":"PER","aliases":[{"text":"Assad","prior":0.1}]}
{"id":"per/ahmet-davutoglu","name":"Ahmet Davutoğlu","type":"PER"}
{"id":"org/syrian-national-coalition","name":"Syrian National Coalition","type":"ORG","aliases":[{"text":"SNC","case":"exact","prior":0.5}]}
{"id":"org/syrian-national-council","name":"Syrian National Council","type":"ORG","aliases":[{"text":"SNC","case":"exact","prior":0.5}]}
{"id":"org/nusra-front","name":"al-Nusra Front","type":"ORG","aliases":["Jabhat al-Nusra"]}
{"id":"org/hts","name":"Hayat Tahrir al-Sham","type":"ORG","aliases":[{"text":"HTS","case":"exact"}],"description":"Militant group of the Levant"}
{"id":"loc/syria","name":"Syria","type":"LOC","aliases":[{"text":"Syrian","type":"MISC"}]}
{"id":"loc/raqqa","name":"Raqqa","type":"LOC"}
{"id":"loc/old-mill","name":"old stone mill","type":"LOC"}
{"id":"org/green","name":"Green Battalion","type":"ORG","aliases":[{"text":"GB","case":"exact","excludes":["Britain"]}]}
"#;

/// Surfaces, in the order of the text, each with the id of its entity or `status/reason`.
type Links = &'static [(&'static str, &'static str)];

/// An article and its links. Other surfaces are not looked at, but those under `never` must not be mentions.
struct Case {
    id: &'static str,
    title: &'static str,
    text: &'static str,
    date: Option<&'static str>,
    links: Links,
    never: &'static [&'static str],
}

impl Case {
    const fn new(id: &'static str, text: &'static str, links: Links) -> Self {
        Self { id, title: "", text, date: None, links, never: &[] }
    }
}

const IS: &str = "org/islamic-state";

const CASES: &[Case] = &[
    Case {
        never: &["is", "Is"],
        title: "Is the Fight Over? IS Leaves Raqqa and Nobody Is Safe",
        ..Case::new(
            "names-of-is",
            "It is quiet now. IS fighters left on Monday. ISIS, also called ISIL, said nothing; Daesh is its Arabic name. \
             What is left of the Islamic State is in the desert, and ISIS’s tunnels are empty.",
            &[
                ("IS", IS),
                ("Raqqa", "loc/raqqa"),
                ("IS", IS),
                ("ISIS", IS),
                ("ISIL", IS),
                ("Daesh", IS),
                ("Islamic State", IS),
                ("ISIS", IS),
            ],
        )
    },
    Case::new(
        "related",
        "The YPG denied that it takes orders from the PKK, and the Kurdistan Workers’ Party agreed.",
        &[("YPG", "org/ypg"), ("PKK", "org/pkk"), ("Kurdistan Workers’ Party", "org/pkk")],
    ),
    Case::new("prior", "The envoy met Assad on Tuesday and left at once.", &[("Assad", "per/bashar-al-assad")]),
    Case::new(
        "one-in-full",
        "A biography of Hafez al-Assad was printed in Beirut. Assad ruled for three decades, it says.",
        &[("Hafez al-Assad", "per/hafez-al-assad"), ("Assad", "per/hafez-al-assad")],
    ),
    Case::new(
        "two-in-full",
        "Portraits of Hafez al-Assad and Bashar al-Assad hung in the hall. Assad, said the guide, had visited twice.",
        &[
            ("Hafez al-Assad", "per/hafez-al-assad"),
            ("Bashar al-Assad", "per/bashar-al-assad"),
            ("Assad", "per/bashar-al-assad"),
        ],
    ),
    Case::new("shared", "Delegates of the SNC left on Friday.", &[("SNC", "ambiguous/below_margin")]),
    Case::new(
        "relative",
        "Bashar al-Assad took over from his father, Hafez al-Assad. Assad said on Monday that nothing would change.",
        &[
            ("Bashar al-Assad", "per/bashar-al-assad"),
            ("Hafez al-Assad", "per/hafez-al-assad"),
            ("Assad", "per/bashar-al-assad"),
        ],
    ),
    Case {
        title: "Assad wins the marathon",
        ..Case::new(
            "headline",
            "Karim Assad, a baker from Homs, won the race on Sunday. He was first by two minutes.",
            &[("Assad", "unknown/unknown_holder"), ("Karim Assad", "unknown/no_alias")],
        )
    },
    Case::new(
        "defined-otherwise",
        "The Young Poets Guild (YPG) met in Ohio. The YPG has forty members.",
        &[
            ("Young Poets Guild", "unknown/no_alias"),
            ("YPG", "unknown/defined_otherwise"),
            ("YPG", "unknown/defined_otherwise"),
        ],
    ),
    Case::new(
        "defined",
        "The Syrian National Council (SNC) met in Istanbul. A vote was put off, said the SNC on Friday.",
        &[
            ("Syrian National Council", "org/syrian-national-council"),
            ("SNC", "org/syrian-national-council"),
            ("SNC", "org/syrian-national-council"),
        ],
    ),
    Case::new(
        "unknown-long-form",
        "Fighters of the Levant Liberation Committee, or HTS, closed the road on Sunday. HTS gave no reason.",
        &[("Levant Liberation Committee", "org/hts"), ("HTS", "org/hts"), ("HTS", "org/hts")],
    ),
    Case::new(
        "unknown-acronym",
        "The Dorvale Harbour Trust (DHT) opened its books on Monday.",
        &[("Dorvale Harbour Trust", "unknown/no_alias"), ("DHT", "unknown/no_alias")],
    ),
    Case::new(
        "surname",
        "Davutoglu came late. The talks could not begin before Ahmet Davutoğlu arrived, said Davutoglu’s aide.",
        &[
            ("Davutoglu", "per/ahmet-davutoglu"),
            ("Ahmet Davutoğlu", "per/ahmet-davutoglu"),
            ("Davutoglu", "per/ahmet-davutoglu"),
        ],
    ),
    Case::new(
        "stranger",
        "Karim Assad, a baker, lost his oven in the fire. Assad wants to rebuild it, says his wife.",
        &[("Karim Assad", "unknown/no_alias"), ("Assad", "unknown/unknown_holder")],
    ),
    Case::new("demonym", "A Syrian driver was the first to arrive.", &[("Syrian", "loc/syria")]),
    Case::new(
        "folded",
        "Al Qaida and JABHAT AL-NUSRA were named in the letter, and so was DAESH.",
        &[("Al Qaida", "org/al-qaeda"), ("JABHAT AL-NUSRA", "org/nusra-front"), ("DAESH", IS)],
    ),
    Case::new("missed", "They slept in the old stone mill by the river.", &[("old stone mill", "loc/old-mill")]),
    Case::new(
        "missed-often",
        "Nobody owns the old stone mill. The road to the old stone mill is closed, and the keeper of the old stone mill left.",
        &[("old stone mill", "loc/old-mill"); 3],
    ),
    Case {
        date: Some("2012-01-01"),
        ..Case::new(
            "too-early",
            "The Islamic State of Iraq and the Levant was not yet a name that anybody used.",
            &[("Islamic State of Iraq and the Levant", "refused/date_refused")],
        )
    },
    Case::new(
        "undated",
        "The Islamic State of Iraq and the Levant was on every page.",
        &[("Islamic State of Iraq and the Levant", IS)],
    ),
    Case::new(
        "excluded",
        "Reporters in GB, or Great Britain, said that London was quiet.",
        &[("GB", "refused/excluded_word")],
    ),
];

/// All mentions of all cases, from one run.
pub(crate) fn linked() -> &'static [Value] {
    static MENTIONS: OnceLock<Vec<Value>> = OnceLock::new();
    MENTIONS.get_or_init(|| {
        let desk = Desk::new();
        let table = desk.write("table.jsonl", TABLE);
        let record = |case: &Case| json!({"id": case.id, "title": case.title, "text": case.text, "date": case.date});
        extract_records(&CASES.iter().map(record).collect::<Vec<_>>(), &table)
    })
}

/// The mentions of one case.
pub(crate) fn of_case(id: &str) -> Vec<&'static Value> {
    linked().iter().filter(|mention| mention["doc_id"] == id).collect()
}

fn outcome(mention: &Value) -> String {
    let part = |key: &str| mention["link"][key].as_str().unwrap_or("-").to_owned();
    mention["entity_id"].as_str().map_or_else(|| format!("{}/{}", part("status"), part("reason")), str::to_owned)
}

#[test]
fn each_name_has_its_entity_or_the_reason_for_none() {
    let mut wrong = Vec::new();
    for case in CASES {
        let seen: Vec<(&str, String)> =
            of_case(case.id).iter().map(|mention| (mention["text"].as_str().unwrap(), outcome(mention))).collect();
        let listed = |surface: &str| case.links.iter().any(|(name, _)| *name == surface);
        let looked_at = seen.iter().filter(|(surface, _)| listed(surface));
        let expected = case.links.iter().map(|(surface, link)| (*surface, (*link).to_owned()));
        let is_right = looked_at.cloned().eq(expected);
        if !is_right || seen.iter().any(|(surface, _)| case.never.contains(surface)) {
            wrong.push(format!("{}: {seen:?}", case.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
