//! The set-up wizard: what is connected, what it may do, what is chosen, and one order tried.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, Fact, PlanLine, Reason, RecordLine};

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// The shop is connected.
    Shop,
    /// The company is connected.
    Company,
    /// What is synced, which way, how often, from which date.
    Flows,
    /// What of the shop is what in Visma.net.
    Mapping,
    /// One order, tried.
    Sample,
    /// Off it goes.
    Start,
}

/// Where the set-up of the pair stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SetupView {
    /// The pair is set up: the wizard is only for connecting again.
    pub started: bool,
    /// Where the person was last.
    pub step: SetupStep,
    /// Steps that are done.
    pub done: Vec<SetupStep>,
    /// The shop.
    pub shop: ShopSetup,
    /// The company.
    pub company: CompanySetup,
    /// The first day of the shop's present month, `YYYY-MM-DD`: what a start date could be. Known with the shop.
    pub month: Option<String>,
    /// What to type on the practice pair.
    pub practice: Option<PracticeHints>,
}

/// What is known of the shop's connection. Its secret never comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShopSetup {
    /// `something.myshopify.com`.
    pub domain: Option<String>,
    /// Client id; none for a legacy token.
    pub client_id: Option<String>,
    /// A secret or token is kept for it.
    pub secret_kept: bool,
    /// Everything that the app should be granted, as the Dev Dashboard takes it: with commas.
    pub scope_list: String,
    /// What the last check found.
    pub found: Option<ShopFound>,
}

/// What a check of the shop found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShopFound {
    /// The shop's name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// ISO country.
    pub country: String,
    /// Only orders of the last 60 days are seen.
    pub sixty_days_only: bool,
    /// Permissions, those that the chosen flows need first.
    pub permissions: Vec<PermissionLine>,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PermissionLine {
    /// Stable name: a scope of Shopify, or such as `orders-write`.
    pub name: String,
    /// The scope it takes.
    pub scope: String,
    /// Flows that need it.
    pub flows: Vec<String>,
    /// A flow that is on needs it.
    pub needed: bool,
    /// Granted.
    pub ok: bool,
    /// Why not, where that is known.
    pub reason: Option<Reason>,
}

/// What is known of the company's connection. Its secrets never come back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CompanySetup {
    /// Client id of the merchant's own application.
    pub client_id: Option<String>,
    /// The company's tenant id.
    pub tenant_id: Option<String>,
    /// Scopes of the client credentials.
    pub scopes: Vec<String>,
    /// The client secret is kept.
    pub secret_kept: bool,
    /// Sign-in by the browser.
    pub sign_in: SignInSetup,
    /// What the last check found.
    pub found: Option<CompanyFound>,
}

/// What a check of the company found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CompanyFound {
    /// The company's name, if it may be read.
    pub name: Option<String>,
    /// Permissions, those that the chosen flows need first.
    pub permissions: Vec<PermissionLine>,
    /// What an order can become.
    pub modes: Vec<ModeLine>,
}

/// A booking mode, and if the permissions open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModeLine {
    /// `sales_order`, `invoice_order` or `direct_invoice`.
    pub mode: String,
    /// It can be chosen.
    pub open: bool,
    /// It is chosen.
    pub chosen: bool,
}

/// Sign-in by the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignInSetup {
    /// Client id of the public application; the publisher's, unless the merchant took another.
    pub client_id: Option<String>,
    /// Scopes to ask for.
    pub scopes: Vec<String>,
    /// Port of the redirect address.
    pub port: u16,
    /// The redirect address with this port, as it must be registered.
    pub redirect: String,
    /// A sign-in is kept.
    pub signed_in: bool,
    /// The browser is waited for: the address it was sent to.
    pub waiting: Option<String>,
    /// How the last sign-in ended, if not well; or what is strange about the one that is waited for.
    pub trouble: Option<Reason>,
}

/// What to type on the practice pair, in place of what a person copies from Shopify and Visma. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PracticeHints {
    /// The practice shop's address.
    pub shop_domain: String,
    /// The practice app's client id.
    pub shop_client_id: String,
    /// Its client secret.
    pub shop_secret: String,
    /// Client id at the practice Visma Connect.
    pub company_client_id: String,
    /// Its secret.
    pub company_secret: String,
    /// The practice company's tenant id.
    pub tenant_id: String,
    /// Client id of the application that people sign in with.
    pub sign_in_client_id: String,
}

/// Remembers where the person is, and that the step before is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SetupGo {
    /// Where the person goes.
    pub step: SetupStep,
    /// The step that was finished by going.
    pub finished: Option<SetupStep>,
}

/// Connects the shop.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SetupShop {
    /// `something.myshopify.com`.
    pub domain: String,
    /// Client id; none for a legacy token.
    pub client_id: Option<String>,
    /// Client secret or token; none for the one that is kept.
    pub secret: Option<String>,
}

/// Tries what is connected again, as it is kept: the shop by its app, the company by every grant there is. Nothing is typed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SetupCheck {
    /// The shop.
    pub shop: bool,
    /// The company.
    pub company: bool,
}

/// Stops using one of the two ways into the company: its secret and its connection are deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SetupForget {
    /// `application` or `person`.
    pub grant: String,
}

/// Connects the company by client credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SetupCompany {
    /// Client id.
    pub client_id: String,
    /// The company's tenant id.
    pub tenant_id: String,
    /// Scopes to ask for; empty for the usual ones.
    pub scopes: Vec<String>,
    /// Client secret; none for the one that is kept.
    pub secret: Option<String>,
}

/// Begins a sign-in by the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SignInStart {
    /// Client id of the public application.
    pub client_id: String,
    /// Scopes to ask for; empty for the usual ones.
    pub scopes: Vec<String>,
    /// Port of the redirect address.
    pub port: u16,
    /// Language tag of the words below.
    pub language: String,
    /// What the browser says after success.
    pub done: String,
    /// What it says after anything else.
    pub failed: String,
    /// What to do then.
    pub next: String,
}

/// Where the browser goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignInAddress {
    /// The address of the sign-in page.
    pub address: String,
}

/// How many orders were read for mapping and sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SetupRead {
    /// Orders read.
    pub read: u32,
    /// Orders that could be booked now.
    pub ready: u32,
    /// Orders that need something first.
    pub held: u32,
    /// Nobody went on from the mapping yet: what is suggested for its rows is proposed, and counted here as if it were chosen.
    pub proposing: bool,
}

/// What one order would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SampleView {
    /// The order.
    pub record: RecordLine,
    /// `book`, `booked`, `waiting`, `skipped` or `held`.
    pub outcome: String,
    /// Why not, where it would not be booked.
    pub reason: Option<Reason>,
    /// Documents, in the order in which they are made.
    pub documents: Vec<SampleDocument>,
    /// Lines of the first document.
    pub plan: Vec<PlanLine>,
    /// ISO currency of the documents.
    pub currency: String,
    /// The same facts on both sides; Visma.net's once it is booked.
    pub facts: Vec<Fact>,
}

/// One document that an order would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SampleDocument {
    /// `customer`, `sales_order`, `invoice`, `payment`, `credit_note`, `refund`.
    pub kind: String,
    /// `make`: sent now; `use`: there already; `later`: when the order has come so far; `follows`: when the invoice, or the credit
    /// note, is there that it rests on.
    pub when: String,
    /// Its number, or the customer's name.
    pub name: String,
    /// Date, `YYYY-MM-DD`, where it is known.
    pub date: Option<String>,
    /// Total with VAT.
    pub total: Option<Amount>,
    /// VAT per rate in per cent.
    pub vat: Vec<SampleVat>,
    /// Where it goes: VAT zone, cash account, customer class.
    pub place: Option<String>,
}

/// VAT of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SampleVat {
    /// Per cent.
    pub rate: String,
    /// How much.
    pub amount: Amount,
}

/// A request with a secret in it never shows it.
macro_rules! without_secret {
    ($($name:ident),+) => { $(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+ };
}
without_secret!(SetupShop, SetupCompany);
