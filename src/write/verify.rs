//! Reads finished files back from the disk: counts kept while writing would not show lines that never arrived.

use std::io::{BufRead, Read};
use std::path::Path;

use serde::Deserialize;

use super::columns::{count_rows, sum_articles};
use super::counts::Counts;
use super::row_file::FileFacts;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::sha256_file;
use crate::read::open_stored;

/// The part of an articles line that is checked.
#[derive(Deserialize)]
struct Row {
    status: Status,
    mentions: u64,
    linked: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Rejected,
    Skipped,
}

/// Verifies the files of a shard; see [`verify_file`].
pub(super) fn verify_shard(dir: &Path, files: &[FileFacts], counts: &Counts) -> Result<()> {
    let check = |file: &FileFacts| {
        let articles = file.name.starts_with("articles-").then_some(counts);
        verify_file(&dir.join(&file.name), file, articles)
    };
    files.iter().try_for_each(check)
}

/// Checks the number of lines and the hash of the file at `path`, and for an articles file, whose counts are `articles`,
/// the sums of its columns.
pub(super) fn verify_file(path: &Path, file: &FileFacts, articles: Option<&Counts>) -> Result<()> {
    let failed = |error| Error::new(ErrorKind::Output, "a finished file cannot be read back").at(path).because(error);
    let open = || open_stored(path);
    let lines = match articles {
        None if file.has_columns() => count_rows(path).map_err(failed)?,
        None => open().and_then(count_lines).map_err(failed)?,
        Some(counts) => {
            let sums = if file.has_columns() { sum_articles(path) } else { open().and_then(sum_rows) };
            let found = sums.map_err(failed)?;
            // Articles have no span counts.
            let expected = Counts { spans: 0, ..*counts };
            if found != expected {
                return Err(differ(path, &format!("it has {found:?}, but {expected:?} were written")));
            }
            found.records
        }
    };
    if lines != file.lines {
        return Err(differ(path, &format!("it has {lines} lines, but {} were written", file.lines)));
    }
    let sha256 = sha256_file(path).map_err(failed)?;
    if sha256 != file.sha256 {
        return Err(differ(path, &format!("its SHA-256 is {sha256}, but {} was written", file.sha256)));
    }
    Ok(())
}

fn sum_rows(lines: impl BufRead) -> std::io::Result<Counts> {
    let mut sum = Counts::default();
    for line in lines.lines() {
        let row: Row = serde_json::from_str(&line?)?;
        sum.records += 1;
        *match row.status {
            Status::Ok => &mut sum.written,
            Status::Rejected => &mut sum.rejected,
            Status::Skipped => &mut sum.skipped,
        } += 1;
        sum.mentions += row.mentions;
        sum.linked += row.linked;
    }
    Ok(sum)
}

fn count_lines(mut lines: impl Read) -> std::io::Result<u64> {
    let (mut buffer, mut found) = (vec![0; 64 << 10], 0);
    loop {
        let read = lines.read(&mut buffer)?;
        if read == 0 {
            return Ok(found);
        }
        found += buffer[..read].iter().filter(|&&byte| byte == b'\n').count() as u64;
    }
}

fn differ(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Output, format!("the file on disk differs from what was written: {what}")).at(path).help(
        "the disk or its file system has lost data; a directory of shards can be resumed after the last complete shard",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    #[test]
    fn lost_and_changed_bytes_are_detected() {
        let dir = tempfile::tempdir().unwrap();
        let line =
            |status: &str, mentions: u64| format!("{{\"status\":\"{status}\",\"mentions\":{mentions},\"linked\":1}}\n");
        let articles = [line("ok", 2), line("rejected", 0), line("skipped", 0)].concat();
        let pack = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
        let facts =
            |name: &str, lines, bytes: &[u8]| FileFacts { name: name.into(), lines, bytes: 0, sha256: sha256(bytes) };
        let files =
            [facts("mentions-00000.jsonl", 2, b"a\nb\n"), facts("articles-00000.jsonl.zst", 3, &pack(&articles))];
        let counts = Counts { records: 3, written: 1, rejected: 1, skipped: 1, mentions: 2, linked: 3, spans: 9 };
        let check = |mentions: &str, articles: &str| {
            std::fs::write(dir.path().join("mentions-00000.jsonl"), mentions).unwrap();
            std::fs::write(dir.path().join("articles-00000.jsonl.zst"), pack(articles)).unwrap();
            verify_shard(dir.path(), &files, &counts).map_err(|error| error.to_string())
        };
        check("a\nb\n", &articles).unwrap();
        assert!(check("a\nb", &articles).unwrap_err().contains("it has 1 lines, but 2 were written"));
        assert!(check("a\nc\n", &articles).unwrap_err().contains("mentions-00000.jsonl: the file on disk differs"));
        for other in [&articles[1..], &articles[..articles.len() / 2], "", &articles.replace("skipped", "ok")] {
            let error = check("a\nb\n", other).unwrap_err();
            assert!(error.contains("articles-00000"), "{error}");
        }
    }
}
