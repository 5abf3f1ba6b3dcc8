// Opens the console in the system's Chromium and watches it: what left the origin, what the policy refused, what failed.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function startBrowser() {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`no browser at ${CHROMIUM}: install Chromium (\`apt-get install chromium\`) or set CHROMIUM to its path`);
  }
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A fresh visitor's page, with what happens on it. */
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const seen = { requests: [], refused: [], failures: [] };
  await context.exposeBinding('weftRefused', (_source, refused) => seen.refused.push(refused));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.weftRefused(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
    });
  });
  context.on('request', (request) => seen.requests.push(request.url()));
  const page = await context.newPage();
  page.on('websocket', (socket) => seen.requests.push(socket.url()));
  page.on('pageerror', (error) => seen.failures.push(error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) seen.refused.push(message.text());
    else if (message.type() === 'error') seen.failures.push(message.text());
  });
  await page.goto(url);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  return { page, seen, close: () => context.close() };
}
