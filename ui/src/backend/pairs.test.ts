import { expect, it, vi } from "vitest";
import { FakeBackend } from "./fake";
import { ofPair, shared } from "./pairs";
import type { Told } from "./port";

it("asks for its own pair and hears of no other", async () => {
  const host = new FakeBackend();
  const calls = vi.spyOn(host, "call");
  const first = ofPair(host, "default");
  await first.call("overview", {});
  expect(calls).toHaveBeenCalledWith("overview", {}, "default");
  const heard: Told[] = [];
  first.listen(
    (event) => heard.push(event),
    () => undefined,
  );
  host.emit({ event: "records_changed", data: {}, pair: "pair-2" });
  expect(heard).toEqual([]);
  host.emit({ event: "records_changed", data: {}, pair: "default" });
  host.emit({ event: "pairs_changed", data: {}, pair: "" });
  expect(heard.map(({ event }) => event)).toEqual(["records_changed", "pairs_changed"]);
});

it("listens once, however many hear", () => {
  const host = new FakeBackend();
  const listens = vi.spyOn(host, "listen");
  const hub = shared(host);
  const heard = [0, 0];
  const stops = heard.map((_, at) =>
    hub.listen(
      () => {
        heard[at] = (heard[at] ?? 0) + 1;
      },
      () => undefined,
    ),
  );
  host.emit({ event: "records_changed", data: {} });
  expect(heard).toEqual([1, 1]);
  expect(listens).toHaveBeenCalledTimes(1);
  stops[0]?.();
  host.emit({ event: "records_changed", data: {} });
  expect(heard).toEqual([1, 2]);
  stops[1]?.();
  host.emit({ event: "records_changed", data: {} });
  expect(heard).toEqual([1, 2]);
});
