//! The expected values of a folder of `validation/`: the numbers live there, once.

use std::path::Path;

/// The expected values of one folder; every one must be asked for.
pub struct Expected {
    folder: &'static str,
    rows: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    quantity: Vec<Row>,
    #[serde(default)]
    rate: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(rename = "unit")]
    _unit: String,
    #[serde(rename = "place")]
    _place: String,
    value: f64,
    tolerance: f64,
    why: String,
    #[serde(default)]
    relative: bool,
    #[serde(skip)]
    is_rate: bool,
    #[serde(skip)]
    seen: bool,
}

impl Expected {
    /// Reads `validation/<folder>/expected.toml`.
    pub fn read(folder: &'static str) -> Result<Self, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("validation")
            .join(folder)
            .join("expected.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut table: Table = toml::from_str(&text).map_err(|e| format!("{folder}: {e}"))?;
        for row in &mut table.rate {
            row.is_rate = true;
        }
        let mut rows = table.quantity;
        rows.append(&mut table.rate);
        Ok(Self { folder, rows })
    }

    /// The value is met within its tolerance (relative to it where the row says so).
    pub fn check(&mut self, name: &str, got: f64) -> Result<(), String> {
        let folder = self.folder;
        let row = self.row(name, false)?;
        show(folder, name, got, row);
        let scale = if row.relative { row.value.abs() } else { 1.0 };
        if (got - row.value).abs() <= row.tolerance * scale {
            return Ok(());
        }
        Err(format!(
            "{folder}: {name} is {got:.6e}, expected {:.6e} within {:.1e} ({})",
            row.value, row.tolerance, row.why
        ))
    }

    /// The value lies within a bar.
    pub fn held(&mut self, name: &str, bar: [f64; 2]) -> Result<(), String> {
        let folder = self.folder;
        let row = self.row(name, false)?;
        if (bar[0]..=bar[1]).contains(&row.value) {
            return Ok(());
        }
        let (value, [low, high]) = (row.value, bar);
        Err(format!(
            "{folder}: {name}, {value:.6e}, is not held by the bar {low:.6e} to {high:.6e}"
        ))
    }

    /// An error falls with the element size at least at the expected order; `errors` and `sizes`
    /// are those of the coarse and the fine mesh.
    pub fn rate(&mut self, name: &str, errors: [f64; 2], sizes: [f64; 2]) -> Result<(), String> {
        let folder = self.folder;
        let row = self.row(name, true)?;
        let order = (errors[0] / errors[1]).ln() / (sizes[0] / sizes[1]).ln();
        show(folder, name, order, row);
        if order >= row.value - row.tolerance {
            return Ok(());
        }
        Err(format!(
            "{folder}: {name} is of order {order:.3} ({:.3e} to {:.3e}), expected {} less {} ({})",
            errors[0], errors[1], row.value, row.tolerance, row.why
        ))
    }

    /// Every row was asked for.
    pub fn finish(self) -> Result<(), String> {
        match self.rows.iter().find(|r| !r.seen) {
            Some(row) => Err(format!("{}: {} was not checked", self.folder, row.name)),
            None => Ok(()),
        }
    }

    fn row(&mut self, name: &str, is_rate: bool) -> Result<&mut Row, String> {
        let folder = self.folder;
        let wanted = |r: &&mut Row| r.name == name && r.is_rate == is_rate;
        let row = self.rows.iter_mut().find(wanted);
        let row = row.ok_or_else(|| format!("{folder}: expected.toml has no \"{name}\""))?;
        row.seen = true;
        Ok(row)
    }
}

/// With `ENDPLATE_SHOW` set, prints what was obtained: the READMEs quote it.
fn show(folder: &str, name: &str, got: f64, row: &Row) {
    if std::env::var_os("ENDPLATE_SHOW").is_some() {
        eprintln!(
            "{folder}: {name}: {got:.7e} (expected {}, tolerance {})",
            row.value, row.tolerance
        );
    }
}
