//! A porosity grid from a CSV table: columns `x_mm`, `y_mm`, `z_mm`, `porosity_percent` in any
//! order, one row a node. The nodes must fill a grid of boxes; the spacing may be uneven.
//! Coordinates that agree to 1e-6 mm are one. Must not know where the text was read.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::porosity::Grid;

/// Names of the columns.
pub const COLUMNS: [&str; 4] = ["x_mm", "y_mm", "z_mm", "porosity_percent"];

/// Coordinates nearer than this are one, mm.
const SAME_MM: f64 = 1e-6;

/// What is wrong with a table, by its line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// The first line does not name the columns.
    #[error("line 1: the columns are \"{found}\", expected {}", COLUMNS.join(","))]
    Columns {
        /// The line.
        found: String,
    },
    /// A line without its four numbers.
    #[error("line {line}: \"{found}\" is not {}, four numbers", COLUMNS.join(","))]
    Line {
        /// Counted from 1.
        line: usize,
        /// The line.
        found: String,
    },
    /// A porosity outside the law's samples.
    #[error(
        "line {line}: porosity {percent} % at ({}, {}, {}) mm, expected {low} to {high} %",
        at[0], at[1], at[2]
    )]
    Range {
        /// Counted from 1.
        line: usize,
        /// The porosity, per cent.
        percent: f64,
        /// The node, mm.
        at: [f64; 3],
        /// Lowest, per cent.
        low: f64,
        /// Highest, per cent.
        high: f64,
    },
    /// A node given twice.
    #[error("line {line}: the node ({}, {}, {}) mm is given twice", at[0], at[1], at[2])]
    Twice {
        /// Counted from 1.
        line: usize,
        /// The node, mm.
        at: [f64; 3],
    },
    /// A direction with one coordinate only.
    #[error("all nodes have the same {axis}_mm; a grid needs two or more in each direction")]
    Flat {
        /// x, y or z.
        axis: char,
    },
    /// A node that is not there.
    #[error(
        "the grid is not regular: its {} x {} x {} coordinates make {} nodes, {found} are given, \
         and ({}, {}, {}) mm is not among them",
        size[0], size[1], size[2], size[0] * size[1] * size[2], at[0], at[1], at[2]
    )]
    Missing {
        /// Coordinates along x, y and z.
        size: [usize; 3],
        /// Nodes given.
        found: usize,
        /// The first that is missing, mm.
        at: [f64; 3],
    },
}

/// Reads a table.
///
/// # Errors
/// [`GridError`], with the line.
pub fn parse(text: &str, range: &RangeInclusive<f64>) -> Result<Grid, GridError> {
    let rows = rows(text, range)?;
    let mut axes = [Vec::new(), Vec::new(), Vec::new()];
    for (a, axis) in axes.iter_mut().enumerate() {
        let found: BTreeMap<i64, f64> = rows.iter().map(|r| (key(r.at[a]), r.at[a])).collect();
        if found.len() < 2 {
            let axis = ['x', 'y', 'z'][a];
            return Err(GridError::Flat { axis });
        }
        *axis = found.into_values().collect();
    }
    let size = [0, 1, 2].map(|a| axes[a].len());
    let missing = |at: [f64; 3]| GridError::Missing {
        size,
        found: rows.len(),
        at,
    };
    let [nx, ny, nz] = size;
    // Far more coordinates than rows: the nodes are scattered, and their grid need not be made.
    let nodes = nx.saturating_mul(ny).saturating_mul(nz);
    let mut percent = vec![None; nodes.min(rows.len())];
    for row in &rows {
        let [i, j, k] = [0, 1, 2].map(|a| {
            let at = key(row.at[a]);
            axes[a].partition_point(|x| key(*x) < at)
        });
        let node = (k * ny + j) * nx + i;
        match percent.get_mut(node) {
            Some(slot @ None) => *slot = Some(row.percent),
            Some(Some(_)) => {
                let (line, at) = (row.line, row.at);
                return Err(GridError::Twice { line, at });
            }
            // Beyond as many nodes as there are rows: one of the first is missing.
            None => {}
        }
    }
    let first_empty = percent.iter().position(Option::is_none);
    if let Some(n) = first_empty.or((nodes > rows.len()).then_some(rows.len())) {
        let at = [
            axes[0][n % nx],
            axes[1][n / nx % ny],
            axes[2][n / (nx * ny)],
        ];
        return Err(missing(at));
    }
    Ok(Grid {
        axes,
        percent: percent.into_iter().flatten().collect(),
    })
}

fn key(x: f64) -> i64 {
    (x / SAME_MM).round() as i64
}

struct Row {
    line: usize,
    at: [f64; 3],
    percent: f64,
}

fn rows(text: &str, range: &RangeInclusive<f64>) -> Result<Vec<Row>, GridError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head = lines.next().unwrap_or_default();
    let names: Vec<&str> = head.split(',').map(str::trim).collect();
    let place = |column: &str| names.iter().position(|n| *n == column);
    let found = || head.to_owned();
    let mut columns = [0; 4];
    for (place_of, column) in columns.iter_mut().zip(COLUMNS) {
        *place_of = place(column).ok_or_else(|| GridError::Columns { found: found() })?;
    }
    let mut rows = Vec::new();
    for (i, text) in lines.enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let line = i + 2;
        let bad = || GridError::Line {
            line,
            found: text.to_owned(),
        };
        let cells: Vec<&str> = text.split(',').map(str::trim).collect();
        if cells.len() != names.len() {
            return Err(bad());
        }
        let mut numbers = [0.0; 4];
        for (number, column) in numbers.iter_mut().zip(columns) {
            let parsed = cells[column].parse::<f64>().ok();
            *number = parsed
                .filter(|n| n.is_finite() && n.abs() < 1e6)
                .ok_or_else(bad)?;
        }
        let [x, y, z, percent] = numbers;
        let (at, low, high) = ([x, y, z], *range.start(), *range.end());
        if !range.contains(&percent) {
            return Err(GridError::Range {
                line,
                percent,
                at,
                low,
                high,
            });
        }
        rows.push(Row { line, at, percent });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: RangeInclusive<f64> = 45.54..=88.02;

    /// 2 × 2 × 2 nodes; porosity 60 + 5 x + 3 y + z with the columns in another order.
    fn table() -> Vec<String> {
        let mut lines = vec!["porosity_percent, z_mm, x_mm, y_mm".to_owned()];
        for (x, y, z) in [0, 1]
            .into_iter()
            .flat_map(|x| [0, 2].map(|y| (x, y)))
            .flat_map(|(x, y)| [-1, 7].map(|z| (x, y, z)))
        {
            lines.push(format!("{}, {z}, {x}, {y}", 60 + 5 * x + 3 * y + z));
        }
        lines
    }

    #[test]
    fn a_table_in_any_order_becomes_its_grid() {
        let grid = parse(&table().join("\r\n"), &RANGE).unwrap();
        assert_eq!(grid.bounds(), [[0.0, 1.0], [0.0, 2.0], [-1.0, 7.0]]);
        let mean = 60.0 + 2.5 + 3.0 + 3.0;
        assert!((grid.at(&[0.5, 1.0, 3.0]) - mean).abs() < 1e-9);
    }

    #[test]
    fn faults_are_told_with_their_line() {
        let with = |line: usize, text: &str| {
            let mut lines = table();
            lines[line - 1] = text.to_owned();
            parse(&lines.join("\n"), &RANGE).unwrap_err().to_string()
        };
        let cases = [
            (1, "x,y,z,p", "line 1: the columns are \"x,y,z,p\""),
            (3, "60, 1, 0", "line 3: \"60, 1, 0\" is not"),
            (4, "60, 1, a, 0", "line 4: \"60, 1, a, 0\" is not"),
            (
                5,
                "95, 7, 0, 2",
                "line 5: porosity 95 % at (0, 2, 7) mm, expected 45.54 to 88.02 %",
            ),
            (
                9,
                "60, -1, 0, 0",
                "line 9: the node (0, 0, -1) mm is given twice",
            ),
            (
                9,
                "60, 8, 1, 2",
                "3 coordinates make 12 nodes, 8 are given, and (1, 2, 7) mm",
            ),
        ];
        for (line, text, words) in cases {
            let message = with(line, text);
            assert!(message.contains(words), "{message}");
        }
        let flat: Vec<String> = table().into_iter().filter(|l| !l.contains(" 7,")).collect();
        let message = parse(&flat.join("\n"), &RANGE).unwrap_err().to_string();
        assert!(message.contains("same z_mm"), "{message}");
        assert!(parse("", &RANGE).is_err());
    }
}
