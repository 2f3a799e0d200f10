//! Archives: each member is an input of its own, called `archive!member`.
//!
//! Nothing is extracted: the name of a member is a name, wherever it points.

mod tar;
mod zip;

use std::io;
use std::sync::Arc;

pub(super) use self::tar::TarMembers;
pub(super) use self::zip::ZipMembers;
use super::cut::{Cut, CutFault, Cutter, Member};
use super::format::{Compression, Format, by_extension};
use super::reject::RejectReason;
use super::stream::Reader;
use super::unread::Unread;

/// Maximum length of a member's name in bytes: it is written with each of its articles.
const MAX_NAME_BYTES: usize = 4096;

/// A file in an archive.
pub(super) struct ArchiveMember {
    /// Its path within the archive, as text.
    pub(super) name: String,
    /// Its bytes; or why they cannot be read.
    pub(super) content: Result<Reader, String>,
}

/// The members of an archive, one after another.
pub(super) trait Members: Send {
    /// The next file; `None` at the end of the archive. What was not read of the one before it is passed over.
    fn next_member(&mut self) -> io::Result<Option<ArchiveMember>>;
}

/// Opens a member by its format and compression, as its name states them.
pub(super) type OpenMember = Box<dyn Fn(Reader, Format, Compression) -> io::Result<(Format, Box<dyn Cutter>)> + Send>;
/// Counts members that are not read.
pub(super) type CountUnread = Box<dyn Fn(&dyn Fn(&mut Unread)) + Send>;

/// Cuts an archive into the records of its members.
pub(super) struct ArchiveRecords {
    members: Box<dyn Members>,
    open: OpenMember,
    count_unread: CountUnread,
    current: Option<(Arc<Member>, Box<dyn Cutter>)>,
}

impl ArchiveRecords {
    pub(super) fn new(members: Box<dyn Members>, open: OpenMember, count_unread: CountUnread) -> Self {
        Self { members, open, count_unread, current: None }
    }

    /// Opens a member that can be read; otherwise, the record that stands for it.
    fn open(&mut self, member: ArchiveMember) -> Option<Cut> {
        let name: Arc<str> = member.name.as_str().into();
        if is_hidden(&name) {
            (self.count_unread)(&|unread| unread.hidden += 1);
            return None;
        }
        let (Some(format), compression) = by_extension(&name) else {
            (self.count_unread)(&|unread| unread.count(&name));
            return None;
        };
        let unread = |reason, message| {
            let member = Some(Arc::new(Member { name: Arc::clone(&name), format: Format::Text }));
            Some(Cut { member, fault: Some(Box::new(CutFault { reason, message })), ..Cut::default() })
        };
        let content = match member.content {
            _ if name.len() > MAX_NAME_BYTES => Err(format!("its name is longer than {MAX_NAME_BYTES} bytes")),
            content => content,
        };
        match content.map(|content| (self.open)(content, format, compression)) {
            Err(why) => unread(RejectReason::UnsupportedFormat, format!("cannot be read: {why}")),
            Ok(Err(error)) => unread(RejectReason::of(&error), format!("cannot open: {error}")),
            Ok(Ok((format, cutter))) => {
                self.current = Some((Arc::new(Member { name, format }), cutter));
                None
            }
        }
    }
}

impl Cutter for ArchiveRecords {
    fn next_cut(&mut self) -> Option<Result<Cut, (Cut, io::Error)>> {
        loop {
            if let Some((member, cutter)) = &mut self.current {
                let cut = cutter.next_cut();
                let member = Some(Arc::clone(member));
                match cut {
                    Some(Ok(cut)) => return Some(Ok(Cut { member, ..cut })),
                    // The end of this member, not of the archive.
                    Some(Err((cut, error))) => {
                        self.current = None;
                        let byte = cut.byte + cut.size;
                        let message =
                            format!("cannot read past byte {byte}: {error}; the rest of this member is not read");
                        let fault = Some(Box::new(CutFault { reason: RejectReason::of(&error), message }));
                        return Some(Ok(Cut { member, fault, ..cut }));
                    }
                    None => self.current = None,
                }
            }
            match self.members.next_member() {
                Err(error) => return Some(Err((Cut::default(), error))),
                Ok(None) => return None,
                Ok(Some(member)) => {
                    if let Some(cut) = self.open(member) {
                        return Some(Ok(cut));
                    }
                }
            }
        }
    }
}

/// Whether a name is that of a hidden file, or of what macOS adds to archives.
fn is_hidden(name: &str) -> bool {
    let is_hidden = |part: &str| (part.starts_with('.') && !matches!(part, "." | "..")) || part == "__MACOSX";
    name.split('/').any(is_hidden)
}

#[cfg(test)]
mod tests;
