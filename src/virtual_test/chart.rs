//! One plot: curves and points over a band and a level, axes linear or logarithmic, as SVG text.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;

use super::error::VirtualTestError;
use crate::report::number::round_up;
use crate::report::number::tick;

const SIZE: (u32, u32) = (760, 480);
const FONT: &str = "sans-serif";
/// One colour a curve; lightness differs from one to the next.
const COLOURS: [RGBColor; 5] = [
    RGBColor(0x1f, 0x4e, 0x79),
    RGBColor(0xd9, 0x8a, 0x20),
    RGBColor(0x6a, 0x4c, 0x93),
    RGBColor(0x2f, 0x8f, 0x6f),
    RGBColor(0xb5, 0x40, 0x2a),
];
const BAND: RGBColor = RGBColor(0xdd, 0xe8, 0xd6);
const LEVEL: RGBColor = RGBColor(0x77, 0x77, 0x77);

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

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A line.
    Line,
    /// Points.
    Points,
    /// Points joined by lines.
    Joined,
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
        let mut text = String::new();
        let drawn = self.draw_into(&mut text);
        drawn.map_err(|reason| VirtualTestError::Write {
            file: self.title.clone(),
            reason,
        })?;
        Ok(text)
    }

    fn draw_into(&self, text: &mut String) -> Result<(), String> {
        let area = SVGBackend::with_string(text, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(|e| e.to_string())?;
        let [x, y] = [self.range(0), self.range(1)];
        match self.log {
            [false, false] => self.panel(&area, x, y),
            [false, true] => self.panel(&area, x, y.log_scale()),
            [true, false] => self.panel(&area, x.log_scale(), y),
            [true, true] => self.panel(&area, x.log_scale(), y.log_scale()),
        }?;
        area.present().map_err(|e| e.to_string())
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

    fn panel<X, Y>(&self, area: &DrawingArea<SVGBackend, Shift>, x: X, y: Y) -> Result<(), String>
    where
        X: plotters::coord::ranged1d::AsRangedCoord<Value = f64>,
        Y: plotters::coord::ranged1d::AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, (FONT, 19))
            .margin(14)
            .x_label_area_size(46)
            .y_label_area_size(64)
            .build_cartesian_2d(x, y)
            .map_err(|e| e.to_string())?;
        chart
            .configure_mesh()
            .x_desc(&self.x)
            .y_desc(&self.y)
            .x_label_formatter(&|v| tick(*v))
            .y_label_formatter(&|v| tick(*v))
            .label_style((FONT, 14))
            .light_line_style(WHITE)
            .draw()
            .map_err(|e| e.to_string())?;
        let [left, right] = [self.range(0).start, self.range(0).end];
        if let Some(([low, high], name)) = &self.band {
            let shape = Rectangle::new([(left, *low), (right, *high)], BAND.mix(0.8).filled());
            chart
                .draw_series([shape])
                .map_err(|e| e.to_string())?
                .label(padded(name))
                .legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 22, y + 5)], BAND.filled()));
        }
        if let Some((at, name)) = &self.level {
            let line =
                DashedLineSeries::new([(left, *at), (right, *at)], 6, 4, LEVEL.stroke_width(2));
            chart
                .draw_series(line)
                .map_err(|e| e.to_string())?
                .label(padded(name))
                .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], LEVEL.stroke_width(2)));
        }
        for (k, curve) in self.curves.iter().enumerate() {
            let colour = COLOURS[k % COLOURS.len()];
            let points = || curve.points.iter().map(|p| (p[0], p[1]));
            let line = LineSeries::new(points(), colour.stroke_width(2));
            let circles = points().map(|p| Circle::new(p, 4, colour.filled()));
            let drawn = match curve.look {
                Look::Line => chart.draw_series(line).map_err(|e| e.to_string())?,
                Look::Points => chart.draw_series(circles).map_err(|e| e.to_string())?,
                Look::Joined => {
                    chart.draw_series(circles).map_err(|e| e.to_string())?;
                    chart.draw_series(line).map_err(|e| e.to_string())?
                }
            };
            let labelled = drawn.label(padded(&curve.name));
            match curve.look {
                Look::Points => {
                    labelled.legend(move |(x, y)| Circle::new((x + 11, y), 4, colour.filled()))
                }
                _ => labelled.legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(3))
                }),
            };
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(0xcc, 0xcc, 0xcc))
            .label_font((FONT, 14))
            .draw()
            .map_err(|e| e.to_string())
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
