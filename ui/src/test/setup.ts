import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { forgetPreferences } from "../app/preferences";

// The machine that tests has few cores.
configure({ asyncUtilTimeout: 8000 });

// What jsdom leaves out: sizes, media queries and observers. Rows in sight are counted from these sizes.
for (const side of ["offsetHeight", "clientHeight"]) {
  Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => 640 });
}
for (const side of ["offsetWidth", "clientWidth"]) {
  Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => 1000 });
}
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;

window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;

window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  forgetPreferences();
  window.location.hash = "";
});

afterEach(() => cleanup());
