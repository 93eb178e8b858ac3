/** Every address that the page opens is one that the window may open, and no stranger's is. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
const CAPABILITY = join(import.meta.dirname, "../../../src-tauri/capabilities/main.json");

interface Permission {
  identifier: string;
  allow: { url: string }[];
  deny: { url: string }[];
}

const { permissions } = JSON.parse(readFileSync(CAPABILITY, "utf8")) as { permissions: (string | Permission)[] };
const opener = permissions.find(
  (each): each is Permission => typeof each !== "string" && each.identifier === "opener:allow-open-url",
);

/** As the opener matches (`glob::Pattern::matches`): an asterisk takes everything, also slashes; in brackets stands one character. */
function matches(pattern: string, url: string): boolean {
  const parts = pattern.match(/\*|\[[^\]]+\]|[^*[]+/g) ?? [];
  const source = parts.map((part) => {
    if (part === "*") return "[^]*";
    const plain = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    return part.startsWith("[") ? `[${plain(part.slice(1, -1))}]` : plain(part);
  });
  return new RegExp(`^${source.join("")}$`).test(url);
}

function mayOpen(url: string): boolean {
  const named = (rules: { url: string }[] = []) => rules.some((rule) => matches(rule.url, url));
  return named(opener?.allow) && !named(opener?.deny);
}

/** The constants of the page's sources that are whole addresses. */
function addresses(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.|generated|backend\/fake/.test(file.replaceAll("\\", "/")),
  );
  return files.flatMap((file) => {
    const source = readFileSync(join(SOURCES, file), "utf8");
    return [...source.matchAll(/^(?:export )?const \w+ = "(https?:[^"]+)"/gm)].map(([, url = ""]) => url);
  });
}

/** Shown for copying, and opened by nobody. */
const COPIED = new Set(["https://shopify.dev/apps/default-app-home"]);

describe("pages outside", () => {
  it("may all be opened", () => {
    const found = addresses().filter((url) => !COPIED.has(url));
    expect(found.length).toBeGreaterThan(1);
    // As `tauri.ts` hands them over.
    for (const url of found) expect([url, mayOpen(new URL(url).href)]).toEqual([url, true]);
  });

  it.each([
    "https://fjord-og-fjell.myshopify.com/admin/orders/1042",
    "https://fjord-og-fjell.myshopify.com/admin/products/7/variants/8",
    "https://connect.visma.com/connect/authorize?client_id=x&redirect_uri=http%3A%2F%2F127.0.0.1%3A47823&state=y",
    "http://127.0.0.1:40123/connect/authorize?client_id=x&redirect_uri=http%3A%2F%2F127.0.0.1%3A47823&state=y",
  ])("%s may be opened", (url) => {
    expect(mayOpen(url)).toBe(true);
  });

  it.each([
    "https://evil.example/a.visma.net/b",
    "https://evil.example/fjord.myshopify.com/admin",
    "https://evil.example?fjord.myshopify.com/admin",
    "https://evil.example#.myshopify.com/",
    "https://evil.example\\.myshopify.com/",
    "https://evil.example:443/.myshopify.com/",
    "https://connect.visma.com@evil.example/",
    "https://connect.visma.com.evil.example/",
    "https://oauth.developers.visma.com",
    "http://127.0.0.1:80@evil.example/connect/authorize",
    "http://127.0.0.1:80/elsewhere/connect/authorize",
    "http://fjord.myshopify.com/admin",
    "http://admin.shopify.com/",
    "file:///etc/passwd",
  ])("%s may not", (url) => {
    expect(mayOpen(url)).toBe(false);
  });
});
