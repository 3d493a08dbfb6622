//! How often somebody may do something, counted in this process.

use std::{hash::Hash, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

/// How many keys may pile up before those that are free again are dropped.
const MANY_KEYS: usize = 10_000;

/// So many in a period for every key, and as many at once.
pub(crate) struct KeyedQuota<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    limit: u32,
}

/// A key has used up what it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsedUp {
    /// Until it may again.
    pub(crate) wait: Duration,
}

impl<K: Hash + Eq + Clone> KeyedQuota<K> {
    /// `limit` in a `period`; 0 for no limit.
    pub(crate) fn new(limit: u32, period: Duration) -> Self {
        let limiter = NonZeroU32::new(limit).and_then(|limit| {
            let quota = Quota::with_period(period / limit.get())?.allow_burst(limit);
            Some(RateLimiter::keyed(quota))
        });
        Self { limiter, limit }
    }

    /// Counts `count` more for a key, unless it may not.
    pub(crate) fn take(&self, key: &K, count: NonZeroU32) -> Result<(), UsedUp> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        if limiter.len() > MANY_KEYS {
            limiter.retain_recent();
        }
        // A limit below what one step takes means one step in a period.
        let count = count.min(NonZeroU32::new(self.limit).unwrap_or(count));
        match limiter.check_key_n(key, count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => Err(UsedUp {
                wait: not_until.wait_time_from(DefaultClock::default().now()),
            }),
            Err(_never_enough) => Err(UsedUp {
                wait: Duration::from_secs(86_400),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    #[test]
    fn every_key_has_its_own_quota() {
        let quota = KeyedQuota::new(2, Duration::from_secs(3600));
        assert_eq!(quota.take(&"a", ONE), Ok(()));
        assert_eq!(quota.take(&"a", ONE), Ok(()));
        let wait = quota.take(&"a", ONE).unwrap_err().wait;
        assert!(wait > Duration::from_secs(1700) && wait <= Duration::from_secs(1800));
        assert_eq!(quota.take(&"b", ONE), Ok(()));
    }

    #[test]
    fn nought_is_no_limit_and_a_tiny_limit_still_lets_one_through() {
        let unlimited = KeyedQuota::new(0, Duration::from_secs(1));
        assert!((0..100).all(|_| unlimited.take(&1, ONE).is_ok()));
        let tiny = KeyedQuota::new(1, Duration::from_secs(86_400));
        let three = NonZeroU32::new(3).unwrap();
        assert!(tiny.take(&1, three).is_ok() && tiny.take(&1, three).is_err());
    }
}
