//! Data flows one way: a module uses what lib.rs lists before it, never what comes after.

use std::path::{Path, PathBuf};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] =
    &[("architecture: data flows one way", data_flows_one_way)];

fn data_flows_one_way() -> Result<(), String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let lib = std::fs::read_to_string(src.join("lib.rs")).map_err(|e| e.to_string())?;
    let order: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let place = |module: &str| order.iter().position(|m| *m == module);
    let mut uses = 0;
    for (index, module) in order.iter().enumerate() {
        for file in sources_of(&src, module) {
            let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
            for used in lines.flat_map(|line| line.split("crate::").skip(1)) {
                let name: String = used
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let Some(at) = place(&name) else { continue };
                uses += 1;
                if at > index {
                    return Err(format!(
                        "{} uses {name}, which comes after {module}",
                        file.display()
                    ));
                }
            }
        }
    }
    if uses < 20 {
        Err(format!("only {uses} uses found: the check reads nothing"))
    } else {
        Ok(())
    }
}

fn sources_of(src: &Path, module: &str) -> Vec<PathBuf> {
    let file = src.join(format!("{module}.rs"));
    if file.exists() {
        return vec![file];
    }
    let mut found = Vec::new();
    let mut folders = vec![src.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
                false => {}
            }
        }
    }
    found
}
