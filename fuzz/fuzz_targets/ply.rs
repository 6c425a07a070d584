#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = std::env::temp_dir().join(format!("endplate-ply-{}", std::process::id()));
    let made = std::fs::create_dir_all(&folder);
    drop(made.and_then(|()| readers::read(&folder, "ply", bytes)));
});
