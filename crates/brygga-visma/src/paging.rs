//! When a list is at its end: pure, for both kinds of paging (`facts/visma` 4).

use brygga_core::{Code, Problem};
use serde::Deserialize;

use crate::error::{REMOTE, unexpected};

/// More pages than any list has: a remote that ignores the page number must not keep us for ever.
const MOST_PAGES: usize = 20_000;

/// `metadata` in every item of a list of the ERP; an empty page has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) total_count: Option<u64>,
    pub(crate) max_page_size: Option<u64>,
}

/// The way through one list.
#[derive(Debug)]
pub(crate) struct Pages {
    what: &'static str,
    size: usize,
    read: usize,
    got: u64,
    total: Option<u64>,
}

impl Pages {
    /// Pages of `size` rows of the list called `what`.
    pub(crate) fn of(size: usize, what: &'static str) -> Self {
        Self {
            what,
            size,
            read: 0,
            got: 0,
            total: None,
        }
    }

    /// Rows to ask for.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// v3: zero-based.
    pub(crate) fn index(&self) -> usize {
        self.read
    }

    /// ERP: one-based.
    pub(crate) fn number(&self) -> usize {
        self.read + 1
    }

    /// Takes in a page of v3; is there another? `totalCount` decides where it is given, else `nextPage`.
    pub(crate) fn after_v3(
        &mut self,
        rows: usize,
        next: bool,
        total: Option<u64>,
    ) -> Result<bool, Problem> {
        self.take(rows, total)?;
        if rows == 0 {
            self.end().map(|()| false)
        } else {
            Ok(self.total.map_or(next, |total| self.got < total))
        }
    }

    /// Takes in a page of the ERP; is there another? The end is a page shorter than asked for and allowed, or an empty one.
    pub(crate) fn after_erp(
        &mut self,
        rows: usize,
        metadata: Option<Metadata>,
    ) -> Result<bool, Problem> {
        self.take(rows, metadata.and_then(|metadata| metadata.total_count))?;
        if rows == 0 {
            return self.end().map(|()| false);
        }
        // A page size over the limit is clamped without a word.
        let allowed = metadata
            .and_then(|metadata| metadata.max_page_size)
            .and_then(|most| usize::try_from(most).ok())
            .filter(|most| *most > 0);
        let full = rows >= allowed.map_or(self.size, |most| most.min(self.size));
        let more = full && self.total.is_none_or(|total| self.got < total);
        if !more && self.total.is_some_and(|total| self.got < total) {
            tracing::warn!(
                list = self.what,
                got = self.got,
                total = self.total,
                "Visma.net: the list ended before its own count"
            );
        }
        Ok(more)
    }

    fn take(&mut self, rows: usize, total: Option<u64>) -> Result<(), Problem> {
        self.read += 1;
        self.got += rows as u64;
        self.total = total.or(self.total);
        if self.read >= MOST_PAGES {
            Err(unexpected(format!("the {} has no end", self.what)))
        } else {
            Ok(())
        }
    }

    /// An empty page where rows are missing is suspicious, not the end (`design` 3).
    fn end(&self) -> Result<(), Problem> {
        match self.total {
            Some(total) if self.got < total => {
                let detail = format!("{}: {} of {total} rows", self.what, self.got);
                Err(Problem::new(Code::RemoteEmpty)
                    .with("remote", REMOTE)
                    .with("detail", detail))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pages are asked for, or why it ends.
    type End = Result<usize, Code>;
    /// Rows, next page, total.
    type PageOfV3 = (usize, bool, Option<u64>);
    type PageOfErp = (usize, Option<Metadata>);

    #[test]
    fn v3_ends_by_its_count_or_by_its_next_page() {
        let table: &[(&[PageOfV3], End)] = &[
            (&[(0, false, Some(0))], Ok(1)),
            (&[(0, false, None)], Ok(1)),
            (&[(1, false, None)], Ok(1)),
            (
                &[
                    (100, true, Some(260)),
                    (100, true, Some(260)),
                    (60, false, Some(260)),
                ],
                Ok(3),
            ),
            (
                &[(100, true, None), (100, true, None), (1, false, None)],
                Ok(3),
            ),
            (&[(100, false, Some(150)), (50, false, Some(150))], Ok(2)),
            (&[(50, true, Some(100)), (50, false, Some(100))], Ok(2)),
            (
                &[(100, true, Some(150)), (0, false, Some(150))],
                Err(Code::RemoteEmpty),
            ),
        ];
        for (pages, want) in table {
            let mut way = Pages::of(100, "list");
            let mut asked = 0;
            let got = loop {
                let (rows, next, total) = pages[asked];
                assert_eq!(way.index(), asked);
                asked += 1;
                match way.after_v3(rows, next, total) {
                    Ok(true) => {}
                    Ok(false) => break Ok(asked),
                    Err(problem) => break Err(problem.code),
                }
            };
            assert_eq!(&got, want, "{pages:?}");
        }
    }

    #[test]
    fn erp_ends_with_a_short_or_an_empty_page() {
        let meta = |total, most| {
            Some(Metadata {
                total_count: Some(total),
                max_page_size: Some(most),
            })
        };
        let table: Vec<(Vec<PageOfErp>, End)> = vec![
            (vec![(0, None)], Ok(1)),
            (vec![(7, meta(7, 1000))], Ok(1)),
            (
                vec![(1000, meta(1500, 5000)), (500, meta(1500, 5000))],
                Ok(2),
            ),
            // Exactly full, with and without a count.
            (vec![(1000, meta(1000, 5000))], Ok(1)),
            (vec![(1000, None), (0, None)], Ok(2)),
            // Clamped to 100.
            (
                vec![
                    (100, meta(250, 100)),
                    (100, meta(250, 100)),
                    (50, meta(250, 100)),
                ],
                Ok(3),
            ),
            // Shrunk while it was read.
            (
                vec![(1000, meta(1500, 5000)), (499, meta(1499, 5000))],
                Ok(2),
            ),
            // The count includes rows that are not shown: the short page is the end.
            (vec![(7, meta(9, 1000))], Ok(1)),
            (
                vec![(1000, meta(1500, 5000)), (0, None)],
                Err(Code::RemoteEmpty),
            ),
        ];
        for (pages, want) in table {
            let mut way = Pages::of(1000, "list");
            let mut asked = 0;
            let got = loop {
                let (rows, metadata) = pages[asked];
                asked += 1;
                assert_eq!(way.number(), asked);
                match way.after_erp(rows, metadata) {
                    Ok(true) => {}
                    Ok(false) => break Ok(asked),
                    Err(problem) => break Err(problem.code),
                }
            };
            assert_eq!(got, want, "{pages:?}");
        }
    }

    #[test]
    fn a_list_without_end_is_left() {
        let mut way = Pages::of(1, "list");
        let ended = (0..MOST_PAGES).find_map(|_| way.after_erp(1, None).err());
        assert_eq!(
            ended.map(|problem| problem.code),
            Some(Code::RemoteUnexpected)
        );
    }
}
