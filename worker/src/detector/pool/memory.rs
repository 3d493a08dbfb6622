//! How much main memory is free.

use std::fs;

/// Taken where the system does not tell.
const UNKNOWN: u64 = 4 << 30;

/// Bytes that can be claimed without swapping: `MemAvailable` of the kernel, or what the control
/// group (a container, a systemd unit) leaves, if that is less. See proc_meminfo(5) and the
/// kernel's documentation of `memory.max`.
pub(super) fn available_bytes() -> u64 {
    let system = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| available_in(&text));
    let group = || {
        let number = |file| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
        let limit = number("/sys/fs/cgroup/memory.max")?;
        Some(limit.saturating_sub(number("/sys/fs/cgroup/memory.current")?))
    };
    system.into_iter().chain(group()).min().unwrap_or(UNKNOWN)
}

fn available_in(meminfo: &str) -> Option<u64> {
    let rest = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = rest.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_counts_in_kilobytes() {
        let text = "MemTotal:       24000000 kB\nMemFree: 5 kB\nMemAvailable:   12345678 kB\n";
        assert_eq!(available_in(text), Some(12_345_678 * 1024));
        assert_eq!(available_in("MemTotal: 5 kB\n"), None);
        assert_eq!(available_in("MemAvailable: many kB\n"), None);
    }

    #[test]
    fn this_machine_has_memory_left() {
        assert!(available_bytes() > 1 << 20);
    }
}
