//! How far the work is, on stderr: a bar on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::time::Duration;

use endplate::progress::{Progress, Silent};
use indicatif::{ProgressBar, ProgressStyle};

use super::stderr::tell;

/// The progress that suits the place it is shown.
pub fn progress(quiet: bool) -> Box<dyn Progress> {
    if quiet {
        Box::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bar::new())
    } else {
        Box::new(Lines)
    }
}

/// One line a stage, one a note.
struct Lines;

impl Progress for Lines {
    fn stage(&self, name: &str, _steps: u64) {
        tell(&format!("{name}\n"));
    }
    fn advance(&self) {}
    fn note(&self, text: &str) {
        tell(&format!("  {text}\n"));
    }
}

/// A bar that is drawn over for every stage; notes stay above it.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }
}

impl Progress for Bar {
    fn stage(&self, name: &str, steps: u64) {
        let template = if steps > 0 {
            "{spinner} {msg} [{bar:30}] {pos}/{len} {elapsed}"
        } else {
            "{spinner} {msg} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        self.0.set_length(steps);
        self.0.set_position(0);
        self.0.set_message(name.to_owned());
    }
    fn advance(&self) {
        self.0.inc(1);
    }
    fn note(&self, text: &str) {
        self.0.println(format!("  {text}"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
