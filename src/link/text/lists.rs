//! Word lists of English news that the rules need: closed classes, kept short, in folded form.

use std::sync::LazyLock;

use ahash::AHashSet;

/// Words before a person's name that are not part of it.
pub(crate) fn is_title(word: &str) -> bool {
    static TITLES: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "adm admiral ambassador archbishop ayatollah baroness bishop brig brigadier caliph capt captain \
        cardinal chancellor chief cmdr col colonel commander congressman corporal cpl crown defence defense \
        deputy director dr emir envoy foreign former gen general gov governor hajji imam interior judge king \
        lady leader lieutenant lord lt maj major marshal minister miss mr mrs ms mullah pastor pm pope premier \
        president prime prince princess private prof professor pvt queen rabbi rear rep rev secretary sen \
        senator sergeant sgt shaikh sheik sheikh sir speaker special spokesman spokesperson spokeswoman \
        staff sultan vice"
            .split(' ')
            .collect()
    });
    TITLES.contains(word)
}

/// Titles that go with a given name, not with a surname: "King Charles".
pub(crate) fn is_reigning_title(word: &str) -> bool {
    matches!(word, "king" | "queen" | "prince" | "princess" | "pope" | "emperor" | "sultan" | "emir")
}

/// True for the types that tables and label sets give to persons.
pub(crate) fn is_person(kind: &str) -> bool {
    is_one_of(kind, &["per", "person", "people", "human"])
}

/// True for the types that tables and label sets give to places.
pub(crate) fn is_place(kind: &str) -> bool {
    is_one_of(kind, &["loc", "location", "gpe", "place", "fac", "geo"])
}

/// True for the types that tables and label sets give to organisations.
pub(crate) fn is_organisation(kind: &str) -> bool {
    is_one_of(kind, &["org", "organization", "organisation", "company", "corp"])
}

/// True for two types that say the same.
pub(crate) fn is_same_kind(left: &str, right: &str) -> bool {
    left == right || [is_person, is_place, is_organisation].iter().any(|is_kind| is_kind(left) && is_kind(right))
}

fn is_one_of(kind: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

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

/// Companies whose names end with a possessive.
pub(crate) fn is_possessive_brand(word: &str) -> bool {
    static BRANDS: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "applebee arby barron bloomingdale carl christie denny domino dunkin harrod hardee jane kellogg kohl \
        levi lloyd lowe macy mcdonald mercer michael moody poor reese sainsbury sotheby starbuck tiffany \
        waitrose wendy zaxby"
            .split_whitespace()
            .collect()
    });
    BRANDS.contains(word)
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

/// Institutions that are no names of their own beside a country: "Government of Iraq", "UK Government".
pub(crate) fn is_institution(word: &str) -> bool {
    matches!(word, "government" | "regime" | "authorities" | "governments")
}

/// Months and days that are also names: doubtful wherever they stand.
pub(crate) fn is_calendar_word(word: &str) -> bool {
    matches!(word, "april" | "august" | "friday" | "june" | "march" | "may")
}

/// Months by name or abbreviation.
pub(crate) fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    MONTHS.contains(&word)
}

/// Words after which a month and a day are a date.
pub(crate) fn is_date_cue(word: &str) -> bool {
    const CUES: [&str; 14] = [
        "on", "by", "since", "until", "till", "from", "before", "after", "last", "next", "of", "to", "through", "dated",
    ];
    CUES.contains(&word)
}

/// Offices and bodies that are named by what follows "of" or "for": the "Minister of Foreign Affairs".
pub(crate) fn is_office(word: &str) -> bool {
    const OFFICES: [&str; 18] = [
        "minister",
        "ministers",
        "ministry",
        "secretary",
        "department",
        "committee",
        "council",
        "office",
        "bureau",
        "board",
        "faculty",
        "school",
        "institute",
        "college",
        "commission",
        "directorate",
        "undersecretary",
        "commissioner",
    ];
    OFFICES.contains(&word)
}

/// Subjects after which "IS" is the verb in capitals.
pub(crate) fn is_subject(word: &str) -> bool {
    const SUBJECTS: [&str; 14] = [
        "this",
        "that",
        "it",
        "he",
        "she",
        "there",
        "what",
        "who",
        "here",
        "which",
        "how",
        "life",
        "where",
        "everything",
    ];
    SUBJECTS.contains(&word)
}

/// Function words that are acronyms too.
pub(crate) fn is_function_word(word: &str) -> bool {
    const WORDS: [&str; 20] = [
        "is", "us", "who", "it", "no", "all", "not", "and", "them", "so", "am", "as", "can", "do", "in", "or", "you",
        "we", "our", "are",
    ];
    WORDS.contains(&word)
}

/// Words before a month or a day that make it a time.
pub(crate) fn is_time_cue(word: &str) -> bool {
    matches!(word, "in" | "since" | "until" | "during" | "last" | "next" | "early" | "late" | "mid" | "this")
}

/// Common nouns that news writes in capitals: no names.
pub(crate) fn is_common_acronym(word: &str) -> bool {
    matches!(
        word,
        "ied"
            | "ieds"
            | "vbied"
            | "vbieds"
            | "svbied"
            | "svbieds"
            | "uav"
            | "uavs"
            | "ngo"
            | "ngos"
            | "idp"
            | "idps"
            | "wmd"
            | "wmds"
            | "pow"
            | "pows"
            | "manpad"
            | "manpads"
            | "rpg"
            | "rpgs"
            | "suv"
            | "suvs"
            | "gdp"
            | "hiv"
            | "dna"
            | "mri"
            | "ceo"
            | "pm"
            | "mp"
            | "mps"
            | "nco"
            | "ncos"
            | "snco"
            | "sncos"
            | "tv"
            | "gmt"
            | "am"
            | "faq"
            | "usd"
            | "spc"
            | "sgt"
            | "cpl"
            | "pvt"
            | "lt"
            | "col"
            | "md"
            | "phd"
            | "mba"
            | "esq"
    )
}

/// Words with which the name of a military unit ends before that of the unit above it.
pub(crate) fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "battalion"
            | "battery"
            | "brigade"
            | "company"
            | "squadron"
            | "platoon"
            | "troop"
            | "regiment"
            | "wing"
            | "group"
    )
}

/// Small words inside the names of organisations.
pub(crate) fn joins_names(word: &str) -> bool {
    matches!(word, "of" | "for" | "in" | "and" | "the" | "to" | "on" | "against")
}

/// What may follow a surname as part of the name.
pub(crate) fn is_name_suffix(word: &str) -> bool {
    matches!(word, "ii" | "iii" | "iv" | "jr" | "sr")
}

/// "1st", "32nd", "134th".
pub(crate) fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(|char: char| char.is_ascii_lowercase());
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th" | "d")
}

/// English words that are also names or acronyms, or the folded form of one. Where capitals prove nothing (the
/// start of a sentence, a headline), such a word alone is not taken for a name without other evidence.
pub(crate) fn is_common_word(word: &str) -> bool {
    static COMMON: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "a abandon about ace act after against aid aids air all alliance also am amid an and any april arc \
        are arm army art as ask at august back ban bank bar bass bat bath battle be bell best big bill bin \
        black blue bolt bond both brown bush but by call camp can care cat chad chance chase chief church \
        come conservatives cook council cross cut day dean democracy did do don down drew eager east end \
        fair far fast few field fight fire first for force forces ford forest form fox frank free friend \
        from front fry gates get go good grace grant gray great green group guardian had hail ham has have \
        he here hill him his hit hold home hope how hunt i if in independent iron is islam it its jack job \
        join july june just justice king labour lamb land last law lead led left liberal like let lice lima little \
        long lord low major man many march mark may mayor me met mit mobile moment more most mount my name \
        nation native new next nice no nor north not now of off old on one opposition or orange our out over \
        park parks peace people pine poll pope port post power press price prince public put rain ray \
        reading reform remain republic rice rich right rise road rock rose rush sad sale sand save say see \
        set she short side silver six slim small smart so some south split star start state stone straw \
        street strong such sun take talks ten than that the them then there these they this those time times \
        to today too top tour trade two under union unity up us van view wall war was watch water way we \
        well were what when where which white who why will win wing with wolf wood word work world worth yes \
        yet you young your"
            .split(' ')
            .collect()
    });
    COMMON.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_answer_for_their_words() {
        assert!(is_title("sheikh") && is_title("adm") && !is_title("assad"));
        assert!(is_common_word("is") && is_common_word("hit") && is_common_word("march") && is_common_word("your"));
        assert!(!is_common_word("isis") && !is_common_word("mosul"));
    }
}
