//! Which file of a crate uses which: modules from their `mod` lines, uses from their paths.
//!
//! A path counts for the file that holds what it ends at, whatever re-exports it on the way. A
//! parent that declares or re-exports a child does not use it; tests and comments count for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::token::{code_tokens, without_tests};

/// A module: its place below the crate's root.
type Module = Vec<String>;

/// The files of a crate and which of them each uses.
pub struct House {
    files: Vec<Source>,
    uses: Vec<Vec<usize>>,
}

/// A file as its module.
struct Source {
    /// Path below src, without `.rs`.
    name: String,
    module: Module,
    /// Its child modules in the order it lists them.
    children: Vec<String>,
    /// Names brought in by `use`, each with its whole path and whether a child is re-exported.
    imports: Vec<Import>,
    /// Paths and single names in the rest of the code.
    paths: Vec<Vec<String>>,
}

struct Import {
    alias: String,
    path: Module,
    is_public: bool,
}

impl House {
    /// Reads a crate from its root file in src.
    pub fn read(root: &str) -> Result<Self, String> {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        let mut ahead = vec![Module::new()];
        while let Some(module) = ahead.pop() {
            let name = match (module.join("/"), module.is_empty()) {
                (_, true) => root.trim_end_matches(".rs").to_string(),
                (below, false) if src.join(&below).is_dir() => format!("{below}/mod"),
                (below, false) => below,
            };
            let text = std::fs::read_to_string(src.join(format!("{name}.rs")))
                .map_err(|e| format!("{name}.rs: {e}"))?;
            let source = Source::new(name, module, &without_tests(&code_tokens(&text)));
            ahead.extend(source.children.iter().map(|child| source.below(child)));
            files.push(source);
        }
        let place: BTreeMap<&Module, usize> = files
            .iter()
            .enumerate()
            .map(|(k, f)| (&f.module, k))
            .collect();
        let uses = (0..files.len())
            .map(|k| used_files(&files, &place, k))
            .collect();
        Ok(Self { files, uses })
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// A file's path below src, without `.rs`.
    pub fn name(&self, file: usize) -> &str {
        &self.files[file].name
    }

    /// A file's module.
    pub fn module(&self, file: usize) -> &[String] {
        &self.files[file].module
    }

    /// The files that one uses.
    pub fn used_by(&self, file: usize) -> &[usize] {
        &self.uses[file]
    }

    /// Every use: who, whom.
    pub fn links(&self) -> impl Iterator<Item = (usize, usize)> {
        let all = self.uses.iter().enumerate();
        all.flat_map(|(user, used)| used.iter().map(move |u| (user, *u)))
    }

    /// Whether a module lists `child` after `other`.
    pub fn stands_after(&self, parent: &[String], child: &str, other: &str) -> bool {
        let list = self.files.iter().find(|f| f.module == parent);
        let place = |name: &str| list.and_then(|f| f.children.iter().position(|c| c == name));
        place(child) > place(other)
    }
}

impl Source {
    fn new(name: String, module: Module, tokens: &[&str]) -> Self {
        let mut source = Self {
            name,
            module,
            children: Vec::new(),
            imports: Vec::new(),
            paths: Vec::new(),
        };
        for window in tokens.windows(3) {
            if let ["mod", child, ";"] = window {
                source.children.push((*child).to_string());
            }
        }
        let mut at = 0;
        while at < tokens.len() {
            let before = at.checked_sub(1).map_or("", |k| tokens[k]);
            if tokens[at] == "use" && tokens.get(at + 1) != Some(&"<") {
                at += 1;
                source.read_import(tokens, &mut at, &[], before == "pub" || before == ")");
            } else if is_name(tokens[at]) && !matches!(before, "." | "::" | "mod") {
                source.paths.push(path_at(tokens, &mut at));
            } else {
                at += 1;
            }
        }
        source
    }

    /// One branch of a tree of imports, to the `,`, `}` or `;` after it.
    fn read_import(&mut self, tokens: &[&str], at: &mut usize, above: &[String], public: bool) {
        let mut path = above.to_vec();
        path.extend(path_at(tokens, at));
        if tokens.get(*at) == Some(&"{") {
            while !matches!(tokens.get(*at), None | Some(&"}")) {
                *at += 1;
                if tokens.get(*at) != Some(&"}") {
                    self.read_import(tokens, at, &path, public);
                }
            }
            *at += 1;
            return;
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let mut alias = path.last().cloned().unwrap_or_default();
        if let Some(["as", name]) = tokens.get(*at..*at + 2) {
            alias = (*name).to_string();
            *at += 2;
        }
        while !matches!(tokens.get(*at), None | Some(&"," | &"}" | &";")) {
            *at += 1;
        }
        if let Some(path) = self.absolute(&path) {
            self.imports.push(Import {
                alias,
                path,
                is_public: public,
            });
        }
    }

    fn below(&self, child: &str) -> Module {
        let mut module = self.module.clone();
        module.push(child.to_string());
        module
    }

    /// A path from the crate's root; `None` where it leaves the crate or names a thing in scope.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let first = path.first()?;
        let ups = path.iter().take_while(|s| *s == "super").count();
        let (start, skipped) = match first.as_str() {
            "crate" => (&[][..], 1),
            "self" => (&self.module[..], 1),
            "super" => (&self.module[..self.module.len().checked_sub(ups)?], ups),
            child if self.children.iter().any(|c| c == child) => (&self.module[..], 0),
            _ => return None,
        };
        Some([start, &path[skipped..]].concat())
    }

    /// Whether a path from the root begins with one of its children.
    fn is_below(&self, path: &[String]) -> bool {
        path.strip_prefix(&self.module[..])
            .and_then(|rest| rest.first())
            .is_some_and(|child| self.children.contains(child))
    }
}

/// The files that the file `user` uses.
fn used_files(files: &[Source], place: &BTreeMap<&Module, usize>, user: usize) -> Vec<usize> {
    let source = &files[user];
    let named: BTreeSet<&String> = source.paths.iter().filter_map(|p| p.first()).collect();
    let imported = source.imports.iter().filter(|import| {
        let passed_on = import.is_public && source.is_below(&import.path);
        !passed_on || named.contains(&import.alias)
    });
    let spelt = source.paths.iter().filter(|path| path.len() > 1);
    let mut used: BTreeSet<usize> = imported
        .map(|import| import.path.clone())
        .chain(spelt.filter_map(|path| source.absolute(path)))
        .map(|path| holder(files, place, path))
        .collect();
    used.remove(&user);
    used.into_iter().collect()
}

/// The file that holds what a path from the root ends at, through whatever re-exports it.
fn holder(files: &[Source], place: &BTreeMap<&Module, usize>, mut path: Module) -> usize {
    loop {
        let depth = (0..=path.len())
            .rev()
            .find(|depth| place.contains_key(&path[..*depth].to_vec()))
            .unwrap_or(0);
        let file = place[&path[..depth].to_vec()];
        let rest = &path[depth..];
        let import = rest
            .first()
            .and_then(|name| files[file].imports.iter().find(|i| i.alias == *name));
        match import {
            Some(import) => path = [&import.path, &rest[1..]].concat(),
            None => return file,
        }
    }
}

/// The path whose first name stands at `at`, which moves behind it.
fn path_at(tokens: &[&str], at: &mut usize) -> Vec<String> {
    let mut path = Vec::new();
    while let Some(name) = tokens.get(*at).filter(|t| is_name(t)) {
        path.push((*name).to_string());
        *at += 1;
        if tokens.get(*at) != Some(&"::") {
            break;
        }
        *at += 1;
    }
    path
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
