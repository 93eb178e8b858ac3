/** Routes in the address's fragment: they work from a file tree, from a server, and with the back button. */
import { type AnchorHTMLAttributes, useMemo, useSyncExternalStore } from "react";

export interface Route {
  /** The parts between slashes, decoded. */
  path: string[];
  search: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    search: new URLSearchParams(query),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `href("records", "order", "123")` and `href("records", {state: "held"})`. */
export function href(...parts: (string | Record<string, string | undefined>)[]): string {
  const path: string[] = [];
  const search = new URLSearchParams();
  for (const part of parts) {
    if (typeof part === "string") path.push(encodeURIComponent(part));
    else for (const [name, value] of Object.entries(part)) if (value) search.set(name, value);
  }
  const query = search.toString();
  return `#/${path.join("/")}${query === "" ? "" : `?${query}`}`;
}

export function go(to: string): void {
  window.location.hash = to;
}

/** Changes the address without a new step for the back button: for filters that are being typed. */
export function replace(to: string): void {
  if (window.location.hash === to) return;
  window.history.replaceState(window.history.state, "", to);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function Link({ to, children, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a href={to} {...rest}>
      {children}
    </a>
  );
}
