/** A host and a browser for the tests of one `describe`. */
import { after, before } from "node:test";
import { launch } from "./browser.mjs";
import { startHost } from "./host.mjs";

/** To be called inside the `describe`; both are there once its tests run, and end with them. */
export function hosted(start = startHost) {
  /** @type {{host: Awaited<ReturnType<typeof startHost>>, browser: Awaited<ReturnType<typeof launch>>}} */
  const on = {};

  before(async () => {
    on.host = await start();
    on.browser = await launch();
  });

  after(async () => {
    await on.browser?.close();
    await on.host?.stop();
  });

  return on;
}
