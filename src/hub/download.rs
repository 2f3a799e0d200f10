//! Downloading one file into the cache: resumed after interruptions, and kept only with the correct hash.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::cache::CachedRepository;
use super::client::{Client, Rest};
use super::digest::{Digest, Measured, measure};
use super::retry::{Attempt, Failure, Retry};
use super::store::{create_folder_of, failed};
use super::{FetchEvent, RetryPolicy};
use crate::error::{Error, ErrorKind, Result};

/// A file to download into the cache.
pub(super) struct Download<'d> {
    pub(super) client: &'d Client<'d>,
    pub(super) cached: &'d CachedRepository,
    pub(super) retries: RetryPolicy,
    pub(super) commit: &'d str,
    pub(super) path: &'d str,
    pub(super) size: u64,
    pub(super) digest: &'d Digest,
}

impl Download<'_> {
    /// Puts the file into the snapshot, from the cache where it has the content. Returns its size and hashes and the
    /// number of bytes downloaded.
    pub(super) fn run(&self, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<(Measured, u64)> {
        watch(FetchEvent::File { path: self.path, size: self.size });
        // A file that is there needs no lock, so that a read-only cache can be used.
        let pointer = self.cached.snapshot(self.commit).join(self.path);
        if let Some(measured) = self.present(&pointer, watch) {
            return Ok((measured, 0));
        }
        let tag = self.digest.tag();
        let _lock = self.cached.lock(tag, &mut || watch(FetchEvent::Locked))?;
        let blob = self.cached.blob(tag);
        let (measured, downloaded) = match self.present(&blob, watch) {
            Some(measured) => (measured, 0),
            None => self.download(&blob, watch)?,
        };
        self.cached.link(self.commit, self.path, tag)?;
        Ok((measured, downloaded))
    }

    /// A file of the cache, where it exists and has the correct content.
    fn present(&self, path: &Path, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Option<Measured> {
        let size = std::fs::metadata(path).ok()?.len();
        if size == self.size {
            watch(FetchEvent::Checking);
            let measured = measure(path).ok()?;
            if self.digest.of(&measured) == self.digest.tag() {
                return Some(measured);
            }
        }
        tracing::warn!(
            "{}: the cached file does not have the hash in its name; it is downloaded again",
            path.display()
        );
        None
    }

    fn download(&self, blob: &Path, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<(Measured, u64)> {
        let incomplete = self.cached.incomplete(self.digest.tag());
        create_folder_of(&incomplete)?;
        let downloaded = self.fill(&incomplete, watch)?;
        watch(FetchEvent::Checking);
        let measured = measure(&incomplete).map_err(|error| failed(&incomplete, error))?;
        let found = self.digest.of(&measured);
        if measured.size != self.size || found != self.digest.tag() {
            return Err(self.wrong(&incomplete, &format!("{found} ({} bytes)", measured.size)));
        }
        std::fs::rename(&incomplete, blob).map_err(|error| failed(blob, error))?;
        Ok((measured, downloaded))
    }

    /// Resumes the incomplete file until it is complete. Returns the number of bytes downloaded.
    fn fill(&self, incomplete: &Path, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<u64> {
        let file = File::options().write(true).create(true).truncate(false).open(incomplete);
        let mut file = file.map_err(|error| failed(incomplete, error))?;
        let mut have = file.metadata().map_err(|error| failed(incomplete, error))?.len();
        let mut retry = Retry::new(self.retries);
        let (mut furthest, mut downloaded) = (if have > self.size { 0 } else { have }, 0);
        while have != self.size {
            let before = downloaded;
            let from = if have > self.size { 0 } else { have };
            let outcome = self.client.open(self.commit, self.path, from).and_then(|rest| {
                // A server that ignores the range starts at 0.
                have = if rest.start == from { from } else { 0 };
                let cut = file.set_len(have).and_then(|()| file.seek(SeekFrom::Start(have)));
                cut.map_err(|error| failed(incomplete, error))?;
                if rest.start != have {
                    let first = rest.start;
                    return Err(Failure::transient(format!(
                        "the hub sent bytes from {first}, not from {from} as requested"
                    )));
                }
                self.receive(rest, &mut file, (&mut have, &mut downloaded), incomplete, watch)
            });
            if have > furthest && downloaded > before {
                furthest = have;
                retry.progressed();
            }
            if let Err(failure) = outcome {
                retry.pause(failure, self.path, watch)?;
            }
        }
        file.sync_all().map_err(|error| failed(incomplete, error))?;
        Ok(downloaded)
    }

    /// Writes incoming data until the file is complete or the connection ends.
    fn receive(
        &self,
        mut rest: Rest,
        file: &mut File,
        (have, downloaded): (&mut u64, &mut u64),
        incomplete: &Path,
        watch: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Attempt<()> {
        let mut buffer = vec![0; 1 << 17];
        loop {
            watch(FetchEvent::Reached(*have));
            let read = match rest.bytes.read(&mut buffer) {
                Ok(0) if *have == self.size => return Ok(()),
                Ok(0) => return Err(Failure::transient(format!("it ended after {have} of {} bytes", self.size))),
                Ok(read) => read,
                Err(error) => return Err(Failure::transient(format!("interrupted after {have} bytes ({error})"))),
            };
            *have += read as u64;
            *downloaded += read as u64;
            if *have > self.size {
                return Err(self.wrong(incomplete, "more bytes than that").into());
            }
            file.write_all(&buffer[..read]).map_err(|error| failed(incomplete, error))?;
        }
    }

    /// Deletes the download; the error names the expected and the actual hash.
    fn wrong(&self, incomplete: &Path, found: &str) -> Error {
        let _ = std::fs::remove_file(incomplete); // the error to report is the one at hand
        let (kind, expected) = (self.digest.kind(), self.digest.tag());
        let what = format!(
            "{} is not what the hub lists: expected {kind} {expected} ({} bytes), got {found}",
            self.path, self.size
        );
        Error::new(ErrorKind::Hub, what).help(
            "the download was deleted; fetch again, and if it fails again, ask the operator of the hub or the proxy",
        )
    }
}
