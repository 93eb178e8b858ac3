//! Sales orders in the Visma.net in memory.

use brygga_core::Decimal;
use brygga_core::erp::{LineDraft, OrderStatus};

use super::{Row, Sales};

impl Sales {
    pub(super) fn add(&mut self, line: &LineDraft) {
        assert!(self.rows.iter().all(|row| row.line.link != line.link));
        self.rows.push(Row {
            id: self.next,
            line: line.clone(),
            shipped: Decimal::ZERO,
            invoiced: false,
        });
        self.next += 1;
    }

    pub(super) fn patch(&mut self, lines: &[LineDraft]) {
        for line in lines {
            let row = self
                .rows
                .iter_mut()
                .find(|row| row.line.link == line.link)
                .expect("a line that is patched is there");
            assert_eq!(row.line.item, line.item, "a line's item cannot change");
            assert!(line.quantity >= row.shipped, "fewer than shipped");
            row.line = line.clone();
        }
    }

    pub(super) fn delete(&mut self, links: &[String]) {
        for link in links {
            let row = self.rows.iter().find(|row| row.line.link == *link).unwrap();
            assert!(row.shipped.is_zero() && !row.invoiced, "it was shipped");
            self.rows.retain(|row| row.line.link != *link);
        }
    }

    pub(super) fn cancel(&mut self) {
        assert!(self.rows.iter().all(|row| row.shipped.is_zero()));
        self.status = OrderStatus::Cancelled;
    }
}
