import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { httpBackend, takeToken } from "./http";
import { Refusal } from "./port";

describe("the token", () => {
  beforeEach(() => sessionStorage.clear());

  it("moves from the address into the session", () => {
    window.location.hash = "#token=abc%2B1";
    expect(takeToken(window.location, sessionStorage, window.history)).toBe("abc+1");
    expect(window.location.hash).toBe("");
    expect(takeToken(window.location, sessionStorage, window.history)).toBe("abc+1");
  });

  it("is not confused with a route", () => {
    window.location.hash = "#/records?search=token";
    expect(takeToken(window.location, sessionStorage, window.history)).toBe("");
    expect(window.location.hash).toBe("#/records?search=token");
  });
});

describe("a command", () => {
  const answer = (status: number, body: string) =>
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response(body, { status })),
    );
  afterEach(() => vi.unstubAllGlobals());

  it("carries the token and its request", async () => {
    answer(200, '{"run":"1","already":false}');
    await expect(httpBackend("t").call("sync_now", { flow: null })).resolves.toEqual({ run: "1", already: false });
    expect(fetch).toHaveBeenCalledWith(
      "/rpc/sync_now",
      expect.objectContaining({
        method: "POST",
        body: '{"flow":null}',
        headers: expect.objectContaining({ "x-brygga-token": "t" }),
      }),
    );
  });

  it("fails with the program's own code", async () => {
    answer(409, '{"code":"store-in-use","params":{"path":"x"}}');
    const refusal = await httpBackend("t")
      .call("overview", {})
      .catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code: "store-in-use", params: { path: "x" } });
  });

  it("says when the token is not accepted, and when nobody answers", async () => {
    answer(401, "no");
    await expect(httpBackend("t").call("overview", {})).rejects.toMatchObject({ code: "host-token" });
    vi.stubGlobal(
      "fetch",
      vi.fn(() => Promise.reject(new TypeError("refused"))),
    );
    await expect(httpBackend("t").call("overview", {})).rejects.toMatchObject({ code: "host-gone" });
  });
});
