//! Words of geography: points of the compass, kinds of place, US states.

/// Points of the compass that news puts before a place without making a new name of it.
pub(crate) fn is_compass(word: &str) -> bool {
    matches!(
        word,
        "north"
            | "south"
            | "east"
            | "west"
            | "northern"
            | "southern"
            | "eastern"
            | "western"
            | "central"
            | "northeast"
            | "northwest"
            | "southeast"
            | "southwest"
            | "northeastern"
            | "northwestern"
            | "southeastern"
            | "southwestern"
            | "upper"
            | "lower"
            | "greater"
            | "mainland"
            | "downtown"
    )
}

/// Regions whose names begin with a point of the compass, and with a name that stands for another place alone.
pub(crate) fn is_compass_name([compass, name]: [&str; 2]) -> bool {
    let compasses: &[&str] = match name {
        "australia" => &["western", "south", "southern"],
        "ireland" | "mariana" | "cyprus" | "marianas" => &["northern"],
        "korea" | "carolina" | "dakota" => &["north", "south"],
        "virginia" | "bank" | "point" | "papua" => &["west"],
        "africa" => &["south", "central"],
        "sudan" | "america" | "georgia" | "shetland" => &["south"],
        "sahara" => &["western"],
        "samoa" => &["western", "american"],
        "manchester" | "london" | "poland" | "antilles" => &["greater"],
        "timor" | "anglia" | "germany" => &["east"],
        "bengal" => &["west", "east"],
        "java" | "kalimantan" | "nusa" => &["west", "east", "central"],
        "sumatra" | "sulawesi" => &["north", "south", "west", "central"],
        "macedonia" | "rhine" | "sinai" => &["north"],
        "darfur" => &["north", "south", "west", "east", "central"],
        "kordofan" | "kivu" | "ossetia" | "waziristan" => &["north", "south"],
        "sussex" | "yorkshire" | "midlands" => &["north", "south", "east", "west"],
        "saxony" | "austria" => &["lower", "upper"],
        "manhattan" | "silesia" => &["lower", "upper"],
        "york" => &["north"],
        _ => &[],
    };
    compasses.contains(&compass)
}

/// Words of articles about ships, which bear the names of places.
pub(crate) const SHIP_WORDS: [&str; 8] =
    ["carrier", "carriers", "cruiser", "destroyer", "frigate", "submarine", "warship", "warships"];

/// Verbs and small words that follow a name which stands alone.
pub(crate) fn follows_whole_name(word: &str) -> bool {
    matches!(word, "and" | "are" | "had" | "has" | "is" | "may" | "or" | "that" | "was" | "which" | "will" | "would")
}

/// Kinds of place that follow a name: part of it when capitalised, else only told of it.
pub(crate) fn is_place_head(word: &str) -> bool {
    matches!(
        word,
        "province"
            | "provinces"
            | "governorate"
            | "governorates"
            | "district"
            | "districts"
            | "city"
            | "cities"
            | "town"
            | "towns"
            | "village"
            | "villages"
            | "region"
            | "county"
            | "state"
            | "river"
            | "island"
            | "mountains"
            | "valley"
            | "countryside"
            | "suburb"
            | "neighborhood"
            | "neighbourhood"
    )
}

/// The heads under which a first-level region of a country may be named, in the singular.
pub(crate) fn region_head(word: &str) -> Option<&'static str> {
    match word {
        "province" | "provinces" => Some("province"),
        "governorate" | "governorates" => Some("governorate"),
        "district" | "districts" => Some("district"),
        _ => None,
    }
}

/// English first halves of compounds ("Sino-Russian") and the countries that they stand for.
pub(crate) fn compound_country(word: &str) -> Option<&'static str> {
    Some(match word {
        "sino" => "china",
        "franco" => "france",
        "anglo" => "united kingdom",
        "russo" => "russia",
        "turco" => "turkey",
        "greco" => "greece",
        "indo" => "india",
        "italo" => "italy",
        "hispano" => "spain",
        "austro" => "austria",
        "luso" => "portugal",
        "euro" => "europe",
        _ => return None,
    })
}

/// US states that share their names with no other well-known place.
pub(crate) const US_STATES: [&str; 47] = [
    "alabama",
    "alaska",
    "arizona",
    "arkansas",
    "california",
    "colorado",
    "connecticut",
    "delaware",
    "florida",
    "hawaii",
    "idaho",
    "illinois",
    "indiana",
    "iowa",
    "kansas",
    "kentucky",
    "louisiana",
    "maine",
    "maryland",
    "massachusetts",
    "michigan",
    "minnesota",
    "mississippi",
    "missouri",
    "montana",
    "nebraska",
    "nevada",
    "new hampshire",
    "new jersey",
    "new mexico",
    "north carolina",
    "north dakota",
    "ohio",
    "oklahoma",
    "oregon",
    "pennsylvania",
    "rhode island",
    "south carolina",
    "south dakota",
    "tennessee",
    "texas",
    "utah",
    "vermont",
    "virginia",
    "west virginia",
    "wisconsin",
    "wyoming",
];

/// The US state that an abbreviation stands for after a city, without its full stops: "Ill.", "N.Y.".
pub(crate) fn state_of_abbreviation(key: &str) -> Option<&'static str> {
    const ABBREVIATIONS: [(&str, &str); 46] = [
        ("ala", "alabama"),
        ("ariz", "arizona"),
        ("ark", "arkansas"),
        ("calif", "california"),
        ("colo", "colorado"),
        ("conn", "connecticut"),
        ("del", "delaware"),
        ("fla", "florida"),
        ("ga", "georgia"),
        ("ill", "illinois"),
        ("ind", "indiana"),
        ("kan", "kansas"),
        ("kans", "kansas"),
        ("ky", "kentucky"),
        ("la", "louisiana"),
        ("mass", "massachusetts"),
        ("md", "maryland"),
        ("mich", "michigan"),
        ("minn", "minnesota"),
        ("miss", "mississippi"),
        ("mo", "missouri"),
        ("mont", "montana"),
        ("nc", "north carolina"),
        ("nd", "north dakota"),
        ("neb", "nebraska"),
        ("nev", "nevada"),
        ("nh", "new hampshire"),
        ("nj", "new jersey"),
        ("nm", "new mexico"),
        ("ny", "new york"),
        ("okla", "oklahoma"),
        ("ore", "oregon"),
        ("pa", "pennsylvania"),
        ("penn", "pennsylvania"),
        ("ri", "rhode island"),
        ("sc", "south carolina"),
        ("sd", "south dakota"),
        ("tenn", "tennessee"),
        ("tex", "texas"),
        ("va", "virginia"),
        ("vt", "vermont"),
        ("wash", "washington"),
        ("wis", "wisconsin"),
        ("wva", "west virginia"),
        ("wv", "west virginia"),
        ("wyo", "wyoming"),
    ];
    let at = ABBREVIATIONS.iter().position(|(abbreviation, _)| *abbreviation == key)?;
    Some(ABBREVIATIONS[at].1)
}
