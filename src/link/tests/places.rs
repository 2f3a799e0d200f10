//! Places of a large table, many of one name.

use super::*;

/// Cities of the background with their states and countries: id, name, inhabitants, where it lies.
const PLACES: &[(&str, &str, u32, &str)] = &[
    ("us", "United States", 327_000_000, ""),
    ("tx", "Texas", 29_000_000, "us"),
    ("ky", "Kentucky", 4_500_000, "us"),
    ("fl", "Florida", 21_000_000, "us"),
    ("wv", "West Virginia", 1_800_000, "us"),
    ("fr", "France", 65_000_000, ""),
    ("no", "Norway", 5_300_000, ""),
    ("paris-fr", "Paris", 2_100_000, "fr"),
    ("lyon", "Lyon", 500_000, "fr"),
    ("paris-tx", "Paris", 25_000, "tx"),
    ("reno-tx", "Reno", 3_000, "tx"),
    ("bonham", "Bonham", 10_000, "tx"),
    ("paris-ky", "Paris", 10_000, "ky"),
    ("lexington-ky", "Lexington", 320_000, "ky"),
    ("fla", "Flå", 900, "no"),
    ("beckley", "Beckley", 17_000, "wv"),
    ("beckley-ky", "Beckley", 90_000, "ky"),
];

fn places() -> Linker {
    let lines = PLACES.iter().map(|(id, name, popularity, around)| {
        let relations = if around.is_empty() {
            String::new()
        } else {
            format!(r#","relations":[{{"type":"located_in","target":"loc/{around}"}}]"#)
        };
        let description = if *around == "us" { r#","description":"state of the United States""# } else { "" };
        format!(
            r#"{{"id":"loc/{id}","name":"{name}","type":"LOC","popularity":{popularity},"tier":"background"{description}{relations}}}"#
        )
    });
    let table = lines.collect::<Vec<_>>().join("\n");
    Linker::new(EntityTable::parse(&[("places.jsonl", &table)]).unwrap(), LinkOptions::default())
}

#[test]
fn the_places_of_an_article_lie_near_each_other() {
    let linker = places();
    for (text, expected) in [
        // By its inhabitants alone.
        ("Police in {LOC:Paris} said so.", &["Paris=paris-fr"][..]),
        ("Police in {LOC:Lyon} and {LOC:Paris} said so.", &["Lyon=lyon", "Paris=paris-fr"]),
        (
            "Fire crews from {LOC:Reno}, {LOC:Bonham} and {LOC:Paris} came.",
            &["Reno=reno-tx", "Bonham=bonham", "Paris=paris-tx"],
        ),
        // The region itself.
        ("{LOC:Paris} is far from the coast of {LOC:Texas}.", &["Paris=paris-tx", "Texas=tx"]),
        // A name does not vote for itself.
        ("{LOC:Paris}, {LOC:Paris}, {LOC:Paris}!", &["Paris=paris-fr", "Paris=paris-fr", "Paris=paris-fr"]),
    ] {
        assert_eq!(shown(&linker, text, None), expected, "{text}");
    }
}

#[test]
fn abbreviated_states_tell_which_city_and_are_states_themselves() {
    let linker = places();
    for (text, expected) in [
        ("He left {LOC:Paris}, {LOC:Tex}. for good.", &["Paris=paris-tx", "Tex.=tx"][..]),
        ("She is from {LOC:Paris}, Ky., he says.", &["Paris=paris-ky"]),
        ("They met in {LOC:Beckley}, {LOC:W.Va}.", &["Beckley=beckley", "W.Va.=wv"]),
        // No village in Norway.
        ("A {LOC:Fla}. man was held.", &["Fla.=fl"]),
    ] {
        assert_eq!(shown(&linker, text, None), expected, "{text}");
    }
}
