/**
 * What the browser tests run against: `brygga serve` on the practice pair when BRYGGA_BIN names the program, else a small
 * server with the page's own fake behind it, with the same addresses and the desktop window's content security policy.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize, sep } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const UI = fileURLToPath(new URL("../../ui", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const require = createRequire(join(UI, "package.json"));

const CSP = [
  "default-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const START_MS = 120_000;

/** @returns {Promise<{url: string, real: boolean, stop: () => Promise<void>}>} */
export async function startHost() {
  const program = process.env.BRYGGA_BIN;
  return program ? startProgram(program) : startFake();
}

const PRACTICE = ["serve", "--practice", "--orders", "120", "--seed", "1", "--port", "0"];

/** @returns what a page needs, and where the practice remotes are, if the program started them */
export async function startProgram(program, options = PRACTICE, environment = {}) {
  const child = spawn(program, options, {
    // The built screens are looked for from the root of the project.
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const remotes = {};
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("brygga serve did not say where it listens")), START_MS);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`brygga serve ended with ${code}`)));
    lines.on("line", (line) => {
      const remote = /^practice (shopify|visma) at (\S+)/.exec(line);
      if (remote !== null) remotes[remote[1]] = remote[2];
      const found = /^listening on (http:\/\/127\.0\.0\.1:\d+\/#token=\S+)/.exec(line);
      if (found === null) return;
      clearTimeout(late);
      resolve(found[1]);
    });
  });
  return {
    url,
    ...remotes,
    real: true,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** @param {object} options what the fake should pretend */
export async function startFake(options = { orders: 120, log: 3000, pace: 60 }) {
  const vite = await import(require.resolve("vite").replace(/\.cjs$/, ".js"));
  const { module } = await vite.runnerImport(join(UI, "src/backend/fake.ts"), {
    root: UI,
    configFile: false,
    logLevel: "error",
  });
  const backend = new module.FakeBackend(options);
  const token = randomUUID();
  const server = createServer((request, response) => {
    answer(request, response, backend, token).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/#token=${token}`,
    real: false,
    backend,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response, backend, token) {
  const url = new URL(request.url, "http://127.0.0.1");
  if (url.pathname === "/events") {
    if (url.searchParams.get("token") !== token) return response.writeHead(401).end();
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": hello\n\n");
    const stop = backend.listen((event) => response.write(`data: ${JSON.stringify(event)}\n\n`));
    request.on("close", stop);
    return undefined;
  }
  if (url.pathname.startsWith("/rpc/")) {
    if (request.headers["x-brygga-token"] !== token) return response.writeHead(401).end();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = { "content-type": "application/json" };
    try {
      const result = await backend.call(url.pathname.slice(5), JSON.parse(Buffer.concat(chunks).toString() || "{}"));
      return response.writeHead(200, headers).end(JSON.stringify(result));
    } catch (error) {
      return response
        .writeHead(422, headers)
        .end(JSON.stringify({ code: error.code ?? "internal", params: error.params ?? {} }));
    }
  }
  return sendFile(url.pathname, response);
}

async function sendFile(path, response) {
  const root = join(UI, "dist");
  const file = normalize(join(root, path === "/" ? "index.html" : path));
  if (!file.startsWith(root + sep)) return response.writeHead(404).end();
  try {
    const body = await readFile(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    return response.writeHead(200, { "content-type": type, "content-security-policy": CSP }).end(body);
  } catch {
    return response.writeHead(404).end();
  }
}
