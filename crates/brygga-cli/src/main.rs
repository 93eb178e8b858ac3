//! The brygga command.
use brygga_practice::{DemoOptions, demo};
#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: u32 = args[1].parse().unwrap();
    let seed: u64 = args[2].parse().unwrap();
    let dir = args.get(4).map(std::path::PathBuf::from);
    let mode = if args[3] == "line" { brygga_sandbox::visma::VatRounding::Line } else { brygga_sandbox::visma::VatRounding::Document };
    let r = demo(DemoOptions { orders: n, days: 31, seed, shop_data: dir, faults: "none".into(), vat_rounding: mode }, |d| eprintln!("{d}")).await;
    match r { Ok(r) => println!("{}", serde_json::to_string_pretty(&r).unwrap()), Err(e) => println!("ERR {e}") }
}
