//! Installs what is missing, or says in one line how to.

mod driver;
mod npm;
mod system;

use crate::project::Project;

pub(crate) use driver::tauri_driver;
pub(crate) use npm::has_script;
pub(crate) use system::Needs;

/// What a task needs, made ready as far as possible. What stays missing is told by the task that meets it.
pub(crate) fn prepare(project: &Project, needs: Needs) -> anyhow::Result<()> {
    system::prepare(project, needs)?;
    if needs == Needs::Terminal {
        Ok(())
    } else {
        npm::install(project)
    }
}
