//! A start that is asked for while the program ends: it is begun when the old one has ended.

use brygga_api::contract::DesktopAction;

use crate::Arguments;

/// What the program is wanted for while it ends.
#[derive(Debug, Default)]
pub(crate) struct Again {
    practice: bool,
    /// What the last start was given, but for what is told below.
    words: Option<Vec<String>>,
    window: bool,
    sync: bool,
}

impl Again {
    /// Nothing yet.
    pub(crate) fn new(practice: bool) -> Self {
        Self {
            practice,
            ..Self::default()
        }
    }

    /// A second start; its first word is the program.
    pub(crate) fn started(&mut self, arguments: &Arguments, words: &[String]) {
        let told_otherwise = |word: &&String| !matches!(word.as_str(), "--hidden" | "--sync");
        self.words = Some(
            words
                .iter()
                .skip(1)
                .filter(told_otherwise)
                .cloned()
                .collect(),
        );
        self.window |= !arguments.hidden;
        self.sync |= arguments.sync;
    }

    /// Something that was clicked while it could still be: in the tray, in the Dock, on a notification.
    pub(crate) fn asked(&mut self, action: DesktopAction) {
        match action {
            DesktopAction::Open => self.window = true,
            DesktopAction::Sync => self.sync = true,
            DesktopAction::Close
            | DesktopAction::Pause
            | DesktopAction::Resume
            | DesktopAction::Quit => return,
        }
        if self.words.is_none() {
            let practice = self.practice.then(|| "--practice".to_owned());
            self.words = Some(practice.into_iter().collect());
        }
    }

    /// What it is started anew with; none where nobody asked for it.
    pub(crate) fn words(&self) -> Option<Vec<String>> {
        let mut words = self.words.clone()?;
        if !self.window {
            words.push("--hidden".to_owned());
        }
        if self.sync {
            words.push("--sync".to_owned());
        }
        Some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(again: &mut Again, words: &[&str]) {
        let mut all = vec!["/usr/bin/brygga-desktop".to_owned()];
        all.extend(words.iter().map(|word| (*word).to_owned()));
        again.started(&Arguments::of_second_start(&all), &all);
    }

    #[test]
    fn a_program_that_nobody_wants_ends() {
        let mut again = Again::new(false);
        for action in [
            DesktopAction::Close,
            DesktopAction::Pause,
            DesktopAction::Resume,
            DesktopAction::Quit,
        ] {
            again.asked(action);
        }
        assert_eq!(again.words(), None);
    }

    #[test]
    fn a_start_that_came_while_it_ended_is_begun_with_its_own_words() {
        let mut again = Again::new(true);
        started(&mut again, &["--practice", "--seed", "7"]);
        assert_eq!(again.words().unwrap(), ["--practice", "--seed", "7"]);
        let mut again = Again::new(false);
        started(&mut again, &["--hidden"]);
        assert_eq!(again.words().unwrap(), ["--hidden"]);
    }

    #[test]
    fn of_several_starts_none_is_lost() {
        let mut again = Again::new(false);
        started(&mut again, &[]);
        started(&mut again, &["--hidden", "--sync"]);
        assert_eq!(again.words().unwrap(), ["--sync"], "with its window");
    }

    #[test]
    fn a_click_starts_the_same_program() {
        let mut again = Again::new(true);
        again.asked(DesktopAction::Open);
        assert_eq!(again.words().unwrap(), ["--practice"]);
        let mut again = Again::new(false);
        again.asked(DesktopAction::Sync);
        assert_eq!(again.words().unwrap(), ["--hidden", "--sync"]);
    }
}
