import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";
import { awaySince } from "./looked";

const KEY = "brygga-looked/practice/fjord-og-fjell.myshopify.com";

describe("while somebody was away", () => {
  it("tells nobody who never looked, and who looked just now", async () => {
    expect(awaySince(undefined, "2026-10-31T13:05:00Z")).toBeUndefined();
    expect(awaySince("2026-10-31T12:06:00Z", "2026-10-31T13:05:00Z")).toBeUndefined();
    expect(awaySince("2026-10-31T12:05:00Z", "2026-10-31T13:05:00Z")).toBe("2026-10-31T12:05:00Z");
    await open();
    await screen.findByRole("row", { name: /^Orders/ });
    expect(screen.queryByRole("region", { name: "While you were away" })).toBeNull();
    expect(localStorage.getItem(KEY)).not.toBeNull();
  });

  it("says what was booked and held since, and goes when it was read", async () => {
    localStorage.setItem(KEY, "2026-01-01T00:00:00Z");
    const { user, container } = await open();
    const told = await screen.findByRole("region", { name: "While you were away" });
    expect(within(told).getByRole("link", { name: /booked$/ })).toHaveAttribute(
      "href",
      "#/records?kind=order&state=booked",
    );
    await expectAccessible(container);
    await user.click(within(told).getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("region", { name: "While you were away" })).toBeNull();
  });
});
