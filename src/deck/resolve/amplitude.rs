//! The share of a load over the time of a step.

/// A share over time.
#[derive(Debug, Clone)]
pub(super) struct Amplitude {
    /// Name as written.
    pub(super) name: String,
    /// Time, rising, and share.
    pub(super) points: Vec<[f64; 2]>,
    /// Whether time counts from the beginning of the first step.
    pub(super) total: bool,
}

impl Amplitude {
    /// The share at a time: linear between the points, constant beyond them.
    pub(super) fn at(&self, time: f64) -> f64 {
        let above = self.points.partition_point(|p| p[0] < time);
        let before = above.checked_sub(1).and_then(|k| self.points.get(k));
        match (before, self.points.get(above)) {
            (Some([t0, a0]), Some([t1, a1])) => a0 + (a1 - a0) * (time - t0) / (t1 - t0),
            (Some([_, a]), None) | (None, Some([_, a])) => *a,
            (None, None) => 1.0,
        }
    }
}
