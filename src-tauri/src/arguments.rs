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
    /// How many times faster than life the practice clock runs.
    #[arg(long, default_value_t = brygga_practice::SPEED, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) speed: u32,
    /// Start without the window, in the tray: so does a start with the computer.
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Sync at once; when Brygga runs already, that one does.
    #[arg(long)]
    pub(crate) sync: bool,
}

impl Arguments {
    /// Those of a second start, which the first one is told; its first word is the program. What cannot be read just asks for the window.
    pub(crate) fn of_second_start(words: &[String]) -> Self {
        Self::try_parse_from(words).unwrap_or_else(|_| Self::parse_from(["brygga-desktop"]))
    }
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
    fn a_second_start_says_what_it_wants_and_is_never_an_error() {
        let second = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            let arguments = Arguments::of_second_start(&words);
            (arguments.hidden, arguments.sync)
        };
        assert_eq!(
            second(&["/usr/bin/brygga-desktop", "--hidden"]),
            (true, false)
        );
        assert_eq!(
            second(&["brygga-desktop", "--practice", "--sync"]),
            (false, true)
        );
        assert_eq!(
            second(&["brygga-desktop", "--from-the-future"]),
            (false, false)
        );
        assert_eq!(second(&["brygga-desktop", "--help"]), (false, false));
        assert_eq!(second(&[]), (false, false));
    }

    #[test]
    fn version_ends_before_anything_else() {
        let error = Arguments::try_parse_from(["brygga-desktop", "--version"]).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::DisplayVersion);
    }
}
