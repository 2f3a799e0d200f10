//! Word lists of English news that the rules need: closed classes, kept short, in folded form.

mod kinds;
mod organisations;
mod people;
mod places;
mod time;
mod vocabulary;

pub(crate) use kinds::{is_known_kind, is_organisation, is_person, is_place, is_same_kind};
pub(crate) use organisations::{
    is_body_word, is_institution, is_office, is_ordinal, is_possessive_brand, is_unit, joins_names,
};
pub(crate) use people::{is_name_suffix, is_reigning_title, is_title};
pub(crate) use places::{
    SHIP_WORDS, US_STATES, compound_country, follows_whole_name, is_compass, is_compass_name, is_place_head,
    region_head, state_of_abbreviation,
};
pub(crate) use time::{is_calendar_word, is_date_cue, is_month, is_time_cue};
pub(crate) use vocabulary::{is_common_acronym, is_common_word, is_filler, is_function_word, is_subject};

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
