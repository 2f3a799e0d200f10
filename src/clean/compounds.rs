//! Compounds with a hyphen: which halves they have.

/// Whether a word is the second half of a compound that begins with a name ("backed", "led", "speaking"), not part of
/// the name ("Ban Ki-moon").
pub(crate) fn is_compound_tail(word: &str) -> bool {
    const TAILS: &[&str] = &[
        "led", "held", "run", "born", "made", "wide", "style", "era", "like", "only", "friendly", "bound", "torn",
        "built", "loyal", "free", "prone", "rich", "language", "type", "side", "wing", "sworn", "hit", "bred", "heavy",
        "themed",
    ];
    let small = word.chars().all(char::is_lowercase);
    small && (TAILS.contains(&word) || (word.len() > 4 && (word.ends_with("ed") || word.ends_with("ing"))))
}

/// Whether a word begins compounds, alone or before the other half: "self-made", "al-qaeda".
pub(super) fn is_prefix(left: &str, right: &str) -> bool {
    const PREFIXES: [&str; 16] = [
        "all", "anti", "cross", "far", "half", "high", "long", "low", "mid", "multi", "non", "quasi", "self", "semi",
        "short", "well",
    ];
    const AFTER_ARTICLE: [&str; 9] =
        ["din", "islam", "jazeera", "nusra", "qaeda", "qaida", "shabaab", "shabab", "sham"];
    PREFIXES.contains(&left) || (matches!(left, "al" | "Al" | "el" | "El") && AFTER_ARTICLE.contains(&right))
}

/// Whether a word stands in the middle of names: "Port-au-Prince", "Stratford-upon-Avon".
pub(super) fn is_joining_particle(word: &str) -> bool {
    const PARTICLES: [&str; 24] = [
        "al", "am", "an", "au", "aux", "by", "de", "del", "der", "du", "el", "en", "es", "ez", "in", "la", "le", "les",
        "of", "on", "sur", "the", "to", "upon",
    ];
    PARTICLES.contains(&word)
}

/// Whether two words are the halves of a Korean or Chinese given name as news spells them: "Geun-hye", "Tseng-chang".
pub(super) fn is_given_name(left: &str, right: &str) -> bool {
    const SECOND: &[&str] = &[
        "bae", "bin", "bok", "chae", "chang", "cheng", "chi", "chieh", "chih", "ching", "chiu", "chuan", "chul",
        "chun", "chung", "fang", "feng", "gi", "guk", "gun", "gyu", "ha", "hao", "hee", "ho", "hoon", "hsien",
        "hsiung", "hua", "hui", "hun", "hwa", "hwan", "hye", "hyun", "il", "in", "ja", "jae", "jen", "jeou", "jin",
        "ju", "jun", "jung", "kai", "kook", "kuo", "kyo", "kyu", "kyung", "liang", "lin", "lung", "min", "ming", "mo",
        "moon", "myung", "ping", "rae", "san", "shan", "shek", "sheng", "shih", "sik", "soo", "sung", "tae", "te",
        "teh", "ting", "tsai", "tung", "un", "wei", "wen", "won", "woo", "wook", "wu", "yen", "yeol", "yi", "yin",
        "ying", "yong", "young", "yu", "yuan",
    ];
    let vowels = left.to_ascii_lowercase();
    let syllables =
        vowels.split(|char| !matches!(char, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')).filter(|part| !part.is_empty());
    syllables.count() == 1 && SECOND.contains(&right)
}

/// Whether letters are an ending that makes a word of a name: "Iran-ians", "Kurd-istan".
pub(super) fn is_ending(right: &str) -> bool {
    const ENDINGS: [&str; 12] =
        ["burg", "ford", "ians", "istan", "ists", "ites", "land", "ness", "ship", "shire", "stan", "ville"];
    ENDINGS.contains(&right)
}
