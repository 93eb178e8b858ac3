import { createIntl } from "react-intl";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import { dayOf, formatAmount, formatDay, formatDecimal, formatMoment } from "./format";
import { bestLanguage } from "./languages";
import nb from "./nb.json";
import { Words } from "./words";

const english = new Words(createIntl({ locale: "en-GB", messages: en, timeZone: "Europe/Oslo" }));
const norwegian = new Words(createIntl({ locale: "nb-NO", messages: nb, timeZone: "Europe/Oslo" }));

describe("numbers", () => {
  it("are formatted from their text, without binary fractions", () => {
    expect(formatDecimal("en-GB", "12345678901234567.89")).toBe("12,345,678,901,234,567.89");
    expect(formatDecimal("nb-NO", "1204")).toBe("1\u202f204");
  });

  it("have a true minus in every language", () => {
    for (const locale of ["en-GB", "nb-NO", "sv-SE", "da-DK", "fi-FI"])
      expect(formatDecimal(locale, "-0.01")).toMatch(/^\u22120[.,]01$/);
  });

  it("have the decimals of their currency, and more only where the amount has them", () => {
    expect(formatAmount("en-GB", "10.0", "NOK")).toBe("10.00");
    expect(formatAmount("en-GB", "1500.0", "JPY")).toBe("1,500");
    expect(formatAmount("en-GB", "1.2350", "EUR")).toBe("1.235");
  });
});

describe("moments", () => {
  it("are shown in the shop's time zone", () => {
    expect(formatMoment("en-GB", "Europe/Oslo", "2026-10-31T22:30:00Z", "day-time")).toBe("31 Oct, 23:30");
    expect(dayOf("2026-10-31T23:30:00Z", "Europe/Oslo")).toBe("2026-11-01");
  });

  it("of a bare day do not shift", () => {
    expect(formatDay("en-GB", "2026-10-25")).toBe("25 Oct 2026");
  });
});

describe("words", () => {
  it("put codes into sentences with readable parameters", () => {
    const reason = { code: "vat-unmapped", params: { rate: "25.5", kind: "gift_card", country: "FI", scheme: "ioss" } };
    expect(english.reason(reason)).toBe("No VAT row for 25.5 % on gift cards to Finland (IOSS).");
    expect(norwegian.reason(reason)).toBe("Ingen mva-rad for 25,5 % på gavekort til Finland (IOSS).");
  });

  it("stay readable for a code from a newer program", () => {
    expect(english.reason({ code: "comet-seen", params: { size: "9" } })).toBe("Comet seen (size 9)");
    expect(english.remedy({ code: "comet-seen", params: {} })).toBeUndefined();
  });

  it("do not break when a parameter is missing", () => {
    expect(english.reason({ code: "item-not-found", params: {} })).toBe("No item \u2013 in Visma.net.");
    expect(english.isWhole({ code: "item-not-found", params: {} })).toBe(false);
  });

  it("give events their reason", () => {
    const row = { event: "order-held", kind: "order", name: "#1042", params: { code: "item-not-found", sku: "A-1" } };
    expect(english.event(row)).toBe("Order #1042 is held: No item A-1 in Visma.net.");
  });

  it("leave out what an event does not tell", () => {
    expect(english.event({ event: "order-booked", name: "#1", params: {} })).toBe(
      "Order #1 is booked, read back and equal.",
    );
    expect(english.event({ event: "planned", name: "#1", params: { steps: "create-customer, create-order" } })).toBe(
      "#1 is planned: make the customer, make the order.",
    );
  });

  it("show amounts with their currency", () => {
    expect(norwegian.param("amount", "-1204.5 SEK")).toBe("\u22121\u202f204,50\u00a0SEK");
  });
});

describe("the language", () => {
  it("is the first that the user reads", () => {
    expect(bestLanguage(["nn-NO", "en"])).toBe("nb");
    expect(bestLanguage(["de-DE", "sv-FI"])).toBe("sv");
    expect(bestLanguage(["fr"])).toBe("en");
  });
});

describe("a count of one", () => {
  const booked = (words: Words) =>
    words.find("mapping.preview.booked", { count: "1", looked: "1", changed: "1", held: "0" });
  it("is one order, not several", () => {
    expect(booked(english)).toMatch(/^Of 1 booked order, 1 would be .* It stays as it is\.$/);
    expect(booked(norwegian)).toMatch(/^Av 1 bokført ordre .* Den blir stående som den er\.$/);
  });
});
