//! Rejected records, read again: those of the lines of a rejects file, each as it was first read.

use std::iter::Peekable;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Deserialize;

use super::discover::discover;
use super::format::Format;
use super::ledger::RecordIterator;
use super::options::ReadOptions;
use super::paths::path_of;
use super::record::RawRecord;
use super::records::Records;
use super::reject::{Reject, RejectReason};
use super::select::Selection;
use crate::article::Origin;

/// A line of a rejects file, as far as it is read.
#[derive(Debug, Deserialize)]
struct RejectLine {
    input: String,
    line: Option<u64>,
    byte: u64,
    #[serde(default)]
    nth: u32,
    warc_offset: Option<u64>,
    id: Option<String>,
    reason: RejectReason,
    record: Option<String>,
    record_base64: Option<String>,
    /// Rejects files of early versions, which did not keep the record, lack it.
    #[serde(default = "yes")]
    truncated: bool,
    /// Left out for text and JSON.
    format: Option<Format>,
}

fn yes() -> bool {
    true
}

/// Turns the lines of rejects files into the records that they stand for, with their original position and name.
///
/// A record that the file holds whole is taken from it; any other is read from its input. Where an input had failed,
/// the rest of it is read, too. A record that cannot be read again is a [`Reject`] again.
pub struct Retry<I> {
    lines: I,
    options: ReadOptions,
    input: Option<Reopened>,
    /// Set while the rest of an input that had failed is read.
    rest: Option<Rest>,
}

/// An input that is read again, in the order of its records.
struct Reopened {
    path: Arc<str>,
    format: Option<Format>,
    records: Peekable<Records>,
    /// Where the last record is that was asked for.
    reached: Origin,
}

/// What follows a record that ended its input.
struct Rest {
    /// The number of the rejects file.
    input: u32,
    /// The input's name.
    name: Option<Arc<str>>,
    /// The path of the member, where it is a rest of that alone.
    member: Option<Arc<str>>,
}

impl<I: RecordIterator> Retry<I> {
    /// Reads `lines`, the records of rejects files; `options` apply to the inputs that these name.
    pub fn new(lines: I, options: &ReadOptions) -> Self {
        Self { lines, options: options.clone(), input: None, rest: None }
    }

    fn again(&mut self, raw: RawRecord) -> Result<RawRecord, Reject> {
        let line: RejectLine = serde_json::from_slice(&raw.bytes).map_err(|error| {
            let message = format!("the line is not a reject that namewire wrote: {error}");
            Reject::new(raw.origin.clone(), RejectReason::InvalidJson, message, &raw.bytes)
        })?;
        let origin = Origin {
            path: line.input.as_str().into(),
            input: raw.origin.input,
            line: line.line,
            nth: line.nth,
            byte: line.byte,
            warc_offset: line.warc_offset,
        };
        let format = line.format();
        // What has no line has its name as its id; so has an input that was never opened.
        let name: Arc<str> = line.id.as_deref().filter(|_| line.line.is_none()).unwrap_or(&line.input).into();
        match line.kept().filter(|_| !line.truncated && !line.is_whole_input()) {
            Some(bytes) => Ok(RawRecord { origin, name, format, is_abridged: false, bytes }),
            None => {
                // The texts below a folder that could not be listed have names of their own.
                let name = (!path_of(&line.input).is_dir()).then_some(name);
                let record = self.fetch(&line, &origin, name.as_ref());
                record
                    .map(|record| renamed(record, name.as_ref()))
                    .map_err(|reject| Reject { id: line.id.map(Into::into), ..reject })
            }
        }
    }

    fn fetch(&mut self, line: &RejectLine, origin: &Origin, name: Option<&Arc<str>>) -> Result<RawRecord, Reject> {
        let lost = |message: String| {
            Reject::new(origin.clone(), RejectReason::ReadError, message, &line.kept().unwrap_or_default()).incomplete()
        };
        let archive = archive_of(&line.input);
        let path = archive.unwrap_or(&line.input);
        // What failed as it was opened may be of any format, and its first record need not be at its first byte.
        let whole = line.is_whole_input();
        let format = (!whole && archive.is_none()).then(|| line.format());
        let is_here = |origin: &Origin| archive.is_none() || *origin.path == *line.input;
        let place = |origin: &Origin| (origin.byte, origin.line);
        let is_ahead = |input: &Reopened| {
            *input.path == *path
                && input.format == format
                && (!is_here(&input.reached) || place(&input.reached) <= place(origin))
        };
        let mut is_reopened = false;
        loop {
            if !self.input.as_ref().is_some_and(is_ahead) {
                self.input = Some(self.reopen(path, format).map_err(lost)?);
                is_reopened = true;
            }
            let Some(input) = &mut self.input else { return Err(lost("cannot open".to_owned())) };
            input.reached = origin.clone();
            let is_before = |other: &Origin| !is_here(other) || (!whole && place(other) < place(origin));
            while input.records.next_if(|record| is_before(origin_of(record))).is_some() {}
            let is_wanted = |other: &Origin| is_here(other) && (whole || place(other) == place(origin));
            if let Some(record) = input.records.next_if(|record| is_wanted(origin_of(record))) {
                if line.reason.ends_its_input() {
                    let member = archive.is_some().then(|| Arc::clone(&origin.path));
                    self.rest = Some(Rest { input: origin.input, name: name.cloned(), member });
                }
                return moved(record, origin.input);
            }
            if is_reopened {
                return Err(lost(format!("the input no longer has a record at byte {}", line.byte)));
            }
            self.input = None;
        }
    }

    fn reopen(&self, path: &str, format: Option<Format>) -> Result<Reopened, String> {
        if path == "-" {
            return Err("only the start of the record was kept, and standard input cannot be read again: \
                        give the input itself to extract"
                .to_owned());
        }
        // A selection applies to the rejects, not to the records around them.
        let selection = Selection::default();
        let options = ReadOptions { format: format.or(self.options.format), selection, ..self.options.clone() };
        let inputs = discover(&[path_of(path)], &options).map_err(|error| error.to_string())?;
        let records = Records::new(inputs, &options).peekable();
        Ok(Reopened { path: path.into(), format, records, reached: Origin::default() })
    }
}

impl<I: RecordIterator> Iterator for Retry<I> {
    type Item = Result<RawRecord, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(Rest { input: number, name, member }) = &self.rest {
            let is_rest = |record: &Result<RawRecord, Reject>| {
                member.as_ref().is_none_or(|member| origin_of(record).path == *member)
            };
            if let Some(record) = self.input.as_mut().and_then(|input| input.records.next_if(is_rest)) {
                return Some(moved(record, *number).map(|record| renamed(record, name.as_ref())));
            }
            self.input = self.input.take().filter(|_| member.is_some());
            self.rest = None;
        }
        Some(self.lines.next()?.and_then(|raw| self.again(raw)))
    }
}

impl RejectLine {
    fn format(&self) -> Format {
        self.format.unwrap_or(if self.line.is_some() { Format::Json } else { Format::Text })
    }

    /// Whether it stands for an input of which nothing was read.
    fn is_whole_input(&self) -> bool {
        let is_empty = |part: &Option<String>| part.as_ref().is_none_or(String::is_empty);
        let nothing = is_empty(&self.record) && is_empty(&self.record_base64);
        self.reason == RejectReason::ReadError && self.line.is_none() && nothing
    }

    /// The bytes of the record, as many as the line has.
    fn kept(&self) -> Option<Vec<u8>> {
        let encoded = || BASE64_STANDARD.decode(self.record_base64.as_ref()?).ok();
        self.record.as_ref().map(|text| text.clone().into_bytes()).or_else(encoded)
    }
}

/// The archive that a member is in: the first part of its path that is a file.
fn archive_of(input: &str) -> Option<&str> {
    input.match_indices('!').map(|(end, _)| &input[..end]).find(|path| path_of(path).is_file())
}

fn origin_of(record: &Result<RawRecord, Reject>) -> &Origin {
    record.as_ref().map_or_else(|reject| &reject.origin, |record| &record.origin)
}

/// The record under the name that its input had.
fn renamed(record: RawRecord, name: Option<&Arc<str>>) -> RawRecord {
    RawRecord { name: name.cloned().unwrap_or_else(|| Arc::clone(&record.name)), ..record }
}

/// The record as one of input number `input`: of the rejects file that asked for it.
fn moved(record: Result<RawRecord, Reject>, input: u32) -> Result<RawRecord, Reject> {
    match record {
        Ok(record) => Ok(RawRecord { origin: Origin { input, ..record.origin }, ..record }),
        Err(reject) => Err(Reject { origin: Origin { input, ..reject.origin }, ..reject }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::read::ExpansionLimits;

    fn retried(root: &Path, names: &[&str], between: impl FnOnce()) -> Vec<Result<RawRecord, Reject>> {
        retried_after(root, names, ExpansionLimits::default(), || (), between)
    }

    /// Finds files, then reads them within limits, writes their rejects (and those of parsing) to a file, and tries
    /// them again without the limits.
    fn retried_after(
        root: &Path,
        names: &[&str],
        expansion: ExpansionLimits,
        before: impl FnOnce(),
        between: impl FnOnce(),
    ) -> Vec<Result<RawRecord, Reject>> {
        let options = ReadOptions { max_article_bytes: 100_000, expansion, ..ReadOptions::default() };
        let paths: Vec<_> = names.iter().map(|name| root.join(name)).collect();
        let inputs = discover(&paths, &options).unwrap();
        before();
        let records = Records::new(inputs, &options);
        let rejects = records.filter_map(|record| record.and_then(|record| record.parse(&options)).err());
        let lines: Vec<_> = rejects.map(|reject| serde_json::to_string(&reject).unwrap()).collect();
        let file = root.join("rejects.jsonl");
        fs::write(&file, lines.join("\n")).unwrap();
        between();
        let lines = Records::new(discover(&[file], &options).unwrap(), &options);
        let options = ReadOptions { max_article_bytes: 1 << 20, expansion: ExpansionLimits::default(), ..options };
        Retry::new(lines, &options).collect()
    }

    #[test]
    fn records_come_back_as_they_were() {
        let root = tempfile::tempdir().unwrap();
        let long = format!("{{\"id\": \"long\", \"text\": \"{}\"}}", "é".repeat(90_000));
        let lines =
            [&b"{\"text\": \"good\"}"[..], b"{\"text\": 7}", b"caf\xE9", long.as_bytes(), b"[1]"].join(&b"\n"[..]);
        fs::write(root.path().join("a.jsonl"), &lines).unwrap();
        fs::write(root.path().join("b.txt"), "x".repeat(200_000)).unwrap();
        let records = retried(root.path(), &["a.jsonl", "b.txt"], || ());
        let seen: Vec<_> = records.iter().map(|record| record.as_ref().unwrap()).collect();
        let places: Vec<_> =
            seen.iter().map(|record| (record.origin.line, record.origin.byte, record.format)).collect();
        let (long_at, last_at) = (33, 34 + long.len() as u64);
        assert_eq!(places[..2], [(Some(2), 17, Format::Json), (Some(3), 29, Format::Json)]);
        assert_eq!(places[2..4], [(Some(4), long_at + 1, Format::Json), (Some(5), last_at + 1, Format::Json)]);
        assert_eq!(places[4], (None, 0, Format::Text));
        assert_eq!(seen[1].bytes, b"caf\xE9");
        assert_eq!(seen[2].bytes, long.as_bytes());
        assert_eq!((seen[4].bytes.len(), &*seen[4].name), (200_000, "b.txt"));
        assert!(seen[..4].iter().all(|record| record.origin.path.ends_with("a.jsonl")));
    }

    #[test]
    fn an_input_that_had_failed_is_read_to_its_end() {
        let root = tempfile::tempdir().unwrap();
        let whole = zstd::encode_all(&b"{\"text\": \"a\"}\n{\"text\": \"b\"}\n"[..], 1).unwrap();
        let name = root.path().join("a.jsonl.zst");
        fs::write(&name, [&whole[..], b"broken"].concat()).unwrap();
        let records = retried(root.path(), &["a.jsonl.zst"], || {
            fs::write(
                &name,
                [&whole[..], &zstd::encode_all(&b"{\"text\": \"c\"}\n{\"text\": \"d\"}"[..], 1).unwrap()].concat(),
            )
            .unwrap();
        });
        let seen: Vec<_> = records.iter().map(|record| record.as_ref().unwrap().origin.line).collect();
        assert_eq!(seen, [Some(3), Some(4)]);
    }

    #[test]
    fn an_input_that_expanded_too_far_is_read_to_its_end() {
        let root = tempfile::tempdir().unwrap();
        let name = root.path().join("a.jsonl.zst");
        let lines: String =
            (0..2000).map(|number| format!("{{\"text\": \"{number} {}\"}}\n", " ".repeat(90))).collect();
        fs::write(&name, zstd::encode_all(lines.as_bytes(), 1).unwrap()).unwrap();
        let within = ExpansionLimits { bytes: Some(50_000), ..ExpansionLimits::default() };
        let options = ReadOptions { expansion: within, ..ReadOptions::default() };
        let seen = Records::new(discover(&[name], &options).unwrap(), &options);
        let first = seen.filter(Result::is_ok).count();
        let again = retried_after(root.path(), &["a.jsonl.zst"], within, || (), || ());
        assert!(first > 0 && again.len() > 1 && again.iter().all(Result::is_ok), "{first}, {:?}", again.first());
        assert_eq!(first + again.len(), 2000);
    }

    #[test]
    fn an_input_that_was_not_there_is_read_from_its_start() {
        let root = tempfile::tempdir().unwrap();
        for (name, content, expected) in
            [("a.jsonl", "\n\n{\"text\": \"a\"}\n{\"text\": \"b\"}\n", 2), ("b.txt", "A text.", 1)]
        {
            let file = root.path().join(name);
            fs::write(&file, content).unwrap();
            let gone = || fs::rename(&file, root.path().join("away")).unwrap();
            let back = || fs::rename(root.path().join("away"), &file).unwrap();
            let records = retried_after(root.path(), &[name], ExpansionLimits::default(), gone, back);
            let names: Vec<_> = records.iter().map(|record| &*record.as_ref().unwrap().name).collect();
            assert_eq!(names, vec![name; expected]);
        }
    }

    /// As a folder has become readable that was none: the reject is of the folder.
    #[test]
    fn the_texts_of_a_folder_have_their_own_names() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("sub.txt");
        fs::write(&folder, "gone").unwrap();
        let gone = || fs::remove_file(&folder).unwrap();
        let back = || {
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("a.txt"), "A text.").unwrap();
            fs::write(folder.join("b.txt"), "Another.").unwrap();
        };
        let records = retried_after(root.path(), &["sub.txt"], ExpansionLimits::default(), gone, back);
        let names: Vec<_> = records.iter().map(|record| &*record.as_ref().unwrap().name).collect();
        assert_eq!(names, ["a.txt", "b.txt"]);
    }

    #[test]
    fn a_record_that_cannot_be_read_again_is_rejected_again() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a.jsonl");
        fs::write(&file, format!("{{\"id\": \"n\", \"text\": \"{}\"}}\nno JSON", "x".repeat(150_000))).unwrap();
        let records = retried(root.path(), &["a.jsonl"], || fs::remove_file(&file).unwrap());
        let reject = records[0].as_ref().unwrap_err();
        assert!(reject.message.contains("no such file") && reject.truncated && !reject.record.is_empty(), "{reject}");
        assert_eq!((reject.id.as_deref(), reject.origin.line), (Some("n"), Some(1)));
        assert_eq!(records[1].as_ref().unwrap().bytes, b"no JSON");
    }

    #[test]
    fn a_line_that_is_no_reject_is_one() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("rejects.jsonl");
        fs::write(&file, "{\"text\": \"an article\"}").unwrap();
        let options = ReadOptions::default();
        let lines = Records::new(discover(&[file], &options).unwrap(), &options);
        let records: Vec<_> = Retry::new(lines, &options).collect();
        assert!(records[0].as_ref().unwrap_err().message.contains("is not a reject that namewire wrote"));
    }
}
