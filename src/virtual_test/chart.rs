//! One plot: curves and points over a band and a level, axes linear or logarithmic, as SVG text.

use super::error::VirtualTestError;
pub use crate::report::chart::plot::Look;
use crate::report::chart::plot::{
    self, Axis, COLOURS, Layout, Plot, RGBColor, SeriesLabelPosition,
};
use crate::report::number::{round_up, tick};

const SIZE: (u32, u32) = (760, 480);

/// A curve or a set of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Name in the legend.
    pub name: String,
    /// Its points.
    pub points: Vec<[f64; 2]>,
    /// How it is drawn.
    pub look: Look,
}

/// A plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// Horizontal axis with its unit.
    pub x: String,
    /// Vertical axis with its unit.
    pub y: String,
    /// Which axes are logarithmic: horizontal, vertical.
    pub log: [bool; 2],
    /// What is drawn.
    pub curves: Vec<Curve>,
    /// A band of the vertical axis and its name.
    pub band: Option<([f64; 2], String)>,
    /// A level of the vertical axis and its name.
    pub level: Option<(f64, String)>,
}

impl Chart {
    /// The drawing.
    ///
    /// # Errors
    /// [`VirtualTestError::Write`] where it cannot be drawn.
    pub fn svg(&self) -> Result<String, VirtualTestError> {
        // The last colour is that of levels.
        let colours = COLOURS[..5].iter().cycle();
        let curves = self.curves.iter().zip(colours);
        let plot = Plot {
            title: &self.title,
            axes: [self.axis(0, &self.x), self.axis(1, &self.y)],
            curves: curves
                .map(|(curve, colour)| plot::Curve {
                    name: Some(padded(&curve.name)),
                    colour: *colour,
                    look: curve.look,
                    points: curve.points.clone(),
                })
                .collect(),
            band: self.band.as_ref().map(|(ends, name)| (*ends, padded(name))),
            level: self.level.as_ref().map(|(at, name)| (*at, padded(name))),
            layout: Layout {
                title: 19,
                grid: RGBColor(0xff, 0xff, 0xff),
                legend: SeriesLabelPosition::UpperRight,
                ..Layout::WIDE
            },
        };
        plot::svg(SIZE, &[plot]).map_err(|reason| VirtualTestError::Write {
            file: self.title.clone(),
            reason,
        })
    }

    fn axis(&self, number: usize, label: &str) -> Axis {
        Axis {
            label: label.to_owned(),
            range: self.range(number),
            is_log: self.log[number],
            mark: tick,
        }
    }

    /// Round ends of one axis around everything on it.
    fn range(&self, axis: usize) -> std::ops::Range<f64> {
        let mut values: Vec<f64> = self
            .curves
            .iter()
            .flat_map(|c| c.points.iter().map(|p| p[axis]))
            .collect();
        if axis == 1 {
            values.extend(self.level.iter().map(|l| l.0));
            values.extend(self.band.iter().flat_map(|b| b.0));
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if self.log[axis] {
            let power = |v: f64| 10f64.powf(v);
            return power(low.log10().floor())..power(high.log10().ceil());
        }
        let step = round_up((high - low).max(1e-3 * high.abs()) / 8.0);
        // A little air above the highest point, for the legend's sake none is needed below.
        let bottom = ((low / step).floor() * step).min(low);
        bottom..((high + 0.3 * step) / step).ceil() * step
    }
}

/// A name with room after it: plotters takes letters to be narrower than browsers draw them.
fn padded(name: &str) -> String {
    let room = name.chars().count().div_ceil(5);
    format!("{name}{}", "\u{2002}".repeat(room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_names_axes_curves_band_and_level() {
        let curve = |name: &str, look| Curve {
            name: name.to_owned(),
            points: vec![[1.0, 20.0], [2.0, 300.0]],
            look,
        };
        let mut chart = Chart {
            title: "Title".to_owned(),
            x: "height / mm".to_owned(),
            y: "load / N".to_owned(),
            log: [false, true],
            curves: vec![curve("law", Look::Line), curve("samples", Look::Points)],
            band: Some(([50.0, 80.0], "published".to_owned())),
            level: Some((165.0, "165 N".to_owned())),
        };
        for log in [[false, false], [false, true], [true, false], [true, true]] {
            chart.log = log;
            let drawn = chart.svg().unwrap();
            for text in [
                "Title",
                "height / mm",
                "load / N",
                "law",
                "samples",
                "165 N",
            ] {
                assert!(drawn.contains(text), "{text}");
            }
            // The two points and their mark in the legend.
            assert_eq!(drawn.matches("<circle").count(), 3);
        }
        // Logarithmic axes end at powers of ten, others include everything.
        chart.log = [false, true];
        assert_eq!(chart.range(1), 10.0..1000.0);
        let x = chart.range(0);
        assert!(x.start <= 1.0 && x.end >= 2.0);
    }
}
