//! Exchange rates: real forms, weekends, holidays, cross rates (`booking-rules` 10).

use brygga_core::rates::published::{ecb, norges_bank, riksbank, riksbank_units};
use brygga_core::rates::{Quote, RateTable};
use brygga_core::settings::{FixedRate, RateSource};
use brygga_core::{Code, Decimal};

use crate::build::{d, day};

const ECB: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
		<Cube time='2026-10-09'>
			<Cube currency='USD' rate='1.1622'/>
			<Cube currency='SEK' rate='10.9480'/>
			<Cube currency='NOK' rate='11.6805'/>
		</Cube>
		<Cube time="2026-10-08">
			<Cube currency="SEK" rate="10.9000"/><Cube currency="NOK" rate="11.7000"/>
		</Cube>
	</Cube>
</gesmes:Envelope>"#;

const NORGES_BANK: &str = "FREQ;Frequency;BASE_CUR;Base Currency;QUOTE_CUR;Quote Currency;TENOR;Tenor;DECIMALS;CALCULATED;UNIT_MULT;Unit Multiplier;COLLECTION;Collection Indicator;TIME_PERIOD;OBS_VALUE
B;Business;SEK;Swedish krona;NOK;Norwegian krone;SP;Spot;2;false;2;Hundreds;C;ECB concertation time 14:15 CET;2026-10-09;106.69
B;Business;EUR;Euro;NOK;Norwegian krone;SP;Spot;4;false;0;Units;C;ECB concertation time 14:15 CET;2026-10-09;11.6805
B;Business;CHF;Swiss franc;NOK;Norwegian krone;SP;Spot;2;false;2;Hundreds;C;ECB concertation time 14:15 CET;2026-10-09;1,245.56
B;Business;EUR;Euro;NOK;Norwegian krone;SP;Spot;4;false;0;Units;C;ECB concertation time 14:15 CET;2026-10-12;
";

fn rate(table: &RateTable, from: &str, to: &str, on: &str) -> Result<(String, String), Code> {
    table
        .rate(from, to, day(on), 7)
        .map(|used| (used.rate.to_string(), used.day.to_string()))
        .map_err(|problem| {
            assert!(!problem.message().contains('{'), "{}", problem.message());
            problem.code
        })
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "it is compared with what may fail"
)]
fn found(rate: &str, on: &str) -> Result<(String, String), Code> {
    Ok((rate.to_owned(), on.to_owned()))
}

#[test]
fn the_central_banks_own_forms_are_read() {
    let table = RateTable::new(RateSource::Ecb, ecb(ECB).unwrap());
    assert_eq!(
        rate(&table, "EUR", "NOK", "2026-10-09"),
        found("11.6805", "2026-10-09")
    );
    assert_eq!(
        rate(&table, "EUR", "NOK", "2026-10-08"),
        found("11.7", "2026-10-08")
    );
    let table = RateTable::new(RateSource::NorgesBank, norges_bank(NORGES_BANK).unwrap());
    assert_eq!(
        rate(&table, "EUR", "NOK", "2026-10-09"),
        found("11.6805", "2026-10-09")
    );
    // Per hundred.
    assert_eq!(
        rate(&table, "SEK", "NOK", "2026-10-09"),
        found("1.0669", "2026-10-09")
    );
    assert_eq!(
        rate(&table, "CHF", "NOK", "2026-10-09"),
        found("12.4556", "2026-10-09")
    );
    let json = r#"[{"date":"2026-10-08","value":10.9025},{"date":"2026-10-09","value":10.95}]"#;
    let table = RateTable::new(RateSource::Riksbank, riksbank(json, "EUR", 1).unwrap());
    assert_eq!(
        rate(&table, "EUR", "SEK", "2026-10-09"),
        found("10.95", "2026-10-09")
    );
    let table = RateTable::new(RateSource::Riksbank, riksbank(json, "JPY", 100).unwrap());
    assert_eq!(
        rate(&table, "JPY", "SEK", "2026-10-09"),
        found("0.1095", "2026-10-09")
    );
}

#[test]
fn a_page_instead_of_a_table_is_no_table() {
    let page = "<!DOCTYPE html><html><body>Maintenance</body></html>";
    for read in [
        ecb(page),
        norges_bank(page),
        riksbank(page, "EUR", 1),
        ecb(""),
        ecb("<gesmes:Envelope><Cube><Cube time='2026-10-09'></Cube></Cube></gesmes:Envelope>"),
        ecb("<gesmes:Envelope><Cube><Cube currency='NOK' rate='11'/></Cube></gesmes:Envelope>"),
        ecb(&ECB.replace("11.6805", "N/A")),
        norges_bank(&NORGES_BANK.replace("106.69", "106,69")),
        norges_bank(&NORGES_BANK.replace(";2;Hundreds", ";x;Hundreds")),
        riksbank(r#"{"statusCode": 429}"#, "EUR", 1),
    ] {
        let problem = read.unwrap_err();
        assert_eq!(problem.code, Code::RateUnreadable);
        assert!(
            !problem.message().contains("{detail}"),
            "{}",
            problem.message()
        );
    }
    assert_eq!(
        riksbank("", "EUR", 1),
        Ok(vec![]),
        "no observation in the span"
    );
}

#[test]
fn a_series_of_unknown_units_is_not_used() {
    let told = [("JPY".to_owned(), 100)].into();
    for (currency, units) in [
        ("EUR", Some(1)),
        ("NOK", Some(1)),
        ("JPY", Some(100)),
        ("KRW", None),
    ] {
        assert_eq!(riksbank_units(currency, &told), units, "{currency}");
    }
}

fn quote(on: &str, of: &str, units: &str, price: &str, in_currency: &str) -> Quote {
    Quote {
        day: day(on),
        of: of.into(),
        units: d(units),
        price: d(price),
        in_currency: in_currency.into(),
    }
}

#[test]
fn over_weekends_and_holidays_the_last_published_day_counts() {
    let published = [
        "2026-04-01",
        "2026-04-07",
        "2026-10-09",
        "2026-10-12",
        "2026-12-23",
        "2026-12-28",
        "2026-12-31",
    ];
    let quotes = published
        .iter()
        .enumerate()
        .map(|(index, on)| quote(on, "EUR", "1", &format!("11.{index}"), "NOK"));
    let table = RateTable::new(RateSource::NorgesBank, quotes);
    for (on, rate_of, published) in [
        ("2026-10-09", "11.2", "2026-10-09"),
        // Saturday, Sunday, Monday.
        ("2026-10-10", "11.2", "2026-10-09"),
        ("2026-10-11", "11.2", "2026-10-09"),
        ("2026-10-12", "11.3", "2026-10-12"),
        // Maundy Thursday to Easter Monday.
        ("2026-04-02", "11", "2026-04-01"),
        ("2026-04-06", "11", "2026-04-01"),
        ("2026-04-07", "11.1", "2026-04-07"),
        // Christmas Eve to the third day, New Year.
        ("2026-12-24", "11.4", "2026-12-23"),
        ("2026-12-27", "11.4", "2026-12-23"),
        ("2027-01-01", "11.6", "2026-12-31"),
    ] {
        assert_eq!(
            rate(&table, "EUR", "NOK", on),
            found(rate_of, published),
            "{on}"
        );
    }
    // A table that nobody filled any more is too old; and tomorrow's rate is never taken for today.
    assert_eq!(
        rate(&table, "EUR", "NOK", "2027-01-07"),
        found("11.6", "2026-12-31")
    );
    assert_eq!(
        rate(&table, "EUR", "NOK", "2027-01-08"),
        Err(Code::RateStale)
    );
    assert_eq!(
        rate(&table, "EUR", "NOK", "2026-03-31"),
        Err(Code::RateMissing)
    );
    assert_eq!(table.newest_day(), Some(day("2026-12-31")));
}

#[test]
fn pairs_go_through_a_common_currency_and_are_divided_once() {
    let table = RateTable::new(RateSource::Ecb, ecb(ECB).unwrap());
    let used = table.rate("SEK", "NOK", day("2026-10-09"), 7).unwrap();
    assert_eq!(used.rate, (d("11.6805") / d("10.9480")).normalize());
    let back = table.rate("NOK", "EUR", day("2026-10-09"), 7).unwrap();
    assert_eq!(back.rate, (Decimal::ONE / d("11.6805")).normalize());
    assert_eq!(
        rate(&table, "NOK", "NOK", "2000-01-01"),
        found("1", "2000-01-01")
    );
    assert_eq!(
        rate(&table, "PLN", "NOK", "2026-10-09"),
        Err(Code::RateMissing)
    );
    // Both legs of one day: the newest day has the dollar, the day before has not.
    assert_eq!(
        rate(&table, "USD", "NOK", "2026-10-08"),
        Err(Code::RateMissing)
    );
    // A leg is never taken from one day and the other from another.
    let apart = RateTable::new(
        RateSource::Ecb,
        [
            quote("2026-10-07", "EUR", "1", "10", "SEK"),
            quote("2026-10-07", "EUR", "1", "12", "NOK"),
            quote("2026-10-08", "EUR", "1", "20", "SEK"),
        ],
    );
    assert_eq!(
        rate(&apart, "SEK", "NOK", "2026-10-08"),
        found("1.2", "2026-10-07")
    );
}

#[test]
fn nothing_that_is_not_above_nought_is_a_rate() {
    let table = RateTable::new(
        RateSource::Riksbank,
        [
            quote("2026-10-07", "EUR", "1", "11", "SEK"),
            quote("2026-10-08", "EUR", "1", "0", "SEK"),
            quote("2026-10-08", "EUR", "0", "11", "SEK"),
        ],
    );
    assert_eq!(
        rate(&table, "EUR", "SEK", "2026-10-08"),
        found("11", "2026-10-07")
    );
}

#[test]
fn fixed_rates_are_in_force_until_the_next() {
    let fixed = |since: &str, rate: &str| FixedRate {
        from: "EUR".into(),
        to: "NOK".into(),
        since: day(since),
        rate: d(rate),
    };
    let rates = [fixed("2026-07-01", "11.50"), fixed("2026-01-01", "11.00")];
    let on = |text: &str| rate(&RateTable::fixed(&rates, day(text)), "EUR", "NOK", text);
    assert_eq!(on("2026-06-30"), found("11", "2026-06-30"));
    assert_eq!(on("2026-10-01"), found("11.5", "2026-10-01"));
    assert_eq!(on("2025-12-31"), Err(Code::RateMissing));
}
