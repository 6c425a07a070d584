//! One loop compiled twice: for any machine, and for those with AVX2 and fused multiply-add. The
//! choice is made when the program runs, so that a program built for every machine is fast on this
//! one. Must not know what is computed.

/// Work that is compiled for several instruction sets. Mark the implementation `#[inline(always)]`.
pub trait Task {
    /// What comes out.
    type Output;
    /// Does the work; `FMA` says that a fused multiply-add costs one instruction.
    fn run<const FMA: bool>(self) -> Self::Output;
}

/// Runs the version for this machine.
pub fn best<W: Task>(task: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: both features were just found.
        return unsafe { wide(task) };
    }
    task.run::<false>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn wide<W: Task>(task: W) -> W::Output {
    task.run::<true>()
}
