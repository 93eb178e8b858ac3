//! A table as a file of Excel's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brygga_core::{Code, Problem};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::api::{Api, error};
use crate::contract::{ApiError, BinaryFile, Table};

/// Excel's own limit for the name of a sheet.
const NAME: usize = 31;
/// And for the text of a cell; what is longer is cut, with three dots.
const CELL: usize = 32_000;
/// A column is as wide as its longest text, up to so many characters.
const WIDE: usize = 80;

impl Api {
    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn spreadsheet(&self, table: Table) -> Result<BinaryFile, ApiError> {
        let bytes = xlsx(&table)
            .map_err(|fault| error(Problem::new(Code::WrongUse).with("detail", fault)))?;
        Ok(BinaryFile {
            base64: STANDARD.encode(bytes),
        })
    }
}

/// Every cell is a text, whatever it looks like: nothing in it is ever run as a formula.
fn xlsx(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let name: String = table
        .name
        .chars()
        .filter(|one| !matches!(one, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''))
        .take(NAME)
        .collect();
    sheet.set_name(if name.is_empty() { "Brygga" } else { &name })?;
    let bold = Format::new().set_bold();
    for (column, text) in (0u16..).zip(&table.head) {
        sheet.write_string_with_format(0, column, text, &bold)?;
    }
    for (row, cells) in (1u32..).zip(&table.rows) {
        for (column, text) in (0u16..).zip(cells) {
            sheet.write_string(row, column, cut(text))?;
        }
    }
    for column in 0..table.head.len() {
        let longest = table
            .rows
            .iter()
            .chain([&table.head])
            .filter_map(|row| row.get(column))
            .map(|text| text.chars().count())
            .max();
        let width = u16::try_from(longest.unwrap_or_default().min(WIDE) + 2).unwrap_or(12);
        sheet.set_column_width(u16::try_from(column).unwrap_or_default(), width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

fn cut(text: &str) -> String {
    if text.chars().count() <= CELL {
        return text.to_owned();
    }
    text.chars().take(CELL).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, cell: &str) -> Table {
        Table {
            name: name.into(),
            head: vec!["What".into()],
            rows: vec![vec![cell.into()]],
        }
    }

    #[test]
    fn a_table_becomes_a_workbook_whatever_its_name() {
        for name in [
            "",
            "Activity",
            "A/B: [what]?",
            "Et navn som er mye lengre enn Excel tillater for ark",
        ] {
            let book = xlsx(&table(name, "kort")).unwrap();
            assert!(part(&book, "xl/workbook.xml").contains("<sheet name="));
        }
    }

    #[test]
    fn nothing_in_a_workbook_is_a_formula() {
        for cell in [
            "=1+1",
            "=HYPERLINK(\"http://a\")",
            "+1",
            "-1",
            "@A1",
            "{=1}",
            "1",
        ] {
            let book = xlsx(&table("Activity", cell)).unwrap();
            let sheet = part(&book, "xl/worksheets/sheet1.xml");
            assert!(!sheet.contains("<f>"), "{cell}: {sheet}");
            // Both cells are texts of the list of texts.
            assert_eq!(sheet.matches("t=\"s\"").count(), 2, "{cell}: {sheet}");
            let texts = part(&book, "xl/sharedStrings.xml");
            assert!(texts.contains(&cell.replace('"', "&quot;")) || texts.contains(cell));
        }
    }

    /// A workbook is a zip file of texts.
    fn part(book: &[u8], name: &str) -> String {
        use std::io::Read as _;
        let mut parts = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        let mut text = String::new();
        let mut part = parts.by_name(name).unwrap();
        part.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_text_too_long_for_a_cell_is_cut() {
        let long = "å".repeat(40_000);
        assert!(xlsx(&table("Activity", &long)).is_ok());
        assert_eq!(cut(&long).chars().count(), CELL + 3);
        assert_eq!(cut("kort"), "kort");
    }
}
