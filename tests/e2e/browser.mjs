// Debian's Chromium with watchers: what a page says in its console, what it asks of whom, what the
// security policy refuses, what axe finds. A breach is collected and fails the walk that made it.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./server.mjs";

const require = createRequire(join(root, "web/package.json"));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const shots = join(root, "build/shots");
mkdirSync(shots, { recursive: true });

export const sizes = {
  phone: { width: 390, height: 844 }, desk: { width: 1920, height: 1080 },
  laptop: { width: 1366, height: 768 },
};

const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export function launch({ more = [], home } = {}) {
  const env = home ? { ...process.env, HOME: home } : process.env;
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: [...flags, ...more], env });
}

// Answers that are expected before somebody has logged in.
const isExpected = (message) => {
  const { url } = message.location();
  // The plan is kept for hours without a link; it may be asked for while somebody logs out.
  // What is needed can't be retired, and says so.
  const isAsked = /\/api\/(me|demo|plan|login|login\/second|retirements)$/.test(url);
  return isAsked && /Failed to load resource/.test(message.text());
};

export class Watch {
  constructor(origin) {
    this.origin = origin;
    this.breaches = [];
    this.seen = 0;
    this.pages = [];
    this.asked = [];
    this.refusals = [];
  }

  // The walk provokes one refused request of this address.
  expectRefusal(address) {
    this.refusals.push(address);
  }

  // Whether a walk has provoked it; each expectation serves once.
  isProvoked(message) {
    const at = this.refusals.findIndex((address) => address.test(message.location().url));
    if (at < 0 || !/Failed to load resource/.test(message.text())) return false;
    this.refusals.splice(at, 1);
    return true;
  }

  add(kind, text) {
    const breach = `${kind}: ${text}`;
    if (!this.breaches.includes(breach)) this.breaches.push(breach);
  }

  // What was on the screens when a walk failed, and what the server refused.
  async tell(name) {
    console.error([...this.breaches, ...this.asked.slice(-12)].join("\n"));
    for (const [at, page] of this.pages.entries()) {
      const path = join(shots, `failed-${name.replace(/\W+/g, "-")}-${at}.png`);
      if (!page.isClosed()) await page.screenshot({ path }).catch(() => {});
    }
  }

  follow(page) {
    this.pages.push(page);
    page.on("console", (message) => {
      if (message.type() !== "error" || isExpected(message) || this.isProvoked(message)) return;
      this.add("console", message.text());
    });
    page.on("pageerror", (error) => this.add("page error", error.message));
    page.on("response", (answer) => {
      if (answer.status() >= 400) this.asked.push(`${answer.status()} ${answer.url()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      const isLocal = ["data:", "blob:"].includes(url.protocol);
      this.seen += 1;
      if (!isLocal && url.host !== new URL(this.origin).host) this.add("foreign", request.url());
    });
    page.on("websocket", (socket) => {
      const { host } = new URL(socket.url());
      if (host !== new URL(this.origin).host) this.add("foreign", socket.url());
    });
  }

  async axe(page, name) {
    const found = await page.evaluate(async ([source, tags]) => {
      if (!window.axe) (0, eval)(source);
      const { violations } = await window.axe.run(document, { runOnly: tags });
      return violations.map(({ id, nodes }) =>
        `${id} ${nodes.map((node) => node.target.join(" "))}`);
    }, [axeSource, rules]).catch((error) => [`axe did not run: ${error.message}`]);
    for (const text of found) this.add(`axe on ${name}`, text);
  }

  // Gloves: every target of the phone is at least 56 px, and nothing is wider than the screen.
  async gloves(page, name) {
    const small = await page.evaluate(() => {
      const targets = "a, button, input:not(.unseen):not([type=range]), textarea, label.button";
      const boxes = [...document.querySelectorAll(targets)].filter((one) => one.offsetParent);
      const found = boxes.filter((one) => {
        const { width, height } = one.getBoundingClientRect();
        return width < 55.5 || height < 55.5;
      }).map((one) => one.outerHTML.slice(0, 90));
      const isWide = document.documentElement.scrollWidth > innerWidth;
      return isWide ? [...found, "wider than the screen"] : found;
    });
    for (const text of small) this.add(`small target on ${name}`, text);
  }
}

export async function openContext(browser, { size, lang, watch }) {
  const isPhone = size === "phone";
  const context = await browser.newContext({
    viewport: sizes[size], locale: lang === "zh" ? "zh-CN" : "en-GB", acceptDownloads: true,
    timezoneId: "Asia/Shanghai", isMobile: isPhone, hasTouch: isPhone,
    deviceScaleFactor: isPhone ? 2 : 1, permissions: ["geolocation"],
    geolocation: { latitude: 31.23041, longitude: 121.4737, accuracy: 6 },
  });
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy refused ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  watch.follow(page);
  return { context, page };
}

// Looks at the page as it stands: picture, axe, and on the phone the size of targets. The policy of
// the page forbids injected scripts, so axe comes in through the debugger.
export async function look(page, watch, name, { isPhone = false } = {}) {
  await page.waitForFunction(() => !document.querySelector(".state-page .spinner"));
  await page.screenshot({ path: join(shots, `${name}.png`) });
  await watch.axe(page, name);
  if (isPhone) await watch.gloves(page, name);
}
