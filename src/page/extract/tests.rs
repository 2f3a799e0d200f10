use super::*;

fn text(html: &str, mode: PageMode) -> String {
    extract(html, &PageOptions::with_mode(mode)).map(|page| page.text).unwrap_or_default()
}

const PARAGRAPH: &str = "<p>The board of the port voted on Tuesday, after two years of talks, to buy a crane.</p>";
const SENTENCE: &str = "The board of the port voted on Tuesday, after two years of talks, to buy a crane.";

#[test]
fn boilerplate_of_every_kind_is_left_out() {
    for boilerplate in [
        "<div class=shareBar><p>Share this page with your friends, on any network that you like best.</p></div>",
        "<p>Read more: the port of Ardmouth has three cranes</p>",
        "<aside class='related'><h3><a href=/a>Port fees rise</a></h3><p>They rose in May, and rise again.</p></aside>",
        "<div><h3><a href=/a>Port fees to rise again</a></h3><p>They rose in May, and they will rise again now, the board of the port said.</p></div>",
        "<figure><figcaption>A gull watches the old crane, as it does every day of the year.</figcaption></figure>",
        "<p>Photo: A gull watches the old crane, by Anna Berg</p>",
        "<div id=cookie-consent><p>We use cookies, to show you advertising, and so do all our partners.</p></div>",
        "<div class=newsletter><p>Get the Harbour Letter every Friday, with the tides and the ships in it.</p></div>",
        "<div style='display: none'><p>The board of the port voted on Monday, after a year of talks.</p></div>",
        "<section class=user-comments><p>gullwatcher: they should have bought it ten years ago, I said so.</p></section>",
        "<footer><p>Printed in Quaygate, where the sun never sets on the harbour, since 1871.</p></footer>",
        "<ul class=tag-list><li>Port</li><li>Cranes</li></ul>",
        "<h2>Most read</h2>",
    ] {
        let before = PARAGRAPH.repeat(9);
        let html = format!("<main><article>{before}{boilerplate}{PARAGRAPH}</article></main>");
        let found = text(&html, PageMode::Main);
        assert_eq!(found, [SENTENCE; 10].join("\n\n"), "{boilerplate}");
        let is_shown = !boilerplate.contains("display: none");
        assert_eq!(text(&html, PageMode::All) != found, is_shown, "{boilerplate}");
    }
}

#[test]
fn text_of_every_kind_stays() {
    for (html, expected) in [
        ("<h2>The vote</h2>", "The vote"),
        ("<blockquote>“A long time coming”</blockquote>", "“A long time coming”"),
        ("<ul><li>Grain, two berths</li></ul>", "Grain, two berths"),
        ("<table><tr><td>Grain</td></tr></table>", "Grain"),
        ("<p>It is 1<br>2 lines.</p>", "It is 1\n2 lines."),
        ("<p>A&nbsp;crane &amp; a&#x20;gull</p>", "A\u{a0}crane & a gull"),
        ("<p>A <b>cr<i>ane</b></i>, said\n   Anna.</p>", "A crane, said Anna."),
        ("<p class=paywall>It costs more than was said, by far.</p>", "It costs more than was said, by far."),
    ] {
        let page = format!("<body><nav><a href=/>Home</a></nav>{PARAGRAPH}{html}{PARAGRAPH}</body>");
        assert_eq!(text(&page, PageMode::Main), format!("{SENTENCE}\n\n{expected}\n\n{SENTENCE}"), "{html}");
    }
}

#[test]
fn the_title_is_that_of_the_article() {
    for (head, body, title) in [
        (
            "<title>Crane bought - Quaygate Post</title><meta property=og:site_name content='Quaygate Post'>",
            "",
            "Crane bought",
        ),
        ("<title>Crane bought | Post</title>", "<h1>Crane bought</h1>", "Crane bought"),
        ("<meta property=og:title content='AT&amp;T buys a crane'>", "<h1>Menu</h1>", "AT&T buys a crane"),
        ("<title>Crane - bought</title>", "", "Crane - bought"),
        (
            "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"headline\": \"Crane &quot;bought&quot;\"}</script>",
            "",
            "Crane \"bought\"",
        ),
    ] {
        let page = extract(&format!("<head>{head}</head>{body}{PARAGRAPH}"), &PageOptions::default()).unwrap();
        assert_eq!(page.title.as_deref(), Some(title), "{head}");
    }
}

#[test]
fn the_date_is_that_of_publication() {
    for html in [
        "<script type='application/ld+json'>[{\"@graph\": [{\"@type\": \"NewsArticle\", \"datePublished\": \"2024-03-05T10:00:00Z\"}]}]</script>",
        "<script type='application/ld+json'>{\"@type\": \"Article\", \"x\": \"a\nb\", \"datePublished\": \"2024-03-05\"}</script>",
        "<meta property=article:published_time content=2024-03-05T10:00>",
        "<meta name=date content='5 March 2024'><meta property=article:modified_time content=2024-03-07>",
        "<aside class=related><time datetime=2020-01-01>x</time></aside><time datetime=2024-03-05>Tuesday</time>",
        "<h1>Crane bought</h1><div>Published on 5 March 2024</div>",
        "<h1>Crane bought</h1><span>05.03.2024, 10:00</span>",
    ] {
        let page = extract(&format!("{html}{PARAGRAPH}"), &PageOptions::default()).unwrap();
        assert_eq!(page.date, crate::date::DateRange::parse("2024-03-05"), "{html}");
    }
}

#[test]
fn hostile_pages_end_soon_and_keep_their_text() {
    let nested = |tag: &str| tag.repeat(20_000);
    let attributes: String = (0..20_000).map(|number| format!(" a{number}=\"x\"")).collect();
    for html in [
        nested("<div>"),
        nested("<b>"),
        nested("<a href=x>"),
        nested("<ul><li>"),
        nested("<table><tr><td>"),
        nested("</div></p>"),
        nested("<p>x<br>"),
        nested("<font size=1><p>"),
        nested("<h1>x</h1>"),
        nested("<meta name=date content=x>"),
        format!("<div{attributes}>"),
        format!("<div class=\"{}\">", nested("a-b ")),
        format!("<script type=application/ld+json>{}</script>", nested("[{\"@type\":")),
        format!("<title>{}</title>", nested("x - ")),
        format!("<p>{}</p>", nested("&gt;")),
        format!("<p>{}</p>", nested("&#x41")),
        format!("<!-- {} -->", nested("-")),
    ] {
        let start = std::time::Instant::now();
        let page = format!("{html}</div>{PARAGRAPH}{PARAGRAPH}<script>x");
        let shown: String = html.chars().take(40).collect();
        assert!(text(&page, PageMode::All).contains(SENTENCE), "{shown}");
        assert!(start.elapsed().as_secs() < 10, "{shown}");
    }
    for unclosed in ["<script>", "<!-- ", "<a href=\"", "<style>", "&#", "<", "</"] {
        assert_eq!(text(&format!("{PARAGRAPH}{unclosed}"), PageMode::Main), SENTENCE, "{unclosed}");
    }
}

#[test]
fn a_page_over_the_limit_and_one_without_text_fail() {
    let mut options = PageOptions::default();
    assert_eq!(extract("<div><img src=x></div>", &options), Err(PageError::NoText));
    options.max_bytes = 10;
    assert_eq!(extract(PARAGRAPH, &options), Err(PageError::TooLarge { bytes: PARAGRAPH.len(), limit: 10 }));
}
