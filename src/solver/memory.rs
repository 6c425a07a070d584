//! How much memory a solver may take.

/// Share of the available memory that may be taken: the rest of the program and the machine need
/// the remainder.
const USABLE: f64 = 0.9;

/// Bytes that may be taken: the limit where one is given, else nine tenths of what the system says
/// is available, `None` where it says nothing.
pub fn allowed_bytes(limit: Option<u64>) -> Option<u64> {
    limit.or_else(|| available_bytes().map(|b| (USABLE * b as f64) as u64))
}

/// Bytes that can be taken without swapping, where the system says so (Linux).
pub fn available_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024 * kib)
}
