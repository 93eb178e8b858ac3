//! `brygga errors`: the page of all codes, for `docs/errors.md`.

use std::fmt::Write as _;

use brygga_core::Code;
use brygga_core::code::Class;

use crate::end::End;
use crate::print;

pub(crate) fn run() -> End {
    let mut page = String::from(
        "# Codes\n\nEvery record that is left out of the books, and everything that stops a run, has one of these codes.\n\
         A code never changes its meaning. This page is generated: `cargo xtask codegen`.\n",
    );
    for (class, title) in [
        (Class::Held, "Held: needs you"),
        (Class::Waiting, "Waiting: goes on by itself"),
        (Class::Skipped, "Skipped: left out on purpose"),
        (Class::Failure, "The run could not go on; nothing is lost"),
    ] {
        let _ = write!(
            page,
            "\n## {title}\n\n| code | what it says | what to do |\n|---|---|---|\n"
        );
        for code in Code::ALL.iter().filter(|code| code.class() == class) {
            let _ = writeln!(
                page,
                "| `{code}` | {} | {} |",
                code.template(),
                code.remedy()
            );
        }
    }
    print::line(page.trim_end());
    End::Done
}
