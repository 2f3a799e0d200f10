//! What the names that a site gave its elements tell of their content.

/// Kinds of content, as names of classes and the like tell them.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(u16);

impl Hints {
    /// The text of the article.
    pub(super) const BODY: Self = Self(1);
    pub(super) const COMMENTS: Self = Self(1 << 1);
    /// Buttons and counters of networks.
    pub(super) const SHARING: Self = Self(1 << 2);
    /// Other articles.
    pub(super) const RELATED: Self = Self(1 << 3);
    pub(super) const CAPTION: Self = Self(1 << 4);
    pub(super) const ADVERTISING: Self = Self(1 << 5);
    /// Newsletters, subscriptions, logins.
    pub(super) const SUBSCRIPTION: Self = Self(1 << 6);
    pub(super) const NAVIGATION: Self = Self(1 << 7);
    /// Authors, dates, sources.
    pub(super) const BYLINE: Self = Self(1 << 8);
    /// Cookies and other notices that lie over the page.
    pub(super) const NOTICE: Self = Self(1 << 9);
    /// Not shown.
    pub(super) const HIDDEN: Self = Self(1 << 10);
    /// Players and galleries.
    pub(super) const MEDIA: Self = Self(1 << 11);
    pub(super) const TAGS: Self = Self(1 << 12);
    /// The summary above the text.
    pub(super) const SUMMARY: Self = Self(1 << 13);
    /// Posts of networks that are quoted.
    pub(super) const EMBED: Self = Self(1 << 14);

    pub(super) const fn all() -> Self {
        Self(u16::MAX)
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    pub(super) const fn only(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Whether it has one of `others`.
    pub(super) const fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// The hints of a list of names, such as the value of `class`.
    pub(super) fn of_names(names: &str) -> Self {
        let mut hints = Self::default();
        for name in names.split_ascii_whitespace() {
            hints = hints.with(Self::of_name(name));
        }
        hints
    }

    fn of_name(name: &str) -> Self {
        let mut hints = Self::default();
        let mut previous = String::new();
        for word in words(name) {
            if let Ok(at) = WORDS.binary_search_by_key(&&*word, |&(known, _)| known) {
                hints = hints.with(WORDS[at].1);
            }
            for (first, second, meaning) in PAIRS {
                if *first == previous && *second == word {
                    hints = hints.with(*meaning);
                }
            }
            previous = word;
        }
        hints
    }
}

/// The words of `articleBody`, `article-body` and `article_body`, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|char: char| !char.is_ascii_alphabetic());
        let bytes = rest.as_bytes();
        let is_end = |at: usize| {
            !bytes[at].is_ascii_alphabetic() || (bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase())
        };
        let end = (1..bytes.len()).find(|&at| is_end(at)).unwrap_or(bytes.len());
        let (word, after) = rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
        rest = after;
        Some(word.to_ascii_lowercase())
    })
}

/// Words with a meaning of their own, sorted.
const WORDS: &[(&str, Hints)] = &[
    ("abo", Hints::SUBSCRIPTION),
    ("abstract", Hints::SUMMARY),
    ("ad", Hints::ADVERTISING),
    ("addthis", Hints::SHARING),
    ("ads", Hints::ADVERTISING),
    ("advert", Hints::ADVERTISING),
    ("advertisement", Hints::ADVERTISING),
    ("advertising", Hints::ADVERTISING),
    ("adverts", Hints::ADVERTISING),
    ("anzeige", Hints::ADVERTISING),
    ("articlebody", Hints::BODY),
    ("author", Hints::BYLINE),
    ("authors", Hints::BYLINE),
    ("autor", Hints::BYLINE),
    ("bio", Hints::BYLINE),
    ("breadcrumb", Hints::NAVIGATION),
    ("breadcrumbs", Hints::NAVIGATION),
    ("byline", Hints::BYLINE),
    ("caption", Hints::CAPTION),
    ("captions", Hints::CAPTION),
    ("carousel", Hints::MEDIA),
    ("comment", Hints::COMMENTS),
    ("comments", Hints::COMMENTS),
    ("consent", Hints::NOTICE),
    ("cookie", Hints::NOTICE),
    ("cookies", Hints::NOTICE),
    ("copyright", Hints::BYLINE),
    ("credit", Hints::CAPTION),
    ("credits", Hints::CAPTION),
    ("dateline", Hints::BYLINE),
    ("disclaimer", Hints::NOTICE),
    ("disqus", Hints::COMMENTS),
    ("donate", Hints::SUBSCRIPTION),
    ("donation", Hints::SUBSCRIPTION),
    ("embed", Hints::EMBED),
    ("excerpt", Hints::SUMMARY),
    ("fact", Hints::RELATED),
    ("factbox", Hints::RELATED),
    ("figcaption", Hints::CAPTION),
    ("followup", Hints::RELATED),
    ("footer", Hints::NAVIGATION),
    ("gallery", Hints::MEDIA),
    ("gdpr", Hints::NOTICE),
    ("infobox", Hints::RELATED),
    ("intro", Hints::SUMMARY),
    ("keywords", Hints::TAGS),
    ("lead", Hints::SUMMARY),
    ("lede", Hints::SUMMARY),
    ("legend", Hints::CAPTION),
    ("login", Hints::SUBSCRIPTION),
    ("menu", Hints::NAVIGATION),
    ("meta", Hints::BYLINE),
    ("metadata", Hints::BYLINE),
    ("metainfo", Hints::BYLINE),
    ("modal", Hints::NOTICE),
    ("nav", Hints::NAVIGATION),
    ("navbar", Hints::NAVIGATION),
    ("navigation", Hints::NAVIGATION),
    ("newsletter", Hints::SUBSCRIPTION),
    ("newsletters", Hints::SUBSCRIPTION),
    ("outbrain", Hints::ADVERTISING),
    ("overlay", Hints::NOTICE),
    ("pagination", Hints::NAVIGATION),
    ("popular", Hints::RELATED),
    ("popup", Hints::NOTICE),
    ("privacy", Hints::NOTICE),
    ("promo", Hints::RELATED),
    ("promobox", Hints::RELATED),
    ("promotion", Hints::RELATED),
    ("pubdate", Hints::BYLINE),
    ("readmore", Hints::RELATED),
    ("recirc", Hints::RELATED),
    ("recirculation", Hints::RELATED),
    ("recommendation", Hints::RELATED),
    ("recommendations", Hints::RELATED),
    ("recommended", Hints::RELATED),
    ("register", Hints::SUBSCRIPTION),
    ("related", Hints::RELATED),
    ("respond", Hints::COMMENTS),
    ("share", Hints::SHARING),
    ("sharebar", Hints::SHARING),
    ("sharing", Hints::SHARING),
    ("sidebar", Hints::RELATED),
    ("signup", Hints::SUBSCRIPTION),
    ("slideshow", Hints::MEDIA),
    ("social", Hints::SHARING),
    ("sponsor", Hints::ADVERTISING),
    ("sponsored", Hints::ADVERTISING),
    ("standfirst", Hints::SUMMARY),
    ("storybody", Hints::BODY),
    ("subscribe", Hints::SUBSCRIPTION),
    ("subscription", Hints::SUBSCRIPTION),
    ("taboola", Hints::ADVERTISING),
    ("tags", Hints::TAGS),
    ("teaser", Hints::RELATED),
    ("teasers", Hints::RELATED),
    ("timestamp", Hints::BYLINE),
    ("toolbar", Hints::SHARING),
    ("topics", Hints::TAGS),
    ("trending", Hints::RELATED),
    ("tweet", Hints::EMBED),
    ("werbung", Hints::ADVERTISING),
    ("widget", Hints::RELATED),
];

/// Words that mean something together.
const PAIRS: &[(&str, &str, Hints)] = &[
    ("also", "like", Hints::RELATED),
    ("also", "read", Hints::RELATED),
    ("article", "body", Hints::BODY),
    ("article", "content", Hints::BODY),
    ("article", "text", Hints::BODY),
    ("audio", "player", Hints::MEDIA),
    ("body", "text", Hints::BODY),
    ("content", "body", Hints::BODY),
    ("entry", "content", Hints::BODY),
    ("more", "from", Hints::RELATED),
    ("more", "on", Hints::RELATED),
    ("most", "read", Hints::RELATED),
    ("post", "body", Hints::BODY),
    ("post", "content", Hints::BODY),
    ("read", "also", Hints::RELATED),
    ("read", "more", Hints::RELATED),
    ("read", "next", Hints::RELATED),
    ("screen", "reader", Hints::HIDDEN),
    ("see", "also", Hints::RELATED),
    ("sign", "up", Hints::SUBSCRIPTION),
    ("sr", "only", Hints::HIDDEN),
    ("story", "body", Hints::BODY),
    ("story", "content", Hints::BODY),
    ("tag", "list", Hints::TAGS),
    ("up", "next", Hints::RELATED),
    ("video", "player", Hints::MEDIA),
    ("visually", "hidden", Hints::HIDDEN),
];

impl std::fmt::Debug for Hints {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [&str; 15] = [
            "body",
            "comments",
            "sharing",
            "related",
            "caption",
            "advertising",
            "subscription",
            "navigation",
            "byline",
            "notice",
            "hidden",
            "media",
            "tags",
            "summary",
            "embed",
        ];
        out.debug_set().entries((0..15).filter(|bit| self.0 & 1 << bit != 0).map(|bit| NAMES[bit])).finish()
    }
}
