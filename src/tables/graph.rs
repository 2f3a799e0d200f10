//! The co-mentions as a graph, in GEXF 1.2 and GraphML: entities with types and counts, edges weighted by articles.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

use jiff::civil::Date;

use super::aggregate::Aggregates;
use super::entities::EntityNo;
use super::pairs::{PairCounts, pmi};
use crate::error::{Error, Result};

/// Maximum number of edges: programs that draw graphs take no more. The strongest pairs are kept.
pub const MAX_EDGES: usize = 100_000;

/// The nodes and edges that are written.
pub(super) struct Graph<'a> {
    aggregates: &'a Aggregates,
    nodes: BTreeSet<EntityNo>,
    edges: Vec<(EntityNo, EntityNo, PairCounts)>,
    /// Pairs beyond the maximum.
    pub(super) left_out: usize,
}

/// A value of a node or an edge.
enum Attribute {
    Text(String),
    Count(u64),
    Number(f64),
    Day(Option<Date>),
}

const NODE_KEYS: [&str; 5] = ["type", "mentions", "articles", "first_day", "last_day"];
const EDGE_KEYS: [&str; 4] = ["sentences", "pmi", "first_day", "last_day"];

impl<'a> Graph<'a> {
    pub(super) fn of(aggregates: &'a Aggregates) -> Self {
        let mut edges = aggregates.pairs.ranked();
        let left_out = edges.len().saturating_sub(MAX_EDGES);
        edges.truncate(MAX_EDGES);
        let nodes = edges.iter().flat_map(|&(first, second, _)| [first, second]).collect();
        Self { aggregates, nodes, edges, left_out }
    }

    fn node(&self, number: EntityNo) -> [Attribute; 5] {
        let entity = self.aggregates.entities.get(number);
        [
            Attribute::Text(entity.kind.to_string()),
            Attribute::Count(entity.mentions),
            Attribute::Count(entity.articles),
            Attribute::Day(entity.days.first()),
            Attribute::Day(entity.days.last()),
        ]
    }

    fn edge(&self, first: EntityNo, second: EntityNo, counts: &PairCounts) -> [Attribute; 4] {
        let articles = |number| self.aggregates.entities.get(number).articles;
        let all = self.aggregates.totals.articles;
        let pmi = pmi(counts.articles.into(), articles(first), articles(second), all);
        [
            Attribute::Count(counts.sentences.into()),
            Attribute::Number((pmi * 1e6).round() / 1e6),
            Attribute::Day(counts.days.first()),
            Attribute::Day(counts.days.last()),
        ]
    }

    /// Writes GEXF.
    pub(super) fn write_gexf(&self, to: &mut dyn Write) -> Result<()> {
        let mut xml = Xml { to };
        xml.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gexf xmlns=\"http://www.gexf.net/1.2draft\" version=\"1.2\">\n")?;
        xml.put("<graph mode=\"static\" defaultedgetype=\"undirected\">\n")?;
        for (class, types) in [("node", &self.types(true)), ("edge", &self.types(false))] {
            xml.put(&format!("<attributes class=\"{class}\">\n"))?;
            for (number, (key, of)) in types.iter().enumerate() {
                xml.put(&format!("<attribute id=\"{number}\" title=\"{key}\" type=\"{of}\"/>\n"))?;
            }
            xml.put("</attributes>\n")?;
        }
        xml.put("<nodes>\n")?;
        for &number in &self.nodes {
            let entity = self.aggregates.entities.get(number);
            xml.put(&format!("<node id=\"{}\" label=\"{}\">", escaped(&entity.id), escaped(&entity.name)))?;
            xml.put(&gexf_values(&self.node(number)))?;
            xml.put("</node>\n")?;
        }
        xml.put("</nodes>\n<edges>\n")?;
        for (number, (first, second, counts)) in self.edges.iter().enumerate() {
            let [source, target] = [first, second].map(|&number| escaped(&self.aggregates.entities.get(number).id));
            let weight = counts.articles;
            xml.put(&format!(
                "<edge id=\"{number}\" source=\"{source}\" target=\"{target}\" weight=\"{weight}\">{}</edge>\n",
                gexf_values(&self.edge(*first, *second, counts))
            ))?;
        }
        xml.put("</edges>\n</graph>\n</gexf>\n")
    }

    /// Writes GraphML.
    pub(super) fn write_graphml(&self, to: &mut dyn Write) -> Result<()> {
        let mut xml = Xml { to };
        xml.put(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
        )?;
        let mut key = |id: &str, class: &str, name: &str, of: &str| {
            xml.put(&format!("<key id=\"{id}\" for=\"{class}\" attr.name=\"{name}\" attr.type=\"{of}\"/>\n"))
        };
        key("label", "node", "label", "string")?;
        key("weight", "edge", "weight", "long")?;
        for (class, types) in [("node", &self.types(true)), ("edge", &self.types(false))] {
            for (name, of) in types {
                key(&format!("{class}_{name}"), class, name, of)?;
            }
        }
        xml.put("<graph edgedefault=\"undirected\">\n")?;
        for &number in &self.nodes {
            let entity = self.aggregates.entities.get(number);
            let label = escaped(&entity.name);
            xml.put(&format!("<node id=\"{}\"><data key=\"label\">{label}</data>", escaped(&entity.id)))?;
            xml.put(&graphml_values("node", &NODE_KEYS, &self.node(number)))?;
            xml.put("</node>\n")?;
        }
        for (first, second, counts) in &self.edges {
            let [source, target] = [first, second].map(|&number| escaped(&self.aggregates.entities.get(number).id));
            let weight = counts.articles;
            xml.put(&format!(
                "<edge source=\"{source}\" target=\"{target}\"><data key=\"weight\">{weight}</data>{}</edge>\n",
                graphml_values("edge", &EDGE_KEYS, &self.edge(*first, *second, counts))
            ))?;
        }
        xml.put("</graph>\n</graphml>\n")
    }

    /// Names and types of the attributes of nodes or edges.
    fn types(&self, of_nodes: bool) -> Vec<(&'static str, &'static str)> {
        let named = |(key, type_): (&&'static str, &'static str)| (*key, type_);
        if of_nodes {
            NODE_KEYS.iter().zip(["string", "long", "long", "string", "string"]).map(named).collect()
        } else {
            EDGE_KEYS.iter().zip(["long", "double", "string", "string"]).map(named).collect()
        }
    }
}

impl Attribute {
    /// Its text in XML; `None` where there is no value.
    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(escaped(text)),
            Self::Count(count) => Some(count.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::Day(day) => day.map(|day| day.to_string()),
        }
    }
}

fn gexf_values(values: &[Attribute]) -> String {
    let mut xml = String::from("<attvalues>");
    for (number, text) in values.iter().enumerate().filter_map(|(number, value)| Some((number, value.text()?))) {
        let _ = write!(xml, "<attvalue for=\"{number}\" value=\"{text}\"/>");
    }
    xml + "</attvalues>"
}

fn graphml_values(class: &str, keys: &[&str], values: &[Attribute]) -> String {
    let mut xml = String::new();
    for (key, text) in keys.iter().zip(values).filter_map(|(key, value)| Some((key, value.text()?))) {
        let _ = write!(xml, "<data key=\"{class}_{key}\">{text}</data>");
    }
    xml
}

struct Xml<'w> {
    to: &'w mut dyn Write,
}

impl Xml<'_> {
    fn put(&mut self, text: &str) -> Result<()> {
        self.to.write_all(text.as_bytes()).map_err(|error| Error::writing("-", error))
    }
}

/// Text for an element or an attribute. Characters that XML cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
            '\0'..' ' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_valid_xml() {
        assert_eq!(escaped("a<b>&\"c\"\n\u{1}\u{FFFE}é"), "a&lt;b&gt;&amp;&quot;c&quot;&#10;\u{FFFD}\u{FFFD}é");
    }
}
