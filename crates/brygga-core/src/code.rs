//! Stable codes for everything that can keep a record out of the books, or a run from running.
//!
//! A code never changes its meaning. Screens match on the code and its parameters, never on an English text; the English
//! sentences here serve the command line and `docs/errors.md`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a code means for the record or the run that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The record needs a decision or a repair by a person.
    Held,
    /// The record is not due; it is picked up by itself.
    Waiting,
    /// The record will not be booked, and need not be.
    Skipped,
    /// The run could not go on; nothing is lost.
    Failure,
}

macro_rules! codes {
    ($($variant:ident = $text:literal, $class:ident, $message:literal, $remedy:literal;)+) => {
        /// A stable code. See `docs/errors.md` for the list with remedies.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $message] #[serde(rename = $text)] $variant,)+
        }

        impl Code {
            /// Every code, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is shown and stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What the code means for its record or run.
            pub fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }

            /// The English sentence, with `{name}` for parameters.
            pub fn template(self) -> &'static str {
                match self { $(Self::$variant => $message),+ }
            }

            /// What to do about it, in English.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy),+ }
            }
        }
    };
}

codes! {
    // Records held (booking-rules 2 to 5)
    TotalsDiffer = "totals-differ", Held, "The lines of order {order} add up to {ours}, but Shopify says {theirs}.", "Open the order in Shopify and look for an amount that no line explains. Send us the record's story if there is none.";
    RoundingOverLimit = "rounding-over-limit", Held, "Order {order} would need a rounding of {amount}; the limit is {limit}.", "Raise the rounding limit in the settings, or book this order by hand.";
    VatDiffers = "vat-differs", Held, "VAT at {rate} % would be {ours} in Visma.net, but Shopify charged {theirs}.", "Check the VAT rate of the mapped VAT category in Visma.net.";
    VatIdInclusive = "vat-id-is-inclusive", Held, "The VAT id {vat_id} in Visma.net takes VAT out of the price.", "Choose a VAT category whose VAT id adds VAT to the price.";
    VatModeUnconfirmed = "vat-mode-unconfirmed", Waiting, "Order {order} waits until one document has shown how Visma.net rounds VAT.", "Nothing to do: it goes on by itself after the first confirmed document.";
    VatUnmapped = "vat-unmapped", Held, "No VAT row for {rate} % on {kind} to {country} ({scheme}).", "Map this VAT row, then retry the orders that wait for it.";
    VatRateUnknown = "vat-rate-unknown", Held, "Visma.net's VAT id {vat_id} has no rate of {rate} % on {date}.", "Check the VAT rates by date in Visma.net, or map another VAT category.";
    VatMappingBroken = "vat-mapping-broken", Held, "VAT category {category} with VAT zone {zone} leads to no single VAT id in Visma.net.", "Choose a VAT category and zone that share exactly one VAT id.";
    SeveralTaxes = "several-taxes-on-line", Held, "A line of order {order} has several taxes.", "Book this order by hand: several taxes on one line are not supported.";
    TaxRateMissing = "tax-rate-missing", Held, "Shopify gives a tax without a rate on order {order}.", "Open the order in Shopify and check its taxes.";
    TaxZero = "tax-zero-unexpected", Held, "Order {order} to {country} has no VAT where you charge VAT.", "Approve this order without VAT, or correct the tax settings in Shopify.";
    ChannelLiable = "channel-liable-tax", Held, "The tax on order {order} is paid by the sales channel.", "Map the marketplace scheme, or book this order by hand.";
    CountryUnknown = "country-unknown", Held, "Order {order} has no country: no shipping, billing or point-of-sale address.", "Add an address to the order in Shopify.";
    SpecialTerritory = "special-territory-taxed", Held, "Order {order} goes to {territory}, which has its own VAT rules, but was taxed like {country}.", "Check the tax settings for this territory in Shopify.";
    SkuMissing = "sku-missing", Held, "The line \"{title}\" of order {order} has no SKU.", "Give the product a SKU in Shopify, or choose a default item in the settings.";
    ItemNotFound = "item-not-found", Held, "No item {sku} in Visma.net.", "Make the item in Visma.net, correct the SKU in Shopify, or choose a default item.";
    ItemNotMade = "item-not-made", Held, "No item {sku} in Visma.net, and none is made: its product is {status} in Shopify.", "Make the product active in Shopify, or make the item in Visma.net.";
    ItemUnitUndecided = "item-unit-undecided", Held, "{sku} is counted in {base} but sold in {sales} in Visma.net, and it is not decided which of them one unit in the shop is.", "Choose the unit in Mapping, under Units, or give the item one unit in Visma.net.";
    ItemInactive = "item-inactive", Held, "The item {sku} is not for sale in Visma.net ({status}).", "Make the item active in Visma.net.";
    ItemUnsupported = "item-unsupported", Held, "The item {sku} is a kit or is tracked by lot or serial number.", "Book this order by hand.";
    SpecialItemUnmapped = "special-item-unmapped", Held, "No item is chosen for {kind}.", "Choose this item in the mapping.";
    GiftCardUnmapped = "gift-card-unmapped", Held, "Order {order} sells a gift card, and it is not decided how gift cards are booked.", "Decide in the settings if your gift cards are multi-purpose or single-purpose.";
    RemovedUnitsUnknown = "removed-units-unknown", Held, "Units were removed from order {order}, and Shopify does not say for how much money.", "Book this order by hand.";
    EditedAfterInvoice = "edited-after-invoice", Held, "Order {order} was edited after it was shipped or invoiced in Visma.net.", "Correct the invoice in Visma.net.";
    CancelledAfterShipment = "cancelled-after-shipment", Held, "Order {order} was cancelled, but is {status} in Visma.net.", "Cancel the shipment or credit the invoice in Visma.net.";
    CustomerAmbiguous = "customer-ambiguous", Held, "{count} customers in Visma.net match {by}: {numbers}.", "Choose which customer it is.";
    CustomerCurrency = "customer-currency", Held, "Customer {customer} in Visma.net has {theirs}, the order has {ours}.", "Make a customer for this currency, or allow other currencies for the customer in Visma.net.";
    CustomerInactive = "customer-inactive", Held, "Customer {customer} is {status} in Visma.net.", "Make the customer active in Visma.net.";
    CustomerUpdateRefused = "customer-update-refused", Held, "Visma.net did not take the changes of customer {customer}: {reason}.", "Correct what Visma.net names, then retry. Orders of this customer are booked meanwhile.";
    CustomerUpdateDiffers = "customer-update-differs", Held, "Customer {customer} has another {field} in Visma.net than the one that was sent.", "Compare the customer in Visma.net with Shopify, then retry. Orders of this customer are booked meanwhile.";
    CustomerGone = "customer-gone", Held, "Customer {customer} is not in Visma.net any more.", "Look who removed it, make it again or take it back, then retry.";
    CustomerWithheld = "customer-withheld", Held, "Shopify withholds the customer's data for order {order}.", "Ask for protected customer data in the app, or choose a house customer.";
    ProfileWithheld = "profile-withheld", Held, "Shopify withholds who some profiles without an order are.", "Ask for protected customer data in the app, or choose that only profiles with an order become customers.";
    ProfileIncomplete = "profile-incomplete", Held, "Some profiles without an order have no {missing} in Shopify.", "Complete the profiles in Shopify, or choose that only profiles with an order become customers.";
    CustomerClassUnmapped = "customer-class-unmapped", Held, "No customer class for {country} ({kind}).", "Choose the customer class in the mapping.";
    HouseCustomerMissing = "house-customer-missing", Held, "Order {order} is from a guest without e-mail, and no house customer is chosen for {country} in {currency}.", "Choose the house customer in the mapping.";
    VatNotRegistered = "vat-not-registered", Held, "Order {order} to {country} was taxed under {scheme}, for which you are not registered.", "Correct the taxes in Shopify, or tell in the settings that you are registered.";
    ReverseChargeNumber = "reverse-charge-number-missing", Held, "Order {order} to a company in {country} has no VAT, and the company has no VAT number.", "Add the VAT number to the company's location in Shopify, or charge VAT.";
    PeriodClosed = "period-closed", Held, "The period {period} is closed in Visma.net.", "Open the period in Visma.net, or let such orders go to the first open day.";
    PeriodMissing = "period-missing", Held, "Visma.net has no period for {date}.", "Make the financial year in Visma.net.";
    CurrencyUnknown = "currency-unknown", Held, "The currency {currency} is not set up in Visma.net.", "Set up the currency in Visma.net.";
    ErpRefused = "erp-refused", Held, "Visma.net refused the document: {reason}.", "Correct what Visma.net names, then retry.";
    ShopRefused = "shop-refused", Held, "Shopify refused the change: {reason}.", "Correct what Shopify names, then retry.";
    ReadBackDiffers = "read-back-differs", Held, "Visma.net stored {field} {theirs} on {document}, we sent {ours}.", "Compare the document in Visma.net with the order. Do not release it before they agree.";
    CompanyRounding = "company-rounding", Held, "Visma.net rounds invoices by {amount}: the company's invoice rounding is on.", "Turn the invoice rounding off in Visma.net.";
    DocumentDoubled = "document-doubled", Held, "{count} documents in Visma.net carry the id of order {order}: {numbers}.", "Cancel all but one in Visma.net, then retry.";
    DocumentGone = "document-gone", Held, "{document} is not in Visma.net any more.", "Look who removed it, then retry to book the order again.";
    DocumentChanged = "document-changed-by-others", Held, "{document} was changed in Visma.net by somebody else.", "Compare it with the order, then retry to write ours.";
    RecordUnreadable = "record-unreadable", Held, "Order {order} could not be read: {reason}.", "Send us the record's story: this is ours to mend.";
    OrderGone = "order-gone", Held, "Order {order} is not in Shopify any more.", "Look who deleted it. A document in Visma.net is not touched.";

    // Records waiting (booking-rules 3)
    WaitingForPayment = "waiting-for-payment", Waiting, "Order {order} is not paid yet ({status}).", "Nothing to do: it is booked when it is paid.";
    WaitingForFulfilment = "waiting-for-fulfilment", Waiting, "Order {order} is not fulfilled yet.", "Nothing to do: it is booked when it is fulfilled.";
    WaitingForItem = "waiting-for-item", Waiting, "Order {order} waits for the item {sku}, which is being made in Visma.net.", "Nothing to do: the item is made with the next run of the products, and the order goes on by itself.";
    WaitingGrace = "waiting-grace", Waiting, "Order {order} is booked after {minutes} minutes.", "Nothing to do.";
    WaitingOutcome = "waiting-outcome", Waiting, "It is not known yet if Visma.net took order {order}; it is looked up before anything is sent again.", "Nothing to do.";
    WaitingRemote = "waiting-remote", Waiting, "{remote} did not answer; order {order} is tried again at {at}.", "Nothing to do.";
    StepRepeats = "step-repeats", Held, "The step {step} on {document} for {order} was done several times without effect.", "Look at the document in Visma.net, then retry. Send us the record's story: this may be ours to mend.";
    WaitingErp = "waiting-erp", Waiting, "Visma.net is still at work on {document} for {order} ({step}).", "Nothing to do: it is looked at again by itself.";
    WaitingRefund = "waiting-refund", Waiting, "A refund of order {order} is pending.", "Nothing to do: it goes on when the money has moved.";

    // Records skipped (booking-rules 3)
    SkippedTest = "skipped-test", Skipped, "Order {order} is a test order.", "Nothing to do.";
    SkippedBeforeStart = "skipped-before-start", Skipped, "Order {order} is from before the start date {start}.", "Choose an earlier start date in the settings if it should be booked.";
    SkippedTag = "skipped-tag", Skipped, "Order {order} has the tag {tag}, which is left out.", "Change the tags that are left out in the settings.";
    SkippedChannel = "skipped-channel", Skipped, "Order {order} came by {channel}, which is left out.", "Change the channels that are left out in the settings.";
    SkippedCancelled = "skipped-cancelled", Skipped, "Order {order} was cancelled before it was booked.", "Nothing to do.";
    SkippedByChoice = "skipped-by-choice", Skipped, "Order {order} is left out: you said so.", "Choose otherwise under Already booked in the preview.";
    AlreadyBooked = "skipped-already-booked", Skipped, "Order {order} is in Visma.net already as {document}.", "Nothing to do. Choose otherwise under Already booked in the preview.";
    AlreadyBookedDiffers = "skipped-already-differs", Skipped, "Order {order} is in Visma.net already as {document}, with {theirs}; Shopify has {ours}.", "Compare the document with the order. Choose otherwise under Already booked in the preview.";
    MaybeBooked = "maybe-booked", Held, "Order {order} may be in Visma.net already: {documents}.", "Compare the document with the order, then choose under Already booked in the preview.";
    SkippedNoOrder = "skipped-no-order", Skipped, "The profile has no order, and only profiles with an order become customers.", "Choose in the settings that all profiles become customers if it should be one.";
    SkippedProfileGone = "skipped-profile-gone", Skipped, "The profile is not in Shopify any more, and was no customer.", "Nothing to do.";
    SkippedRemoved = "skipped-removed", Skipped, "All units of order {order} were removed before it was booked.", "Nothing to do.";

    // Shipments, invoices, payments and refunds (booking-rules 6 to 8)
    StockShort = "stock-short", Held, "Shopify shipped {ours} of {item}, Visma.net has {theirs} on shipment {document}.", "Correct the stock in Visma.net, then set the units on the shipment or cancel it, and retry.";
    ShipmentDiffers = "shipment-differs", Held, "What Visma.net has shipped of {document} does not fit what Shopify shipped of order {order}.", "Compare the shipments in Visma.net with the fulfilments in Shopify, and correct or cancel those that do not fit.";
    ShipmentOnHold = "shipment-on-hold", Held, "Shipment {document} is {status} in Visma.net.", "Release the shipment from hold in Visma.net.";
    OrderNotOpen = "order-not-open", Held, "Sales order {document} is {status} in Visma.net.", "Open the sales order in Visma.net.";
    InvoiceDiffers = "invoice-differs", Held, "{document} has {field} {theirs}; it must be {ours}.", "Compare the document in Visma.net with the order. Do not release it before they agree.";
    NotReleasable = "document-not-releasable", Held, "{document} is {status} in Visma.net and cannot be released.", "Bring the document to Balanced in Visma.net, then retry.";
    DocumentVoided = "document-voided", Held, "{document} was voided in Visma.net.", "Look who voided it and why; book this part by hand.";
    StockItemOnInvoice = "stock-item-on-invoice", Held, "The item {sku} is counted in stock, and a direct invoice takes none.", "Use a non-stock item for this product, or choose to book sales orders.";
    GatewayUnmapped = "gateway-unmapped", Held, "The payment gateway {gateway} ({method}) is not mapped for {currency}.", "Choose the cash account and payment method of this gateway in the mapping, or leave it to the bank import.";
    AccountNotFound = "account-not-found", Failure, "Visma.net has no account {account} that is in use.", "Choose another account in the mapping, or make this one in Visma.net.";
    CashAccountCurrency = "cash-account-currency", Held, "Cash account {account} is in {theirs}, the payment in {ours}.", "Choose a cash account in the payment's currency.";
    RefundNeedsApproval = "refund-needs-approval", Held, "A refund of {amount} on order {order} waits for your approval.", "Approve it, or choose in the settings that such refunds are booked by themselves.";
    RefundOverInvoice = "refund-over-invoice", Held, "Refunds of order {order} come to {ours}, its invoices only to {theirs}.", "Book the part above the invoices by hand.";
    RefundNotBooked = "refund-not-booked", Held, "A refund of {amount} belongs to order {order}, which is not booked.", "Book the refund by hand, or choose in the settings that such refunds are left out.";
    RefundWithoutMoney = "refund-without-money", Held, "Money of {amount} went back on order {order}, and nothing in Visma.net is free to pay it from.", "Look in Visma.net what the payments of the order are applied to.";

    // Shipments of Visma.net that the shop is told of (booking-rules 6)
    ShipmentOverOpen = "shipment-over-open", Held, "Visma.net shipped {theirs} of \"{title}\" on shipment {document}, but Shopify has {ours} of it left to send.", "Compare the shipment with the order in Shopify. Correct the shipment in Visma.net, or add the goods to the order.";
    ShipmentStranger = "shipment-without-line", Held, "Shipment {document} has the item {item}, which is on no line of order {order}.", "Take the item off the shipment in Visma.net, or mark the goods as sent in Shopify by hand.";
    ShipmentTakenBack = "shipment-taken-back", Held, "Shipment {document} is {status} in Visma.net, but Shopify shows its goods as sent.", "Confirm the shipment again in Visma.net, or cancel the fulfilment in Shopify.";
    FulfilmentDiffers = "fulfilment-differs", Held, "Shopify shows other units as sent than shipment {document} has in Visma.net.", "Compare the shipment in Visma.net with the fulfilment in Shopify, and correct one of them.";
    FulfilmentNotOpen = "fulfilment-order-not-open", Held, "Shopify does not let the goods of shipment {document} be sent: order {order} is {status}.", "Release the hold on the order in Shopify, then retry.";
    FulfilmentScope = "fulfilment-scope-missing", Held, "The app may not tell Shopify what was sent ({field}): {scope}.", "Add the scope write_merchant_managed_fulfillment_orders to the app and approve it in the shop, then retry.";

    // Parts waiting (booking-rules 6 to 8)
    WaitingForOrder = "waiting-for-order", Waiting, "Order {order} is not booked yet.", "Nothing to do: it goes on when the order is booked.";
    WaitingShipment = "waiting-for-shipment", Waiting, "Visma.net has not shipped this of order {order} yet.", "Ship it in Visma.net.";
    WaitingFirstShipment = "waiting-for-first-shipment", Waiting, "This part of order {order} is invoiced with its first shipment.", "Nothing to do.";
    WaitingEarlierPart = "waiting-for-earlier-part", Waiting, "An earlier shipment of order {order} is not invoiced yet.", "Nothing to do: it goes on after it.";
    WaitingRelease = "waiting-for-release", Waiting, "{document} waits for somebody to release it.", "Release it in Visma.net.";
    WaitingDocument = "waiting-for-document", Waiting, "{document} cannot be read from Visma.net yet.", "Nothing to do: it is looked at again.";
    WaitingTransaction = "waiting-for-transaction", Waiting, "The payment on order {order} is {status} in Shopify.", "Nothing to do: it is booked when the money has moved.";
    WaitingInvoice = "waiting-for-invoice", Waiting, "The refund of order {order} waits for its invoice.", "Nothing to do: it is booked after the invoice.";
    WaitingCreditNote = "waiting-for-credit-note", Waiting, "The money that went back on order {order} waits for its credit note.", "Nothing to do: it is booked after the credit note.";

    // Parts skipped (booking-rules 6 to 8)
    SkippedInvoicesOff = "skipped-invoices-off", Skipped, "Invoices are not made by Brygga.", "Switch invoices on in the settings if they should be.";
    SkippedPaymentsOff = "skipped-payments-off", Skipped, "Payments are not booked by Brygga.", "Switch payments on in the settings if they should be.";
    SkippedRefundsOff = "skipped-refunds-off", Skipped, "Refunds are not booked by Brygga.", "Switch refunds on in the settings if they should be.";
    SkippedGateway = "skipped-gateway", Skipped, "Payments by {gateway} are left to the bank import of Visma.net.", "Nothing to do.";
    SkippedFailed = "skipped-failed", Skipped, "The money of order {order} did not move ({status}).", "Nothing to do.";
    SkippedRefund = "skipped-refund", Skipped, "A refund of {amount} on order {order} is left out, as the settings say.", "Choose in the settings that such refunds are booked if they should be.";

    SkippedShipment = "skipped-shipment", Skipped, "Shipment {document} is not in Visma.net any more, and nothing of it was told to Shopify.", "Nothing to do.";
    SkippedShopShips = "skipped-shop-ships", Skipped, "Shopify ships: shipment {document} follows its fulfilment.", "Choose in the settings that Visma.net ships if Shopify should be told of shipments.";

    // Products and stock (booking-rules 9)
    ProductSkuMissing = "product-sku-missing", Held, "\"{title}\" in Shopify has no SKU.", "Give the variant the item's number as SKU in Shopify.";
    ProductSkuDoubled = "product-sku-doubled", Held, "The SKU {sku} is there {count} times in {side}.", "Give each variant a SKU of its own.";
    ProductSkuDiffers = "product-sku-differs", Held, "The SKU {sku} in Shopify and the item {item} in Visma.net differ in capital letters or spaces.", "Write both alike: they are compared exactly.";
    ProductNotInShop = "skipped-product-not-in-shop", Skipped, "The item {item} has no product in Shopify.", "Nothing to do. Give a variant this SKU, or let new items become drafts, if it should be sold.";
    ProductArchiveProposed = "product-archive-proposed", Held, "The item {item} is {status} in Visma.net; its product in Shopify could be archived.", "Say yes to archive it, or leave products of inactive items alone.";
    ProductInactiveLeft = "skipped-product-inactive", Skipped, "The item {item} is {status} in Visma.net; its product in Shopify is left as it is.", "Nothing to do.";
    ProductPriceMissing = "product-price-missing", Held, "The item {item} has no price in {list} in {currency}.", "Set the price in Visma.net, or choose another price list.";
    ProductPriceZero = "product-price-zero", Held, "The price of the item {item} is 0.", "Set the price in Visma.net, or allow prices of 0 in the settings.";
    ProductPriceCurrency = "product-price-currency", Held, "Visma.net's default prices are in {theirs}, the shop's are in {ours}.", "Choose a price list in the shop's currency.";
    ProductPriceVat = "product-price-vat-undecided", Held, "The shop's prices contain VAT, and it is not decided how Visma.net's prices become them.", "Choose the VAT zone whose rate is added, or take the prices as they are.";
    ProductNotForSale = "skipped-product-not-for-sale", Skipped, "\"{title}\" is {status} in Shopify and has no item in Visma.net yet.", "Nothing to do: it becomes an item when it is for sale.";
    NewItemIncomplete = "new-item-incomplete", Held, "\"{title}\" has no item {sku} in Visma.net yet, and {kind} for new items is not chosen.", "Choose it in the settings, or make the item in Visma.net.";
    StockNotInShop = "skipped-stock-not-in-shop", Skipped, "The item {item} has no product in Shopify.", "Nothing to do. Give a variant this SKU if it should be sold.";
    StockUntracked = "skipped-stock-untracked", Skipped, "Shopify does not track the quantity of {item}.", "Turn on \"Track quantity\" in Shopify if its stock should be kept in step.";
    StockBundle = "skipped-stock-bundle", Skipped, "{item} is a bundle: Shopify counts its components.", "Nothing to do.";
    StockUnmapped = "skipped-stock-unmapped", Skipped, "{item} is in no warehouse that has a location.", "Choose a location for the warehouse in the mapping if it should be sold from.";
    StockNotAtLocation = "stock-not-at-location", Held, "{item} is not stocked at the location {location} in Shopify.", "Stock it there in Shopify, or let Brygga connect items to their locations.";
    StockReturnLocation = "stock-return-location", Held, "The warehouse {warehouse} is mapped to {location}, where goods come back.", "Map the warehouse to a location that sells.";
    StockAvailableUnconfirmed = "stock-available-unconfirmed", Held, "It is not confirmed that \"available\" in Visma.net is less open sales orders.", "Look at the availability rule of the item class in Visma.net, then confirm it in the settings, or choose another quantity.";
    StockUnitDiffers = "stock-unit-differs", Held, "{item} is counted in {base} but sold in {sales} in Visma.net.", "Give the item one unit in Visma.net, or count this item by hand.";
    GoodsWaiting = "waiting-goods", Waiting, "{remote} did not answer; {item} is tried again at {at}.", "Nothing to do.";

    // Documents of the customer ledger, as Visma.net refuses them (booking-rules 7, 8)
    LedgerDocumentClosed = "ledger-document-closed", Held, "{document} is closed in Visma.net, or not there: nothing can be applied to it.", "Look in Visma.net what closed the document. What was paid back after that is applied to the credit note instead.";
    LedgerDocumentReleased = "ledger-document-released", Held, "{document} is released in Visma.net and cannot be changed any more.", "Compare the document with the order; correct it in Visma.net if they differ.";
    CashAccountUnfit = "cash-account-unfit", Held, "Visma.net does not take the cash account {account} with payment method {method} in {currency}.", "Choose a cash account of this currency that allows the payment method and the branch, or allow them in Visma.net.";
    SubaccountRefused = "subaccount-refused", Held, "Visma.net does not take the subaccount {subaccount}.", "Correct the subaccount of the order's sales channel in the mapping, or make or activate the segment's value in Visma.net.";
    ReturnOverInvoiced = "return-over-invoiced", Held, "More would be returned than was invoiced on {document}.", "Look which credit notes the invoice has already, and credit the rest by hand.";

    // Payouts (booking-rules 7)
    PayoutDiffers = "payout-differs", Held, "The rows of payout {payout} come to {ours}, but Shopify says {theirs}.", "Nothing to do if Shopify is still filling the payout: it is read again. If it stays, send us the record's story.";
    PayoutType = "payout-type-unmapped", Held, "Payout {payout} has a row of the type {type}, which has no account.", "Map this type to an account, then retry.";
    PayoutAccount = "payout-account-unmapped", Held, "No account is chosen for {class} of payouts.", "Choose the account in the mapping.";
    PayoutCurrency = "payout-currency", Held, "Payout {payout} is in {currency}, but found {found}.", "Choose a clearing account in the currency of the payout.";
    PayoutFailed = "payout-failed-after-booking", Held, "Payout {payout} is booked as {document}, but is {status} in Shopify now.", "Reverse the cash transaction in Visma.net.";
    WaitingPayout = "waiting-payout", Waiting, "Payout {payout} is not paid yet ({status}).", "Nothing to do: it is booked when it is paid.";
    WaitingPayoutRelease = "waiting-payout-release", Waiting, "The cash transaction {document} of payout {payout} is not in the books yet.", "Nothing to do if nobody has to approve it in Visma.net: it is looked at again.";
    SkippedPayout = "skipped-payout", Skipped, "Payout {payout} is not booked ({status}).", "Nothing to do.";
    PayoutAccess = "payouts-no-access", Failure, "The app may not read the payouts of Shopify Payments: {scope}.", "Add the payout scopes to the app and approve them in the shop, or turn payouts off. Everything else goes on.";
    PayoutNone = "payouts-not-active", Failure, "The shop does not use Shopify Payments.", "Turn payouts off in the settings. Everything else goes on.";

    // Exchange rates (booking-rules 10)
    RateMissing = "rate-missing", Held, "{source} has no rate from {from} to {to} for {day}.", "Choose another source of exchange rates, or add the rate to your own in the mapping.";
    RateStale = "rate-stale", Held, "The newest rate from {from} to {to} at {source} is of {found}, too old for {day}.", "Look at the source of exchange rates, or choose another.";
    RateUnreadable = "rate-unreadable", Failure, "{source} answered with something that is no table of exchange rates: {detail}", "Nothing to do: Brygga tries again by itself. If it stays, choose another source.";

    // Connections
    ShopDomain = "shop-domain", Failure, "\"{domain}\" is not a shop's own address.", "Use the address that ends in .myshopify.com. It is in Shopify under Settings, Domains.";
    ShopNotFound = "shop-not-found", Failure, "There is no shop at {domain}.", "Check the spelling of the address that ends in .myshopify.com.";
    ShopCredentials = "shop-credentials", Failure, "Shopify does not accept the client id or the secret: {detail}", "Copy both again from the app's settings in the Dev Dashboard.";
    ShopToken = "shop-token", Failure, "Shopify does not accept the token any more.", "Connect the shop again. If you pasted the client secret as the token, use the token.";
    ShopAppMissing = "shop-app-not-installed", Failure, "The app is not installed in {domain}.", "Open the app in the Dev Dashboard and install it in the shop.";
    ShopOrganization = "shop-other-organization", Failure, "The app belongs to another organization than {domain}.", "Make the app from the login of the shop's own organization.";
    ShopScopes = "shop-scopes-missing", Failure, "The app lacks permissions: {scopes}.", "Release a new version of the app with these scopes and approve it in the shop.";
    ShopAccess = "shop-access-denied", Failure, "Shopify denies access to {field}: {scope}.", "Add the scope to the app and approve it in the shop.";
    ShopHorizon = "shop-only-60-days", Failure, "The app sees the orders of the last 60 days only.", "Ask for read_all_orders, or start from a later date.";
    ShopUnavailable = "shop-unavailable", Failure, "The shop is {state}.", "Open the shop in Shopify and look why.";
    ShopVersion = "shop-api-version", Failure, "Shopify answered with API version {got}, asked was {asked}.", "Update Brygga.";
    ShopQuery = "shop-query-refused", Failure, "Shopify refused a query: {detail}", "Update Brygga. If it is the newest, tell us.";
    ShopSearchWarning = "shop-search-warning", Failure, "Shopify did not understand a search: {detail}", "Update Brygga. If it is the newest, tell us.";
    ShopOther = "shop-other-shop", Failure, "This database is of {ours}; {theirs} is another shop.", "Connect the same shop again, or start another pair for the other one.";
    ErpCredentials = "erp-credentials", Failure, "Visma Connect does not accept the client id or the secret: {detail}", "Copy both again from the Visma Developer Portal.";
    ErpApproval = "erp-approval", Failure, "Visma Connect does not let the application into the company any more: {detail}", "Have an administrator of the company approve the application again, or stop using it and sign in instead.";
    ErpTenant = "erp-tenant", Failure, "Visma Connect does not know the company {tenant} for this application.", "Check the tenant id in Visma Admin, and give the application's user the role API User. A new role can take 15 minutes.";
    ErpTenantCustomer = "erp-tenant-is-customer", Failure, "Visma.net does not accept the token of {tenant}. It may be the id of the customer instead of the company.", "Use the company's tenant id: Visma Admin, Company, Edit, Configuration.";
    ErpScope = "erp-scope-missing", Failure, "The Visma.net application may not {action}: {scope}.", "Add the scope in the Developer Portal and have it approved for the company.";
    ErpForbidden = "erp-forbidden", Failure, "In Visma.net the application's user may not {action}: it refused {call}.", "Ask an administrator of the company to give the application's user a role that may do this. What stands in brackets is the number of the window in Visma.net.";
    ErpLicence = "erp-licence", Failure, "Visma.net has no licence for this company.", "Check the tenant id, the API User role and the company's licence.";
    ErpSignedOut = "erp-signed-out", Failure, "Visma Connect does not accept the sign-in any more: {detail}", "Sign in again.";
    ErpOtherCompany = "erp-other-company", Failure, "You chose {theirs}; connected is {ours}.", "Choose the connected company: sign in to it, or type its tenant id. To connect the other company, add another pair, or first stop using what is connected.";
    ErpNoRefresh = "erp-no-refresh-token", Failure, "Visma Connect gave no lasting sign-in.", "Allow refresh tokens and the scope offline_access for the application in the Visma Developer Portal, then sign in again.";
    SignInApplication = "sign-in-application", Failure, "Visma Connect does not accept the application for the sign-in: {detail}", "Check its client id. In the Visma Developer Portal its type must be Native: such an application has no secret.";
    SignInForbidden = "sign-in-forbidden", Failure, "In Visma.net you may not {action}: it refused {call}.", "Ask an administrator of the company for a role that may do this, or sign in with another account. What stands in brackets is the number of the window in Visma.net.";
    SignInRole = "sign-in-role", Failure, "You have the role API User in no company of Visma.net.", "Ask an administrator of the company for the role API User, or sign in with another account. A new role can take 15 minutes.";
    SignInScope = "sign-in-scope", Failure, "The application that people sign in with may not ask for {scope}.", "Grant it these scopes in the Visma Developer Portal, then sign in again.";
    SignInRefused = "sign-in-refused", Failure, "The sign-in was not completed: {detail}", "Sign in again.";
    SignInCancelled = "sign-in-cancelled", Failure, "The sign-in was cancelled.", "Sign in again when you like.";
    SignInLate = "sign-in-timed-out", Failure, "Nobody signed in within {minutes} minutes.", "Sign in again. If the page did not open, copy its address into your browser.";
    SignInPort = "sign-in-port-taken", Failure, "Port {port} of this computer is taken by another program.", "Close the other program, or choose another port here and in the application's redirect addresses.";
    SignInMixedUp = "sign-in-mixed-up", Failure, "An answer came that belongs to another sign-in.", "Close other tabs with the sign-in page, then sign in again.";
    SetupIncomplete = "setup-incomplete", Failure, "The set-up is not finished: {step} is missing.", "Go back to that step and finish it.";

    // Transport
    RemoteUnreachable = "remote-unreachable", Failure, "{remote} cannot be reached: {detail}", "Check the internet connection. Brygga tries again by itself.";
    RemoteTimeout = "remote-timeout", Failure, "{remote} did not answer in time.", "Nothing to do: Brygga tries again by itself.";
    RemoteBroken = "remote-broken", Failure, "{remote} has a fault (status {status}).", "Nothing to do: Brygga tries again by itself.";
    RemoteNotJson = "remote-not-json", Failure, "{remote} answered with something that is no data: {detail}", "Nothing to do: Brygga tries again by itself. If it stays, a proxy or a login page may stand between.";
    RemoteUnexpected = "remote-unexpected", Failure, "{remote} answered in an unknown form: {detail}", "Update Brygga. If it is the newest, tell us.";
    RemoteBusy = "remote-busy", Failure, "{remote} allows no more calls until {at}.", "Nothing to do: Brygga goes on by itself.";
    RemoteEmpty = "remote-suspiciously-empty", Failure, "{remote} gave nothing where there was data before.", "Nothing to do: Brygga tries again by itself.";
    RemoteConflict = "remote-conflict", Failure, "{document} was changed at the same time.", "Nothing to do: it is read and decided again.";

    // This computer
    StoreNewer = "store-newer", Failure, "The database was written by a newer Brygga (version {file}, this one knows {known}).", "Update Brygga, or open the backup made before the update.";
    StoreReadOnly = "store-read-only", Failure, "The database {path} cannot be written.", "Check the rights of the folder.";
    StoreFull = "store-disk-full", Failure, "The disk is full: nothing more can be stored.", "Make room on the disk. Nothing was lost; Brygga goes on where it stopped.";
    StoreBusy = "store-busy", Failure, "Another program holds the database.", "Nothing to do: Brygga tries again by itself. If it stays, see whether a backup or a virus scanner keeps the file open.";
    StoreInUse = "store-in-use", Failure, "Another Brygga has this database open.", "Use the one that is open, or close it.";
    StoreDamaged = "store-damaged", Failure, "The database is damaged: {detail}", "Put a backup back: choose this store at the top left. The damaged file is kept.";
    StoreKey = "store-wrong-key", Failure, "The key of the database does not fit.", "Use the computer account or the passphrase with which the database was made. Or put a backup back with the recovery key that you wrote down.";
    StoreFault = "store-fault", Failure, "The database has a fault: {detail}", "Start Brygga again. If it stays, put the last backup back.";
    SecretsUnavailable = "secrets-unavailable", Failure, "The keychain of this computer cannot be used: {detail}", "Unlock the keychain of this computer. Where there is none, start Brygga with BRYGGA_PASSPHRASE set to a passphrase: the secrets are then in an encrypted file.";
    SecretsPassphrase = "secrets-wrong-passphrase", Failure, "The passphrase does not fit the secrets file.", "Type the passphrase again.";
    NotConnected = "not-connected", Failure, "{remote} is not connected.", "Connect it first.";
    AddressNotLoopback = "address-not-loopback", Failure, "{address} is not an address of this computer.", "Another address is only for the practice pair on this computer.";
    SettingsUnreadable = "settings-unreadable", Failure, "The settings could not be read: {detail}", "Correct the file at the place named.";
    WrongUse = "wrong-use", Failure, "{detail}", "See the help.";
    Stopped = "stopped", Failure, "Stopped by you.", "Sync again when you like.";
    Internal = "internal", Failure, "Brygga has a fault: {detail}", "Start Brygga again and tell us.";

    // Choices made in the window
    SettingsStale = "settings-stale", Failure, "The settings were changed meanwhile.", "Look at the new ones, then make your change again.";
    SettingRefused = "setting-refused", Failure, "The setting {setting} cannot be {value}.", "Choose another value.";
    LocationUnknown = "location-unknown", Failure, "The shop has no location {location}. It has: {known}.", "Choose one of them, in a file by its number. A new location is on the list ten minutes after it was made in Shopify.";
    ChannelUnknown = "channel-unknown", Failure, "No order came from the channel {channel}. Known are: {known}.", "Choose one of them. A channel is on the list once an order from it was read: make a preview, then choose again.";
    SubaccountMistyped = "subaccount-mistyped", Failure, "{subaccount} is no subaccount as Brygga reads it.", "Write each segment by its number in Visma.net, with commas between them, such as 1=10, 2=200.";
    MappingIncomplete = "mapping-incomplete", Failure, "The row {row} needs a choice for {column}.", "Choose it, or clear the whole row.";
    FixBooked = "fix-booked", Failure, "{count} of these records are sent to Visma.net by this choice already.", "What is booked stays. Change the choice in the mapping or the settings for what comes.";
    FixChanged = "fix-changed", Failure, "The records that this choice is for are not those that were shown any more.", "Look at them again, then choose.";
    FixSame = "fix-same", Failure, "This choice changes nothing.", "Choose something else, or try the records again.";
    DocumentTaken = "document-taken", Failure, "{document} is the document of order {other} already.", "Choose otherwise for that order first, or choose another document for this one.";
    DocumentNotFound = "document-not-found", Failure, "{document} is not among the documents that were found for order {order}.", "Look for them again, then choose one of those that are shown.";
    PersonUnknown = "person-unknown", Failure, "Nothing is kept of this customer any more.", "Search again.";
    BackupOther = "backup-other-pair", Failure, "This copy is of {theirs}; connected is {ours}.", "Choose a copy that was made of this shop and this company. Nothing was changed.";
    BackupKey = "backup-other-key", Failure, "This copy was made with another key.", "Type the recovery key that belongs to it. The computer on which the copy was made shows it in the settings, at Your data.";
    BackupMissing = "backup-not-found", Failure, "There is no file at {path}.", "Look where the copy is, and type the whole path with the name of the file.";
    RecoveryKey = "recovery-key-mistyped", Failure, "This is no recovery key: at least one character is not right.", "Compare it with what you wrote down, then try again.";
    PairConnected = "pair-connected", Failure, "This store is connected already, and its database has a key of its own.", "Put it away first. Then add a store, and put the copy back there. Nothing was changed.";
    FileNotSaved = "file-not-saved", Failure, "The file could not be saved in {folder}: {detail}", "Make room on the disk, or let Brygga write there. Then try again.";
    DesktopSetting = "desktop-setting-failed", Failure, "This computer did not take the setting {setting}: {detail}", "Try again. If it stays, look at the rights of your user account.";
    PairExists = "pair-exists", Failure, "{pair} keeps this shop and this company already.", "Use that one, or connect another shop or another company here.";
    PairGone = "pair-gone", Failure, "This store is not here any more.", "Choose another store at the top left.";
    PairMove = "pair-not-moved", Failure, "The folder {path} could not be moved: {detail}", "Close what has a file of it open, then try again. Nothing was changed.";
    PracticeOnly = "practice-only", Failure, "This is only for the practice pair.", "Choose the practice pair at the top left.";
    RealOnly = "real-only", Failure, "The practice program never starts with the computer.", "Start Brygga without practice, and choose it there.";
    PreviewChanged = "preview-changed", Failure, "{name} is not what the preview showed any more: nothing of it was sent.", "Look at its new plan in the preview, then send it. The next sync sends it too.";
    SyncUnderWay = "sync-under-way", Failure, "A sync is under way.", "Try again when it has ended.";
}

impl Code {
    /// Whether a record that waits for this is work that should have been done by now: a side did not answer, is still at work, or its
    /// answer is being looked up. All other waiting is for something of the business: a payment, a parcel, a person, another document.
    pub fn is_delay(self) -> bool {
        matches!(
            self,
            Self::VatModeUnconfirmed
                | Self::WaitingOutcome
                | Self::WaitingRemote
                | Self::WaitingErp
                | Self::WaitingDocument
                | Self::GoodsWaiting
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or(())
    }
}

/// A code with its parameters: the whole of what is wrong, for screens to put into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// The names and amounts in it. Never a secret.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

impl Problem {
    /// The bare code.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
        }
    }

    /// The same with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// The English sentence.
    pub fn message(&self) -> String {
        let mut text = self.code.template().to_owned();
        for (name, value) in &self.params {
            let value = if name == "action" {
                spoken(value)
            } else {
                value
            };
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

/// A permission of Visma.net in English, by its stable name; screens have their own words for it.
fn spoken(permission: &str) -> &str {
    match permission {
        "settings-read" => "read the company's set-up",
        "customers-read" => "read customers",
        "items-read" => "read items",
        "invoices-read" => "read invoices",
        "payments-read" => "read payments",
        "cash-read" => "read cash transactions",
        "orders-read" => "read sales orders",
        "stock-read" => "read the stock",
        "shipments-read" => "read shipments",
        "erp-create" => "create customers, invoices and payments",
        "erp-change" => "change customers, invoices and payments",
        "orders-write" => "create and change sales orders",
        "token" => "get a token",
        other => other,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message(), self.code)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_survive_their_text() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert_eq!(
                serde_json::to_value(code).unwrap(),
                serde_json::Value::from(code.as_str())
            );
        }
    }

    #[test]
    fn message_puts_parameters_in() {
        let problem = Problem::new(Code::ItemNotFound).with("sku", "A-1");
        assert_eq!(problem.message(), "No item A-1 in Visma.net.");
    }
}
