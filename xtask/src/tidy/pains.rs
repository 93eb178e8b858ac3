//! `docs/pains.md` names tests: each of them must be there, and each complaint must have its row.

use anyhow::Context as _;

use crate::project::Project;

const TABLE: &str = "docs/pains.md";
/// How many complaints there are.
const PAINS: usize = 47;

/// Everything that is wrong.
pub(super) fn check(project: &Project) -> anyhow::Result<Vec<String>> {
    let table = std::fs::read_to_string(project.path(TABLE))
        .with_context(|| format!("{TABLE} cannot be read"))?;
    let mut wrong = check_rows(&table);
    for named in named(&table) {
        let (file, test) = match named.split_once("::") {
            Some((file, test)) => (file, Some(test)),
            None => (named, None),
        };
        match (std::fs::read_to_string(project.path(file)), test) {
            (Err(_), _) => wrong.push(format!("{TABLE}: {file} is not there")),
            (Ok(text), Some(test)) if !has_test(&text, test) => {
                wrong.push(format!("{TABLE}: {file} has no test {test}"));
            }
            (Ok(_), _) => {}
        }
    }
    Ok(wrong)
}

/// One row for each complaint, in order.
fn check_rows(table: &str) -> Vec<String> {
    let complaints = table.split("## The complaints").nth(1).unwrap_or_default();
    let numbers: Vec<usize> = complaints
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next()?.parse().ok())
        .collect();
    if numbers == (1..=PAINS).collect::<Vec<_>>() {
        return Vec::new();
    }
    vec![format!(
        "{TABLE}: not one row for each of {PAINS} complaints: {numbers:?}"
    )]
}

/// What stands in code marks and is a file, or a test in one.
fn named(table: &str) -> impl Iterator<Item = &str> {
    table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| text.contains('/'))
}

/// A function, a row of a macro that makes functions, or the sentence of a test of the page.
fn has_test(text: &str, test: &str) -> bool {
    let is_function = |line: &str| {
        line.split_once("fn ")
            .is_some_and(|(_, rest)| rest.split(['(', '<']).next() == Some(test))
    };
    let is_row = |line: &str| line.trim_start().starts_with(&format!("{test}: "));
    text.lines().any(|line| is_function(line) || is_row(line))
        || text.contains(&format!("\"{test}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_in_each_form_and_nothing_else_is() {
        let text = "async fn a_sale_closes() {\nkills! {\n    new_order: \"x\", None;\nit(\"shows it\", () => {";
        for test in ["a_sale_closes", "new_order", "shows it"] {
            assert!(has_test(text, test), "{test}");
        }
        for test in ["a_sale", "closes", "new", "shows"] {
            assert!(!has_test(text, test), "{test}");
        }
    }

    #[test]
    fn a_missing_or_doubled_row_is_told() {
        let row = |number: usize| format!("| {number} | a | b | `x/y.rs::z` |\n");
        let table = |numbers: &[usize]| {
            let rows: String = numbers.iter().map(|number| row(*number)).collect();
            format!("## The complaints\n\n| | complaint |\n|--|--|\n{rows}")
        };
        let all: Vec<usize> = (1..=PAINS).collect();
        assert!(check_rows(&table(&all)).is_empty());
        assert_eq!(check_rows(&table(&all[1..])).len(), 1);
        assert_eq!(check_rows(&table(&[&all[..], &[3]].concat())).len(), 1);
        assert_eq!(named(&table(&[1])).collect::<Vec<_>>(), ["x/y.rs::z"]);
    }
}
