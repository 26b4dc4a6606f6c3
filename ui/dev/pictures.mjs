// Takes a picture of each screen and lets axe judge it: `npm run pictures [-- FOLDER]`, with chromedriver installed.
// Serious or critical findings, and anything the content policy refused, end it with an error.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { preview } from "vite";
import { SCENES } from "./scenes.mjs";

const folder = process.argv[2] ?? "node_modules/.pictures";
const only = process.argv[3];
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
mkdirSync(folder, { recursive: true });

const server = await preview({ configFile: "dev/vite.config.js", logLevel: "error" });
const driver = spawn("chromedriver", ["--port=4320", "--silent"], { stdio: "ignore" });
const base = "http://127.0.0.1:4320";

async function ask(method, path, body) {
  const answer = await fetch(base + path, { method, body: body ? JSON.stringify(body) : undefined, signal: AbortSignal.timeout(60_000) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value?.message ?? answer.status}`);
  return value;
}

const pause = (ms) => new Promise((go) => setTimeout(go, ms));
for (let turn = 0; turn < 50; turn++) {
  if (await fetch(`${base}/status`).then((one) => one.ok, () => false)) break;
  await pause(100);
}

const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking", "--no-first-run"];
const { sessionId } = await ask("POST", "/session", { capabilities: { alwaysMatch: { browserName: "chrome", "goog:chromeOptions": { args }, "goog:loggingPrefs": { browser: "ALL" } } } });
const session = `/session/${sessionId}`;
const script = (text, ...values) => ask("POST", `${session}/execute/sync`, { script: text, args: values });
const cdp = (cmd, params) => ask("POST", `${session}/goog/cdp/execute`, { cmd, params });

const tools = {
  script,
  async until(condition) {
    for (let turn = 0; turn < 100; turn++) {
      if (await script(`return Boolean(${condition})`)) return;
      await pause(50);
    }
    throw new Error(`never came true: ${condition}`);
  },
  async click(selector) {
    await tools.until(`document.querySelector(${JSON.stringify(selector)})`);
    await script("document.querySelector(arguments[0]).click()", selector);
  },
  async type(selector, text) {
    await tools.until(`document.querySelector(${JSON.stringify(selector)})`);
    await script("const one = document.querySelector(arguments[0]); one.focus(); one.value = arguments[1]; one.dispatchEvent(new Event('input', { bubbles: true }));", selector, text);
  },
  press: (key, ctrl = false) => script("(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], ctrlKey: arguments[1], bubbles: true, cancelable: true }))", key, ctrl),
  pause,
};

const bad = [];
try {
  for (const { name, query = "", sizes = [[1280, 800]], themes = ["dark", "light"], act } of SCENES) {
    if (only && !name.includes(only)) continue;
    for (const theme of themes) {
      for (const [width, height] of sizes) {
        await cdp("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
        await ask("POST", `${session}/url`, { url: `http://127.0.0.1:4319/dev.html?theme=${theme}&${query}` });
        try {
          await tools.until("document.querySelector('#app [data-testid]')");
          await act?.(tools);
        } catch (error) {
          bad.push(`${name} ${theme}: ${error.message}`);
        }
        await pause(350);
        const file = `${folder}/${name}-${theme}-${width}.png`;
        writeFileSync(file, Buffer.from(await ask("GET", `${session}/screenshot`), "base64"));
        await script(axe);
        const found = await ask("POST", `${session}/execute/async`, { script: "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations.flatMap((one) => one.nodes.map((node) => `${one.impact} ${one.id}: ${node.html.slice(0, 140)} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`))))", args: [] });
        const wide = await script("return document.documentElement.scrollWidth > innerWidth ? `page scrolls sideways: ${document.documentElement.scrollWidth}` : null");
        const said = (await ask("POST", `${session}/se/log`, { type: "browser" })).filter((one) => one.level === "SEVERE" && !one.message.includes("favicon")).map((one) => one.message);
        bad.push(...[...found, ...(wide ? [wide] : []), ...said].map((one) => `${name} ${theme} ${width}: ${one}`));
      }
    }
  }
} finally {
  await ask("DELETE", session).catch(() => undefined);
  driver.kill();
  await server.close();
}
process.stdout.write(bad.length === 0 ? "No finding.\n" : `${bad.length} findings:\n${bad.join("\n")}\n`);
process.exit(bad.some((one) => !/: (minor|moderate) /.test(one)) ? 1 : 0);
