//! Measurements with a limit.

use crate::{
    app,
    run::{Result, root},
};

/// What the first visit may load, in bytes after brotli.
const BUDGET: usize = 150_000;

/// Sizes of what the first visit loads, against the budget.
pub fn size() -> Result {
    app::build()?;
    let files = app::read(&root().join("dist"))?;
    let mut total = 0;
    for (name, content) in &files {
        let is_first_load = [".html", ".js", ".wasm", ".css"]
            .iter()
            .any(|end| name.ends_with(end));
        if !is_first_load {
            continue;
        }
        let compressed = files
            .get(&format!("{name}.br"))
            .map_or(content.len(), Vec::len);
        println!(
            "{compressed:>9} bytes  {name} ({} before brotli)",
            content.len()
        );
        total += compressed;
    }
    println!("{total:>9} bytes  in total; the budget is {BUDGET}");
    if total > BUDGET {
        return Err(format!(
            "the first load is {} bytes over its budget",
            total - BUDGET
        ));
    }
    Ok(())
}
