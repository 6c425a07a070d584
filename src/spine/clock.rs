//! How long each stage of a run takes.

use std::time::Instant;

use crate::report::schema::StageTime;

/// Seconds by stage.
#[derive(Clone)]
pub struct Clock {
    last: Instant,
    /// The stages so far.
    pub laps: Vec<StageTime>,
}

impl Clock {
    /// Begins the first stage.
    pub fn start() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    /// Ends a stage.
    pub fn lap(&mut self, stage: &str) {
        let seconds = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        match self.laps.iter_mut().find(|lap| lap.stage == stage) {
            Some(lap) => lap.seconds += seconds,
            None => self.laps.push(StageTime {
                stage: stage.to_owned(),
                seconds,
            }),
        }
    }
}
