//! Which columns of a file are read, and how they lie within each other.

use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::schema::types::{Type, TypePtr};

use super::super::json_write::push_text;

/// A field of the schema that is read.
pub(super) struct Field {
    /// Its name as the key of a JSON object: `"name":`.
    pub(super) key: Vec<u8>,
    pub(super) is_optional: bool,
    pub(super) is_repeated: bool,
    /// Levels from which on it is there.
    pub(super) definition: i16,
    pub(super) repetition: i16,
    pub(super) kind: Kind,
}

impl Field {
    /// The only field of a group.
    pub(super) fn only_child(&self) -> Option<&Self> {
        match &self.kind {
            Kind::Group(fields) if fields.len() == 1 => fields.first(),
            _ => None,
        }
    }

    /// The first of its columns.
    pub(super) fn first_column(&self) -> usize {
        match &self.kind {
            Kind::Leaf(at) => *at,
            Kind::Group(fields) => fields.first().map_or(usize::MAX, Self::first_column),
            Kind::List(elements) => elements.first_column(),
        }
    }
}

/// What a field holds.
pub(super) enum Kind {
    /// Values: of this one of the columns that are read.
    Leaf(usize),
    Group(Vec<Field>),
    /// A group that stands for a list: its only field is repeated.
    List(Box<Field>),
}

/// The fields that are read, and their columns.
pub(super) struct Schema {
    pub(super) fields: Vec<Field>,
    /// The numbers of the columns in the file.
    pub(super) columns: Vec<usize>,
    /// The names of top-level fields that are not read.
    pub(super) others: Vec<String>,
}

impl Schema {
    /// The fields that dotted paths name or lead through.
    pub(super) fn new(root: &Type, paths: &[&str]) -> Self {
        let mut schema = Self { fields: Vec::new(), columns: Vec::new(), others: Vec::new() };
        let mut walk = Walk { next: 0, columns: Vec::new() };
        for child in root.get_fields() {
            let rests = rests(child.name(), paths);
            let is_wanted = !rests.is_empty();
            match walk.field(child, (0, 0), &rests).filter(|_| is_wanted) {
                Some(field) => schema.fields.push(field),
                None => schema.others.push(child.name().to_owned()),
            }
        }
        schema.columns = walk.columns;
        schema
    }
}

/// What is left of the paths that lead through a field; an empty path is one that names it.
fn rests<'p>(name: &str, paths: &[&'p str]) -> Vec<&'p str> {
    let rest = |path: &&'p str| {
        let rest = path.strip_prefix(name)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
    };
    paths.iter().filter_map(rest).collect()
}

struct Walk {
    /// The number of the next column in the file.
    next: usize,
    columns: Vec<usize>,
}

impl Walk {
    /// The field, if paths lead to it; its columns are counted in any case.
    fn field(&mut self, node: &TypePtr, levels: (i16, i16), rests_of: &[&str]) -> Option<Field> {
        let repetition = node.get_basic_info().has_repetition().then(|| node.get_basic_info().repetition());
        let is_optional = repetition == Some(Repetition::OPTIONAL);
        let is_repeated = repetition == Some(Repetition::REPEATED);
        let definition = levels.0 + i16::from(is_optional || is_repeated);
        let levels = (definition, levels.1 + i16::from(is_repeated));
        let is_whole = rests_of.iter().any(|rest| rest.is_empty()) || (is_repeated && !rests_of.is_empty());
        let kind = if node.is_group() {
            let is_list = is_list(node);
            let mut fields = Vec::new();
            for child in node.get_fields() {
                // All of a list is read: paths do not lead into lists.
                let rests = match rests_of {
                    [] => Vec::new(),
                    _ if is_whole || is_list => vec![""],
                    rests_of => rests(child.name(), rests_of),
                };
                fields.extend(self.field(child, levels, &rests));
            }
            match fields.pop() {
                None => return None,
                Some(only) if is_list && fields.is_empty() => Kind::List(Box::new(only)),
                Some(last) => {
                    fields.push(last);
                    Kind::Group(fields)
                }
            }
        } else {
            self.next += 1;
            if !is_whole {
                return None;
            }
            self.columns.push(self.next - 1);
            Kind::Leaf(self.columns.len() - 1)
        };
        let mut key = vec![b'"'];
        push_text(&mut key, node.name().as_bytes());
        key.extend_from_slice(b"\":");
        Some(Field { key, is_optional, is_repeated, definition, repetition: levels.1, kind })
    }
}

/// Whether a group stands for a list: it is marked as one, and its only field is repeated.
fn is_list(node: &Type) -> bool {
    let info = node.get_basic_info();
    let is_marked =
        info.converted_type() == ConvertedType::LIST || matches!(info.logical_type_ref(), Some(LogicalType::List));
    let is_repeated = |child: &TypePtr| {
        child.get_basic_info().has_repetition() && child.get_basic_info().repetition() == Repetition::REPEATED
    };
    is_marked && matches!(node.get_fields(), [only] if is_repeated(only))
}
