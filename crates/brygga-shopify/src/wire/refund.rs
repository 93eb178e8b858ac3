use brygga_core::shop::{
    Adjustment, MoneyBag, Refund, RefundLine, RefundShipping, RestockType, Transaction,
    TransactionKind, TransactionStatus,
};

use super::node::{Node, Unreadable};

pub(super) fn refunds(order: &Node<'_>) -> Result<Vec<Refund>, Unreadable> {
    let mut refunds = order
        .list("refunds")?
        .iter()
        .map(refund)
        .collect::<Result<Vec<_>, _>>()?;
    refunds.sort_by(|one, other| {
        one.created_at
            .cmp(&other.created_at)
            .then_with(|| by_number(&one.id, &other.id))
    });
    Ok(refunds)
}

fn refund(node: &Node<'_>) -> Result<Refund, Unreadable> {
    Ok(Refund {
        id: node.numeric_id()?,
        created_at: node.opt_moment("createdAt")?,
        total: node.bag("totalRefundedSet")?,
        lines: node
            .list("refundLineItems")?
            .iter()
            .map(line)
            .collect::<Result<_, _>>()?,
        // recordings mostly leave these out; then the refund gave no shipping back
        shipping: node
            .rows("refundShippingLines")?
            .unwrap_or_default()
            .iter()
            .map(shipping)
            .collect::<Result<_, _>>()?,
        duties: node
            .rows("duties")?
            .unwrap_or_default()
            .iter()
            .map(|duty| duty.bag("amountSet"))
            .collect::<Result<_, _>>()?,
        adjustments: node
            .rows("orderAdjustments")?
            .unwrap_or_default()
            .iter()
            .map(adjustment)
            .collect::<Result<_, _>>()?,
        transactions: node
            .rows("transactions")?
            .unwrap_or_default()
            .iter()
            .map(Node::numeric_id)
            .collect::<Result<_, _>>()?,
    })
}

fn line(node: &Node<'_>) -> Result<RefundLine, Unreadable> {
    Ok(RefundLine {
        line_id: node.get("lineItem").numeric_id()?,
        quantity: node.count("quantity")?,
        restock: RestockType::from(node.text("restockType")?),
        location_id: node
            .object("location")?
            .map(|location| location.numeric_id())
            .transpose()?,
        subtotal: node.bag("subtotalSet")?,
        tax: node.bag("totalTaxSet")?,
    })
}

fn shipping(node: &Node<'_>) -> Result<RefundShipping, Unreadable> {
    Ok(RefundShipping {
        subtotal: node.bag("subtotalAmountSet")?,
        tax: node.bag("taxAmountSet")?,
    })
}

fn adjustment(node: &Node<'_>) -> Result<Adjustment, Unreadable> {
    Ok(Adjustment {
        amount: node.bag("amountSet")?,
        tax: node.bag("taxAmountSet")?,
        reason: node.filled("reason")?,
    })
}

pub(super) fn transactions(order: &Node<'_>) -> Result<Vec<Transaction>, Unreadable> {
    let mut transactions = order
        .list("transactions")?
        .iter()
        .map(transaction)
        .collect::<Result<Vec<_>, _>>()?;
    transactions.sort_by(|one, other| {
        one.processed_at
            .cmp(&other.processed_at)
            .then_with(|| by_number(&one.id, &other.id))
    });
    Ok(transactions)
}

fn transaction(node: &Node<'_>) -> Result<Transaction, Unreadable> {
    let amount: MoneyBag = node.bag("amountSet")?;
    Ok(Transaction {
        id: node.numeric_id()?,
        kind: TransactionKind::from(node.text("kind")?),
        status: TransactionStatus::from(node.text("status")?),
        gateway: node.opt_text("gateway")?.unwrap_or_default(),
        amount,
        processed_at: node.opt_moment("processedAt")?,
        parent_id: node
            .object("parentTransaction")?
            .map(|parent| parent.numeric_id())
            .transpose()?,
        method: match node.object("paymentDetails")? {
            Some(details) => details.filled("paymentMethodName")?,
            None => None,
        },
        rounding: node
            .opt_bag("amountRoundingSet")?
            .filter(|bag| !(bag.shop.amount.is_zero() && bag.presentment.amount.is_zero())),
    })
}

/// Ids are numbers written as text: the shorter is the smaller.
pub(super) fn by_number(one: &str, other: &str) -> std::cmp::Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}
