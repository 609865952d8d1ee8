// Ways to log in beside the password alone: a second factor, and the plant's own provider.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { texts } from "./acts.mjs";
import { launch, look, openContext, Watch } from "./browser.mjs";
import { clientSecret, startProvider } from "./provider.mjs";
import { freePort, startServer } from "./server.mjs";

const words = {
  zh: {
    code: "验证码或恢复码", appCode: "验证器显示的 6 位验证码", go: "登录", on: "启用",
    kept: "我已保存", setUp: "设置第二因素", again: "请再次输入登录密码", label: "统一身份认证",
  },
  en: {
    code: "Code or recovery code", appCode: "The 6 digits that the app shows", go: "Log in",
    on: "Turn on", kept: "I have kept them", setUp: "Set up a second factor",
    again: "Your password once more", label: "Company account",
  },
};

// RFC 6238, as an app does it. `ahead` counts steps of 30 s: the one before was used up.
function codeOf(secret, ahead = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((one) => letters.indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = createHmac("sha1", key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

async function password(page, t, login, secret) {
  await page.getByLabel(t.loginName, { exact: true }).fill(login);
  await page.getByLabel(t.loginPassword, { exact: true }).fill(secret);
  await page.locator(".login-card button[type=submit]").click();
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const secretOn = async (page) =>
  (await page.locator(".factor-key").innerText()).replace(/\s/g, "");

async function confirm(page, w) {
  const secret = await secretOn(page);
  await page.getByLabel(w.appCode).fill(codeOf(secret));
  await button(page, w.on).click();
  await page.locator(".factor-codes li").first().waitFor();
  return { secret, codes: await page.locator(".factor-codes li").allInnerTexts() };
}

// A worker turns it on at the phone, and is asked for it from then on.
async function onThePhone({ server, browser, watch, lang, seed }) {
  const t = texts[lang];
  const w = words[lang];
  const { context, page } = await openContext(browser, { size: "phone", lang, watch });
  await page.goto(`${server.url}/m/`);
  await password(page, t, "worker111", seed.password);
  await page.waitForSelector(".frame");
  await page.goto(`${server.url}/m/#/me`);
  await button(page, w.setUp).click();
  await page.getByLabel(w.again).fill(seed.password);
  await button(page, t.next).click();
  await page.locator(".factor-qr").waitFor();
  await look(page, watch, `factor-set-up-${lang}`, { isPhone: true });
  const { secret, codes } = await confirm(page, w);
  assert.equal(codes.length, 10);
  await look(page, watch, `factor-codes-${lang}`, { isPhone: true });
  await button(page, w.kept).click();
  // What the phone still fetches for later would be refused.
  await page.waitForLoadState("networkidle");
  await button(page, t.logOut).click();
  await password(page, t, "worker111", seed.password);
  await page.getByLabel(w.code).waitFor();
  await look(page, watch, `factor-code-${lang}`, { isPhone: true });
  assert.equal(await page.evaluate(() => fetch("/api/me").then((answer) => answer.status)), 401);
  await page.getByLabel(w.code).fill("000000");
  await button(page, w.go).click();
  await page.locator(".fault").waitFor();
  await page.getByLabel(w.code).fill(codeOf(secret, 1));
  await button(page, w.go).click();
  await page.waitForSelector(".frame");
  await context.close();
}

// An administrator has to set one up before anything else.
async function onTheDesk({ server, browser, watch, lang, seed }) {
  const t = texts[lang];
  const w = words[lang];
  const { context, page } = await openContext(browser, { size: "laptop", lang, watch });
  await page.goto(`${server.url}/desk/`);
  await password(page, t, "admin", seed.password);
  await page.locator(".factor-qr").waitFor();
  await look(page, watch, `factor-required-${lang}`);
  const { codes } = await confirm(page, w);
  await button(page, w.kept).click();
  await page.waitForSelector(".desk");
  await page.waitForLoadState("networkidle");
  await page.goto("about:blank");
  await context.clearCookies();
  await page.goto(`${server.url}/desk/`);
  await password(page, t, "admin", seed.password);
  await page.getByLabel(w.code).fill(codes[0].toLowerCase());
  await button(page, w.go).click();
  await page.waitForSelector(".desk");
  await context.close();
}

export async function factorWalk(plant) {
  await onThePhone(plant);
  await onTheDesk(plant);
}

function writeSettings(folder, provider, home) {
  writeFileSync(join(folder, "secret"), `${clientSecret}\n`, { mode: 0o600 });
  const file = join(folder, "oidc.json");
  writeFileSync(file, JSON.stringify({
    format: "anlan.oidc/1", issuer: provider.issuer, client_id: provider.clientId,
    client_secret_file: "secret", scopes: "openid profile", claim: "preferred_username",
    own_address: home, label: { zh: words.zh.label, en: words.en.label },
  }));
  return file;
}

async function byProvider(page, home, account) {
  await page.goto(`${home}/desk/`);
  await page.locator(".login-other a").click();
  await page.getByLabel("Account").fill(account);
  await page.getByRole("button", { name: "Sign in" }).click();
}
const whoIsIn = (page) => page.evaluate(() => fetch("/api/me").then((answer) => answer.json()));

async function insideAndOut(page, home, seed) {
  await byProvider(page, home, "worker111");
  await page.waitForSelector(".desk");
  assert.equal((await whoIsIn(page)).login, "worker111");
  await page.getByRole("button", { name: new RegExp(seed.nameOf("worker111")) }).click();
  // The account's own language is spoken now.
  await page.getByRole("button", { name: texts.zh.logOut, exact: true }).click();
  await page.getByRole("button", { name: "Yes" }).click();
  await page.waitForURL((url) => url.origin === home);
  assert.equal((await whoIsIn(page)).error.code, "not_logged_in");
}

export async function providerWalk({ seed }) {
  const port = await freePort();
  const home = `http://127.0.0.1:${port}`;
  const provider = await startProvider({ port: await freePort(), home });
  const folder = mkdtempSync(join(tmpdir(), "anlan-oidc-"));
  const settings = writeSettings(folder, provider, home);
  const server = await startServer({ port, words: ["--oidc", settings] });
  const browser = await launch();
  let isUp = true;
  try {
    const watch = new Watch(home);
    const { page } = await openContext(browser, { size: "laptop", lang: "en", watch });
    await insideAndOut(page, home, seed);
    // Somebody whom the provider knows and we do not.
    await byProvider(page, home, "stranger");
    await page.locator(".login-other .banner").waitFor();
    assert.match(page.url(), /refused=unknown$/);
    await look(page, watch, "provider-unknown");
    // An answer that is brought again opens nothing.
    await page.goto(`${home}/api/login/provider/back?code=x&state=y`);
    await page.locator(".login-other .banner").waitFor();
    assert.match(page.url(), /refused=again$/);
    await provider.stop();
    isUp = false;
    await page.goto(`${home}/desk/`);
    await page.locator(".login-other a").waitFor();
    await page.locator(".login-card input").first().fill("worker111");
    await page.locator(".login-card input").nth(1).fill(seed.password);
    await page.locator(".login-card button[type=submit]").click();
    await page.waitForSelector(".desk");
    const found = watch.breaches.filter((breach) => breach.startsWith("axe"));
    assert.deepEqual(found, []);
  } finally {
    await browser.close();
    await server.stop();
    if (isUp) await provider.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
