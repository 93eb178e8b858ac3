#![doc = include_str!("../README.md")]

mod adapters;
mod adapters_goods;
mod adapters_payouts;
mod already;
mod approved;
pub mod booked;
mod channels;
mod company;
pub mod connect;
mod crash;
mod decide;
mod engine;
mod erased_again;
mod exchanges;
mod flow;
pub mod folder;
mod follow;
pub mod hand;
mod intake;
mod keeping;
mod lanes;
mod life;
mod noted;
pub mod pairs_folder;
mod person;
mod place;
pub mod ports;
mod preview;
mod profiles;
mod proof;
mod rates;
pub mod rescue;
mod resolve;
mod run;
mod runner;
mod sample;
mod setup;
pub mod sign_in;
mod turns;

pub use keeping::Removed;
pub use person::Person;

pub use adapters::{ShopifyShop, VismaErp};
pub use adapters_goods::RealGoods;
pub use adapters_payouts::RealPayouts;
pub use already::{Already, AlreadyCount, AlreadyPage, AlreadyRow, Fitting};
pub use approved::{Approved, ApprovedReport};
pub use company::Grant;
pub use engine::{Engine, Parts, SETTINGS};
pub use exchanges::{ExchangeLog, without_persons};
pub use flow::{FlowReport, StockRow};
pub use follow::CustomerShown;
pub use lanes::{LaneState, lane_of_flow};
pub use place::{Others, Place, Who};
pub use preview::{
    Follows, GoodsShown, OrderShown, Outcome, PayoutShown, Preview, Previewed, StepShown, What,
};
pub use profiles::ProfileShown;
pub use proof::{Period, ProofReport};
pub use rates::{RateHosts, RealRates};
pub use run::{RunOptions, RunReport};
pub use sample::{Sample, Survey};
