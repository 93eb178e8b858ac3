//! Which document or customer of the shop is which of the ERP.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};
use serde_json::Value;

use crate::column::{all, first, get, get_time, run, time};
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;
use crate::table::activity::{self, Activity};
use crate::table::records::{self, RecordKind, RecordRow};

pub(crate) const CREATE: &str = "
CREATE TABLE links (
    kind TEXT NOT NULL,
    shop_id TEXT NOT NULL,
    erp_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    detail BLOB NOT NULL,
    PRIMARY KEY (kind, shop_id)
) STRICT;
CREATE INDEX links_by_erp ON links (kind, erp_id);
";

/// One pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What is linked: "order", "customer".
    pub kind: String,
    /// The id in the shop. A customer with several currencies has one link each ("123/NOK").
    pub shop_id: String,
    /// The id in the ERP: "SO/000223", a customer number.
    pub erp_id: String,
    /// What must be known of the document: version, currency, digest of what was booked. Sealed.
    pub detail: Value,
    /// When the link was made.
    pub made_at: DateTime<Utc>,
}

/// The box is bound to the kind and the id in the shop.
fn place<'a>(kind: &'a str, shop_id: &'a str) -> Place<'a> {
    Place {
        table: "links",
        kind,
        id: shop_id,
    }
}

pub(crate) fn put(db: &Connection, seal: &Seal, link: &Link) -> Result<(), StoreError> {
    run(
        db,
        "INSERT INTO links (kind, shop_id, erp_id, made_at, detail) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (kind, shop_id) DO UPDATE SET erp_id = excluded.erp_id, made_at = excluded.made_at,
            detail = excluded.detail",
        (
            &link.kind,
            &link.shop_id,
            &link.erp_id,
            time(link.made_at),
            seal.seal(place(&link.kind, &link.shop_id), &link.detail)?,
        ),
    )?;
    Ok(())
}

fn read(row: &Row<'_>, seal: &Seal) -> Result<Link, StoreError> {
    let kind = get::<String>(row, "kind")?;
    let shop_id = get::<String>(row, "shop_id")?;
    Ok(Link {
        detail: seal.open(place(&kind, &shop_id), &get::<Vec<u8>>(row, "detail")?)?,
        erp_id: get(row, "erp_id")?,
        made_at: get_time(row, "made_at")?,
        kind,
        shop_id,
    })
}

impl Store {
    /// The link of a record of the shop.
    pub fn link(&self, kind: &str, shop_id: &str) -> Result<Option<Link>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT * FROM links WHERE kind = ?1 AND shop_id = ?2",
                (kind, shop_id),
                |row| read(row, &self.seal),
            )
        })
    }

    /// The links of a document or customer of the ERP: several customers of the shop may be one there.
    pub fn links_to(&self, kind: &str, erp_id: &str) -> Result<Vec<Link>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM links WHERE kind = ?1 AND erp_id = ?2 ORDER BY length(shop_id), shop_id",
                (kind, erp_id),
                |row| read(row, &self.seal),
            )
        })
    }

    /// Every link of a kind, by the id in the shop.
    pub fn links(&self, kind: &str) -> Result<Vec<Link>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM links WHERE kind = ?1 ORDER BY length(shop_id), shop_id",
                [kind],
                |row| read(row, &self.seal),
            )
        })
    }

    /// Both ends of every link of a kind, the id in the ERP by the one in the shop: without the details, so that a whole catalogue is
    /// read in a moment.
    pub fn ends(&self, kind: &str) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|db| {
            let ends = all(
                db,
                "SELECT shop_id, erp_id FROM links WHERE kind = ?1",
                [kind],
                |row| Ok((get(row, "shop_id")?, get(row, "erp_id")?)),
            )?;
            Ok(ends.into_iter().collect())
        })
    }

    /// The orders that have a link of a kind, by their ids, each with its name: without the details of either.
    pub fn linked_orders(&self, kind: &str) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|db| {
            let orders = all(
                db,
                "SELECT links.shop_id AS id, coalesce(records.name, '') AS name FROM links
                 JOIN records ON records.kind = ?2 AND records.id = links.shop_id WHERE links.kind = ?1",
                (kind, RecordKind::Order.as_str()),
                |row| Ok((get(row, "id")?, get(row, "name")?)),
            )?;
            Ok(orders.into_iter().collect())
        })
    }

    /// Stores what was chosen of records, each with its row and what is told of it, and marks them and their parts to be decided on again:
    /// all of it, or nothing.
    pub fn put_chosen(
        &self,
        chosen: &[(Link, RecordRow)],
        told: &[Activity],
    ) -> Result<(), StoreError> {
        self.write(|db| {
            for (link, row) in chosen {
                put(db, &self.seal, link)?;
                records::put(db, &self.seal, row)?;
                records::wake(db, &row.record)?;
                records::wake_parts(db, &row.record.id)?;
            }
            activity::insert(db, &self.seal, told)?;
            Ok(())
        })
    }

    /// Stores a link in place of an earlier one.
    pub fn put_link(&self, link: &Link) -> Result<(), StoreError> {
        self.write(|db| put(db, &self.seal, link))
    }

    /// Stores many links and removes others of their kind, in one transaction.
    pub fn put_links(&self, links: &[Link], gone: &[(String, String)]) -> Result<(), StoreError> {
        self.write(|db| {
            for link in links {
                put(db, &self.seal, link)?;
            }
            for (kind, shop_id) in gone {
                run(
                    db,
                    "DELETE FROM links WHERE kind = ?1 AND shop_id = ?2",
                    (kind, shop_id),
                )?;
            }
            Ok(())
        })
    }

    /// Removes a link; whether there was one.
    pub fn remove_link(&self, kind: &str, shop_id: &str) -> Result<bool, StoreError> {
        self.write(|db| {
            let removed = run(
                db,
                "DELETE FROM links WHERE kind = ?1 AND shop_id = ?2",
                (kind, shop_id),
            )?;
            Ok(removed > 0)
        })
    }
}
