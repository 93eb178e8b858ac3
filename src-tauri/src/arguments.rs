//! What the program is started with.

use clap::Parser;

/// Keeps a Shopify store and Visma.net in step.
///
/// A pair that is not connected yet begins with the set-up. `--practice` opens a made-up shop and a made-up company on this computer.
#[derive(Debug, Clone, Parser)]
#[command(name = "brygga-desktop", version, about)]
pub(crate) struct Arguments {
    /// Open the practice pair instead of the real one.
    #[arg(long)]
    pub(crate) practice: bool,
    /// With `--practice`: begin with the set-up, as with a new shop and company.
    #[arg(long, requires = "practice")]
    pub(crate) fresh: bool,
    /// Orders in the practice shop's month.
    #[arg(long, default_value_t = 500)]
    pub(crate) orders: u32,
    /// Seed of the practice shop: the same seed makes the same shop.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_practice_pair_has_a_month_of_orders_unless_told() {
        let arguments = Arguments::try_parse_from(["brygga-desktop", "--practice"]).unwrap();
        assert!(arguments.practice);
        assert_eq!((arguments.orders, arguments.seed), (500, 1));
    }

    #[test]
    fn unknown_arguments_are_refused() {
        assert!(Arguments::try_parse_from(["brygga-desktop", "--practise"]).is_err());
    }

    #[test]
    fn version_ends_before_anything_else() {
        let error = Arguments::try_parse_from(["brygga-desktop", "--version"]).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::DisplayVersion);
    }
}
