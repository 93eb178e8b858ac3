//! The brygga command.
fn main() {}
