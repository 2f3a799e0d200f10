//! English words that look like names or acronyms.

use std::sync::LazyLock;

use ahash::AHashSet;

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

/// Words of four letters and more that say nothing about what an entity is.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(word, "after" | "before" | "from" | "since" | "that" | "until" | "when" | "which" | "with")
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

/// English words that are also names or acronyms, or the folded form of one. Where capitals prove nothing (the
/// start of a sentence, a headline), such a word alone is not taken for a name without other evidence.
pub(crate) fn is_common_word(word: &str) -> bool {
    static COMMON: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "a abandon about ace acre act after against aid aids air all alliance also am amid amnesty an and \
        anonymous any april arc are arm army art as ask at august back ban bank bar bass bat bath battle be \
        begin bell best big bill bin black blue bolt bond both brown bush but by call camp can car care cat \
        cave chad chance chase chief church come conservatives cook cotton council cross cut dawn day dean \
        democracy did do don down drew eager east economist end enterprise fair far fast few field fight \
        fire first for force forces ford forest form fox frank free friend from front fry gates get go good \
        grace grant gray great green group guardian had hail ham has have he here hill him his hit hold \
        holder home homeland hope how hunt i ice if in independence independent inspire iron is islam it \
        its jack job join july june just justice king labour lamb land last law lead led left lent let \
        liberal lice like lima little long lord low major male man many march mark may mayor me met mit \
        mobile moment monitor mood more most mount my name nation native new next nice no nor north not now \
        of off old on one opposition or oral orange our out over pace palace park parks peace pence people \
        pet pine poll pope port post power press price prince public put rain rand raw ray reading reform \
        remain republic rice rich right rise road rock rose rush sad safer sale sand save say see sessions \
        set she short side signal silver site six slim small smart so some south split star start state \
        stone straw street strong such sun surprise swift take talks ten than that the them then there \
        these they this those time times tip to today too top total tour trade two under union unity up ups \
        us van vice view wall war was watch water way we well were what when where which white who why will \
        win wing with wolf wood word work world worth yes yet you young your"
            .split(' ')
            .collect()
    });
    COMMON.contains(word)
}
