use brygga_core::shop::{
    Discount, Duty, Fee, FinancialStatus, FulfillmentStatus, Line, LineKind, MoneyBag, Order,
    OrderId, OrderTotals, Sending, ShippingLine,
};
use brygga_core::{Code, Decimal, Problem};
use serde_json::Value;

use super::WITHHELD;
use super::customer::{address, company, profile};
use super::fulfilment::{exchange_lines, fulfilments};
use super::node::{Node, Unreadable};
use super::refund::{refunds, transactions};
use crate::client::OrderHead;

/// A whole raw order in the trade's words. Fails with `record-unreadable`, naming the order and the place.
pub fn order(json: &Value) -> Result<Order, Problem> {
    let node = Node::root(json);
    read(&node).map_err(|reason| unreadable(&node, reason))
}

/// How an order's sending stands.
pub(crate) fn sending(json: &Value) -> Result<Sending, Problem> {
    let node = Node::root(json);
    super::fulfilment::sending(&node).map_err(|reason| unreadable(&node, reason))
}

/// Identity of a raw order, which may be all that can be read of it.
pub fn head(json: &Value) -> Result<OrderHead, Problem> {
    let node = Node::root(json);
    let read = || {
        Ok(OrderHead {
            id: OrderId(node.numeric_id()?),
            name: node.text("name")?,
            created_at: node.moment("createdAt")?,
            updated_at: node.moment("updatedAt")?,
        })
    };
    read().map_err(|reason| unreadable(&node, reason))
}

fn unreadable(node: &Node<'_>, reason: Unreadable) -> Problem {
    let name = node
        .text("name")
        .or_else(|_| node.numeric_id())
        .unwrap_or_else(|_| "?".to_owned());
    Problem::new(Code::RecordUnreadable)
        .with("order", name)
        .with("reason", reason)
}

fn read(node: &Node<'_>) -> Result<Order, Unreadable> {
    let shop_currency = node.currency("currencyCode")?;
    let presentment_currency = if node.get("presentmentCurrencyCode").is_null() {
        shop_currency
    } else {
        node.currency("presentmentCurrencyCode")?
    };
    let created_at = node.moment("createdAt")?;
    let no_tax = MoneyBag::zero(shop_currency, presentment_currency);
    let tip = node.opt_bag("totalTipReceivedSet")?;
    let mut lines = node
        .list("lineItems")?
        .iter()
        .map(line)
        .collect::<Result<Vec<_>, _>>()?;
    mark_tips(&mut lines, tip.map_or(Decimal::ZERO, |tip| tip.shop.amount));
    Ok(Order {
        id: OrderId(node.numeric_id()?),
        name: node.text("name")?,
        created_at,
        processed_at: node.opt_moment("processedAt")?.unwrap_or(created_at),
        updated_at: node.moment("updatedAt")?,
        cancelled_at: node.opt_moment("cancelledAt")?,
        test: node.flag("test")?,
        taxes_included: node.flag("taxesIncluded")?,
        edited: node.flag_or("edited", false)?,
        shop_currency,
        presentment_currency,
        financial_status: node
            .opt_text("displayFinancialStatus")?
            .map(FinancialStatus::from),
        fulfillment_status: FulfillmentStatus::from(node.text("displayFulfillmentStatus")?),
        tags: tags(node)?,
        source_name: node.filled("sourceName")?,
        pos_country: node
            .get("retailLocation")
            .get("address")
            .filled("countryCode")?,
        email: node.filled("email")?,
        phone: node.filled("phone")?,
        customer: node
            .object("customer")?
            .map(|node| profile(&node))
            .transpose()?,
        b2b: node
            .object("purchasingEntity")?
            .map(|node| company(&node))
            .transpose()?
            .flatten(),
        po_number: node.filled("poNumber")?,
        billing: node
            .object("billingAddress")?
            .map(|node| address(&node))
            .transpose()?,
        shipping_address: node
            .object("shippingAddress")?
            .map(|node| address(&node))
            .transpose()?,
        lines,
        shipping: shipping(node)?,
        fees: node
            .rows("additionalFees")?
            .unwrap_or_default()
            .iter()
            .map(fee)
            .collect::<Result<_, _>>()?,
        refunds: refunds(node)?,
        fulfilments: fulfilments(node)?,
        exchange_lines: exchange_lines(node)?,
        cash_rounding: cash_rounding(node)?,
        transactions: transactions(node)?,
        totals: OrderTotals {
            total: node.bag("totalPriceSet")?,
            // Null by the schema when no tax was worked out. The totals gate still compares it with the lines.
            tax: node.opt_bag("totalTaxSet")?.unwrap_or(no_tax),
            current_total: node.bag("currentTotalPriceSet")?,
            current_tax: node.opt_bag("currentTotalTaxSet")?.unwrap_or(no_tax),
            tip,
            received: node.opt_bag("totalReceivedSet")?,
            refunded: node.opt_bag("totalRefundedSet")?,
        },
        withheld: strings(node, WITHHELD)?,
    })
}

/// What cash rounding moved; an adjustment of nothing is none.
fn cash_rounding(node: &Node<'_>) -> Result<Option<MoneyBag>, Unreadable> {
    let Some(adjustment) = node.object("totalCashRoundingAdjustment")? else {
        return Ok(None);
    };
    Ok(adjustment
        .opt_bag("paymentSet")?
        .filter(|bag| !(bag.shop.amount.is_zero() && bag.presentment.amount.is_zero())))
}

fn tags(node: &Node<'_>) -> Result<Vec<String>, Unreadable> {
    strings(node, "tags")
}

fn strings(node: &Node<'_>, name: &str) -> Result<Vec<String>, Unreadable> {
    node.rows(name)?
        .unwrap_or_default()
        .iter()
        .map(Node::own_text)
        .collect()
}

fn line(node: &Node<'_>) -> Result<Line, Unreadable> {
    let discounts = node.list("discountAllocations")?;
    Ok(Line {
        id: node.numeric_id()?,
        kind: kind(node)?,
        title: title(node)?,
        quantity: node.count("quantity")?,
        current_quantity: node.count("currentQuantity")?,
        original_total: node.bag("originalTotalSet")?,
        discounts: discounts
            .iter()
            .map(|discount| {
                Ok(Discount {
                    amount: discount.bag("allocatedAmountSet")?,
                })
            })
            .collect::<Result<_, Unreadable>>()?,
        taxes: node.taxes()?,
        duties: node
            .rows("duties")?
            .unwrap_or_default()
            .iter()
            .map(duty)
            .collect::<Result<_, _>>()?,
        requires_shipping: node.flag_or("requiresShipping", true)?,
        taxable: node.flag_or("taxable", true)?,
    })
}

/// A product that was deleted since has neither product nor variant any more, as a line typed by hand never had; but it keeps the vendor
/// or the variant's title.
fn kind(node: &Node<'_>) -> Result<LineKind, Unreadable> {
    if node.flag_or("isGiftCard", false)? {
        return Ok(LineKind::GiftCard);
    }
    let sku = node.opt_text("sku")?.filter(|sku| !sku.is_empty());
    let variant_id = node
        .object("variant")?
        .map(|variant| variant.numeric_id())
        .transpose()?;
    let known = variant_id.is_some()
        || node.object("product")?.is_some()
        || node.filled("vendor")?.is_some()
        || node.filled("variantTitle")?.is_some();
    Ok(if known {
        LineKind::Product { variant_id, sku }
    } else {
        LineKind::Custom { sku }
    })
}

/// The title with the variant's, as Shopify's own documents show it.
fn title(node: &Node<'_>) -> Result<String, Unreadable> {
    let title = node.text("title")?;
    Ok(match node.filled("variantTitle")? {
        Some(variant) if variant != "Default Title" => format!("{title} - {variant}"),
        _ => title,
    })
}

fn duty(node: &Node<'_>) -> Result<Duty, Unreadable> {
    Ok(Duty {
        id: node.numeric_id()?,
        price: node.bag("price")?,
        taxes: node.taxes()?,
    })
}

fn fee(node: &Node<'_>) -> Result<Fee, Unreadable> {
    Ok(Fee {
        id: node.numeric_id()?,
        name: node.text("name")?,
        price: node.bag("price")?,
        taxes: node.taxes()?,
    })
}

/// The shipping lines that still stand.
fn shipping(node: &Node<'_>) -> Result<Vec<ShippingLine>, Unreadable> {
    let mut standing = Vec::new();
    for (index, line) in node.list("shippingLines")?.iter().enumerate() {
        if line.flag_or("isRemoved", false)? {
            continue;
        }
        let original = line.bag("originalPriceSet")?;
        standing.push(ShippingLine {
            // ShippingLine.id may be null
            id: if line.get("id").is_null() {
                format!("{}", index + 1)
            } else {
                line.numeric_id()?
            },
            title: line.opt_text("title")?.unwrap_or_default(),
            code: line.filled("code")?,
            original,
            discounted: line.opt_bag("discountedPriceSet")?.unwrap_or(original),
            taxes: line.taxes()?,
        });
    }
    Ok(standing)
}

/// Recognizes the tips among the lines (`facts/shopify` 7.7). GraphQL has no field that says so: a tip is a line typed by no one (no
/// product, no SKU), with nothing to ship and no tax. They are tips if together, or one alone, or those called "Tip" make exactly the
/// order's `totalTipReceivedSet`; what fits in no way stays a custom line, which adds up just the same.
fn mark_tips(lines: &mut [Line], tip: Decimal) {
    if tip <= Decimal::ZERO {
        return;
    }
    let value = |line: &Line| {
        line.original_total.shop.amount
            - line
                .discounts
                .iter()
                .map(|discount| discount.amount.shop.amount)
                .sum::<Decimal>()
    };
    let candidates: Vec<usize> = (0..lines.len())
        .filter(|&index| {
            let line = &lines[index];
            let taxed = line
                .taxes
                .iter()
                .any(|tax| !tax.amount.shop.amount.is_zero());
            line.kind == LineKind::Custom { sku: None }
                && !line.requires_shipping
                && !taxed
                && line.duties.is_empty()
        })
        .collect();
    let named: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&index| lines[index].title.trim().eq_ignore_ascii_case("tip"))
        .collect();
    let alone: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&index| value(&lines[index]) == tip)
        .collect();
    let makes = |set: &[usize]| {
        !set.is_empty()
            && set
                .iter()
                .map(|&index| value(&lines[index]))
                .sum::<Decimal>()
                == tip
    };
    let found = if makes(&named) {
        named
    } else if alone.len() == 1 {
        alone
    } else if makes(&candidates) {
        candidates
    } else {
        Vec::new()
    };
    for index in found {
        lines[index].kind = LineKind::Tip;
    }
}
