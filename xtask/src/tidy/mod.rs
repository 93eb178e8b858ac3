//! `cargo xtask tidy`: the rules of `docs/ARCHITECTURE.md` that a machine can check.

mod crates;
mod lent;
mod page;
mod pains;
mod sources;

use anyhow::bail;

use crate::project::Project;

/// Checks every rule and names all that is wrong, not only the first.
pub(crate) fn tidy(project: &Project) -> anyhow::Result<()> {
    let mut wrong = crates::check(project)?;
    wrong.extend(sources::check(project)?);
    wrong.extend(page::check(project)?);
    wrong.extend(pains::check(project)?);
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.sort();
    bail!("{}\n{} against the rules.", wrong.join("\n"), wrong.len())
}
