//! The desktop program.
// A console window beside the app is of no use to a shop owner.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    brygga_shell::main()
}
