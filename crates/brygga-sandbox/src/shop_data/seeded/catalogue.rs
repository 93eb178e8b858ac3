//! What the shop sells.

use serde_json::{Value, json};

use super::amounts::{Exchange, plain};
use super::places::TaxKind;

/// A product with its variants.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) id: i64,
    pub(super) title: &'static str,
    pub(super) kind: TaxKind,
    pub(super) ships: bool,
    pub(super) gift_card: bool,
    pub(super) variants: Vec<Variant>,
}

/// One variant: what an order line points at.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    pub(super) id: i64,
    pub(super) title: &'static str,
    /// As the merchant typed it: one has blanks around it, one is missing.
    pub(super) sku: Option<String>,
    /// Price with Norwegian tax, in øre.
    pub(super) price: i64,
    pub(super) grams: i64,
}

type Row = (
    &'static str,
    TaxKind,
    i64,
    i64,
    &'static [(&'static str, Option<&'static str>)],
);

use TaxKind::{Book, Food, Lodging, Magazine, Standard, Untaxed};

/// Title, tax, price in øre, grams, variants with their SKU. Prices are mostly whole kroner, as in real shops; some are odd.
const ROWS: &[Row] = &[
    (
        "Merino Base Layer",
        Standard,
        89_900,
        240,
        &[
            ("S", Some("FF-BASE-S")),
            ("M", Some("FF-BASE-M")),
            ("L", Some("FF-BASE-L")),
        ],
    ),
    (
        "Fjell Shell Jacket",
        Standard,
        349_900,
        620,
        &[
            ("Blå / M", Some("FF-SHELL-BL-M")),
            ("Blå / L", Some("FF-SHELL-BL-L")),
            ("Rød / M", Some("FF-SHELL-RD-M")),
        ],
    ),
    (
        "Wool Socks",
        Standard,
        17_900,
        80,
        &[
            ("36-39", Some("FF-SOCK-36")),
            ("40-43", Some("FF-SOCK-40")),
            ("44-47", Some("FF-SOCK-44")),
        ],
    ),
    (
        "Trail Pack 28 L",
        Standard,
        129_900,
        980,
        &[("Default Title", Some("FF-PACK-28"))],
    ),
    (
        "Thermos 0.75 l",
        Standard,
        39_900,
        410,
        &[("Default Title", Some("FF-THERM-075"))],
    ),
    (
        "Enamel Mug",
        Standard,
        14_900,
        150,
        &[
            ("Blue", Some(" FF-MUG-BLUE ")),
            ("White", Some("FF-MUG-WHITE")),
        ],
    ),
    (
        "Head Torch",
        Standard,
        54_950,
        90,
        &[("Default Title", Some("FF-TORCH"))],
    ),
    (
        "Tarp 3×3 m",
        Standard,
        119_900,
        1100,
        &[("Default Title", Some("FF-TARP-33"))],
    ),
    (
        "Cord, per metre",
        Standard,
        1_250,
        12,
        &[("3 mm", Some("FF-CORD-3")), ("6 mm", Some("FF-CORD-6"))],
    ),
    (
        "Sticker “Ut på tur”",
        Standard,
        990,
        3,
        &[("Default Title", Some("FF-STICK"))],
    ),
    (
        "Ski Wax",
        Standard,
        12_349,
        60,
        &[("Cold", Some("FF-WAX-C")), ("Warm", Some("FF-WAX-W"))],
    ),
    (
        "Sheepskin",
        Standard,
        79_900,
        1500,
        &[("Default Title", None)],
    ),
    (
        "Reflective Vest",
        Standard,
        19_900,
        130,
        &[("S/M", Some("FF-VEST-SM")), ("L/XL", Some("FF-VEST-LX"))],
    ),
    (
        "Camp Stove",
        Standard,
        99_900,
        450,
        &[("Default Title", Some("FF-STOVE"))],
    ),
    (
        "Knife “Håkon”",
        Standard,
        64_900,
        160,
        &[("Default Title", Some("FF-KNIFE"))],
    ),
    (
        "Brown Cheese 500 g",
        Food,
        8_990,
        500,
        &[("Default Title", Some("FD-CHEESE"))],
    ),
    (
        "Cloudberry Jam",
        Food,
        11_900,
        330,
        &[("Default Title", Some("FD-JAM"))],
    ),
    (
        "Dried Reindeer",
        Food,
        24_900,
        200,
        &[("Default Title", Some("FD-REIN"))],
    ),
    (
        "Coffee, whole beans",
        Food,
        15_900,
        250,
        &[("250 g", Some("FD-COF-250")), ("1 kg", Some("FD-COF-1000"))],
    ),
    (
        "Oat Biscuits",
        Food,
        4_590,
        180,
        &[("Default Title", Some("FD-OAT"))],
    ),
    (
        "Map & Guide: Jotunheimen",
        Book,
        34_900,
        420,
        &[("Default Title", Some("BK-JOTUN"))],
    ),
    (
        "Cookbook “Smak av fjell”",
        Book,
        44_900,
        1300,
        &[("Default Title", Some("BK-SMAK"))],
    ),
    (
        "Magazine: Fjell #4",
        Magazine,
        12_900,
        210,
        &[("Default Title", Some("MG-FJELL-4"))],
    ),
    (
        "Night in the Cabin",
        Lodging,
        129_000,
        0,
        &[("Default Title", Some("LD-CABIN"))],
    ),
    (
        "Gift Card",
        Untaxed,
        50_000,
        0,
        &[("500 kr", Some("GC-500")), ("1000 kr", Some("GC-1000"))],
    ),
];

/// All products, in a fixed order.
pub(super) fn products() -> Vec<Product> {
    let mut variant_id = 44_100_000_000_000;
    let mut product_id = 7_900_000_000_000;
    let mut products = Vec::with_capacity(ROWS.len());
    for &(title, kind, price, grams, variants) in ROWS {
        product_id += 32_768;
        let variants = variants.iter().enumerate().map(|(place, &(name, sku))| {
            variant_id += 32_768;
            // Larger packs cost more: the second coffee and the second gift card.
            let dearer = place > 0 && (kind == Untaxed || name == "1 kg");
            let price = if dearer {
                price * if kind == Untaxed { 2 } else { 3 }
            } else {
                price
            };
            Variant {
                id: variant_id,
                title: name,
                sku: sku.map(str::to_owned),
                price,
                grams,
            }
        });
        let variants = variants.collect();
        products.push(Product {
            id: product_id,
            title,
            kind,
            ships: grams > 0,
            gift_card: kind == Untaxed,
            variants,
        });
    }
    products
}

impl Product {
    /// The price of a variant as customers of a currency see it, in minor units of it. Foreign prices are rounded as shops do: to whole
    /// kroner, to five cents, to ten yen.
    pub(super) fn price(&self, variant: usize, fx: &Exchange) -> i64 {
        let ore = self.variants[variant].price;
        match fx.currency {
            "SEK" => (ore * 98 / 10_000).max(5) * 100,
            "DKK" => (ore * 66 / 10_000).max(3) * 100,
            "EUR" => (ore * 9 / 100 / 5).max(10) * 5,
            "JPY" => (ore * 15 / 1_000).max(10) * 10,
            _ => ore,
        }
    }

    /// The small `Product` that an order line carries.
    pub(super) fn brief(&self) -> Value {
        json!({
            "id": format!("gid://shopify/Product/{}", self.id), "legacyResourceId": self.id.to_string(), "title": self.title,
            "handle": self.handle(), "vendor": VENDOR, "productType": self.product_type(), "isGiftCard": self.gift_card, "tags": [], "status": "ACTIVE",
        })
    }

    /// The small `ProductVariant` that an order line carries.
    pub(super) fn variant(&self, place: usize) -> Value {
        let variant = &self.variants[place];
        json!({
            "id": format!("gid://shopify/ProductVariant/{}", variant.id), "legacyResourceId": variant.id.to_string(),
            "title": variant.title, "displayName": self.display(place), "sku": variant.sku, "barcode": null, "taxable": !self.gift_card,
            "price": plain(variant.price, 2), "position": place + 1,
            "inventoryItem": {
                "id": format!("gid://shopify/InventoryItem/{}", variant.id + 1_000_000), "legacyResourceId": (variant.id + 1_000_000).to_string(),
                "sku": variant.sku, "tracked": self.ships, "requiresShipping": self.ships,
            },
        })
    }

    fn display(&self, place: usize) -> String {
        match self.variants[place].title {
            "Default Title" => self.title.to_owned(),
            title => format!("{} - {title}", self.title),
        }
    }

    fn handle(&self) -> String {
        let letters = self
            .title
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect::<String>();
        letters.trim_matches('-').to_owned()
    }

    fn product_type(&self) -> &'static str {
        match self.kind {
            Standard => "Outdoor",
            Food => "Food",
            Book => "Book",
            Magazine => "Magazine",
            Lodging => "Lodging",
            Untaxed => "Gift card",
        }
    }

    /// The whole `Product` object with its variants.
    pub(super) fn json(&self, at: &str) -> Value {
        let mut product = self.brief();
        let variants: Vec<Value> = (0..self.variants.len())
            .map(|place| {
                let mut variant = self.variant(place);
                let more = json!({
                    "createdAt": at, "updatedAt": at, "product": self.brief(), "availableForSale": true, "compareAtPrice": null,
                    "inventoryPolicy": "DENY", "inventoryQuantity": 250, "sellableOnlineQuantity": 250, "requiresComponents": false,
                    "selectedOptions": [{ "name": "Title", "value": self.variants[place].title }], "metafields": [],
                    "defaultCursor": self.variants[place].id.to_string(), "showUnitPrice": false,
                });
                merge(&mut variant, more);
                let item = json!({ "createdAt": at, "updatedAt": at, "duplicateSkuCount": 0, "measurement": { "id": format!("gid://shopify/InventoryItemMeasurement/{}", self.variants[place].id), "weight": { "value": self.variants[place].grams, "unit": "GRAMS" } }, "countryCodeOfOrigin": "NO", "harmonizedSystemCode": null });
                merge(&mut variant["inventoryItem"], item);
                variant
            })
            .collect();
        let more = json!({
            "createdAt": at, "updatedAt": at, "publishedAt": at, "description": "", "descriptionHtml": "", "templateSuffix": null,
            "hasOnlyDefaultVariant": self.variants.len() == 1,
            "tracksInventory": self.ships, "totalInventory": 250 * self.variants.len(), "variantsCount": { "count": self.variants.len(), "precision": "EXACT" },
            "metafields": [], "variants": variants,
        });
        merge(&mut product, more);
        product
    }
}

/// The maker of everything the shop sells.
pub(super) const VENDOR: &str = "Fjord & Fjell";

/// Puts the fields of `more` into `object`.
pub(super) fn merge(object: &mut Value, more: Value) {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
}
