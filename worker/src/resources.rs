//! What this process has used of the machine so far.

use procfs::process::Process;

/// Processor time and memory of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResourceUse {
    /// Processor seconds, all threads together.
    pub cpu_seconds: f64,
    /// Most resident memory so far, in bytes.
    pub peak_memory_bytes: u64,
}

impl ResourceUse {
    /// Asks the kernel; zeros where it does not say (`/proc` not mounted).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "clock ticks of one process")]
    pub fn now() -> Self {
        let Ok(process) = Process::myself() else {
            return Self::default();
        };
        let ticks = process.stat().map_or(0, |stat| stat.utime + stat.stime);
        let peak_kib = process
            .status()
            .ok()
            .and_then(|status| status.vmhwm)
            .unwrap_or(0);
        Self {
            cpu_seconds: ticks as f64 / procfs::ticks_per_second() as f64,
            peak_memory_bytes: peak_kib * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_covers_what_was_touched() {
        let before = ResourceUse::now();
        let block = vec![1u8; 64 << 20];
        let after = ResourceUse::now();
        assert!(block.iter().map(|&b| u64::from(b)).sum::<u64>() == 64 << 20);
        assert!(before.peak_memory_bytes > 0);
        assert!(after.peak_memory_bytes >= 64 << 20);
        assert!(after.cpu_seconds >= before.cpu_seconds);
    }
}
