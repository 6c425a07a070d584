//! Who carries the load: one stacked bar a load case, parts to the left of zero where a path
//! works against the load.

use maud::{Markup, html};

use crate::assessment::LoadSharingRow;
use crate::report::number::percent;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 200.0;
const RIGHT: f64 = 30.0;
const ROW: f64 = 34.0;
/// Fills of the paths, in order of appearance; lightness differs from one to the next.
const FILLS: [&str; 10] = [
    "#2f6f7e", "#d9a520", "#8a6fb0", "#9fc3d3", "#b5402a", "#777777", "#c9b2dd", "#4c7a34",
    "#e8cf8a", "#3b3b6d",
];
/// Paths in a row of the legend, and its height.
const LEGEND: (usize, f64) = (4, 22.0);

/// The chart of one state and cut; `rows` all of it.
pub fn shares(rows: &[&LoadSharingRow]) -> Markup {
    let mut paths: Vec<&str> = Vec::new();
    let mut cases: Vec<&str> = Vec::new();
    for row in rows {
        if !paths.contains(&row.path.as_str()) {
            paths.push(&row.path);
        }
        if !cases.contains(&row.load_case.as_str()) {
            cases.push(&row.load_case);
        }
    }
    let of_case = |case: &str| -> Vec<f64> {
        let share = |path: &&str| {
            rows.iter()
                .find(|r| r.load_case == case && r.path == *path)
                .map_or(0.0, |r| r.share)
        };
        paths.iter().map(share).collect()
    };
    let sums = |keep: fn(&f64) -> bool| {
        cases
            .iter()
            .map(move |c| of_case(c).into_iter().filter(keep).sum::<f64>())
    };
    let high = sums(|s| *s > 0.0).fold(1.0, f64::max);
    let low = sums(|s| *s < 0.0).fold(0.0, f64::min);
    let x = |share: f64| LEFT + (WIDTH - LEFT - RIGHT) * (share - low) / (high - low);
    let top = LEGEND.1 * paths.len().div_ceil(LEGEND.0) as f64 - LEGEND.1;
    let bottom = top + 56.0 + ROW * cases.len() as f64;
    let entry = |k: usize| {
        let (row, column) = (k / LEGEND.0, k % LEGEND.0);
        (LEFT + 180.0 * column as f64, LEGEND.1 * row as f64)
    };
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {}", bottom + 24.0)) role="img" class="wide"
            aria-label="Share of each path in the load" {
            @for (k, path) in paths.iter().enumerate() {
                @let (left, down) = entry(k);
                rect x=(left) y=(down + 6.0) width="14" height="14" fill=(fill(k)) {}
                text x=(left + 20.0) y=(down + 18.0) class="label" { (path) }
            }
            @for (at, label) in [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
                line x1=(x(at)) x2=(x(at)) y1=(top + 32.0) y2=(bottom - 6.0) class="axis" {}
                text x=(x(at)) y=(bottom + 10.0) class="tick middle" { (label) }
            }
            @for (k, case) in cases.iter().enumerate() {
                @let y = top + 40.0 + ROW * k as f64;
                text x=(LEFT - 10.0) y=(y + 16.0) class="label end" { (case) }
                @for (path, from, to) in stacked(&of_case(case)) {
                    rect x=(x(from.min(to))) y=(y) width=((x(to) - x(from)).abs()) height="24"
                        fill=(fill(path)) stroke="var(--ground)" stroke-width="1" {}
                    @if (to - from).abs() > 0.06 * (high - low) {
                        text x=(0.5 * (x(from) + x(to))) y=(y + 16.0) class="label middle"
                            style=(format!("fill:{}", ink(path))) {
                            (percent(to - from))
                        }
                    }
                }
            }
        }
    }
}

fn fill(path: usize) -> &'static str {
    FILLS[path % FILLS.len()]
}

fn ink(path: usize) -> &'static str {
    if matches!(path % FILLS.len(), 1 | 3 | 6 | 8) {
        "#111"
    } else {
        "#fff"
    }
}

/// Places of the parts along the bar: path, start, end. Negative parts stack to the left.
fn stacked(shares: &[f64]) -> Vec<(usize, f64, f64)> {
    let (mut right, mut left) = (0.0, 0.0);
    let place = |(path, share): (usize, &f64)| {
        let start = if *share >= 0.0 { &mut right } else { &mut left };
        let from = *start;
        *start += share;
        (path, from, *start)
    };
    shares.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_works_against_the_load_stacks_to_the_left() {
        let places = stacked(&[0.9, -0.2, 0.3]);
        assert_eq!(places[0], (0, 0.0, 0.9));
        assert_eq!(places[1], (1, 0.0, -0.2));
        assert!((places[2].1 - 0.9).abs() < 1e-12 && (places[2].2 - 1.2).abs() < 1e-12);
    }
}
