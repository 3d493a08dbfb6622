//! What those who wait for a fetch are told.

/// What happens during a fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchEvent<'a> {
    /// A place is tried.
    Trying {
        /// The place.
        place: &'a str,
    },
    /// A place did not give the model; the next one is tried, if there is one.
    Failed {
        /// The place and why.
        attempt: &'a str,
    },
    /// A download begins, or goes on.
    Started {
        /// The file's name.
        name: &'a str,
        /// Its size, where the server says it.
        total_bytes: Option<u64>,
        /// Bytes that are here from an earlier try.
        resumed_bytes: u64,
    },
    /// More bytes came.
    Advanced {
        /// How many more.
        bytes: u64,
    },
    /// The download ended, well or not.
    Finished,
}

/// Who is told what happens.
pub type Watcher<'a> = &'a mut dyn FnMut(FetchEvent<'_>);
