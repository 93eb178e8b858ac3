//! How many tests passed, from the closing lines of the runners in use.

use std::fmt;

/// Tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// What a line of output tells; nothing, for most lines.
    pub(crate) fn from_line(line: &str) -> Self {
        let line = without_colours(line);
        let line = line.trim();
        // cargo test:   test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
        if let Some(rest) = line.strip_prefix("test result:") {
            return Self::from_words(rest.split(['.', ';']));
        }
        // nextest:      Summary [   0.005s] 3 tests run: 2 passed (1 slow), 1 failed, 4 skipped
        if let Some((head, rest)) = line.split_once("run:")
            && head.starts_with("Summary [")
        {
            return Self::from_words(rest.split(','));
        }
        // vitest:       Tests  1 failed | 9 passed | 2 skipped (12)
        if let Some(rest) = line.strip_prefix("Tests ") {
            return Self::from_words(rest.split(['|', '(']));
        }
        // node --test:  # pass 3   or   ℹ pass 3
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["#" | "ℹ", word, number] => Self::of(word, number),
            _ => Self::default(),
        }
    }

    fn from_words<'a>(parts: impl Iterator<Item = &'a str>) -> Self {
        let mut counts = Self::default();
        for part in parts {
            let mut words = part.split_whitespace();
            if let (Some(number), Some(word)) = (words.next(), words.next()) {
                counts.add(Self::of(word, number));
            }
        }
        counts
    }

    fn of(word: &str, number: &str) -> Self {
        let number = number.parse().unwrap_or_default();
        match word {
            "passed" | "pass" => Self {
                passed: number,
                ..Self::default()
            },
            // nextest counts tests that ran out of time, or could not start, apart.
            "failed" | "fail" | "timed" | "exec" | "cancelled" => Self {
                failed: number,
                ..Self::default()
            },
            "skipped" | "ignored" => Self {
                skipped: number,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)
        } else {
            Ok(())
        }
    }
}

/// The text without terminal colours.
fn without_colours(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        rest = after.split_once('m').map_or("", |(_, tail)| tail);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, passed: u32, failed: u32, skipped: u32) {
        assert_eq!(
            Counts::from_line(line),
            Counts {
                passed,
                failed,
                skipped
            },
            "{line}"
        );
    }

    #[test]
    fn closing_lines_are_counted() {
        check(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            5,
            0,
            1,
        );
        check(
            "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            5,
            2,
            0,
        );
        check(
            "     Summary [   0.005s] 1 test run: 1 passed, 0 skipped",
            1,
            0,
            0,
        );
        check(
            "     Summary [  12.0s] 10 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 1 exec failed, 4 skipped",
            6,
            4,
            4,
        );
        check(
            "\u{1b}[32m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m3\u{1b}[0m tests run: \u{1b}[1m3\u{1b}[0m passed, 0 skipped",
            3,
            0,
            0,
        );
        check("      Tests  1 failed | 9 passed | 2 skipped (12)", 9, 1, 2);
        check("      Tests  12 passed (12)", 12, 0, 0);
        check("# pass 3", 3, 0, 0);
        check("ℹ fail 2", 0, 2, 0);
    }

    #[test]
    fn other_lines_are_not() {
        check(
            "        PASS [   0.005s] brygga-core money::tests::rounds",
            0,
            0,
            0,
        );
        check("3 passed, 0 failed", 0, 0, 0);
        check(" Test Files  3 passed (3)", 0, 0, 0);
        check("# duration_ms 3", 0, 0, 0);
    }
}
