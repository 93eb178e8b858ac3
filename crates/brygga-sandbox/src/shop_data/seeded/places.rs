//! The countries of the shop, their tax rates and their people.

/// A kind of goods for which a country has its own rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaxKind {
    Standard,
    Food,
    Book,
    Lodging,
    Magazine,
    /// No tax anywhere: gift cards.
    Untaxed,
}

/// A country that the shop sells to.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) currency: &'static str,
    pub(super) locale: &'static str,
    /// How the tax calls itself on an order.
    pub(super) tax_title: &'static str,
    /// Hundredths of a per cent for standard, food, book, lodging, magazine. Norway 25/15/0/12/0, Sweden with 6 % on food since
    /// 2026-04-01, Finland with 13.5 % since 2026-01-01 (`booking-rules` 5). Empty: no tax is charged there.
    rates: [i64; 5],
    pub(super) taxed: bool,
    pub(super) cities: &'static [(&'static str, &'static str)],
    pub(super) streets: &'static [&'static str],
    pub(super) first: &'static [&'static str],
    pub(super) last: &'static [&'static str],
    pub(super) dial: &'static str,
}

impl Place {
    /// The rate for a kind of goods, in hundredths of a per cent; `None` where the merchant charges no tax.
    pub(super) fn rate(&self, kind: TaxKind) -> Option<i64> {
        let column = match kind {
            TaxKind::Untaxed => return None,
            TaxKind::Standard => 0,
            TaxKind::Food => 1,
            TaxKind::Book => 2,
            TaxKind::Lodging => 3,
            TaxKind::Magazine => 4,
        };
        self.taxed.then_some(self.rates[column])
    }
}

const NORDIC_STREETS: &[&str] = &[
    "Storgata",
    "Kirkeveien",
    "Fjellveien",
    "Sjøgata",
    "Øvre Bakklandet",
    "Åsveien",
];

pub(super) static NORWAY: Place = Place {
    code: "NO",
    name: "Norway",
    currency: "NOK",
    locale: "nb",
    tax_title: "MVA",
    rates: [2500, 1500, 0, 1200, 0],
    taxed: true,
    cities: &[
        ("0150", "Oslo"),
        ("5003", "Bergen"),
        ("7011", "Trondheim"),
        ("9008", "Tromsø"),
        ("6002", "Ålesund"),
        ("4006", "Stavanger"),
        ("3111", "Tønsberg"),
    ],
    streets: NORDIC_STREETS,
    first: &[
        "Kari", "Ola", "Ingrid", "Bjørn", "Åse", "Håkon", "Sølvi", "Émilie", "Tor-Erik", "Nils",
    ],
    last: &[
        "Nordmann",
        "Hansen",
        "Østby",
        "Ødegård",
        "Åsen",
        "Bakke",
        "Sæther",
        "O'Brien",
        "Lie",
        "Nguyen",
    ],
    dial: "+479",
};
pub(super) static SWEDEN: Place = Place {
    code: "SE",
    name: "Sweden",
    currency: "SEK",
    locale: "sv",
    tax_title: "Moms",
    rates: [2500, 600, 600, 1200, 600],
    taxed: true,
    cities: &[
        ("111 29", "Stockholm"),
        ("411 03", "Göteborg"),
        ("211 22", "Malmö"),
        ("903 26", "Umeå"),
    ],
    streets: &["Drottninggatan", "Kungsgatan", "Storgatan", "Ängsvägen"],
    first: &["Anna", "Erik", "Åsa", "Björn", "Märta", "Göran"],
    last: &["Andersson", "Öberg", "Lindström", "Åkesson", "Svensson"],
    dial: "+4670",
};
pub(super) static DENMARK: Place = Place {
    code: "DK",
    name: "Denmark",
    currency: "DKK",
    locale: "da",
    tax_title: "Moms",
    rates: [2500, 2500, 2500, 2500, 2500],
    taxed: true,
    cities: &[
        ("1050", "København"),
        ("8000", "Aarhus"),
        ("5000", "Odense"),
    ],
    streets: &["Nørregade", "Strandvejen", "Østergade"],
    first: &["Mette", "Søren", "Freja", "Jørgen"],
    last: &["Jensen", "Sørensen", "Østergaard", "Kjær"],
    dial: "+4520",
};
pub(super) static FINLAND: Place = Place {
    code: "FI",
    name: "Finland",
    currency: "EUR",
    locale: "fi",
    tax_title: "ALV",
    rates: [2550, 1350, 1350, 1350, 1000],
    taxed: true,
    cities: &[
        ("00100", "Helsinki"),
        ("33100", "Tampere"),
        ("90100", "Oulu"),
    ],
    streets: &["Mannerheimintie", "Hämeenkatu", "Pääskylänkatu"],
    first: &["Aino", "Väinö", "Päivi", "Jyrki"],
    last: &["Virtanen", "Mäkinen", "Hämäläinen", "Koskinen"],
    dial: "+35840",
};
pub(super) static GERMANY: Place = Place {
    code: "DE",
    name: "Germany",
    currency: "EUR",
    locale: "de",
    tax_title: "MwSt",
    rates: [1900, 700, 700, 700, 700],
    taxed: true,
    cities: &[
        ("10115", "Berlin"),
        ("20095", "Hamburg"),
        ("80331", "München"),
    ],
    streets: &["Hauptstraße", "Königsallee", "Lindenweg"],
    first: &["Jürgen", "Anke", "Käthe", "Max"],
    last: &["Müller", "Schröder", "Groß", "Weiß"],
    dial: "+49151",
};
pub(super) static UNITED_STATES: Place = Place {
    code: "US",
    name: "United States",
    currency: "NOK",
    locale: "en",
    tax_title: "State tax",
    rates: [0; 5],
    taxed: false,
    cities: &[
        ("55401", "Minneapolis"),
        ("98101", "Seattle"),
        ("10001", "New York"),
    ],
    streets: &["Main Street", "5th Avenue", "Lake Street"],
    first: &["John", "Linda", "Kristin"],
    last: &["Smith", "Olson", "Johnson"],
    dial: "+1612555",
};
pub(super) static JAPAN: Place = Place {
    code: "JP",
    name: "Japan",
    currency: "JPY",
    locale: "ja",
    tax_title: "CT",
    rates: [0; 5],
    taxed: false,
    cities: &[("100-0001", "東京"), ("530-0001", "Osaka")],
    streets: &["Chiyoda", "梅田"],
    first: &["花子", "Kenji"],
    last: &["山田", "Tanaka"],
    dial: "+8190",
};
