//! A plot: curves and points over a band and a level, axes linear or logarithmic, as SVG text.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;
pub use plotters::prelude::{RGBColor, SeriesLabelPosition};

const FONT: &str = "sans-serif";
const MARK_SIZE: i32 = 14;
const BAND: RGBColor = RGBColor(0xdd, 0xe8, 0xd6);
const LEVEL: RGBColor = RGBColor(0x77, 0x77, 0x77);

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A line.
    Line,
    /// A dashed line.
    Dashes,
    /// Points.
    Points,
    /// Points joined by lines.
    Joined,
}

/// A curve or a set of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// In the legend, where it has a place there.
    pub name: Option<String>,
    /// Colour.
    pub colour: RGBColor,
    /// How it is drawn.
    pub look: Look,
    /// Its points.
    pub points: Vec<[f64; 2]>,
}

/// One axis.
#[derive(Debug, Clone)]
pub struct Axis {
    /// What it shows, with its unit.
    pub label: String,
    /// Its ends.
    pub range: Range<f64>,
    /// Whether it is logarithmic.
    pub is_log: bool,
    /// A number beside it in words.
    pub mark: fn(f64) -> String,
}

/// What the page decides of a plot.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Size of the title, pixels.
    pub title: i32,
    /// Margin, then room for the marks of the horizontal and the vertical axis, pixels.
    pub room: [i32; 3],
    /// Lines between the labelled ones.
    pub grid: RGBColor,
    /// Radius of a point, pixels.
    pub point: i32,
    /// Where the legend covers nothing.
    pub legend: SeriesLabelPosition,
    /// Size of its letters, pixels.
    pub legend_size: i32,
}

impl Layout {
    /// Plots as wide as half a page.
    pub const WIDE: Self = Self {
        title: 20,
        room: [14, 46, 64],
        grid: RGBColor(0xee, 0xee, 0xee),
        point: 4,
        legend: SeriesLabelPosition::UpperLeft,
        legend_size: 14,
    };
}

/// Colours of curves beside each other; lightness differs from one to the next.
pub const COLOURS: [RGBColor; 6] = [
    RGBColor(0x1f, 0x4e, 0x79),
    RGBColor(0xd9, 0x8a, 0x20),
    RGBColor(0x6a, 0x4c, 0x93),
    RGBColor(0x2f, 0x8f, 0x6f),
    RGBColor(0xb5, 0x40, 0x2a),
    RGBColor(0x77, 0x77, 0x77),
];

/// Everything drawn in one frame.
#[derive(Debug, Clone)]
pub struct Plot<'a> {
    /// Title.
    pub title: &'a str,
    /// Horizontal and vertical axis.
    pub axes: [Axis; 2],
    /// Curves.
    pub curves: Vec<Curve>,
    /// A band of the vertical axis and its name.
    pub band: Option<([f64; 2], String)>,
    /// A level of the vertical axis and its name.
    pub level: Option<(f64, String)>,
    /// How it stands on the page.
    pub layout: Layout,
}

type Frame<'a, 'b, X, Y> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>;

/// Plots beside each other on white ground of that many pixels. Those without curves stay empty.
///
/// # Errors
/// What the drawing library says.
pub fn svg(size: (u32, u32), plots: &[Plot<'_>]) -> Result<String, String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).map_err(|e| e.to_string())?;
        for (plot, part) in plots.iter().zip(area.split_evenly((1, plots.len()))) {
            if !plot.curves.is_empty() {
                plot.draw(&part)?;
            }
        }
        area.present().map_err(|e| e.to_string())?;
    }
    Ok(text)
}

impl Plot<'_> {
    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), String> {
        let [x, y] = self.axes.each_ref().map(|axis| axis.range.clone());
        match self.axes.each_ref().map(|axis| axis.is_log) {
            [false, false] => self.draw_over(area, x, y),
            [false, true] => self.draw_over(area, x, y.log_scale()),
            [true, false] => self.draw_over(area, x.log_scale(), y),
            [true, true] => self.draw_over(area, x.log_scale(), y.log_scale()),
        }
    }

    fn draw_over<X, Y>(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        x: X,
        y: Y,
    ) -> Result<(), String>
    where
        X: AsRangedCoord<Value = f64>,
        Y: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let [margin, below, beside] = self.layout.room;
        let mut frame = ChartBuilder::on(area)
            .caption(self.title, (FONT, self.layout.title))
            .margin(margin)
            .x_label_area_size(below)
            .y_label_area_size(beside)
            .build_cartesian_2d(x, y)
            .map_err(|e| e.to_string())?;
        let [across, up] = &self.axes;
        frame
            .configure_mesh()
            .x_desc(&across.label)
            .y_desc(&up.label)
            .x_label_formatter(&|v| (across.mark)(*v))
            .y_label_formatter(&|v| (up.mark)(*v))
            .label_style((FONT, MARK_SIZE))
            .light_line_style(self.layout.grid)
            .draw()
            .map_err(|e| e.to_string())?;
        self.draw_ground(&mut frame)?;
        for curve in &self.curves {
            curve.draw(&mut frame, self.layout.point)?;
        }
        frame
            .configure_series_labels()
            .position(self.layout.legend.clone())
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(0xcc, 0xcc, 0xcc))
            .label_font((FONT, self.layout.legend_size))
            .draw()
            .map_err(|e| e.to_string())
    }

    /// The band and the level.
    fn draw_ground<'a, 'b: 'a, X, Y>(&self, frame: &mut Frame<'a, 'b, X, Y>) -> Result<(), String>
    where
        X: Ranged<ValueType = f64>,
        Y: Ranged<ValueType = f64>,
    {
        let Range { start, end } = self.axes[0].range;
        if let Some(([low, high], name)) = &self.band {
            let shape = Rectangle::new([(start, *low), (end, *high)], BAND.mix(0.8).filled());
            frame
                .draw_series([shape])
                .map_err(|e| e.to_string())?
                .label(name)
                .legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 22, y + 5)], BAND.filled()));
        }
        if let Some((at, name)) = &self.level {
            let ends = [(start, *at), (end, *at)];
            frame
                .draw_series(DashedLineSeries::new(ends, 6, 4, LEVEL.stroke_width(2)))
                .map_err(|e| e.to_string())?
                .label(name)
                .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], LEVEL.stroke_width(2)));
        }
        Ok(())
    }
}

impl Curve {
    fn draw<'a, 'b: 'a, X, Y>(
        &self,
        frame: &mut Frame<'a, 'b, X, Y>,
        radius: i32,
    ) -> Result<(), String>
    where
        X: Ranged<ValueType = f64>,
        Y: Ranged<ValueType = f64>,
    {
        let (colour, look) = (self.colour, self.look);
        let points = || self.points.iter().map(|p| (p[0], p[1]));
        let line = LineSeries::new(points(), colour.stroke_width(2));
        let circles = points().map(|p| Circle::new(p, radius, colour.filled()));
        let drawn = match look {
            Look::Line => frame.draw_series(line),
            Look::Dashes => frame.draw_series(DashedLineSeries::new(
                points(),
                6,
                4,
                colour.stroke_width(2),
            )),
            Look::Points => frame.draw_series(circles),
            Look::Joined => {
                frame.draw_series(circles).map_err(|e| e.to_string())?;
                frame.draw_series(line)
            }
        }
        .map_err(|e| e.to_string())?;
        if let Some(name) = &self.name {
            drawn
                .label(name)
                .legend(move |place| legend_key(look, colour, place));
        }
        Ok(())
    }
}

/// The mark before a name in the legend.
fn legend_key<'a>(
    look: Look,
    colour: RGBColor,
    (x, y): (i32, i32),
) -> DynElement<'static, SVGBackend<'a>, (i32, i32)> {
    let dash = |width| PathElement::new([(x, y), (x + width, y)], colour.stroke_width(3));
    match look {
        Look::Points => Circle::new((x + 11, y), 4, colour.filled()).into_dyn(),
        Look::Dashes => dash(9).into_dyn(),
        Look::Line | Look::Joined => dash(22).into_dyn(),
    }
}
