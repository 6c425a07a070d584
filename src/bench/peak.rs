//! Peak memory of this process, where the system counts it (Linux): reset before a solver runs,
//! read after.

/// Forgets the peak so far; without effect where the system does not know how.
pub fn reset_peak() {
    // "5" asks for the peak to be set to the present value (proc(5)); refusal leaves the old one.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Largest resident size since the last reset, bytes.
pub fn peak_bytes() -> Option<u64> {
    status_bytes("VmHWM:")
}

/// Resident size now, bytes.
pub fn resident_bytes() -> Option<u64> {
    status_bytes("VmRSS:")
}

fn status_bytes(key: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|l| l.starts_with(key))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024 * kib)
}
