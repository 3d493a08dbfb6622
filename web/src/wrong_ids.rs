//! Clients that ask for jobs that there are not: an id is a key, and nobody may try them in bulk.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const MINUTE: Duration = Duration::from_secs(60);
/// How many clients may pile up before those whose minute is over are dropped.
const MANY_CLIENTS: usize = 10_000;
/// Characters by which wrong ids are distinguished: more than an id has.
const LONGEST_ID: usize = 40;

/// What each client asked for in vain in this minute, counted in this process.
pub(crate) struct WrongIds {
    limit: usize,
    clients: Mutex<HashMap<IpAddr, ThresholdCounts>>,
}

struct ThresholdCounts {
    since: Instant,
    /// Each counts once: the page of a job that was deleted asks for many of its pictures.
    ids: HashSet<String>,
}

impl WrongIds {
    /// So many in a minute; 0 for no limit.
    pub(crate) fn new(limit: u32) -> Self {
        Self {
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            clients: Mutex::default(),
        }
    }

    /// How long a client must wait before it may ask for any job; `None` when it may now.
    pub(crate) fn wait(&self, client: IpAddr) -> Option<Duration> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = clients.get(&client)?;
        let is_over = self.limit > 0 && counts.ids.len() >= self.limit;
        let wait = MINUTE.saturating_sub(counts.since.elapsed());
        (is_over && !wait.is_zero()).then_some(wait)
    }

    /// Notes that a client asked for a job that there is not, by this id.
    pub(crate) fn count(&self, client: IpAddr, id: &str) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() > MANY_CLIENTS {
            clients.retain(|_, counts| counts.since.elapsed() < MINUTE);
        }
        let counts = clients.entry(client).or_insert_with(|| ThresholdCounts {
            since: Instant::now(),
            ids: HashSet::new(),
        });
        if counts.since.elapsed() >= MINUTE {
            counts.since = Instant::now();
            counts.ids.clear();
        }
        if counts.ids.len() < self.limit {
            counts.ids.insert(id.chars().take(LONGEST_ID).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_guesses_too_often_waits_and_nobody_else() {
        let wrong = WrongIds::new(2);
        let [one, other] = ["203.0.113.1", "203.0.113.2"].map(|text| text.parse().unwrap());
        for _ in 0..10 {
            wrong.count(one, "deleted");
        }
        assert_eq!(wrong.wait(one), None);
        wrong.count(one, "guessed");
        let wait = wrong.wait(one).unwrap();
        assert!(wait > Duration::ZERO && wait <= MINUTE);
        assert_eq!(wrong.wait(other), None);
    }

    #[test]
    fn a_minute_later_it_may_again() {
        let wrong = WrongIds::new(1);
        let client = "203.0.113.1".parse().unwrap();
        wrong.count(client, "a");
        let earlier = Instant::now().checked_sub(MINUTE).unwrap();
        wrong
            .clients
            .lock()
            .unwrap()
            .get_mut(&client)
            .unwrap()
            .since = earlier;
        assert_eq!(wrong.wait(client), None);
        wrong.count(client, "a");
        assert!(wrong.wait(client).is_some());
    }

    #[test]
    fn nought_is_no_limit() {
        let wrong = WrongIds::new(0);
        let client = "203.0.113.1".parse().unwrap();
        (0..100).for_each(|n| wrong.count(client, &n.to_string()));
        assert_eq!(wrong.wait(client), None);
    }
}
