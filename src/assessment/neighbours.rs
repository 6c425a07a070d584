//! Points binned into cubes, to find those near a place. Visits in a fixed order, so that sums
//! come out the same every time.

use crate::tensor::Point;

/// Points in cubic cells.
#[derive(Debug)]
pub struct PointGrid {
    low: Point,
    cell: f64,
    counts: [usize; 3],
    /// Cell c holds `order[start[c]..start[c + 1]]`.
    start: Vec<u32>,
    order: Vec<u32>,
}

/// Cells along one axis at most: a tiny cell over a large body is coarsened instead of filling
/// the memory.
const MOST_CELLS: f64 = 128.0;

impl PointGrid {
    /// Bins `points` into cells of about `cell` mm.
    pub fn new(points: &[Point], cell: f64) -> Self {
        let mut low = Point::new(f64::INFINITY, f64::INFINITY, f64::INFINITY);
        let mut high = -low;
        for p in points {
            low = low.inf(p);
            high = high.sup(p);
        }
        if points.is_empty() {
            (low, high) = (Point::origin(), Point::origin());
        }
        let cell = cell
            .max((high - low).max() / MOST_CELLS)
            .max(f64::MIN_POSITIVE);
        let counts = std::array::from_fn(|a| ((high[a] - low[a]) / cell) as usize + 1);
        let mut grid = Self {
            low,
            cell,
            counts,
            start: Vec::new(),
            order: Vec::new(),
        };
        let cells: Vec<usize> = points.iter().map(|p| grid.index(grid.cell_of(p))).collect();
        let mut start = vec![0u32; counts.iter().product::<usize>() + 1];
        for &c in &cells {
            start[c + 1] += 1;
        }
        for c in 1..start.len() {
            start[c] += start[c - 1];
        }
        let mut next = start.clone();
        let mut order = vec![0u32; points.len()];
        for (i, &c) in cells.iter().enumerate() {
            order[next[c] as usize] = i as u32;
            next[c] += 1;
        }
        grid.start = start;
        grid.order = order;
        grid
    }

    fn cell_of(&self, p: &Point) -> [usize; 3] {
        std::array::from_fn(|a| {
            // The cast takes what lies below the first cell to 0.
            (((p[a] - self.low[a]) / self.cell) as usize).min(self.counts[a] - 1)
        })
    }

    fn index(&self, [i, j, k]: [usize; 3]) -> usize {
        (k * self.counts[1] + j) * self.counts[0] + i
    }

    /// Visits every point in the cells that a cube of half width `reach` about `centre` touches:
    /// all points within `reach`, and some beyond.
    pub fn visit(&self, centre: &Point, reach: f64, mut each: impl FnMut(usize)) {
        let arm = crate::tensor::Vec3::repeat(reach);
        let (low, high) = (self.cell_of(&(centre - arm)), self.cell_of(&(centre + arm)));
        for k in low[2]..=high[2] {
            for j in low[1]..=high[1] {
                let (a, b) = (self.index([low[0], j, k]), self.index([high[0], j, k]));
                for &i in &self.order[self.start[a] as usize..self.start[b + 1] as usize] {
                    each(i as usize);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_within_reach_is_visited_once() {
        // Points on a spiral; compared with all pairs.
        let points: Vec<Point> = (0..500)
            .map(|i| f64::from(i) * 0.05)
            .map(|t| Point::new(t.cos() * t, t.sin() * t, 0.3 * t))
            .collect();
        for cell in [0.3, 2.0, 100.0] {
            let grid = PointGrid::new(&points, cell);
            for (centre, reach) in [
                (points[37], 2.0),
                (points[400], 5.0),
                (Point::new(-90.0, 0.0, 0.0), 75.0),
            ] {
                let mut seen = vec![0; points.len()];
                grid.visit(&centre, reach, |i| seen[i] += 1);
                assert!(seen.iter().all(|&n| n <= 1));
                for (i, p) in points.iter().enumerate() {
                    assert!(seen[i] == 1 || (p - centre).norm() > reach);
                }
            }
        }
        PointGrid::new(&[], 1.0).visit(&Point::origin(), 1.0, |_| unreachable!());
    }
}
