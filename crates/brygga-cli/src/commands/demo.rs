//! `brygga demo`.

use brygga_practice::{DemoOptions, DemoReport, demo};

use crate::arguments::Demo;
use crate::end::End;
use crate::print;

pub(crate) async fn run(options: Demo) -> Result<End, End> {
    let json = options.json;
    let report = demo(
        DemoOptions {
            orders: options.orders,
            days: options.days,
            seed: options.seed,
            shop_data: options.shop_data,
            faults: options.faults,
            vat_rounding: options.vat_rounding.into(),
        },
        |step| {
            if !json {
                print::aside(step);
            }
        },
    )
    .await?;
    if json {
        print::json(&report);
    } else {
        summary(&report);
    }
    Ok(if report.is_right() {
        End::Done
    } else {
        End::Left
    })
}

fn summary(report: &DemoReport) {
    let orders = &report.orders;
    print::line(format_args!(
        "{} orders: {} booked, {} waiting, {} skipped, {} held.",
        orders.seen, orders.booked, orders.waiting, orders.skipped, orders.held
    ));
    for held in report.held.iter().chain(&report.held_others) {
        print::line(format_args!(
            "  {}  {}  [{}]",
            held.order, held.message, held.code
        ));
    }
    let customers = &report.customers;
    print::line(format_args!(
        "Customers: {} made, {} linked, {} held.",
        customers.created, customers.linked, customers.held
    ));
    for (flow, counts) in [
        ("Invoices", report.invoices),
        ("Credit notes", report.credit_notes),
        ("Payments", report.payments),
        ("Payouts", report.payouts),
        ("Products", report.products),
        ("Stock", report.stock),
    ] {
        print::line(format_args!(
            "{flow}: {} seen, {} done, {} waiting, {} skipped, {} held.",
            counts.seen, counts.done, counts.waiting, counts.skipped, counts.held
        ));
    }
    let proof = &report.proof;
    print::line(format_args!(
        "Proof: {} documents read back and compared; {} unexplained differences, {} explained.",
        proof.checked, proof.differences, proof.explained
    ));
    for difference in &proof.found {
        print::line(format_args!(
            "  {}  {}: Shopify {}, Visma.net {}",
            difference.order, difference.what, difference.shopify, difference.visma
        ));
    }
    if let Some(data) = &report.shop_data {
        print::line(format_args!(
            "Recordings: {} files, {} orders found, {} served.",
            data.files, data.found, data.served
        ));
        for missing in &data.not_served {
            print::line(format_args!(
                "  {} ({}): lacks {}",
                missing.id,
                missing.file,
                missing.missing.join(", ")
            ));
        }
    }
    let requests = &report.requests;
    print::line(format_args!(
        "Requests: Shopify {} ({} points), Visma.net {} ({} writes). A second sync wrote {}.",
        requests.shopify.calls,
        requests.shopify.points,
        requests.visma.calls,
        requests.visma.writes,
        report.second_sync.writes
    ));
    print::line(format_args!("Took {:.1} s.", report.elapsed_s));
}
