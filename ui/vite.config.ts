import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // The page is opened from a file tree inside the program and from `brygga serve`: no path may be absolute.
  base: "./",
  plugins: [react()],
  server: { host: "127.0.0.1" },
  preview: { host: "127.0.0.1" },
  build: {
    target: ["es2022", "safari16", "chrome111"],
    // An inlined data: script would be refused by `script-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    // A test that hangs is ended; one on a busy machine is not.
    testTimeout: 60_000,
    // Loading the component library costs seconds per worker, and the machine that tests has few cores.
    isolate: false,
    maxWorkers: 1,
    restoreMocks: true,
  },
});
