//! How many threads a piece of work uses: a pool of its own, so that callers keep theirs.

/// Threads that the system does not give.
#[derive(Debug, thiserror::Error)]
#[error("{threads} threads cannot be used: {reason}")]
pub struct ThreadsError {
    /// How many were asked for.
    pub threads: usize,
    /// What the system says.
    pub reason: String,
}

/// Does `work` on that many threads; on those of the caller where none are named.
///
/// # Errors
/// Threads that the system does not give.
pub fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send,
) -> Result<T, ThreadsError> {
    let Some(threads) = threads else {
        return Ok(work());
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| ThreadsError {
        threads,
        reason: e.to_string(),
    })?;
    Ok(pool.install(work))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_has_the_threads_it_asks_for_and_the_caller_keeps_its_own() {
        let own = rayon::current_num_threads();
        let inside = on_threads(Some(3), rayon::current_num_threads).unwrap();
        assert_eq!((inside, rayon::current_num_threads()), (3, own));
        assert_eq!(on_threads(None, rayon::current_num_threads).unwrap(), own);
    }
}
