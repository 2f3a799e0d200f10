//! Short articles written for their traps, through the model and the starter table.

use serde_json::{Value, json};

use crate::common::{jsonl, run, scratch};

/// An article, and for surfaces in it the entity: an id, "-" for a place that is no mention, "?" for a mention without an
/// entity. A surface stands for its first place that no earlier one of the list took.
type Trap = (&'static str, &'static [(&'static str, &'static str)]);

const IS: &str = "org/islamic-state";
const SYRIA: &str = "loc/syria";
const TURKEY: &str = "loc/turkey";
const US: &str = "loc/united-states";

const TRAPS: &[Trap] = &[
    // IS and "is", "Is" in headlines, at the start of a sentence, in capitals.
    ("What is left of IS is hard to say.", &[("is", "-"), ("IS", IS), ("is", "-")]),
    ("Is The Truce In Aleppo Over For Good?", &[("Is", "-"), ("Aleppo", "loc/aleppo")]),
    ("Is it over? Nobody in Raqqa knows.", &[("Is", "-"), ("Raqqa", "loc/raqqa")]),
    ("IS fighters fled Raqqa.", &[("IS", IS)]),
    ("The fight against IS – and what it is about.", &[("IS", IS), ("is", "-")]),
    ("Coalition jets bombed IS’s trucks near Mosul.", &[("IS", IS), ("Mosul", "loc/mosul")]),
    ("The anti-IS coalition met in Paris.", &[("IS", IS)]),
    ("Isis and Da’esh are names of one group.", &[("Isis", IS), ("Da’esh", IS)]),
    ("DAESH was driven out, officials said.", &[("DAESH", IS)]),
    ("ISIL-held villages were bombed.", &[("ISIL", IS)]),
    // Turkey and turkey, us and US, hit and Hit, may and May.
    ("Turkey closed the border. They ate turkey.", &[("Turkey", TURKEY), ("turkey", "-")]),
    ("The US told us nothing.", &[("US", US), ("us", "-")]),
    ("Join us. The U.S. did.", &[("us", "-"), ("U.S.", US)]),
    ("A US-led raid hit the town.", &[("US", US), ("hit", "-")]),
    ("Theresa May may speak in May.", &[("Theresa May", "per/theresa-may"), ("may", "-"), ("May", "-")]),
    ("On 4 May 2016 they met in Geneva.", &[("May", "-"), ("Geneva", "loc/geneva")]),
    // Demonyms, possessives, hyphens, plurals.
    ("The Syrian army and Syria’s allies", &[("Syrian", SYRIA), ("Syria", SYRIA)]),
    ("Two Turks and an Iraqi were held.", &[("Turks", TURKEY), ("Iraqi", "loc/iraq")]),
    ("a pro-Assad militia", &[("Assad", "per/bashar-al-assad")]),
    ("the Turkish-backed rebels", &[("Turkish", TURKEY)]),
    ("the Syria-Turkey border", &[("Syria", SYRIA), ("Turkey", TURKEY)]),
    ("Iraq's and Iran’s ministers met.", &[("Iraq", "loc/iraq"), ("Iran", "loc/iran")]),
    ("Erdogan’s visit to Moscow", &[("Erdogan", "per/recep-tayyip-erdogan"), ("Moscow", "loc/moscow")]),
    ("non-Syrian fighters", &[("Syrian", SYRIA)]),
    // Spellings, accents, articles, apostrophes, one letter.
    (
        "Recep Tayyip Erdoğan spoke in Ankara.",
        &[("Recep Tayyip Erdoğan", "per/recep-tayyip-erdogan"), ("Ankara", "loc/ankara")],
    ),
    ("Ahmet Davutoğlu resigned.", &[("Ahmet Davutoğlu", "per/ahmet-davutoglu")]),
    ("Prime Minister Ahmet Davutoglou resigned.", &[("Ahmet Davutoglou", "per/ahmet-davutoglu")]),
    ("Mr. Davutoglou flew home to Ankara.", &[("Davutoglou", "per/ahmet-davutoglu")]),
    ("Fighting in Ar-Raqqah and al-Raqqa", &[("Ar-Raqqah", "loc/raqqa"), ("al-Raqqa", "loc/raqqa")]),
    (
        "Shelling in Deir ez-Zor and Dayr az-Zawr",
        &[("Deir ez-Zor", "loc/deir-ez-zor"), ("Dayr az-Zawr", "loc/deir-ez-zor")],
    ),
    (
        "Al-Qaeda, al Qaida and Al Qaeda",
        &[("Al-Qaeda", "org/al-qaeda"), ("al Qaida", "org/al-qaeda"), ("Al Qaeda", "org/al-qaeda")],
    ),
    ("Bashar al-Asad spoke in Damascus.", &[("Bashar al-Asad", "per/bashar-al-assad")]),
    ("Flights to Istanbul and Instanbul", &[("Istanbul", "loc/istanbul"), ("Instanbul", "loc/istanbul")]),
    ("Nobody knew Davutogl... at all.", &[("Davutogl", "?-")]),
    // Longest names first.
    ("al-Qaeda in Iraq was founded in Iraq.", &[("al-Qaeda in Iraq", "org/al-qaeda-in-iraq"), ("Iraq", "loc/iraq")]),
    ("the Islamic State of Iraq and the Levant", &[("Islamic State of Iraq and the Levant", IS)]),
    ("the Free Syrian Army in Syria", &[("Free Syrian Army", "org/free-syrian-army"), ("Syria", SYRIA)]),
    ("The UN Security Council met.", &[("UN Security Council", "org/un-security-council")]),
    (
        "The Syrian Observatory for Human Rights said so.",
        &[("Syrian Observatory for Human Rights", "org/syrian-observatory-for-human-rights")],
    ),
    // Related, not the same.
    ("The YPG is not the PKK.", &[("YPG", "org/ypg"), ("PKK", "org/pkk")]),
    (
        "the People’s Protection Units and the Kurdistan Workers’ Party",
        &[("People’s Protection Units", "org/ypg"), ("Kurdistan Workers’ Party", "org/pkk")],
    ),
    // Two organisations of one acronym.
    (
        "The Syrian National Council (SNC) met. The SNC left.",
        &[("SNC", "org/syrian-national-council"), ("SNC", "org/syrian-national-council")],
    ),
    (
        "The Syrian National Coalition (SNC) met. The SNC left.",
        &[("SNC", "org/syrian-national-coalition"), ("SNC", "org/syrian-national-coalition")],
    ),
    ("The SNC [Syrian National Council] met in Istanbul.", &[("SNC", "org/syrian-national-council")]),
    ("The Scottish Dance Forum (SDF) met in Perth. The SDF danced.", &[("SDF", "?"), ("SDF", "?")]),
    ("The Scottish Naturist Club (SNC) met in Perth. The SNC swam.", &[("SNC", "?"), ("SNC", "?")]),
    ("The Food Standards Agency (FSA) banned it. The FSA said so.", &[("FSA", "?"), ("FSA", "?")]),
    // People of one surname.
    (
        "Bashar al-Assad succeeded Hafez al-Assad. Assad was young.",
        &[("Bashar al-Assad", "per/bashar-al-assad"), ("Hafez al-Assad", "per/hafez-al-assad"), ("Assad", "?")],
    ),
    (
        "Hafez al-Assad ruled for decades. Assad died in 2000.",
        &[("Hafez al-Assad", "per/hafez-al-assad"), ("Assad", "per/hafez-al-assad")],
    ),
    (
        "Nechirvan Barzani spoke. Barzani then left Erbil.",
        &[("Nechirvan Barzani", "per/nechirvan-barzani"), ("Barzani", "per/nechirvan-barzani")],
    ),
    (
        "Masoud Barzani met Nechirvan Barzani. Barzani said little.",
        &[("Masoud Barzani", "per/masoud-barzani"), ("Nechirvan Barzani", "per/nechirvan-barzani"), ("Barzani", "?")],
    ),
    ("A baker, Anna Erdogan, opened a shop in Leeds. Erdogan sells bread.", &[("Anna Erdogan", "?"), ("Erdogan", "?")]),
    ("Farmer Omar Kerry grows figs. Kerry has goats.", &[("Omar Kerry", "?"), ("Kerry", "?")]),
    (
        "John Kerry flew to Geneva. Kerry met Sergei Lavrov.",
        &[("John Kerry", "per/john-kerry"), ("Kerry", "per/john-kerry"), ("Sergei Lavrov", "per/sergey-lavrov")],
    ),
    (
        "Erdogan met Putin. President Recep Tayyip Erdogan smiled.",
        &[
            ("Erdogan", "per/recep-tayyip-erdogan"),
            ("Putin", "per/vladimir-putin"),
            ("Recep Tayyip Erdogan", "per/recep-tayyip-erdogan"),
        ],
    ),
    // City and province.
    ("He left Aleppo for Homs.", &[("Aleppo", "loc/aleppo"), ("Homs", "loc/homs")]),
    ("villages in Aleppo province", &[("Aleppo", "loc/aleppo-governorate")]),
    ("both Homs and Aleppo provinces", &[("Homs", "loc/homs-governorate"), ("Aleppo", "loc/aleppo-governorate")]),
    ("In Aleppo, near Azaz and Manbij, in the north of Syria", &[("Aleppo", "loc/aleppo")]),
    ("the province of Homs", &[("Homs", "loc/homs-governorate")]),
    // Languages and peoples.
    ("They speak Turkish at home.", &[("Turkish", "misc/turkish-language")]),
    ("The Turkish army left.", &[("Turkish", TURKEY)]),
    ("Kurds and Arabs live in Kirkuk.", &[("Kurds", "grp/kurds"), ("Arabs", "grp/arabs"), ("Kirkuk", "loc/kirkuk")]),
    // Capitals and small letters that prove nothing.
    ("WHAT IS LEFT OF THE CITY\nThe mayor of Homs spoke.", &[("IS", "-"), ("Homs", "loc/homs")]),
    ("TURKEY AND IRAN SIGN DEAL\nTurkey and Iran signed.", &[("TURKEY", TURKEY), ("IRAN", "loc/iran")]),
    ("Nato and NATO are one alliance.", &[("Nato", "org/nato"), ("NATO", "org/nato")]),
    ("The Un and the un- of undo; the UN met.", &[("UN", "org/united-nations")]),
    // Brackets, quotes, ellipses, handles.
    ("“[Assad] must go,” Kerry said.", &[("Assad", "per/bashar-al-assad"), ("Kerry", "per/john-kerry")]),
    ("The army (Syria’s) left ‘Aleppo’.", &[("Syria", SYRIA), ("Aleppo", "loc/aleppo")]),
    ("The Kurdish group (YPG) and its rival", &[("YPG", "org/ypg")]),
    ("Reporting by Reuters in Damascus…", &[("Reuters", "org/reuters"), ("Damascus", "loc/damascus")]),
    // Names that hold a name.
    ("The Bank of Syria and Overseas closed its branch.", &[("Syria", "-")]),
    ("Sir Paul Jordan left Jordan.", &[("Paul Jordan", "?"), ("Jordan", "loc/jordan")]),
    ("Paris Hilton was not in Paris.", &[("Paris Hilton", "?"), ("Paris", "loc/paris")]),
    ("Government of Iraq forces entered Mosul.", &[("Iraq", "loc/iraq"), ("Mosul", "loc/mosul")]),
    ("President Bashar al-Assad met Foreign Minister Walid al-Muallem.", &[("Bashar al-Assad", "per/bashar-al-assad")]),
];

#[test]
fn traps_are_seen_through() {
    let scratch = scratch();
    let articles: Vec<Value> =
        TRAPS.iter().enumerate().map(|(at, (text, _))| json!({"id": at.to_string(), "text": text})).collect();
    let input =
        scratch.write("traps.jsonl", &articles.iter().map(|article| format!("{article}\n")).collect::<String>());
    let out = scratch.path("out.jsonl");
    run(&["extract", &input, "--out", &out, "-q"]).exits(0);
    let mentions = jsonl(&out);
    let (mut right, mut wrong) = (0, Vec::new());
    for (at, (text, expected)) in TRAPS.iter().enumerate() {
        let id = at.to_string();
        let own: Vec<&Value> = mentions.iter().filter(|mention| mention["doc_id"] == id.as_str()).collect();
        let mut from = 0;
        for (surface, entity) in *expected {
            let start = place(text, surface, from);
            let found = own.iter().find(|mention| mention["start_byte"] == start && mention["text"] == *surface);
            from = start + surface.len();
            let got = found.map_or("-", |mention| mention["entity_id"].as_str().unwrap_or("?"));
            if got == *entity || (*entity == "?-" && matches!(got, "?" | "-")) {
                right += 1
            } else {
                wrong.push(format!("{text:?}: {surface:?} is {got}, not {entity}"))
            }
        }
    }
    let all = right + wrong.len();
    assert!(TRAPS.len() >= 60 && right * 100 >= all * 95, "{right} of {all}:\n{}", wrong.join("\n"));
    println!("{right} of {all} right\n{}", wrong.join("\n"));
}

/// The first place of a surface as whole words, from a byte on; where there is none, from the start.
fn place(text: &str, surface: &str, from: usize) -> usize {
    let is_whole = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + surface.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let places = || text.match_indices(surface).map(|(at, _)| at).filter(|&at| is_whole(at));
    places()
        .find(|&at| at >= from)
        .or_else(|| places().next())
        .unwrap_or_else(|| panic!("{surface:?} is not in {text:?}"))
}
