//! Wikitext to plain text: what a reader of the article sees as prose.
//!
//! Templates, tables, references, files and categories are left out, as their text is made elsewhere or is none of the
//! prose. Markup whose end is missing is text. Time grows with the length of the text, whatever is nested in it.

use super::entities::resolved;

/// Maximum length of the target of a link.
const MAX_TARGET: usize = 512;
/// Maximum number of openings that a closing one may close at once.
const MAX_UNCLOSED: usize = 16;
/// Maximum length of a tag of HTML.
const MAX_TAG: usize = 1024;

/// Elements whose content is no prose, with their ends; that of `nowiki` is kept without a look for markup in it.
const HIDDEN: &[(&str, &str)] = &[
    ("ref", "</ref>"),
    ("nowiki", "</nowiki>"),
    ("math", "</math>"),
    ("gallery", "</gallery>"),
    ("timeline", "</timeline>"),
    ("syntaxhighlight", "</syntaxhighlight>"),
    ("source", "</source>"),
    ("score", "</score>"),
    ("chem", "</chem>"),
    ("hiero", "</hiero>"),
    ("templatedata", "</templatedata>"),
    ("imagemap", "</imagemap>"),
    ("graph", "</graph>"),
    ("mapframe", "</mapframe>"),
    ("references", "</references>"),
    ("style", "</style>"),
    ("script", "</script>"),
];
/// Elements that start a line.
const BREAKS: &[&str] = &["br", "p", "li", "tr", "hr", "div", "blockquote"];
/// Names of the namespaces of files and categories in large wikis; those of English are known to all.
const DROPPED_NAMESPACES: &[&str] = &[
    "file",
    "image",
    "media",
    "category",
    "datei",
    "bild",
    "kategorie",
    "fichier",
    "catégorie",
    "archivo",
    "imagen",
    "categoría",
    "immagine",
    "categoria",
    "ficheiro",
    "imagem",
    "bestand",
    "categorie",
    "plik",
    "kategoria",
    "файл",
    "изображение",
    "категория",
    "картинка",
    "зображення",
    "категорія",
    "dosya",
    "kategori",
    "ملف",
    "تصنيف",
    "文件",
    "分类",
    "ファイル",
    "カテゴリ",
    "파일",
    "분류",
    "fil",
    "tiedosto",
    "luokka",
    "soubor",
    "fájl",
    "kategória",
];

/// The prose of an article.
pub(super) fn plain(wikitext: &str) -> String {
    lines(&resolved(&without_structures(wikitext)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Structure {
    Template,
    Table,
    Link,
}

/// The openings and closings of structures.
const MARKS: &[(&str, Structure, bool)] = &[
    ("{{", Structure::Template, true),
    ("}}", Structure::Template, false),
    ("{|", Structure::Table, true),
    ("|}", Structure::Table, false),
    ("[[", Structure::Link, true),
    ("]]", Structure::Link, false),
];

/// Where each structure ends that is closed, in the order of their starts.
fn structures(text: &str) -> Vec<(usize, usize, Structure)> {
    let bytes = text.as_bytes();
    let mut open: Vec<(usize, Structure)> = Vec::new();
    let mut closed = Vec::new();
    let mut at = 0;
    while at + 1 < bytes.len() {
        let pair = &bytes[at..at + 2];
        let mark = MARKS.iter().find(|(mark, ..)| mark.as_bytes() == pair);
        // `|}}` ends a template after an empty parameter.
        let mark = mark.filter(|(mark, ..)| *mark != "|}" || bytes.get(at + 2) != Some(&b'}'));
        let Some(&(_, kind, is_opening)) = mark else {
            at += 1;
            continue;
        };
        if is_opening {
            open.push((at, kind));
        } else if let Some(above) = open.iter().rev().take(MAX_UNCLOSED).position(|&(_, known)| known == kind) {
            open.truncate(open.len() - above);
            closed.extend(open.pop().map(|(start, _)| (start, at, kind)));
        }
        at += 2;
    }
    closed.sort_unstable_by_key(|&(start, ..)| start);
    closed
}

/// The text without structures, tags and comments, line by line as it was.
fn without_structures(text: &str) -> String {
    let structures = structures(text);
    let mut next = structures.iter().peekable();
    let mut plain = String::with_capacity(text.len());
    // Ends of the links whose text is being passed, the innermost last.
    let mut links: Vec<usize> = Vec::new();
    let mut tags = Tags::default();
    let mut at = 0;
    while at < text.len() {
        while next.peek().is_some_and(|&&(start, ..)| start < at) {
            next.next();
        }
        links.truncate(links.iter().rposition(|&end| end >= at).map_or(0, |last| last + 1));
        let rest = &text[at..];
        if links.last() == Some(&at) {
            links.pop();
            at += 2;
        } else if let Some(&(_, end, kind)) = next.next_if(|&&(start, ..)| start == at) {
            let content = at + 2;
            match link_text(&text[content..end]).filter(|_| kind == Structure::Link) {
                Some(LinkText::From(offset)) => {
                    links.push(end);
                    at = content + offset;
                }
                Some(LinkText::Is(shown)) => {
                    plain.push_str(shown);
                    at = end + 2;
                }
                None => at = end + 2,
            }
        } else if let Some(used) = rest.starts_with('<').then(|| tags.pass(rest, &mut plain)).flatten() {
            at += used;
        } else if let Some((used, shown)) = rest.starts_with("[").then(|| external(rest)).flatten() {
            plain.push_str(shown);
            at += used;
        } else {
            // To the next byte that may be markup.
            let from = rest.chars().next().map_or(1, char::len_utf8);
            let length = rest[from..].find(['<', '[', ']', '{']).map_or(rest.len(), |length| from + length);
            plain.push_str(&rest[..length]);
            at += length;
        }
    }
    plain
}

/// What is shown of a link.
enum LinkText<'t> {
    /// The rest of its content, which may have markup.
    From(usize),
    Is(&'t str),
}

/// What is shown of a link within the text; `None` for files, categories and links between languages.
fn link_text(content: &str) -> Option<LinkText<'_>> {
    let head = &content[..content.floor_char_boundary(MAX_TARGET)];
    let pipe = head.find('|');
    let target = &head[..pipe.unwrap_or(head.len())];
    if let Some((namespace, name)) = target.split_once(':')
        && !namespace.is_empty()
        && !name.starts_with(' ')
    {
        let namespace = namespace.trim().to_lowercase();
        let is_code = namespace.len() <= 3 || namespace.contains('-');
        let is_language = is_code && namespace.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if DROPPED_NAMESPACES.contains(&&*namespace) || (is_language && pipe.is_none()) {
            return None;
        }
    }
    match pipe {
        // The shortest form of a link: its target without what is in brackets, or before a colon.
        Some(pipe) if content[pipe + 1..].trim().is_empty() => {
            let name = target.split_once(':').map_or(target, |(_, name)| name);
            Some(LinkText::Is(name.split(" (").next().unwrap_or(name)))
        }
        Some(pipe) => Some(LinkText::From(pipe + 1)),
        None => Some(LinkText::From(usize::from(content.starts_with(':')))),
    }
}

/// A link to another site: its length, and the text in it.
fn external(rest: &str) -> Option<(usize, &str)> {
    let is_address =
        ["[http://", "[https://", "[//", "[ftp://", "[mailto:"].iter().any(|start| rest.starts_with(start));
    let head = &rest[..rest.floor_char_boundary(MAX_TARGET * 4)];
    let end = head.find([']', '\n']).filter(|&end| is_address && head[end..].starts_with(']'))?;
    let shown = head[1..end].split_once(' ').map_or("", |(_, shown)| shown);
    Some((end + 1, shown))
}

/// Passes over tags and comments.
#[derive(Default)]
struct Tags {
    /// Ends that the rest of the text does not have: they are not searched again.
    missing: Vec<&'static str>,
}

impl Tags {
    /// Passes a comment, a tag, or an element that is hidden; the length of what was passed. `None` where it is text.
    fn pass(&mut self, rest: &str, plain: &mut String) -> Option<usize> {
        if rest.starts_with("<!--") {
            return self.find(rest, "-->").map(|end| end + "-->".len());
        }
        let name = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
        let length = name.find(|char: char| !char.is_ascii_alphanumeric()).filter(|&length| length > 0)?;
        let name = name[..length].to_ascii_lowercase();
        let end = rest[..rest.floor_char_boundary(MAX_TAG)].find('>')? + 1;
        let is_start = !rest.starts_with("</") && !rest[..end].ends_with("/>");
        if is_start && let Some(&(_, close)) = HIDDEN.iter().find(|(hidden, _)| *hidden == name) {
            let content = &rest[end..];
            let length = self.find(content, close)?;
            if name == "nowiki" {
                plain.push_str(&content[..length]);
            }
            return Some(end + length + close.len());
        }
        if BREAKS.contains(&&*name) {
            plain.push('\n');
        }
        Some(end)
    }

    fn find(&mut self, text: &str, end: &'static str) -> Option<usize> {
        if self.missing.contains(&end) {
            return None;
        }
        let found = text.find(end);
        if found.is_none() {
            self.missing.push(end);
        }
        found
    }
}

/// The lines without what marks them as headings or items, and without the marks of bold and italic text.
fn lines(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut is_after_blank = false;
    for line in text.lines() {
        let (line, is_heading) = shown_line(line);
        if line.is_empty() {
            is_after_blank = true;
            continue;
        }
        if !plain.is_empty() {
            plain.push_str(if is_after_blank || is_heading { "\n\n" } else { "\n" });
        }
        plain.push_str(&line);
        is_after_blank = is_heading;
    }
    plain
}

fn shown_line(line: &str) -> (String, bool) {
    let line = line.trim();
    let level = line.bytes().take_while(|&byte| byte == b'=').count();
    let is_heading = level > 0 && line.len() > 2 * level && line.ends_with('=');
    let line = if is_heading { line.trim_matches('=') } else { line.trim_start_matches(['*', '#', ':', ';']) };
    let is_rule = line.starts_with("----");
    let is_magic = line.starts_with("__") && line.ends_with("__") && !line.contains(' ');
    if is_rule || is_magic {
        return (String::new(), false);
    }
    let mut shown = String::with_capacity(line.len());
    for word in without_quotes(line).split_whitespace() {
        // Brackets in which a template stood.
        if matches!(word, "()" | "(," | "(;") {
            continue;
        }
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(word);
    }
    (shown, is_heading)
}

/// The line without the apostrophes that mark italic (two), bold (three) or both (five).
fn without_quotes(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("''") {
        plain.push_str(&rest[..start]);
        let run = rest[start..].bytes().take_while(|&byte| byte == b'\'').count();
        // Of four, and of more than five, those before the mark are text.
        let kept = match run {
            4 => 1,
            run => run.saturating_sub(5),
        };
        plain.extend(std::iter::repeat_n('\'', kept));
        rest = &rest[start + run..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_what_is_left() {
        for (wikitext, expected) in [
            (
                "'''Dorvale''' is a ''small'' town; the mayors' '''''Hall'''''.",
                "Dorvale is a small town; the mayors' Hall.",
            ),
            ("''''Tis'''", "'Tis"),
            (
                "A [[port]] on the [[River Dor|Dor]], [[Dor (river)|]]s and [[:Category:Towns]].",
                "A port on the Dor, Dors and Category:Towns.",
            ),
            ("[[File:a.jpg|thumb|A [[bridge]] in {{x}}]]Text[[Category:Towns]][[de:Dorvale]]", "Text"),
            ("[[Datei:a.jpg|mini|x]][[Star Wars: Episode IV]] [[wikt:rain|rain]]", "Star Wars: Episode IV rain"),
            ("{{Infobox|a={{b|c}}|d=}}Born {{date|1|2}}.", "Born ."),
            ("Dorvale ({{lang|x}}) is", "Dorvale is"),
            ("{| class=x\n| A || B\n|}\nAfter", "After"),
            ("A<ref name=x>cited [[y]]</ref> B<ref name=z/> C<!-- no -->.", "A B C."),
            ("<div class='x'>A<br/>B</div> <small>c</small> 1 < 2 <3", "A\nB\nc 1 < 2 <3"),
            ("<nowiki>[[x]] ''y''</nowiki>z", "[[x]] yz"),
            ("<math>a^2</math>x", "x"),
            ("See [http://a.example the site] and [http://b.example].", "See the site and ."),
            ("== Past ==\nOld.\n\n\n* one\n** two\n# three\n----\n__NOTOC__", "Past\n\nOld.\n\none\ntwo\nthree"),
            ("Intro.\n=== Now ===\nText.", "Intro.\n\nNow\n\nText."),
            ("a&nbsp;b &amp; &lt;c&gt;", "a b & <c>"),
            ("open {{ and [[ stay, as do }] and |} and {|", "open {{ and [[ stay, as do }] and |} and {|"),
            ("a {{b [[c}} d", "a d"),
            ("<ref>never closed", "<ref>never closed"),
            ("", ""),
        ] {
            assert_eq!(plain(wikitext), expected, "{wikitext}");
        }
    }

    #[test]
    fn nesting_costs_no_more_than_its_length() {
        for (open, close) in
            [("[[", "]]"), ("{{", "}}"), ("<ref>", ""), ("<!--", ""), ("[http://a ", ""), ("''", ""), ("[[a|", "]]")]
        {
            let deep = format!("{}x{}", open.repeat(20_000), close.repeat(20_000));
            plain(&deep);
        }
    }
}
