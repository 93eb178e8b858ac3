//! Who changes the settings, for their history: the place it is done in, and the user of this computer who does it.
//!
//! Kept as one text, `window:anna`. Two people who log in to one computer separately are told apart by it; it stays in the database and goes
//! into no file for others.

/// Between the place and the user.
const BETWEEN: char = ':';
/// Where systems keep the name of whoever is logged in.
const NAMES: [&str; 3] = ["USER", "USERNAME", "LOGNAME"];

/// The place, signed by the user of this computer.
pub fn signed(place: &str) -> String {
    let user = NAMES.iter().find_map(|name| std::env::var(name).ok());
    signed_by(place, user.as_deref())
}

fn signed_by(place: &str, user: Option<&str>) -> String {
    match user.map(str::trim).filter(|user| !user.is_empty()) {
        Some(user) => format!("{place}{BETWEEN}{user}"),
        None => place.to_owned(),
    }
}

/// The place, and the user where one is told.
pub fn told(who: &str) -> (&str, Option<&str>) {
    match who.split_once(BETWEEN) {
        Some((place, user)) => (place, Some(user)),
        None => (who, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_told_again() {
        for (user, kept, told_of) in [
            (Some("anna"), "window:anna", Some("anna")),
            (
                Some(" Anna Olsen "),
                "window:Anna Olsen",
                Some("Anna Olsen"),
            ),
            (
                Some("BUTIKK:anna"),
                "window:BUTIKK:anna",
                Some("BUTIKK:anna"),
            ),
            (Some(""), "window", None),
            (None, "window", None),
        ] {
            let who = signed_by("window", user);
            assert_eq!(who, kept);
            assert_eq!(told(&who), ("window", told_of));
        }
        // As earlier programs kept it.
        assert_eq!(told("command line"), ("command line", None));
    }
}
