//! Large pages for large arrays. A factor of gigabytes is touched once and then streamed: with
//! pages of 4 KiB the first touch alone is a fault for every 512 values, which in a virtual
//! machine took a sixth of the factorisation's processor time.

/// Arrays below this many values stay as they are: they are reused or small.
const WORTH: usize = 1 << 19;

/// `length` zeros, on large pages where the system has them and asks to be told (Linux).
pub(super) fn zeros(length: usize) -> Vec<f64> {
    let values = vec![0.0; length];
    if length >= WORTH {
        advise(&values);
    }
    values
}

#[cfg(target_os = "linux")]
fn advise(values: &[f64]) {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn madvise(address: *mut c_void, length: usize, advice: c_int) -> c_int;
    }
    /// MADV_HUGEPAGE of madvise(2).
    const LARGE_PAGES: c_int = 14;
    const PAGE: usize = 4096;
    let start = (values.as_ptr() as usize).next_multiple_of(PAGE);
    let end = (values.as_ptr() as usize + size_of_val(values)) / PAGE * PAGE;
    if end > start {
        // SAFETY: whole pages within one live allocation; the advice changes neither contents nor
        // access, and its refusal changes nothing.
        unsafe { madvise(start as *mut c_void, end - start, LARGE_PAGES) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise(_values: &[f64]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_arrays_are_zero_and_can_be_written() {
        for length in [0, 5, WORTH - 1, WORTH, 3 * WORTH + 7] {
            let mut values = zeros(length);
            assert_eq!(values.len(), length);
            assert!(values.iter().all(|v| *v == 0.0));
            values.iter_mut().for_each(|v| *v = 1.5);
            assert_eq!(values.iter().sum::<f64>(), 1.5 * length as f64);
        }
    }
}
