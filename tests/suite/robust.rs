//! The properties of the fuzz targets (`fuzz/`), tested on seeded random bytes and on the seed corpus.

use proptest::prelude::*;

use super::common::{in_repository, seeded};

#[allow(unreachable_pub)] // public to the fuzz targets
#[path = "../../fuzz/properties.rs"]
mod properties;

/// A property that holds for any bytes.
type Property = fn(&[u8]);

const TARGETS: [(&str, Property); 16] = [
    ("read", properties::read),
    ("html", properties::html),
    ("warc", properties::warc),
    ("xml", properties::xml),
    ("csv", properties::csv),
    ("parquet", properties::parquet),
    ("archive", properties::archive),
    ("rejects", properties::rejects),
    ("spans", properties::spans),
    ("segment", properties::segment),
    ("decode", properties::decode_scores),
    ("table", properties::table),
    ("nwt", properties::nwt),
    ("link", properties::link),
    ("import", properties::import),
    ("gold", properties::gold),
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = in_repository("fuzz/seeds").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn properties_hold_for_the_seeds() {
    for (target, property) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target}");
        seeds.iter().for_each(|seed| property(seed));
    }
}

proptest! {
    #![proptest_config(seeded(96))]

    #[test]
    fn properties_hold_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        TARGETS.iter().for_each(|(_, property)| property(&bytes));
    }

    /// Seeds with pieces moved, repeated or removed, and bytes changed.
    #[test]
    fn properties_hold_for_mutated_seeds(
        seed in 0usize..20,
        cuts in prop::collection::vec((0usize..400, 0usize..400), 1..6),
        changes in prop::collection::vec((0usize..400, any::<u8>()), 0..6),
    ) {
        for (target, property) in TARGETS {
            let seeds = seeds(target);
            let seed = &seeds[seed % seeds.len()];
            let piece = |&(from, to): &(usize, usize)| {
                let (from, to) = (from % (seed.len() + 1), to % (seed.len() + 1));
                &seed[from.min(to)..from.max(to)]
            };
            let mut bytes: Vec<u8> = seed[..1.min(seed.len())].to_vec();
            bytes.extend(cuts.iter().flat_map(piece));
            let length = bytes.len();
            changes.iter().for_each(|&(at, byte)| bytes[at % length] = byte);
            property(&bytes);
        }
    }

    #[test]
    fn properties_hold_for_text_of_hard_cases(parts in prop::collection::vec(prop::sample::select(vec![
        "Syria", "Mireille Tanner", "Tanner", "SNC", "(SNC)", "(", ")", " ", ". ", "\n", ", ", "’s", "-", "al-", "the ", "of ",
        "U.S.", "\u{301}", "\u{ad}", "\u{200b}", "\u{fffd}", "é", "İ", "ß", "北京", "👩\u{200d}🚒", "1980-88", "also known as ",
        "President ", "provinces", "\r", "\u{2028}", "…", "“", "”", "'", "\0", "IS", "May", "Government ",
    ]), 0..40)) {
        let text = parts.concat();
        TARGETS[1..].iter().for_each(|(_, property)| property(text.as_bytes()));
    }
}
